"""A YAML or JSON file in, its plain values out, and where each stands: merge keys (``<<``) are followed.

Strict: a key that stands twice in one mapping is refused, as the tools that read these files do. So is what
nobody could walk through: an anchor within what it names, and aliases that come to a million values.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import TreeFile
from genesis_monitoring.checks.positions import Path, child, place_of, read_nodes, scalar

if TYPE_CHECKING:
    from yaml import Node

_MOST_VALUES = 1_000_000


class InvalidYaml(Exception):
    """The file is no YAML. ``place`` is line and column from 1, or (0, 0)."""

    def __init__(self, message: str, place: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


def load_yaml(file: TreeFile) -> dict[str, object]:
    """The mapping in the file. Raises InvalidYaml."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(file.text, Loader=loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
        raise InvalidYaml(f"not valid YAML: {error.problem or error.context}", place) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise InvalidYaml(f"not valid YAML: {error}") from error
    if not isinstance(data, dict):
        raise InvalidYaml("not a YAML mapping", (1, 1))
    try:
        _count(read_nodes(file.text), {})
    except RecursionError as error:
        raise InvalidYaml("not valid YAML: nested too deeply") from error
    return data


def load_json(file: TreeFile) -> dict[str, object]:
    """The object in the file. Raises InvalidYaml."""
    import json

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                message = f'not valid JSON: the key "{key}" stands twice in one object'
                raise InvalidYaml(message, _place_of_second(file.text))
            found[key] = value
        return found

    def no_constant(name: str) -> object:
        raise InvalidYaml(f"not valid JSON: {name} is no JSON number")

    try:
        data = json.loads(file.text, object_pairs_hook=unique, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise InvalidYaml(f"not valid JSON: {error.msg}", (error.lineno, error.colno)) from error
    except RecursionError as error:
        raise InvalidYaml("not valid JSON: nested too deeply") from error
    if not isinstance(data, dict):
        raise InvalidYaml("not a JSON object", (1, 1))
    return data


def section(owner: object, *keys: str) -> Mapping[str, object]:
    """The mapping below these keys; anything else counts as empty."""
    for key in keys:
        owner = owner.get(key) if isinstance(owner, dict) else None
    return owner if isinstance(owner, dict) else {}


def locate_merged(text: str, path: Path) -> tuple[int, int]:
    """As ``locate_path``, but what a mapping merges in is looked for where it was written."""
    node = read_nodes(text)
    place = place_of(node)
    for step in path:
        key, node = _entry(node, step)
        if node is None:
            break
        place = place_of(node if key is None or scalar(node) is not None else key)
    return place


def stands(text: str, path: Path) -> bool:
    """Whether there is a value at ``path``, merged in or not."""
    node = read_nodes(text)
    for step in path:
        node = _entry(node, step)[1]
    return node is not None


def merged_at(text: str, path: Path) -> tuple[int, int]:
    """The place of what the mapping at ``path`` merges in; (0, 0) if it merges nothing."""
    return place_of(child(_at(read_nodes(text), path), "<<"))


def _at(node: "Node | None", path: Path) -> "Node | None":
    for step in path:
        node = child(node, step)
    return node


def _entry(node: "Node | None", step: str | int) -> "tuple[Node | None, Node | None]":
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return None, child(node, step)
    for key, value in node.value:
        if key.value == step:
            return key, value
    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            for merged in value.value if isinstance(value, yaml.SequenceNode) else (value,):
                found = _entry(merged, step)
                if found[1] is not None:
                    return found
    return None, None


def _place_of_second(text: str) -> tuple[int, int]:
    """The place of the first key that stands twice."""
    try:
        _count(read_nodes(text), {})
    except (InvalidYaml, RecursionError) as error:
        return error.place if isinstance(error, InvalidYaml) else (0, 0)
    return (0, 0)


def _count(node: "Node | None", counted: dict[int, int]) -> int:
    """How many values it holds, with those that aliases stand for. Raises InvalidYaml for what is refused."""
    import yaml

    if id(node) in counted:
        if not counted[id(node)]:
            raise InvalidYaml("not valid YAML: an anchor (&) stands within what it names", place_of(node))
        return counted[id(node)]
    counted[id(node)] = 0
    total = 1
    if isinstance(node, yaml.SequenceNode):
        total += sum(_count(inner, counted) for inner in node.value)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = scalar(key)
            if name is not None and name in seen:
                raise InvalidYaml(f'not valid YAML: the key "{name}" stands twice', place_of(key))
            seen.update(() if name is None else (name,))
            total += _count(value, counted)
    if total > _MOST_VALUES:
        raise InvalidYaml(f"its aliases (*) come to over {_MOST_VALUES} values", place_of(node))
    counted[id(node)] = total
    return total
