"""Keys of a spec: a name of one in, its page out: where it stands, what it takes, and an example.

The keys are those of the JSON Schema; the examples are parts of one valid spec, ``examples.yaml``.
"""

import inspect
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from genesis_monitoring.defaults.forms import filled
from genesis_monitoring.durations import PATTERN
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.patterns import KEBAB_CASE, PROSE, SEVERITY, SNAKE_CASE, WORDS
from genesis_monitoring.spec.samples import SECTIONS, flow, frozen
from genesis_monitoring.spec.written_schema import NAME, Node, Place, written_schema
from genesis_monitoring.units import UNITS

EXAMPLES = "examples.yaml"
_NAMED = "\0"
_MOST_PLACES = 6
_NO_LIMIT = 1e6
"""Numbers from here on are no limit that anybody meets."""
_TYPES: Mapping[str, str] = {
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
}


def key_names() -> tuple[str, ...]:
    """Every section, and what has keys of its own; any other key has a page, too."""
    known = (one for one in written_schema(Spec).keys if len(one.path) == 1 or _models(one))
    return tuple(dict.fromkeys(place.path[-1] for place in known))


def key_page(key: str) -> str:
    """All about a key, or about an entry of a section by its singular; empty for what is none."""
    entries, own = _entries(key), written_schema(Spec).places(key)
    places = (*entries, *(one for one in own if one.path not in [other.path for other in entries]))
    if not places:
        return ""
    shown = [".".join(place.path) for place in places[:_MOST_PLACES]]
    more = f" and {len(places) - len(shown)} more" if len(places) > len(shown) else ""
    lines = [f"{key}: in a spec {', '.join(shown)}{more}", ""]
    models = [one for place in places for one in _models(place)]
    told = {str(model.get("title")): (path, model) for path, model in reversed(models)}
    if told:
        for path, model in reversed(told.values()):
            lines += [_prose(model), "", f"Keys of {path}", *keys_of(model), ""]
    plain = [place for place in places if not _models(place)]
    if plain and not entries:
        lines += [f"  {'.'.join(one.path)}: {_of_key(key, one.node)}" for one in plain[:_MOST_PLACES]] + [""]
    example = _example(places)
    return "\n".join([*lines, "Example", *(f"  {line}" for line in example)]) if example else "\n".join(lines)


def keys_of(model: Node) -> Iterator[str]:
    """A line for each key of a model: what it takes, and what holds where it is left out."""
    needed, by_default = model.get("required", ()), filled(str(model.get("title", "")))
    width = max(map(len, model["properties"]), default=0) + 2
    for key, node in model["properties"].items():
        default = node.get("default")
        if key in needed:
            left_out = ""
        elif key in by_default:
            left_out = " (filled in)"
        else:
            given = default is not None and default not in ([], {})
            left_out = f" (by default {flow(frozen(default))})" if given else " (may be left out)"
        yield f"  {key:<{width}}{_of_key(key, node)}{left_out}"


def model_named(name: str) -> Node:
    """The model of that name, with its properties. Raises KeyError for one that a spec does not have."""
    written = written_schema(Spec)
    return next(one for one in written.leaves(written.root["$defs"][name]) if "properties" in one)


def _entries(singular: str) -> tuple[Place, ...]:
    """The entries of a section by the word for one of them: ``severity`` of ``severities``."""
    plurals = (f"{singular}s", f"{singular.removesuffix('y')}ies", f"{singular}es")
    written = written_schema(Spec)
    if singular in written.sections:
        return ()
    return tuple(place for one in plurals for place in written.places(one) if _models(place))


def _models(place: Place) -> list[tuple[str, Node]]:
    """What has keys of its own there, or in the entries there: with its path."""
    found = []
    for leaf in written_schema(Spec).leaves(place.node):
        path = ".".join(place.path)
        if "properties" in leaf:
            found.append((path, leaf))
        for below in _inside(leaf):
            kinds = [one for one in written_schema(Spec).leaves(below) if "properties" in one]
            entry = path if leaf.get("type") == "array" else f"{path}.{NAME}"
            if len(kinds) == 1:
                found.append((entry, kinds[0]))
            elif not kinds and leaf.get("type") == "object":
                found += _models(Place((*place.path, NAME), below))
    return found


def _inside(leaf: Node) -> Iterator[Node]:
    """What the entries of a mapping of names, or of a list, may be."""
    named = (*leaf.get("patternProperties", {}).values(), leaf.get("additionalProperties"), leaf.get("items"))
    yield from (one for one in named if isinstance(one, dict))


