"""A spec's values without their malformed parts, so that the rest can be checked all the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_OPTIONAL = frozenset({"suites", "health_score", "alerts", "rollout"})
_NAMED = frozenset(
    {
        ("components",),
        ("severities",),
        ("metrics",),
        ("suites",),
        ("slis",),
        ("alerts",),
        ("slack", "channels"),
        ("receivers",),
        ("routing", "inhibit"),
        ("dashboards",),
        ("profiles",),
        ("stack", "services"),
        ("stack", "networks"),
        ("stack", "secrets"),
        ("rollout", "go"),
        ("rollout", "no_go"),
    }
)
"""Sections that are mappings of names to entries, each of which can be left out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a model refused a value. ``unknown`` says that the last step is a key it does not have."""

    path: tuple[str | int, ...]
    unknown: bool


def leave_out(value: Any, faults: Iterable[Fault]) -> tuple[Any, frozenset[str]]:
    """``value`` without the entry around each fault, and the names that can no longer be found in it.

    Only entries of the named sections, optional sections and unknown keys are left out; where a fault is
    elsewhere, what remains is still malformed.
    """
    if not isinstance(value, Mapping):
        return value, frozenset()
    rest = dict(value)
    without: set[str] = set()
    owned: dict[tuple[str | int, ...], Any] = {(): rest}
    for fault in faults:
        cut = _cut(fault)
        holder = _own(owned, cut[:-1]) if cut else None
        if cut and holder is not None and cut[-1] in holder:
            without.update(_names(cut[-1], holder.pop(cut[-1])))
    return rest, frozenset(without)


def _cut(fault: Fault) -> tuple[str | int, ...]:
    """The path of what is left out for a fault; empty if nothing can be."""
    path = fault.path
    for size in (1, 2):
        if path[:size] in _NAMED and len(path) > size:
            return path[: size + 1]
    if fault.unknown:
        return path
    return path[:1] if path and path[0] in _OPTIONAL else ()


def _own(owned: dict[tuple[str | int, ...], Any], path: tuple[str | int, ...]) -> Any:
    """The mapping at ``path``, copied when it is first asked for; None if there is no mapping."""
    if path not in owned:
        above = _own(owned, path[:-1])
        below = above.get(path[-1]) if above is not None else None
        owned[path] = dict(below) if isinstance(below, Mapping) else None
        if owned[path] is not None:
            above[path[-1]] = owned[path]
    return owned[path]


def _names(name: str | int, entry: Any) -> set[str]:
    """``name``, and every name and panel id that stands inside ``entry``."""
    names = {str(name)}
    pending = [entry]
    while pending:
        one = pending.pop()
        if isinstance(one, Mapping):
            names.update(str(key) for key in one)
            if isinstance(one.get("id"), int):
                names.add(str(one["id"]))
            pending.extend(one.values())
        elif isinstance(one, tuple):
            pending.extend(one)
    return names
