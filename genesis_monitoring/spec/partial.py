"""A spec's values without their malformed parts, so that the rest can be checked all the same."""

from collections.abc import Iterable, Mapping
from typing import Any

_OPTIONAL = frozenset({"suites", "health_score", "alerts", "rollout"})
_NAMED = frozenset(
    {"severities", "metrics", "suites", "slis", "alerts", "receivers", "dashboards", "profiles"}
)


def leave_out(value: Any, faults: Iterable[tuple[str | int, ...]]) -> tuple[Any, frozenset[str]]:
    """``value`` without the entry around each fault, and the names that can no longer be found in it.

    Only entries of the named sections and optional sections are left out; where a fault is elsewhere,
    what remains is still malformed.
    """
    if not isinstance(value, Mapping):
        return value, frozenset()
    rest = dict(value)
    without: set[str] = set()
    for path in faults:
        section = path[0] if path else None
        if len(path) > 1 and section in _NAMED and isinstance(rest.get(section), Mapping):
            entries = dict(rest[section])
            without.update(_names(path[1], entries.pop(path[1], None)))
            rest[section] = entries
        elif section in _OPTIONAL or (len(path) == 1 and section not in _known()):
            without.update(_names(section, rest.pop(section, None)))
    return rest, frozenset(without)


def _known() -> frozenset[str]:
    from genesis_monitoring.spec.model import Spec

    return frozenset(Spec.model_fields)


def _names(name: str | int | None, entry: Any) -> set[str]:
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