def _prose(model: Node) -> str:
    return inspect.cleandoc(str(model.get("description", ""))).replace("``", "`")


def _of_key(key: str, node: Node) -> str:
    """As ``_takes``; what is a name of a section is told as one."""
    words = _takes(node)
    named = (
        words.replace(WORDS[KEBAB_CASE], _NAMED)
        .replace(WORDS[SNAKE_CASE], _NAMED)
        .replace(WORDS[SEVERITY], _NAMED)
    )
    if key not in SECTIONS or _NAMED not in named:
        return words
    return named.replace(_NAMED, f"a name of {'.'.join(SECTIONS[key])}")


def _takes(node: Node) -> str:
    """What may stand there, in the words of YAML."""
    if not {"type", "anyOf", "oneOf", "$ref", "enum", "const"} & set(node):
        return "any value"
    leaves = [one for one in written_schema(Spec).leaves(node) if one.get("type") != "null"]
    examples = node.get("examples") or next((one["examples"] for one in leaves if "examples" in one), ())
    words = " or ".join(dict.fromkeys(_words(one) for one in leaves))
    return f"{words.partition(', as ')[0]}, as {flow(frozen(examples[0]))}" if examples else words


def _words(leaf: Node) -> str:
    if "const" in leaf:
        return flow(frozen(leaf["const"]))
    if "enum" in leaf:
        known = set(leaf["enum"]) == set(UNITS)
        return "a unit, as seconds or percent" if known else f"one of {', '.join(map(flow, leaf['enum']))}"
    kind = leaf.get("type")
    if kind == "array":
        return f"a list, each {_takes(leaf['items'])}" if "items" in leaf else "a list"
    if kind == "object":
        below = [] if "properties" in leaf else list(_inside(leaf))
        names = "severities" if SEVERITY in leaf.get("patternProperties", {}) else "names"
        return f"a mapping of {names}, each {_takes(below[0])}" if below else "a mapping"
    pattern = leaf.get("pattern", "")
    if pattern == PATTERN:
        return "a duration, as 5m"
    if pattern in WORDS:
        return "text" if pattern == PROSE else WORDS[pattern]
    return f"{_TYPES.get(str(kind), 'any value')}{_limits(leaf)}"


def _limits(leaf: Node) -> str:
    names = {
        "minimum": "from",
        "exclusiveMinimum": "above",
        "maximum": "to",
        "exclusiveMaximum": "below",
    }
    said = [
        f"{words} {leaf[key]:g}" for key, words in names.items() if abs(leaf.get(key, _NO_LIMIT)) < _NO_LIMIT
    ]
    return f" {' '.join(said)}" if said else ""


def _example(places: tuple[Place, ...]) -> list[str]:
    found = (example_of(place.path) for place in places)
    return next((lines for lines in found if lines), [])


def example_of(path: tuple[str, ...], **holds: str) -> list[str]:
    """The lines at a path, below the keys above them, where these values stand; none if there are none."""
    import yaml

    text, root = _examples()
    nodes: list[tuple[Any, Any]] = []
    if not _found(root, path, nodes, holds):
        return []
    lines = text.split("\n")
    key, value = nodes[-1]
    first, end = key.start_mark.line, value.end_mark
    # A block ends where the next one begins.
    in_block = isinstance(value, yaml.CollectionNode) and not value.flow_style
    shown = range(first, end.line if in_block else end.line + 1)
    above = sorted({one.start_mark.line for one, _ in nodes[:-1]} - set(shown))
    return [lines[number] for number in (*above, *shown) if lines[number].strip()]


def _found(node: Any, path: tuple[str, ...], nodes: list[tuple[Any, Any]], holds: Mapping[str, str]) -> bool:
    """Whether ``path`` leads somewhere; the pairs of keys and values on its way are put in ``nodes``."""
    import yaml

    if not path:
        return not holds or _holds(node, holds)
    if isinstance(node, yaml.SequenceNode):
        return any(_found(one, path, nodes, holds) for one in node.value)
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if path[0] in (NAME, key.value):
            nodes.append((key, value))
            if _found(value, path[1:], nodes, holds):
                return True
            nodes.pop()
    return False


def _holds(node: Any, holds: Mapping[str, str]) -> bool:
    found = {key.value: value.value for key, value in node.value}
    return all(found.get(key) == value for key, value in holds.items())


@cache
def _examples() -> tuple[str, Any]:
    """The text, and its nodes with their lines."""
    from importlib.resources import files

    import yaml

    text = files("genesis_monitoring.commands").joinpath(EXAMPLES).read_text("utf-8")
    return text, yaml.compose(text)
