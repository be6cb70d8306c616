"""What differs between two specs, as Markdown for a pull request: changes in, text out.

Nothing of a spec can be more than text there: every sign of Markdown and HTML is written as a character
reference, and values stand in ``<code>``, in which GitHub and GitLab mention nobody and link to nothing.
"""

from genesis_monitoring.changes.compare import Change, Changes, FactChange
from genesis_monitoring.changes.items import KINDS
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.changes_text import also, lists_of, summary, told_facts
from genesis_monitoring.words import count

_WAYS = {"added": "➕", "removed": "➖", "changed": "✏️"}


def format_markdown(changes: Changes, before: str, after: str) -> str:
    """A heading, the items by kind, and the files folded."""
    lines = ["### What changes in the monitoring", "", _code(summary(changes, before, after)), ""]
    for kind, title in KINDS.items():
        items = [one for one in changes.items if one.kind == kind]
        if items:
            lines += [f"**{title}**", "", *map(_item, items), ""]
    expressions = [
        line
        for one in changes.items
        for fact in one.facts
        if fact.long and one.way == "changed"
        for line in _expression(one, fact)
    ]
    if expressions:
        lines += ["<details><summary>Expressions</summary>", "", *expressions, "", "</details>", ""]
    files = changes.files
    if files.all:
        lines += [f"<details><summary>{count(len(files.all), 'generated file')}</summary>", ""]
        for way, paths in (("added", files.added), ("removed", files.removed), ("changed", files.changed)):
            lines += [f"- {_WAYS[way]} {_code(path)}" for path in paths]
        lines += ["", "</details>", ""]
    return "\n".join(lines)


def _item(one: Change) -> str:
    head = " ".join(part for part in (one.label, one.name) if part)
    facts = ", ".join(_fact(fact, one) for fact in told_facts(one))
    follows = ", ".join(also(one))
    rest = "; ".join(part for part in (facts, _plain(follows)) if part)
    return f"- {_WAYS[one.way]} {_code(head)}{f': {rest}' if rest else ''}"


def _fact(fact: FactChange, one: Change) -> str:
    key = _plain(fact.key)
    if one.way != "changed":
        return f"{key} {_codes(fact.after or fact.before)}"
    lists = lists_of(fact)
    if lists is not None:
        signs = [f"−{_code(value)}" for value in lists[0]] + [f"+{_code(value)}" for value in lists[1]]
        return f"{key} {', '.join(signs)}"
    if sorted(fact.before) == sorted(fact.after):
        return f"{key} in another order"
    return f"{key} {_codes(fact.before)} → {_codes(fact.after)}"


def _expression(one: Change, fact: FactChange) -> list[str]:
    return [
        f"- {_code(one.name)}",
        *(f"  - −{_code(value)}" for value in fact.before if value not in fact.after),
        *(f"  - +{_code(value)}" for value in fact.after if value not in fact.before),
    ]


def _codes(values: tuple[str, ...]) -> str:
    return ", ".join(map(_code, values)) or "none"


def _code(text: str) -> str:
    return f"<code>{_plain(text)}</code>"


def _plain(text: str) -> str:
    """Text in which no sign means anything to Markdown or HTML."""
    return "".join(
        char if char.isalnum() or char in " →−,/%" or not char.isascii() else f"&#{ord(char)};"
        for char in escape(text)
    )
