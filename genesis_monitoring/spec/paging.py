"""An environment in which nobody is paged: the values of a spec in; those without any pager out."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.spec.reporter import Path

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

GONE = object()
"""What is left out."""
_PAGERS = tuple(kind.key for kind in RECEIVERS if kind.pages)


def unpaged(spec: "Spec", whole: Mapping[str, Any]) -> Iterator[tuple[Path, Any]]:
    """Each value that is otherwise, by its path in ``whole``; ``GONE`` for what there is none of.

    No severity pages, and receivers have no pager; one that has nothing else is gone. Whoever was told by it
    alone is told as ``routing.default_receiver``; where that is one, by the first that reaches somebody.
    """
    only = {name for name in spec.receivers if _is_pager(spec, name)}
    default, others = spec.routing.default_receiver, reached_otherwise(spec)
    instead = default if default in others else others[0]
    for name, severity in _mappings(whole, "severities"):
        if severity.get("page") is True:
            yield ("severities", name, "page"), False
        yield from _told(("severities", name, "receivers"), severity.get("receivers"), only, instead)
    for team, one in _mappings(whole, "teams"):
        for name, receivers in _mapping(one.get("receivers")).items():
            yield from _told(("teams", team, "receivers", name), receivers, only, instead)
    for path in (("routing", "default_receiver"), ("meta_alerts", "watchdog", "receiver")):
        if _at(whole, path) in only:
            yield path, instead
    for name, receiver in _mappings(whole, "receivers"):
        if name in only:
            yield ("receivers", name), GONE
            continue
        for key in _PAGERS:
            if key in receiver:
                yield ("receivers", name, key), GONE
        if receiver.get("fallback") in only:
            yield ("receivers", name, "fallback"), instead


def reached_otherwise(spec: "Spec") -> tuple[str, ...]:
    """The receivers that reach somebody without a pager."""
    return tuple(
        name for name, one in spec.receivers.items() if any(not kind.pages for kind, _ in one.in_force(spec))
    )


def _is_pager(spec: "Spec", name: str) -> bool:
    integrations = spec.receivers[name].integrations
    return bool(integrations) and all(kind.pages for kind, _ in integrations)


def _told(path: Path, receivers: Any, only: set[str], instead: str) -> Iterator[tuple[Path, Any]]:
    if isinstance(receivers, tuple) and only.intersection(receivers):
        yield path, tuple(one for one in receivers if one not in only) or (instead,)


def _mappings(whole: Mapping[str, Any], section: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, one in _mapping(whole.get(section)).items():
        if isinstance(one, Mapping):
            yield name, one


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _at(whole: Mapping[str, Any], path: Path) -> Any:
    found: Any = whole
    for step in path:
        found = _mapping(found).get(str(step))
    return found
