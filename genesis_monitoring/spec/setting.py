"""One value of a spec set anew: its text and ``sli.level=value`` in, the changed text out.

The value is written as it would stand in the file. What it means is not checked here: the changed text
is read as any spec is.
"""

import re

from genesis_monitoring.errors import UsageError
from genesis_monitoring.spec.edit import Edit, EditError, Steps, add_key, edit_text
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.scalars import read_plain
from genesis_monitoring.spec.source import parse_source

OBJECTIVE_KEYS = ("target", "alert", "no_go")
SLI_KEYS = ("window", "minimum_traffic", "unless_numerator")
ALERT_KEYS = ("for", "severity", "level")
MISSING_KEYS = ("for", "severity")
_SETTING = re.compile(r"([^.=\s]+)\.([^.=\s]+)=([-+.\w]+)", re.ASCII)


def with_setting(text: str, display: str, spec: Spec, setting: str) -> str:
    """``text`` with the value changed or added. ``spec`` is what ``text`` says, ``display`` its file.

    Raises UsageError for a name or key that it does not have.
    """
    match = _SETTING.fullmatch(setting)
    if match is None:
        raise UsageError(
            f"--set is no setting: {setting!r}",
            "write it as sli.level=value or alert.for=value, as in --set rag_latency_p95.target=150",
        )
    return _edited(text, display, _path(spec, match[1], match[2]), match[3])


def _path(spec: Spec, name: str, key: str) -> Steps:
    from genesis_monitoring.words import suggest

    missing = spec.meta_alerts.missing_data.name
    keys: tuple[str, ...]
    parent: tuple[str, ...]
    if name in spec.slis:
        keys = (*OBJECTIVE_KEYS, *SLI_KEYS)
        parent = ("slis", name) if key in SLI_KEYS else ("slis", name, "objective")
    elif name in spec.alerts:
        keys, parent = ALERT_KEYS, ("alerts", name)
    elif name == missing:
        keys, parent = MISSING_KEYS, ("meta_alerts", "missing_data")
    else:
        names = (*spec.slis, *spec.alerts, missing)
        raise UsageError(
            f"--set: there is no SLI or alert {name!r}{suggest(name, names)}",
            "name one of the spec; `genesis-mon explain NAME` shows one",
        )
    if key not in keys:
        raise UsageError(
            f"--set: {name} has no {key!r} to set{suggest(key, keys)}", f"use one of: {', '.join(keys)}"
        )
    return (*parent, key)


def _edited(text: str, display: str, path: Steps, value: str) -> str:
    scalar, doubt = read_plain(value)
    if doubt:
        raise UsageError(f"--set: {value} {doubt.reason}", doubt.hint)
    new = value if scalar is None else scalar
    try:
        if parse_source(text, display).place(path):
            return edit_text(text, display, [Edit(path, new)])
        return add_key(text, display, path, new)
    except EditError as error:
        raise UsageError(f"--set: {error.message}", error.hint) from None
