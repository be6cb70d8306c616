"""``alertmanager.yml`` as it works: text in, a tree of routes, inhibit rules and receivers out.

The types of routes and inhibit rules are those of ``plan.routing``, which hold what the spec says, so that
the two can be walked alike. What a route does not set it has from the one above it; the top has
Alertmanager's defaults.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from genesis_monitoring.checks.positions import Path, child, items, place_of, read_nodes, scalar
from genesis_monitoring.plan.alertmanager import Matcher
from genesis_monitoring.plan.routing import InhibitRule, RouteNode
from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.registry import kind_of

if TYPE_CHECKING:
    from yaml import Node

_MATCHER = re.compile(
    r"""\s*(?P<label>"(?:\\.|[^"\\])*"|[A-Za-z_:][\w:]*)\s*(?P<operator>=~|!~|!=|=)\s*
        (?P<value>"(?:\\.|[^"\\])*"|[^",]*?)\s*(?:,|\Z)""",
    re.VERBOSE | re.ASCII,
)
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[smhdwy]))+\Z", re.ASCII)
_PART = re.compile(r"([0-9]+)(ms|[smhdwy])", re.ASCII)
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


class UnreadableError(ValueError):
    """Something that cannot be read as configuration; ``place`` is its line and column."""

    def __init__(self, message: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.place = place


_NO = ("false", "no", "off", "n")


@dataclass(frozen=True, slots=True)
class Integration:
    """One way a receiver is told, of a kind that is ours; ``settings`` are its scalar keys."""

    kind: Kind[Any]
    settings: tuple[tuple[str, str], ...]
    path: Path

    def setting(self, key: str) -> str | None:
        """The value of a key, if it has one."""
        return next((value for name, value in self.settings if name == key), None)

    @property
    def tells_the_end(self) -> bool:
        """Whether the end of an alert is sent, too; the default depends on the kind."""
        value = self.setting("send_resolved")
        return value.lower() not in _NO if value else self.kind.tells_the_end


@dataclass(frozen=True, slots=True)
class ReceiverNode:
    """A receiver with those of its integrations that are of our kinds, in order."""

    name: str
    integrations: tuple[Integration, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class AlertmanagerModel:
    """The whole file."""

    root: RouteNode
    receivers: tuple[ReceiverNode, ...]
    inhibit_rules: tuple[InhibitRule, ...]
    templates: tuple[str, ...]
    resolve_timeout: float


@lru_cache(maxsize=2)
def read_model(text: str) -> AlertmanagerModel:
    """Raises UnreadableError for what is no configuration."""
    document = read_nodes(text)
    route = child(document, "route")
    if route is None:
        raise UnreadableError("there is no route", (0, 0))
    return AlertmanagerModel(
        root=_route(route, RouteNode(""), ("route",)),
        receivers=tuple(_receivers(child(document, "receivers"))),
        inhibit_rules=tuple(_inhibit_rules(child(document, "inhibit_rules"))),
        templates=_texts(child(document, "templates")),
        resolve_timeout=_duration(child(child(document, "global"), "resolve_timeout"), 300),
    )


def read_duration(text: str) -> float:
    """Seconds. Raises ValueError; milliseconds and years are allowed, as in Alertmanager."""
    if not _DURATION.match(text) and text != "0":
        raise ValueError(f"{text} is no duration")
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))


def read_matchers(text: str) -> tuple[Matcher, ...]:
    """The matchers in one string, such as ``severity="P0"`` or ``{a="b",c!="d"}``. Raises ValueError."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1]
    matchers, position = [], 0
    while inner[position:].strip():
        match = _MATCHER.match(inner, position)
        if match is None:
            raise ValueError(f"{text} is no matcher that can be read here")
        matchers.append(Matcher(_unquote(match["label"]), match["operator"], _unquote(match["value"])))
        position = match.end()
    return tuple(matchers)


def _route(node: "Node", above: RouteNode, path: Path) -> RouteNode:
    group_by = child(node, "group_by")
    own = RouteNode(
        receiver=scalar(child(node, "receiver")) or above.receiver,
        matchers=(*_matchers(child(node, "matchers")), *_legacy(node, "match", "=")),
        group_by=above.group_by if group_by is None else _texts(group_by),
        group_wait=_duration(child(node, "group_wait"), above.group_wait),
        group_interval=_duration(child(node, "group_interval"), above.group_interval),
        repeat_interval=_duration(child(node, "repeat_interval"), above.repeat_interval),
        hands_on=(scalar(child(node, "continue")) or "").lower() in ("true", "yes", "on", "y"),
        path=path,
    )
    return RouteNode(
        own.receiver,
        (*own.matchers, *_legacy(node, "match_re", "=~")),
        own.group_by,
        own.group_wait,
        own.group_interval,
        own.repeat_interval,
        own.hands_on,
        tuple(
            _route(inner, own, (*path, "routes", index))
            for index, inner in enumerate(items(child(node, "routes")))
        ),
        path,
    )


def _matchers(node: "Node | None") -> Iterator[Matcher]:
    for entry in (node, *items(node)):
        text = scalar(entry)
        if text is not None:
            try:
                yield from read_matchers(text)
            except ValueError as error:
                raise UnreadableError(str(error), place_of(entry)) from error


def _legacy(node: "Node", key: str, operator: str) -> Iterator[Matcher]:
    import yaml

    mapping = child(node, key)
    if isinstance(mapping, yaml.MappingNode):
        for label, value in mapping.value:
            yield Matcher(scalar(label) or "", operator, scalar(value) or "")


def _inhibit_rules(node: "Node | None") -> Iterator[InhibitRule]:
    for index, rule in enumerate(items(node)):
        source, target = (
            (
                *_matchers(child(rule, f"{side}_matchers")),
                *_legacy(rule, f"{side}_match", "="),
                *_legacy(rule, f"{side}_match_re", "=~"),
            )
            for side in ("source", "target")
        )
        yield InhibitRule(source, target, _texts(child(rule, "equal")), ("inhibit_rules", index))


def _receivers(node: "Node | None") -> Iterator[ReceiverNode]:
    import yaml

    for index, receiver in enumerate(items(node)):
        path: Path = ("receivers", index)
        entries = receiver.value if isinstance(receiver, yaml.MappingNode) else ()
        keys = [key for key in (scalar(name) for name, _ in entries) if key and key.endswith("_configs")]
        integrations = (
            Integration(kind, tuple(_settings(one)), (*path, key, number))
            for key in keys
            if (kind := kind_of(key.removesuffix("_configs"))) is not None
            for number, one in enumerate(items(child(receiver, key)))
        )
        yield ReceiverNode(scalar(child(receiver, "name")) or "", tuple(integrations), path)


def _settings(node: "Node") -> Iterator[tuple[str, str]]:
    import yaml

    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        text = scalar(value)
        if text is not None:
            yield scalar(key) or "", text


def _texts(node: "Node | None") -> tuple[str, ...]:
    return tuple(text for text in map(scalar, items(node)) if text is not None)


def _duration(node: "Node | None", default: float) -> float:
    text = scalar(node)
    if text is None:
        return default
    try:
        return read_duration(text)
    except ValueError as error:
        raise UnreadableError(str(error), place_of(node)) from error


def _unquote(text: str) -> str:
    if not text.startswith('"'):
        return text
    return re.sub(r"\\(.)", lambda match: {"n": "\n"}.get(match[1], match[1]), text[1:-1])
