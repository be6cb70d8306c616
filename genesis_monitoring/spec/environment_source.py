"""A spec's source and the changes of an environment in; the source as it stands in that environment out.

Values and places are changed together, so a finding about a value that an environment sets points to the
line that sets it. What stands in a default, and not in the file, is changed after the defaults are filled in.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.findings import Location
from genesis_monitoring.spec.builder import MappingNode, Node, SequenceNode, offset_of
from genesis_monitoring.spec.environments import Change
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import Source


class EnvironmentSource(Source):
    """The same text, read otherwise."""

    __slots__ = ("_base", "_early", "_late", "_made")

    def __init__(self, base: Source, early: Sequence[Change], late: Sequence[Change] = ()) -> None:
        """``early`` are changes of what stands in the file, ``late`` those of what a default gives."""
        super().__init__(base.lines, written=base.written)
        self._base = base
        self._early, self._late = tuple(early), tuple(late)
        self._made: tuple[Value, Node] | None = None

    @property
    def parts(self) -> Mapping[str, Source]:
        """Those of the spec: an environment has none of its own."""
        return self._base.parts

    @property
    def base(self) -> Source:
        """The spec as it is written."""
        return self._base

    @property
    def identity(self) -> bytes:
        """That of the spec."""
        return self._base.identity

    @property
    def value(self) -> Value:
        """As it stands in the environment."""
        return self._read_otherwise()[0]

    @property
    def root(self) -> Node:
        """The place of ``value``."""
        return self._read_otherwise()[1]

    def forget(self) -> None:
        """Keep the text alone."""
        self._made = None
        self._base.forget()

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that the environment changes."""
        return (*self._early, *self._late)

    @property
    def late(self) -> tuple[Change, ...]:
        """The changes of what a default gives."""
        return self._late

    def left_out_at(self, path: Sequence[str | int]) -> Location | None:
        """The entry of ``without`` that leaves out ``path``."""
        found = (one for one in self.changes if one.leaves_out and one.path == tuple(path))
        return next((self.locate_key(one.at) for one in found), None)

    def _read_otherwise(self) -> tuple[Value, Node]:
        made = self._made
        if made is None:
            value, node = self._base.value, self._base.root
            for change in _in_order(self.changes):
                found = self._base.place(change.at)
                place = found if found is not None else (0, 0)
                early = change in self._early
                if change.leaves_out:
                    if early:
                        value, node = left_out(value, change.path), _node_without(node, change.path)
                    continue
                node = _node_with(node, change.path, place)
                if early:
                    value = put(value, change.path, change.value)
            made = self._made = (value, node)
        return made


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """What is left out comes last, of a list from its end: so each path still says what it said."""
    kept = [one for one in changes if not one.leaves_out]
    gone = [one for one in changes if one.leaves_out]
    return [*kept, *sorted(gone, key=lambda one: [_rank(step) for step in one.path], reverse=True)]


def _rank(step: str | int) -> tuple[bool, int, str]:
    return (isinstance(step, int), step if isinstance(step, int) else 0, str(step))


def changed_late(whole: Any, source: EnvironmentSource, alerts: Collection[str]) -> Any:
    """The values written out in full with the changes of what a default gave.

    No default comes back in place of what is left out. No inhibition rule speaks of those of ``alerts`` (all
    that there are without the environment) that are left out; one that then speaks of none is left out too.
    """
    new = [one for one in source.late if not one.leaves_out]
    for change in new:
        whole = put(whole, change.path, change.value)
    if new:
        whole = expand(whole).root
    for change in _in_order(source.changes):
        if change.leaves_out and (change in source.late or _by_names(change.path)):
            whole = left_out(whole, change.path)
    gone = set(alerts) - _keys(whole, "alerts")
    routing = whole.get("routing") if gone else None
    rules = routing.get("inhibit") if isinstance(routing, dict) else None
    if not isinstance(rules, dict):
        return whole
    kept = {name: one for name, rule in rules.items() if (one := _without_alerts(rule, gone)) is not None}
    return put(whole, ("routing", "inhibit"), kept)


def _keys(whole: Any, section: str) -> set[str]:
    found = whole.get(section)
    return set(found) if isinstance(found, dict) else set()


def _by_names(path: Path) -> bool:
    """Whether no step is a place in a list: the same path then says the same again."""
    return all(isinstance(step, str) for step in path)


def _without_alerts(rule: Any, gone: Collection[object]) -> Any:
    for side in ("source", "target"):
        matched = rule.get(side) if isinstance(rule, dict) else None
        alerts = matched.get("alerts") if isinstance(matched, dict) else None
        if isinstance(alerts, tuple) and set(alerts) & set(gone):
            left = tuple(alert for alert in alerts if alert not in gone)
            if not left:
                return None
            rule = put(rule, (side, "alerts"), left)
    return rule


def stands(value: Value, change: Change) -> bool:
    """Whether the file has what the last step of the path is in, and written out; or all that is left out."""
    path = change.path
    for step in path if change.leaves_out else path[:-1]:
        if isinstance(value, dict) and step in value:
            value = value[str(step)]
        elif isinstance(value, tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return change.leaves_out or isinstance(value, tuple if isinstance(path[-1], int) else dict)


def put(value: Any, path: Path, new: Any) -> Any:
    """``value`` with ``new`` at ``path``; what is not there on the way is made."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, tuple) and isinstance(step, int):
        return (*value[:step], put(value[step], rest, new), *value[step + 1 :])
    below = value if isinstance(value, dict) else {}
    return {**below, step: put(below.get(step), rest, new)}


def left_out(value: Any, path: Path) -> Any:
    """``value`` without what stands at ``path``, if anything does."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(value, tuple) and isinstance(step, int) and step < len(value):
        if not rest:
            return (*value[:step], *value[step + 1 :])
        return (*value[:step], left_out(value[step], rest), *value[step + 1 :])
    if isinstance(value, dict) and step in value:
        if not rest:
            return {key: one for key, one in value.items() if key != step}
        return {**value, step: left_out(value[step], rest)}
    return value


def _node_with(node: Node | None, path: Path, place: tuple[int, Node]) -> Node:
    if not path:
        return place[1]
    step, rest = path[0], path[1:]
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        listed = SequenceNode(node.offset)
        listed.items = [*node.items]
        listed.items[step] = _node_with(node.items[step], rest, place)
        return listed
    made = MappingNode(offset_of(node) if node is not None else place[0])
    if isinstance(node, MappingNode):
        made.entries = dict(node.entries)
    key, below = made.entries.get(str(step), (place[0], None))
    made.entries[str(step)] = (place[0] if not rest else key, _node_with(below, rest, place))
    return made


def _node_without(node: Node, path: Path) -> Node:
    step, rest = path[0], path[1:]
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
        listed = SequenceNode(node.offset)
        listed.items = [*node.items]
        if rest:
            listed.items[step] = _node_without(node.items[step], rest)
        else:
            del listed.items[step]
        return listed
    if isinstance(node, MappingNode) and str(step) in node.entries:
        made = MappingNode(node.offset)
        made.entries = dict(node.entries)
        key, below = made.entries[str(step)]
        if rest:
            made.entries[str(step)] = (key, _node_without(below, rest))
        else:
            del made.entries[str(step)]
        return made
    return node
