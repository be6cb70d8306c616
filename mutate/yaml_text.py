"""A YAML or JSON text in, edits of single places out: by the parser's marks, so that all else stays as it is.

What an edit is made in is a mapping or a list; its members are counted from 0, those of a mapping as written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A mapping's entry or a list's item: the characters from ``start`` to ``end``; ``value`` is its node."""

    step: str | int
    start: int
    end: int
    key_end: int
    value: yaml.Node


class YamlText:
    """The text and its nodes. Raises YAMLError if it is no YAML."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)

        self._members: dict[int, list[Member]] = {}

    @cached_property
    def lines(self) -> int:
        """How many there are."""
        return self.text.count("\n")

    def line_of(self, index: int) -> int:
        """The line (from 1) of a character."""
        return self.text.count("\n", 0, index) + 1

    def members(self, node: yaml.Node | None) -> list[Member]:
        """What a mapping or list holds; what is merged into it is not there."""
        if id(node) not in self._members:
            self._members[id(node)] = list(self._read(node))
        return self._members[id(node)]

    def member(self, path: Path) -> tuple[yaml.Node, int] | None:
        """The node that holds the value at ``path``, and which of its members it is; None if not written."""
        found: tuple[yaml.Node, int] | None = None
        node = self.root
        for step in path:
            members = self.members(node)
            index = next((i for i, member in enumerate(members) if member.step == step), None)
            if index is None:
                return None
            assert node is not None
            found, node = (node, index), members[index].value
        return found

    def node(self, path: Path) -> yaml.Node | None:
        """The node of the value at ``path``."""
        found = self.member(path)
        if found is None:
            return None if path else self.root
        return self.members(found[0])[found[1]].value

    def span(self, path: Path) -> tuple[int, int]:
        """The first and last line of the value at ``path`` with its key; of the whole text for no path."""
        found = self.member(path)
        if found is None:
            return 1, self.lines
        member = self.members(found[0])[found[1]]
        return self.line_of(member.start), self.line_of(max(member.start, member.end - 1))

    def walk(self, node: yaml.Node | None = None, path: Path = ()) -> Iterator[Path]:
        """The path of every value, outer ones first."""
        for member in self.members(node or self.root):
            yield (*path, member.step)
            if (
                member.value.flow_style is not None
                if isinstance(member.value, yaml.CollectionNode)
                else False
            ):
                yield from self.walk(member.value, (*path, member.step))

    def words(self, node: yaml.Node) -> Iterator[str]:
        """All keys and scalars in it."""
        if isinstance(node, yaml.ScalarNode):
            yield node.value
        for member in self.members(node):
            yield str(member.step)
            yield from self.words(member.value)

    def replaced(self, node: yaml.Node, index: int, value: object) -> str:
        """Another value (plain data)."""
        member = self.members(node)[index]
        head = self.text[_start(member.value) - 1]
        begin = min(_start(member.value), member.end)
        new = json.dumps(value, ensure_ascii=False)
        return self._with(begin, member.end, f" {new}" if head == ":" else new)

    def renamed(self, node: yaml.Node, index: int, key: str) -> str:
        """Another key."""
        member = self.members(node)[index]
        return self._with(member.start, member.key_end, json.dumps(key, ensure_ascii=False))

    def removed(self, node: yaml.Node, index: int) -> str:
        """Without that member."""
        members = self.members(node)
        if len(members) == 1:
            empty = "{}" if isinstance(node, yaml.MappingNode) else "[]"
            return self._with(_start(node), self._end(node), empty)
        if index + 1 < len(members):
            return self._with(members[index].start, members[index + 1].start, "")
        return self._with(members[index - 1].end, members[index].end, "")

    def doubled(self, node: yaml.Node, index: int) -> str:
        """The member once more, behind itself."""
        member = self.members(node)[index]
        return self._with(member.end, member.end, self._between(node) + self.text[member.start : member.end])

    def swapped(self, node: yaml.Node, index: int) -> str:
        """The member and the next one exchanged."""
        one, other = self.members(node)[index : index + 2]
        text = self.text
        middle = text[other.start : other.end] + text[one.end : other.start] + text[one.start : one.end]
        return self._with(one.start, other.end, middle)

    def added(self, node: yaml.Node, key: str, value: object) -> str:
        """A mapping with one more entry, behind the others."""
        entry = f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        members = self.members(node)
        if not members:
            return self._with(_start(node), self._end(node), f"{{{entry}}}")
        return self._with(members[-1].end, members[-1].end, self._between(node) + entry)

    def _read(self, node: yaml.Node | None) -> Iterator[Member]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                yield Member(key.value, _start(key), self._end(value), key.end_mark.index, value)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                yield Member(index, _start(item), self._end(item), 0, item)

    def _between(self, node: yaml.Node) -> str:
        """What stands between two members."""
        if is_flow(node):
            return ", "
        column = self.members(node)[0].start - self.text.rfind("\n", 0, self.members(node)[0].start) - 1
        if isinstance(node, yaml.MappingNode):
            return "\n" + " " * column
        return "\n" + " " * node.start_mark.column + "- "

    def _end(self, node: yaml.Node) -> int:
        """Where it ends, without the comments and blank lines that follow."""
        if isinstance(node, yaml.CollectionNode) and not is_flow(node) and node.value:
            last = node.value[-1]
            return self._end(last[1] if isinstance(last, tuple) else last)
        start = _start(node)
        return start + len(self.text[start : node.end_mark.index].rstrip())

    def _with(self, start: int, end: int, new: str) -> str:
        return self.text[:start] + new + self.text[end:]


def is_flow(node: yaml.Node) -> bool:
    """Whether it is written in braces or brackets."""
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)


def read_yaml(text: str) -> object:
    """The data in a text. Raises YAMLError, also for a key that stands twice, as Go's readers do."""
    done: set[int] = set()
    left = [yaml.compose(text, Loader=_LOADER)]
    while left:
        node = left.pop()
        if id(node) in done or not isinstance(node, yaml.CollectionNode):
            continue
        done.add(id(node))
        keys = [entry[0].value for entry in node.value] if isinstance(node, yaml.MappingNode) else []
        if len(set(map(str, keys))) < len(keys):
            raise yaml.YAMLError(f"a key of {keys} stands twice")
        left.extend(entry[1] if keys else entry for entry in node.value)
    return yaml.load(text, _LOADER)  # noqa: S506


def _start(node: yaml.Node) -> int:
    index: int = node.start_mark.index
    return index
