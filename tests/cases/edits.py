"""Edits of a spec's text at a place that a finding names: replace a value, take an entry out, indent a line.

They know nothing of the product: the text is read with PyYAML, or as lines where it is no YAML yet.
"""

import re
from collections.abc import Iterator
from typing import Any

import yaml

from genesis_monitoring.findings import Location

Span = tuple[int, int]


def offset(text: str, at: Location) -> int:
    """The character at a place."""
    return sum(len(line) + 1 for line in text.split("\n")[: at.line - 1]) + at.column - 1


def replaced(text: str, span: Span, new: str) -> str:
    """``text`` with ``new`` in the place of what stands at ``span``."""
    return text[: span[0]] + new + text[span[1] :]


def value_span(text: str, at: Location, *, of_key: bool = False) -> Span:
    """The scalar, list or mapping that begins at a place; with ``of_key`` the value of the key that does."""
    begin = offset(text, at)
    spans = [
        (found.start_mark.index, found.end_mark.index)
        for node, value in nodes(text)
        if node.start_mark.index == begin and (value is not None or not of_key)
        for found in (value if of_key else node,)
    ]
    assert spans, f"nothing begins at {at}"
    # A mapping begins where its first key does.
    return min(spans, key=lambda span: span[1])


def with_value(text: str, at: Location, new: str) -> str:
    """Another value at a place."""
    return replaced(text, value_span(text, at), new)


def without_entry(text: str, at: Location) -> str:
    """Without the entry of a list, or the key and its value, of which some part begins at a place."""
    begin = offset(text, at)
    for holder, first, last in _entries(text):
        if begin in (first.start_mark.index, last.start_mark.index):
            return _cut(text, holder, first.start_mark.index, last.end_mark.index)
    raise AssertionError(f"no entry begins at {at}")


def with_key(text: str, at: Location, line: str) -> str:
    """With another key in the mapping that stands at a place, or under the key at it."""
    begin = offset(text, at)
    # A mapping begins where its first key does, and it is the key that is meant.
    for node, value in sorted(nodes(text), key=lambda pair: pair[1] is None):
        mapping = node if isinstance(node, yaml.MappingNode) else value
        if begin == node.start_mark.index and isinstance(mapping, yaml.MappingNode):
            start = mapping.start_mark.index
            if mapping.flow_style:
                return replaced(text, (start + 1, start + 1), f"{line}, ")
            return replaced(text, (start, start), f"{line}\n{' ' * mapping.start_mark.column}")
        if begin == node.start_mark.index and isinstance(value, yaml.ScalarNode) and not value.value:
            return replaced(text, (node.end_mark.index, node.end_mark.index), f": {{{line}}} #")
    raise AssertionError(f"no mapping is at {at}")


def with_key_around(text: str, at: Location, key: str, new: str) -> str:
    """Another value of a key in the innermost mapping around a place that has it, or of the panel there."""
    begin = offset(text, at)
    around = [
        node
        for node, _ in nodes(text)
        if isinstance(node, yaml.MappingNode) and node.start_mark.index <= begin < node.end_mark.index
    ]
    for mapping in sorted(around, key=lambda one: -one.start_mark.index):
        keys = {name.value: value for name, value in mapping.value}
        if key in keys and (key != "unit" or "queries" in keys):
            return replaced(text, (keys[key].start_mark.index, keys[key].end_mark.index), new)
        if "queries" in keys or "kind" in keys:
            start = mapping.start_mark.index
            between = ", " if mapping.flow_style else f"\n{' ' * mapping.start_mark.column}"
            start += mapping.flow_style
            return replaced(text, (start, start), f"{key}: {new}{between}")
    raise AssertionError(f"nothing around {at} has {key}")


def without_key(text: str, at: Location, key: str) -> str:
    """Without a key of the mapping that a place is in or names."""
    begin = offset(text, at)
    holders = [
        (holder, name, value)
        for holder, name, value in _entries(text)
        if isinstance(holder, yaml.MappingNode)
        and name.value == key
        and (holder.start_mark.index <= begin < holder.end_mark.index)
    ]
    holder, name, value = max(holders, key=lambda entry: entry[0].start_mark.index)
    return _cut(text, holder, name.start_mark.index, value.end_mark.index)


def indented(text: str, at: Location, columns: int) -> str:
    """The line of a place, and what is indented below it, at another column."""
    lines = text.split("\n")
    row = at.line - 1
    own = len(lines[row]) - len(lines[row].lstrip())
    end = row + 1
    below = lines[row].rstrip().endswith(":")
    while (
        below and end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) > own
    ):
        end += 1
    moved = [
        f"{' ' * (columns - own)}{line}" if columns > own else line[own - columns :]
        for line in lines[row:end]
    ]
    return "\n".join([*lines[:row], *moved, *lines[end:]])


def line_of(text: str, at: Location) -> str:
    """The line of a place."""
    return text.split("\n")[at.line - 1]


def with_line(text: str, at: Location, new: str) -> str:
    """Another line in the place of one."""
    lines = text.split("\n")
    lines[at.line - 1] = new
    return "\n".join(lines)


def nodes(text: str) -> Iterator[tuple[Any, Any]]:
    """Every node; of a key its value as well."""
    pending = [(yaml.compose(text), None)]
    while pending:
        node, value = pending.pop()
        yield node, value
        if isinstance(node, yaml.MappingNode):
            pending += [pair for key, one in node.value for pair in ((key, one), (one, None))]
        elif isinstance(node, yaml.SequenceNode):
            pending += [(one, None) for one in node.value]


def _entries(text: str) -> Iterator[tuple[Any, Any, Any]]:
    """The innermost first: what holds an entry, and the nodes that it begins and ends with."""
    found: list[tuple[Any, Any, Any]] = []
    for node, _ in nodes(text):
        if isinstance(node, yaml.MappingNode):
            found += [(node, key, value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            found += [(node, one, one) for one in node.value]
    return iter(sorted(found, key=lambda entry: entry[2].end_mark.index - entry[1].start_mark.index))


def _cut(text: str, holder: Any, begin: int, end: int) -> str:
    if holder.flow_style:
        behind = re.compile(r"\s*,\s*").match(text, end)
        if behind:
            return text[:begin] + text[behind.end() :]
        return re.sub(r"\s*,\s*$", "", text[:begin]) + text[end:]
    start = text.rfind("\n", 0, begin) + 1
    tail = text[begin:end].rstrip()
    stop = text.find("\n", begin + len(tail))
    rest = text[stop + 1 :]
    if re.fullmatch(r"\s*- ", text[start:begin]) and isinstance(holder, yaml.MappingNode):
        return text[:begin] + rest.lstrip()
    return text[:start] + rest
