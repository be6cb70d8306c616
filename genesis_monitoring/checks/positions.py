"""Where things stand in a YAML or JSON text: a path in, line and column (from 1) out; (0, 0) if unknown.

JSON is read as YAML here, for its positions only. What is merged in (``<<``) stands where it was written.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from yaml import Node

Path = tuple[str | int, ...]
"""Keys and indexes from the top of a document."""


_MOST_VALUES = 1_000_000


class UnboundedError(ValueError):
    """Aliases that no reader could walk through. ``place`` is line and column from 1."""

    def __init__(self, message: str, place: tuple[int, int]) -> None:
        super().__init__(message)
        self.place = place


def read_nodes(text: str) -> "Node | None":
    """The document's nodes, with their marks; None if it is empty or not YAML, or UnboundedError.

    Aliases are not unrolled.
    """
    import yaml

    try:
        return compose(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None


@lru_cache(maxsize=4)
def compose(text: str) -> "Node | None":
    """As ``read_nodes``. Raises YAMLError, RecursionError, or UnboundedError."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    node: Node | None = yaml.compose(text, Loader=loader)
    if node is not None:
        _count(node, {})
    return node


def _count(node: "Node", counted: dict[int, int]) -> int:
    """How many values there are with those that aliases stand for; 0 is kept for what is being counted."""
    if isinstance(node.value, str):
        return 1
    known = counted.get(id(node))
    if known == 0:
        raise UnboundedError("an anchor (&) stands within what it names", place_of(node))
    if known is not None:
        return known
    counted[id(node)] = 0
    total = 1
    for entry in node.value:
        for part in entry if isinstance(entry, tuple) else (entry,):
            total += _count(part, counted)
    if total > _MOST_VALUES:
        raise UnboundedError(f"its aliases (*) come to over {_MOST_VALUES} values", place_of(node))
    counted[id(node)] = total
    return total


def child(node: "Node | None", step: str | int) -> "Node | None":
    """The value of a mapping's key or a sequence's index (from 0), if there."""
    return _entry(node, step)[1]


def items(node: "Node | None") -> "tuple[Node, ...]":
    """The elements of a sequence; nothing for anything else."""
    import yaml

    return tuple(node.value) if isinstance(node, yaml.SequenceNode) else ()


def scalar(node: "Node | None") -> str | None:
    """The text of a scalar, whatever its type; None for anything else."""
    import yaml

    return str(node.value) if isinstance(node, yaml.ScalarNode) else None


def place_of(node: "Node | None") -> tuple[int, int]:
    """Where the value begins; for a block scalar, its first line."""
    if node is None:
        return (0, 0)
    mark = node.start_mark
    if getattr(node, "style", None) in ("|", ">"):
        return (mark.line + 2, 0)
    return (mark.line + 1, mark.column + 1)


def locate_path(text: str, path: Path) -> tuple[int, int]:
    """The place of the value at ``path``, or of the innermost thing around it that exists.

    A mapping or sequence that has a key stands where the key does.
    """
    node = read_nodes(text)
    place = place_of(node)
    for step in path:
        key, node = _entry(node, step)
        if node is None:
            break
        place = place_of(node if key is None or scalar(node) is not None else key)
    return place


def locate_word(text: str, word: str, nth: int = 1) -> tuple[int, int]:
    """The place of the ``nth`` occurrence of ``word`` as a whole, outside comments."""
    pattern = re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w.-])")
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        for match in pattern.finditer(line):
            nth -= 1
            if nth == 0:
                return (number, match.start() + 1)
    return (0, 0)


def locate_message(text: str, message: str) -> tuple[int, int]:
    """The place that a tool's message means: its ``line N``, else the first thing it quotes.

    Of ``line 1: line 4:`` the last counts: the parsers count from their own frame first.
    """
    stated = re.search(r"(?:\bline [0-9]+: )*\bline ([0-9]+)(?:,? column ([0-9]+))?", message) or re.search(
        r"\bL([0-9]+)\.C([0-9]+)\b", message
    )
    if stated:
        line = min(int(stated[1]), text.count("\n") + 1)
        return (line, int(stated[2] or 0))
    for quoted in re.findall(r'"([^"]+)"', message):
        for word in (quoted, quoted.rsplit("/", 1)[-1]):
            place = locate_word(text, word)
            if place != (0, 0):
                return place
    return (0, 0)


def _entry(node: "Node | None", step: str | int) -> "tuple[Node | None, Node | None]":
    """The key (a sequence has none) and the value at ``step``; two times None if it is not there."""
    import yaml

    if isinstance(node, yaml.MappingNode):
        own = next(((key, value) for key, value in node.value if key.value == step), None)
        return own or next(_merged(node, step), (None, None))
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None, None


def _merged(node: "Node", step: str | int) -> "Iterator[tuple[Node | None, Node | None]]":
    import yaml

    for key, value in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            for one in value.value if isinstance(value, yaml.SequenceNode) else (value,):
                found = _entry(one, step)
                if found[1] is not None:
                    yield found
