"""Does a finding point to the object that the fault was made in?

It does if its place lies within the object as it is now, or if a place in the spec that it names belongs to
the spec object that this one is rendered from. What is gone has no place any more: so it is enough too that a
finding in a file of the same server, or in the spec, calls it by its name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from genesis_monitoring.findings import Finding, Location
from mutate.mutant import SPEC
from mutate.parts import Touched, parts_of
from mutate.spec_places import dotted_at, object_at, object_of


def points_at(finding: Finding, touched: Sequence[Touched], out: Path, spec: Sequence[str]) -> bool:
    """Whether a finding of a check points at one of the touched objects; ``spec`` are the spec's lines."""
    path = _inside(finding.location, out)
    return any(
        (change.path == path and _within(finding, change))
        or _from_the_same(finding, change, spec)
        or (_akin(path, change.path) and _mentions(finding.message, change.names))
        for change in touched
    )


def spec_points_at(
    finding: Finding, before: Sequence[str], now: Sequence[str], changed: Sequence[int]
) -> bool:
    """Whether a finding in the spec points at an object that the changed lines (from 1) belong to.

    ``changed`` are lines of the spec as it is now; where lines are gone, those around the gap.
    """
    lines = {place.line for place in (finding.location, *finding.related) if place.file == SPEC}
    objects = {object_at(now, line) for line in changed}
    names = {
        name
        for one in objects | _gone(before, now)
        if (name := one.rpartition(".")[2]) and not name.isdigit()
    }
    return (
        not lines.isdisjoint(changed)
        or any(object_at(now, line) in objects for line in lines)
        or _mentions(finding.message, names)
    )


def drift_points_at(
    finding: Finding,
    out: Path,
    files: Mapping[str, str],
    spec: Sequence[str],
    objects: Sequence[str],
    words: Sequence[str],
) -> bool:
    """Whether a difference in the tree belongs to one of the changed ``objects`` of the spec.

    It does if its line is rendered from one of them, or from an object that refers to one by name; or if
    the file, the line or the message names one, or shows one of the changed ``words``.
    """
    path = _inside(finding.location, out)
    text = files.get(path, "")
    line = finding.location.line
    part = next((part for part in parts_of(path, text) if part.first <= line <= part.last), None)
    origin = object_of(part.origin) if part else ""
    if origin in objects:
        return True
    names = [name for one in objects if not (name := one.rpartition(".")[2]).isdigit()]
    own = [row for number, row in enumerate(spec, 1) if object_at(spec, number) == origin] if origin else []
    lines = text.splitlines()
    shown = " ".join((path, finding.message, lines[line - 1] if 0 < line <= len(lines) else ""))
    return _mentions(shown, (*names, *words)) or _mentions(" ".join(own), names)


def objects_of(
    before: Sequence[str], now: Sequence[str], old: Sequence[int], new: Sequence[int]
) -> tuple[str, ...]:
    """The spec objects that changed lines belong to, before and after."""
    found = [object_of(dotted_at(before, line - 1)) for line in old] + [object_at(now, line) for line in new]
    return tuple(dict.fromkeys(one for one in found if one))


def _gone(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """The objects that are no longer there."""
    kept = {object_at(now, line) for line in range(1, len(now) + 1)} if len(now) < len(before) else set()
    return (
        {one for line in range(1, len(before) + 1) if (one := object_at(before, line)) not in kept}
        if kept
        else set()
    )


def _within(finding: Finding, change: Touched) -> bool:
    line = finding.location.line
    if change.whole:
        return True
    if line == 0:
        return any(part.first == 1 for part in change.now)
    return any(part.first <= line <= part.last for part in change.now)


def _akin(path: str, other: str) -> bool:
    return path == SPEC or path.partition("/")[0] == other.partition("/")[0]


def _from_the_same(finding: Finding, change: Touched, spec: Sequence[str]) -> bool:
    places = [place for place in (finding.location, *finding.related) if place.file == SPEC]
    objects = {object_at(spec, place.line) for place in places}
    return not objects.isdisjoint(object_of(origin) for origin in change.origins)


def _mentions(text: str, names: Iterable[str]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) for name in names)


def _inside(location: Location, out: Path) -> str:
    return location.file.removeprefix(out.as_posix()).removeprefix("/")
