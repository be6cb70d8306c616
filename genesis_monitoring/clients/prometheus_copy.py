"""A Prometheus configuration and its rules for a check: text in, text out, line for line.

Two things are changed. Rules are evaluated ten times a second, those of groups with an interval of their own
too, for the answer is waited for. And alerts go to an address where nobody listens: where the real name can
be resolved, test alerts would wake somebody.
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import Node

_INTERVAL = "100ms"
_NOBODY = "  [{static_configs: [{targets: ['127.0.0.1:9']}]}]"
_KEY = "evaluation_interval"
_OF_A_GROUP = re.compile(r"^(?P<before> +interval: )\S+$", re.MULTILINE)


def hurried(text: str) -> str:
    """``text`` so changed; what is no configuration stays as it is, for Prometheus itself to refuse."""
    import yaml

    try:
        # The reader that is written in Python: its marks count characters.
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        return text
    settings = _value(document, "global")
    managers = _value(_value(document, "alerting"), "alertmanagers")
    interval = _value(settings, _KEY)
    edits = [(managers, _NOBODY)] if managers is not None else []
    edits += [(interval, _INTERVAL)] if interval is not None else []
    if interval is None and isinstance(settings, yaml.MappingNode) and settings.value:
        first = settings.value[0][0]
        between = ", " if settings.flow_style else "\n" + " " * first.start_mark.column
        edits.append((first, f"{_KEY}: {_INTERVAL}{between}{first.value}"))
    for node, new in sorted(edits, key=lambda edit: -edit[0].start_mark.index):
        text = _replaced(text, node, new)
    if settings is None and isinstance(document, yaml.MappingNode) and not document.flow_style:
        text = f"{text.rstrip()}\nglobal: {{{_KEY}: {_INTERVAL}}}\n"
    return text


def hurried_rules(text: str) -> str:
    """A rule file as this tool renders it, without the intervals of its groups."""
    return _OF_A_GROUP.sub(rf"\g<before>{_INTERVAL}", text)


def _replaced(text: str, node: "Node", new: str) -> str:
    """``new`` instead of ``node``, on as many lines."""
    start, end = node.start_mark.index, node.end_mark.index
    old = text[start:end]
    kept = old.rstrip()
    return text[:start] + new + "\n" * kept.count("\n") + old[len(kept) :] + text[end:]


def _value(node: "Node | None", key: str) -> "Node | None":
    import yaml

    entries = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value for name, value in entries if name.value == key), None)
