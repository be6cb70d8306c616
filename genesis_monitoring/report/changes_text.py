"""What differs between two specs, for people: changes in, lines of at most a given width out."""

from collections.abc import Iterator

from genesis_monitoring.changes.compare import Change, Changes, FactChange, Way
from genesis_monitoring.changes.items import KINDS
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.paint import BOLD, GREEN, RED, YELLOW, fold, paint
from genesis_monitoring.words import count

MARKS: dict[Way, str] = {"added": "+", "removed": "-", "changed": "~"}
_COLOURS: dict[Way, str] = {"added": GREEN, "removed": RED, "changed": YELLOW}
_WIDTH = 80
_EXPLAINED_BY = frozenset(("threshold", "fires", "sli", "level"))
"""A changed expression needs no word where one of these says why."""
HEADLINE = {
    "alert": ("threshold", "for", "receivers"),
    "SLI": ("kind", "target"),
    "budget": ("objective", "period"),
    "panel": ("title",),
    "row": ("title",),
    "dashboard": ("title",),
    "service": ("image", "ports"),
    "target": ("addresses",),
    "criterion": ("text",),
    "metric": ("type", "unit"),
    "severity": ("title", "receivers"),
    "receiver": ("description",),
    "inhibition": ("reason",),
    "suppression": ("reason",),
}
"""What is said of an item that is new or gone."""


def format_changes(changes: Changes, before: str, after: str, *, colour: bool, width: int = 0) -> str:
    """The items by kind, the files and a summary. ``width`` is that of the terminal; 0 stands for 80."""
    lines = []
    for kind, title in KINDS.items():
        items = [one for one in changes.items if one.kind == kind]
        if items:
            lines.append(paint(title, BOLD, colour))
            for one in items:
                lines += _item(one, colour, min(width or _WIDTH, _WIDTH))
            lines.append("")
    if changes.files.all:
        lines.append(paint("Generated files", BOLD, colour))
        ways: tuple[tuple[Way, tuple[str, ...]], ...] = (
            ("added", changes.files.added),
            ("removed", changes.files.removed),
            ("changed", changes.files.changed),
        )
        lines += [
            f"  {paint(MARKS[way], _COLOURS[way], colour)} {escape(path)}"
            for way, paths in ways
            for path in paths
        ]
        lines.append("")
    lines += fold(summary(changes, before, after), min(width or _WIDTH, _WIDTH))
    return "".join(f"{line}\n" for line in lines)


def summary(changes: Changes, before: str, after: str) -> str:
    """One line: how much differs between which two."""
    between = f"{escape(before)} → {escape(after)}"
    if changes.same:
        return f"{between}: no difference in meaning"
    said = [f"{changes.count(way)} {way}" for way in MARKS if changes.count(way)]
    said.append(count(len(changes.files.all), "generated file"))
    return f"{between}: {', '.join(said)}"


def _item(one: Change, colour: bool, width: int) -> Iterator[str]:
    told = tuple(told_facts(one))
    words = ", ".join(_fact(fact, one.way) for fact in told)
    rest = "; ".join(part for part in (words, *also(one)) if part)
    head = " ".join(part for part in (one.label, one.name) if part)
    text = f"  {MARKS[one.way]} {escape(head)}{f': {escape(rest)}' if rest else ''}"
    first, *more = fold(text, width, 6)
    yield f"  {paint(first[2], _COLOURS[one.way], colour)}{first[3:]}"
    yield from more


def told_facts(one: Change) -> Iterator[FactChange]:
    """What is told of an item: all that changed; of one that is new or gone what matters most."""
    for fact in one.facts:
        if not fact.long and (one.way == "changed" or fact.key in HEADLINE.get(one.kind, ())):
            yield fact


def also(one: Change) -> Iterator[str]:
    """What follows from a change, in words."""
    if one.way == "changed":
        changed = {fact.key for fact in one.facts}
        if not changed & _EXPLAINED_BY:
            yield from (fact.key for fact in one.facts if fact.long)
        yield from one.also


def lists_of(fact: FactChange) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """What a list lost and what it gained; None for what is no list, or has another order alone."""
    if max(len(fact.before), len(fact.after)) < 2:
        return None
    lost = tuple(value for value in fact.before if value not in fact.after)
    gained = tuple(value for value in fact.after if value not in fact.before)
    return (lost, gained) if lost or gained else None


def _fact(fact: FactChange, way: Way) -> str:
    before, after = (", ".join(map(_quoted, values)) for values in (fact.before, fact.after))
    if way != "changed":
        return f"{fact.key} {after or before}"
    lists = lists_of(fact)
    if lists is not None:
        lost, gained = lists
        signs = [f"−{_quoted(value)}" for value in lost] + [f"+{_quoted(value)}" for value in gained]
        return f"{fact.key} {', '.join(signs)}"
    if sorted(fact.before) == sorted(fact.after):
        return f"{fact.key} in another order"
    return f"{fact.key} {before or 'none'} → {after or 'none'}"


def _quoted(value: str) -> str:
    """Prose in quotes, so that one sees where it ends."""
    return f'"{value}"' if any(sign in value for sign in ",;→") or len(value) > 30 else value
