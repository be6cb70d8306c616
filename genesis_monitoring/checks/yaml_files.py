"""A YAML or JSON file in, its plain values out.

Strict: a key that stands twice in one mapping is refused, as the tools that read these files do. So is what
nobody could walk through (UnboundedError).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.checks.context import TreeFile
from genesis_monitoring.checks.positions import UnboundedError, compose, place_of, read_nodes, scalar

if TYPE_CHECKING:
    from yaml import Node


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
        nodes = compose(file.text)
    except UnboundedError as error:
        raise InvalidYaml(f"not valid YAML: {error}", error.place) from error
    except RecursionError as error:
        raise InvalidYaml("not valid YAML: nested too deeply") from error
    for node in _twice(nodes):
        raise InvalidYaml(f'not valid YAML: the key "{scalar(node)}" stands twice', place_of(node))
    return data


def load_json(file: TreeFile) -> dict[str, object]:
    """The object in the file. Raises InvalidYaml."""
    import json

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                message = f'not valid JSON: the key "{key}" stands twice in one object'
                raise InvalidYaml(message, place_of(next(_twice(read_nodes(file.text)), None)))
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


def _twice(node: "Node | None") -> "Iterator[Node]":
    """The second of two equal keys of one mapping, wherever there is one."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _twice(inner)
    elif isinstance(node, yaml.MappingNode):
        seen: set[object] = set()
        for key, value in node.value:
            name = scalar(key)
            if name is not None and name in seen:
                yield key
            seen.add(name)
            yield from _twice(value)
