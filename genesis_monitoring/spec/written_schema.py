"""The JSON Schema of a spec as people may write it: a path or a key in, what may stand there out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from genesis_monitoring.spec.scalars import Value

if TYPE_CHECKING:
    from pydantic import BaseModel

Node: TypeAlias = Mapping[str, Any]
Steps: TypeAlias = tuple[str | int, ...]
NAME = "NAME"
"""Stands in a path for whatever name a person gives."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ``node`` of the schema at a path such as ``severities.NAME.mute``."""

    path: tuple[str, ...]
    node: Node


class Written:
    """The schema with its definitions, to be followed along paths."""

    def __init__(self, root: Node) -> None:
        self.root = root

    @property
    def sections(self) -> tuple[str, ...]:
        """The keys at the top."""
        return tuple(self.root["properties"])

    def at(self, path: Steps, whole: Value) -> Node:
        """What may stand at ``path`` of ``whole``; empty for a path that the schema does not have."""
        node = self.root
        for step, value in zip(path, _values(whole, path), strict=True):
            node = next(self._below(node, step, value), {})
        return node

    def places(self, key: str) -> tuple[Place, ...]:
        """Where ``key`` may stand; the places nearest to the top first."""
        return tuple(one for one in self.keys if one.path[-1] == key)

    @cached_property
    def keys(self) -> tuple[Place, ...]:
        """Every key that has a meaning of its own, those nearest to the top first."""
        found: dict[tuple[str, ...], Node] = {}
        pending: list[tuple[Place, frozenset[str]]] = [(Place((), self.root), frozenset())]
        for place, above in pending:
            for leaf in self.leaves(place.node):
                model = str(leaf.get("title", ""))
                if "properties" in leaf and model not in above:
                    inside = above | {model}
                    for name, node in leaf["properties"].items():
                        found.setdefault((*place.path, name), node)
                        pending.append((Place((*place.path, name), node), inside))
                named = (*leaf.get("patternProperties", {}).values(), leaf.get("additionalProperties"))
                below = ((*place.path, NAME), [one for one in named if isinstance(one, dict)])
                pending += [(Place(below[0], one), above) for one in below[1]]
                if isinstance(leaf.get("items"), dict):
                    pending.append((Place(place.path, leaf["items"]), above))
        return tuple(Place(path, node) for path, node in found.items())

    def leaves(self, node: Node, value: Value = None) -> Iterator[Node]:
        """The alternatives; of kinds those of the kind that ``value`` says it is, if it says one."""
        if "$ref" in node:
            yield from self.leaves(self.root["$defs"][node["$ref"].rpartition("/")[2]], value)
        elif "anyOf" in node or "oneOf" in node:
            members = node.get("anyOf") or node["oneOf"]
            tag = node.get("discriminator", {"propertyName": "", "mapping": {}})
            said = value.get(tag["propertyName"]) if isinstance(value, dict) else None
            if isinstance(said, str) and said in tag["mapping"]:
                members = ({"$ref": tag["mapping"][said]},)
            for member in members:
                yield from self.leaves(member, value)
        else:
            yield node

    def _below(self, node: Node, step: str | int, value: Value) -> Iterator[Node]:
        for leaf in self.leaves(node, value):
            if isinstance(step, int):
                if isinstance(leaf.get("items"), dict):
                    yield leaf["items"]
            elif step in leaf.get("properties", {}):
                yield leaf["properties"][step]
            else:
                named = leaf.get("patternProperties", {}).values()
                others = leaf.get("additionalProperties")
                yield from named or ((others,) if isinstance(others, dict) else ())


@cache
def written_schema(model: "type[BaseModel]") -> Written:
    """Of a spec or of a part of one: with short forms, and without what has a default."""
    from genesis_monitoring.defaults.forms import with_defaults

    schema = model.model_json_schema(by_alias=True)
    return Written(with_defaults({"$defs": {}, **schema}))


def _values(whole: Value, path: Steps) -> Iterator[Value]:
    """What stands above each step of ``path``."""
    for step in path:
        yield whole
        if isinstance(whole, dict) and isinstance(step, str):
            whole = whole.get(step)
        elif isinstance(whole, tuple) and isinstance(step, int) and step < len(whole):
            whole = whole[step]
        else:
            whole = None
