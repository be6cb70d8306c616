"""A spec's values without their malformed parts, so that the rest can be checked all the same."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

_OPTIONAL = frozenset({"suites", "health_score", "alerts", "profile", "rollout"})
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
        ("prometheus", "targets"),
        ("stack", "services"),
        ("stack", "networks"),
        ("stack", "secrets"),
        ("rollout", "go"),
        ("rollout", "no_go"),
    }
)
"""Sections that are mappings of names to entries, each of which can be left out."""


Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a model refused a value: a ``missing`` key, an ``unknown`` one, or any other mistake."""

    path: Steps
    kind: Literal["missing", "unknown", "other"]


def leave_out(value: Any, faults: Iterable[Fault]) -> tuple[Any, frozenset[str]]:
    """``value`` without the entry around each fault, and the names that can no longer be found in it.

    Only entries of the named sections, optional sections and unknown keys are left out; where a fault is
    elsewhere, what remains is still malformed. The one unknown key beside the one that is missing is
    taken for it.
    """
    if not isinstance(value, Mapping):
        return value, frozenset()
    rest = dict(value)
    without: set[str] = set()
    owned: dict[Steps, Any] = {(): rest}
    known = tuple(faults)
    misspelt = _misspelt(known)
    for fault in known:
        holder = _own(owned, fault.path[:-1]) if fault.path[:-1] in misspelt else None
        if holder is not None:
            if fault.kind == "unknown" and fault.path[-1] in holder:
                holder[misspelt[fault.path[:-1]]] = holder.pop(fault.path[-1])
            continue
        cut = _cut(fault)
        holder = _own(owned, cut[:-1]) if cut else None
        if cut and holder is not None and cut[-1] in holder:
            without.update(_names(cut[-1], holder.pop(cut[-1])))
    return rest, frozenset(without)


def _misspelt(faults: Iterable[Fault]) -> dict[Steps, str | int]:
    """For each mapping that lacks one key and has one that it does not know: the key that it lacks."""
    lacks: dict[Steps, list[str | int]] = {}
    unknown: dict[Steps, int] = {}
    for fault in faults:
        if fault.kind == "missing":
            lacks.setdefault(fault.path[:-1], []).append(fault.path[-1])
        elif fault.kind == "unknown":
            unknown[fault.path[:-1]] = unknown.get(fault.path[:-1], 0) + 1
    return {
        at: keys[0]
        for at, keys in lacks.items()
        if len(keys) == 1 == unknown.get(at) and not str(keys[0]).endswith("_secret")
    }


def _cut(fault: Fault) -> Steps:
    """The path of what is left out for a fault; empty if nothing can be."""
    path = fault.path
    for size in (1, 2):
        if path[:size] in _NAMED and len(path) > size:
            return path[: size + 1]
    if fault.kind == "unknown":
        return path
    return path[:1] if path and path[0] in _OPTIONAL else ()


def _own(owned: dict[Steps, Any], path: Steps) -> Any:
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
