"""A document and what a file holds in, their differences out: deepest places first, lists aligned by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from genesis_monitoring.documents.node import Path, Value

_NAMES = ("alert", "record", "name", "job_name", "alertname", "expr", "series", "receiver", "id", "target")
"""What the field's tools call the members of a list by; the first that a member has is its name."""
_SHOWN = 120
_BEFORE = 20


class _Nothing:
    """Stands where there is nothing."""


NOTHING: Final = _Nothing()


@dataclass(frozen=True, slots=True)
class Difference:
    """``wanted`` (NOTHING: it must not be there) at ``wanted_at`` in the document, ``seen`` in the file."""

    wanted_at: Path
    seen_at: Path
    wanted: object
    seen: object

    @property
    def text(self) -> str:
        """Behind a name: ``is 5; the spec says 6``."""
        if isinstance(self.wanted, str) and isinstance(self.seen, str):
            seen, wanted = _where_they_part(self.seen, self.wanted)
            return f"is {seen}; the spec says {wanted}"
        seen, wanted = _show(self.seen), _show(self.wanted)
        if self.seen is NOTHING:
            return f"is missing; the spec says {wanted}"
        if self.wanted is NOTHING:
            return f"is not in the spec; here it is {seen}"
        return f"is {seen}; the spec says {wanted}"


def compare(wanted: object, seen: object) -> Iterator[Difference]:
    """Where they differ. Numbers are equal by value, true is not 1, the order of keys is free."""
    return _compare(Difference((), (), wanted, seen))


def spell(document: Value, difference: Difference) -> str:
    """The place as people name it: ``groups[cost].rules[CostHigh].for``."""
    told = ""
    value: object = document
    for step in difference.wanted_at:
        value = _member(value, step)
        if isinstance(step, int):
            told += f"[{_name(value) or step + 1}]"
        else:
            told += f".{step}" if told else step
    if difference.wanted is NOTHING and difference.seen_at:
        last = difference.seen_at[-1]
        told += f"[{_name(difference.seen) or int(last) + 1}]" if isinstance(last, int) else f".{last}"
    return told.lstrip(".") or "the file"


def _compare(pair: Difference) -> Iterator[Difference]:
    wanted, seen = pair.wanted, pair.seen
    if isinstance(wanted, dict) and isinstance(seen, dict):
        for key, value in wanted.items():
            yield from _compare(_below(pair, key, key, value, seen.get(key, NOTHING)))
        for key in seen.keys() - wanted.keys():
            yield replace(pair, seen_at=(*pair.seen_at, key), wanted=NOTHING, seen=seen[key])
    elif isinstance(wanted, list | tuple) and isinstance(seen, list):
        yield from _lists(pair, wanted, seen)
    elif not _same(wanted, seen):
        yield pair


def _below(pair: Difference, ours: str | int, theirs: str | int, wanted: object, seen: object) -> Difference:
    return Difference((*pair.wanted_at, ours), (*pair.seen_at, theirs), wanted, seen)


def _lists(pair: Difference, wanted: Sequence[object], seen: Sequence[object]) -> Iterator[Difference]:
    """Equal members pair as they stand, then members of one name; the rest is missing or too much."""
    ours_printed, theirs_printed = [*map(_print, wanted)], [*map(_print, seen)]
    if ours_printed == theirs_printed:
        return
    matcher = SequenceMatcher(a=ours_printed, b=theirs_printed, autojunk=False)
    for tag, low, high, start, stop in matcher.get_opcodes():
        if tag == "equal":
            continue
        left = list(range(start, stop))
        by_place = high - low == stop - start
        for ours in range(low, high):
            name = _name(wanted[ours])
            theirs = next((index for index in left if name and _name(seen[index]) == name), None)
            if theirs is None and by_place and start + ours - low in left:
                theirs = start + ours - low
            if theirs is None:
                yield Difference((*pair.wanted_at, ours), (*pair.seen_at, start), wanted[ours], NOTHING)
            else:
                left.remove(theirs)
                yield from _compare(_below(pair, ours, theirs, wanted[ours], seen[theirs]))
        for index in left:
            yield replace(pair, seen_at=(*pair.seen_at, index), wanted=NOTHING, seen=seen[index])


def _print(value: object) -> str:
    """The same text for the same meaning."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_print(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_print, value)) + "]"
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    return repr(value)


def _same(wanted: object, seen: object) -> bool:
    if isinstance(wanted, bool) or isinstance(seen, bool):
        return wanted is seen
    return wanted == seen


def _member(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _name(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    return next((str(value[name]) for name in _NAMES if isinstance(value.get(name), str | int)), "")


def _where_they_part(one: str, other: str) -> tuple[str, str]:
    """Both texts, cut to where they first differ."""
    same = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    begin = max(0, same - _BEFORE) if max(len(one), len(other)) > _SHOWN else 0
    head = "…" if begin else ""
    return _show(f"{head}{one[begin:]}"), _show(f"{head}{other[begin:]}")


def _show(value: object) -> str:
    """Short, on one line."""
    import json

    if value is NOTHING:
        return "nothing"
    if isinstance(value, dict):
        return (f"{_name(value)!r}" if _name(value) else f"{len(value)} keys") if value else "{}"
    if isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value):
        return f"a list of {len(value)}"
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
