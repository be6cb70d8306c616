"""A YAML text in; its plain values, the place of each one, and all mistakes of the text out.

Values are built from parse events in one pass without recursion. A value can stand in one place only
(no anchors, no aliases), so time and memory grow with the size of the text.
"""

import re
from bisect import bisect_right
from typing import Any, TypeAlias

from genesis_monitoring.findings import MOST_FINDINGS, Finding, Location, Severity
from genesis_monitoring.spec.scalars import Value, read_plain, type_words
from genesis_monitoring.words import shorten

MAX_DEPTH = 64
_THOUSAND = 3
"""Digits between two separators of thousands."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_NUMBERS = re.compile(r"-?[0-9.]+(?:, +-?[0-9.]+)+(?=\s*[,}])", re.ASCII)
_SURROGATE = re.compile("[\ud800-\udfff]")


class Lines:
    """Offsets in a text, counted in characters, to places in its file."""

    __slots__ = ("file", "starts", "text")

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.starts = (0, *(match.end() for match in _LINE_BREAK.finditer(text)))

    def at(self, offset: int) -> Location:
        """The line and column of an offset, both from 1."""
        line = bisect_right(self.starts, offset)
        return Location(self.file, line, offset - self.starts[line - 1] + 1)

    @property
    def files(self) -> "tuple[tuple[int, Lines], ...]":
        """Each file with the offset at which its text begins."""
        return ((0, self),)

    def line(self, number: int, file: str | None = None) -> str:
        """The text of a line, counted from 1, without its line break; empty outside ``file``."""
        if file is not None and file != self.file:
            return ""
        if not 1 <= number <= len(self.starts):
            return ""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")


class MappingNode:
    """Where a mapping starts, and for each key its own offset and its value's node."""

    __slots__ = ("entries", "offset")

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.entries: dict[str, tuple[int, Node]] = {}


class SequenceNode:
    """Where a list starts, and the nodes of its entries."""

    __slots__ = ("items", "offset")

    def __init__(self, offset: int) -> None:
        self.offset = offset
        self.items: list[Node] = []


Node: TypeAlias = int | MappingNode | SequenceNode
"""A value's place: the offset of a scalar, in characters, or a collection with its members."""


def offset_of(node: Node) -> int:
    """Where a value starts, in characters."""
    return node if isinstance(node, int) else node.offset


class _OpenList:
    """A list whose end is not read yet."""

    __slots__ = ("node", "values")

    def __init__(self, offset: int) -> None:
        self.node = SequenceNode(offset)
        self.values: list[Value] = []


class _OpenMapping:
    """A mapping whose end is not read yet. ``key`` is None where the value that follows is dropped."""

    __slots__ = ("awaits_key", "key", "key_offset", "node", "values")

    def __init__(self, offset: int) -> None:
        self.node = MappingNode(offset)
        self.values: dict[str, Value] = {}
        self.awaits_key = True
        self.key: str | None = None
        self.key_offset = offset


class _StopReadingError(Exception):
    """What is wrong has been reported, and nothing after it can be read."""


class Builder:
    """Reads one text. After ``run``: ``findings`` and, unless reading stopped early, the root."""

    def __init__(self, lines: Lines) -> None:
        self.findings: list[Finding] = []
        self.value: Value = None
        self.root: Node = 0
        self._lines = lines
        self._base = _OpenList(0)
        self._stack: list[_OpenList | _OpenMapping] = [self._base]
        self._offset = 0
        self._told: set[int] = set()

    def run(self) -> bool:
        """Read it all; False if the text is empty or reading had to stop."""
        import yaml

        try:
            self._read(getattr(yaml, "CSafeLoader", yaml.SafeLoader)(self._lines.text))
        except _StopReadingError:
            return False
        except yaml.MarkedYAMLError as error:
            from genesis_monitoring.spec.syntax import explain

            found = explain(error, self._lines.text)
            self._keep(found.code, found.offset, found.message, found.hint, found.related)
            return False
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            message = f"this is not valid YAML: {shorten(str(error), 200)}"
            self._keep("GM103", self._offset, message, "write it in another way")
            return False
        if self._base.values:
            self.value, self.root = self._base.values[0], self._base.node.items[0]
        if self.value is None and not self.findings:
            message = "the file is empty: it holds no value, or only comments"
            self._keep("GM102", 0, message, "write a first spec with: genesis-mon init")
        return self.value is not None

    def _read(self, loader: Any) -> None:
        import yaml

        scalar, start_map, start_list = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        while (event := loader.get_event()) is not None:
            kind = type(event)
            self._offset = offset = event.start_mark.index
            if kind is scalar:
                if event.anchor or event.tag:
                    self._refuse_properties(event, offset)
                self._scalar(event, offset)
            elif kind is start_map or kind is start_list:
                if event.anchor or event.tag:
                    self._refuse_properties(event, offset)
                if len(self._stack) > MAX_DEPTH:
                    self._keep("GM102", offset, f"nested deeper than {MAX_DEPTH} levels", "nest it less")
                    raise _StopReadingError
                self._stack.append(_OpenMapping(offset) if kind is start_map else _OpenList(offset))
            elif kind in ends:
                closed = self._stack.pop()
                values = closed.values
                self._place(tuple(values) if isinstance(values, list) else values, closed.node)
            elif kind is yaml.AliasEvent:
                hint = f"write the value out, or put text that begins with * in quotes: '*{event.anchor}'"
                self._report("GM106", offset, f"aliases (*{event.anchor}) are not supported", hint)
                self._place(None, offset)
            elif kind is yaml.DocumentStartEvent:
                self._document(event, offset)

    def _document(self, event: Any, offset: int) -> None:
        if self._base.values:
            message = "a second document begins here; a spec is one document"
            self._keep("GM106", offset, message, 'remove the "---" line or what follows it')
            raise _StopReadingError
        if event.version or event.tags:
            message = "directives (lines that begin with %) are not supported"
            self._report("GM106", offset, message, "remove the line")

    def _refuse_properties(self, event: Any, offset: int) -> None:
        if event.anchor:
            hint = "write the value out wherever it is needed, or put text that begins with & in quotes"
            self._report("GM106", offset, f"anchors (&{event.anchor}) are not supported", hint)
        if event.tag:
            tag = shorten(event.tag.replace("tag:yaml.org,2002:", "!!"))
            hint = "remove the tag; text that begins with ! goes in quotes"
            self._report("GM106", offset, f"tags ({tag}) are not supported", hint)

    def _scalar(self, event: Any, offset: int) -> None:
        text: str = event.value
        top = self._stack[-1]
        is_key = isinstance(top, _OpenMapping) and top.awaits_key
        if event.style:
            if event.style == '"' and not text.isascii() and _SURROGATE.search(text):
                self._report("GM103", offset, "an escape here stands for no character", "correct the escape")
                text = ""
            value: Value = text
        else:
            value, doubt = read_plain(text)
            if is_key:
                value = self._plain_key(text, value, doubt is not None, offset)
            elif doubt:
                self._report(doubt.code, offset, f"{shorten(text)} {doubt.reason}", doubt.hint)
            if not text and isinstance(top, _OpenMapping) and not is_key:
                offset = top.key_offset
        self._place(value, offset)

    def _plain_key(self, text: str, value: Value, doubtful: bool, offset: int) -> str | None:
        """The key; None for what is no key, and told as that."""
        shown = shorten(text)
        hint = f'put it in quotes: "{shown}"'
        before = re.search(r"[0-9]+,$", self._lines.text[max(0, offset - 20) : offset])
        comma = before is not None and text.isdecimal()
        if before and comma:
            offset -= 1
            hint = f"a decimal point is a dot: {before[0][:-1]}.{text}"
            if len(text) == _THOUSAND:
                hint = f"thousands are not set apart: write {before[0][:-1]}{text}"
        if not text:
            self._report("GM106", offset, "there is no key before the colon", "write one")
        elif text == "<<":
            hint = "write the keys out; each value stands in one place"
            self._report("GM105", offset, "merge keys (<<) are not supported", hint)
        elif doubtful and (value is None or isinstance(value, str | bool)):
            message = f"the key {shown} is ambiguous: some YAML readers do not take it for text"
            self._report("GM105", offset, message, hint)
        elif not isinstance(value, str):
            message = f"the key {shown} is {type_words(value)}, and keys are text"
            if not comma and self._numbers_without_brackets(offset):
                return None
            self._report("GM106", offset, message, hint)
        return None if comma else text

    def _numbers_without_brackets(self, offset: int) -> bool:
        """Whether the number at ``offset`` is one of several under the key before it; that is told once."""
        top = self._stack[-1]
        if not isinstance(top, _OpenMapping) or not top.node.entries:
            return False
        last = next(reversed(top.node.entries.items()))
        if not isinstance(last[1][1], int):
            return False
        numbers = _NUMBERS.match(self._lines.text, last[1][1])
        if numbers is None or not numbers.start() < offset < numbers.end():
            return False
        if numbers.start() not in self._told:
            self._told.add(numbers.start())
            top.values[last[0]] = tuple(map(float, numbers[0].split(",")))
            message = "several numbers stand here without brackets"
            self._report("GM106", numbers.start(), message, f"write it as a list: [{numbers[0]}]")
        return True

    def _place(self, value: Value, node: Node) -> None:
        top = self._stack[-1]
        if isinstance(top, _OpenList):
            top.values.append(value)
            top.node.items.append(node)
        elif top.awaits_key:
            top.awaits_key = False
            top.key_offset = offset_of(node)
            top.key = None if value is None else self._new_key(top, value)
        else:
            top.awaits_key = True
            if top.key is not None:
                top.values[top.key] = value
                top.node.entries[top.key] = (top.key_offset, node)

    def _new_key(self, top: _OpenMapping, value: Value) -> str | None:
        if not isinstance(value, str):
            what = type_words(value)
            hint = "write text as the key; text that begins with { or [ goes in quotes"
            self._report("GM106", top.key_offset, f"{what} stands where a key is expected", hint)
            return None
        first = top.node.entries.get(value)
        if first is None:
            return value
        line = self._lines.at(first[0]).line
        message = f'the key "{shorten(value)}" stands twice in this mapping, first in line {line}'
        self._report("GM104", top.key_offset, message, "remove or rename one of the two", first[0])
        return None

    def _report(self, code: str, offset: int, message: str, hint: str, related: int | None = None) -> None:
        if len(self.findings) == MOST_FINDINGS:
            message = f"more than {MOST_FINDINGS} mistakes: nothing after this is read"
            self._keep("GM102", offset, message, "mend the ones above first; is this the right file?")
            raise _StopReadingError
        self._keep(code, offset, message, hint, related)

    def _keep(self, code: str, offset: int, message: str, hint: str, related: int | None = None) -> None:
        places = () if related is None else (self._lines.at(related),)
        self.findings.append(Finding(code, Severity.ERROR, self._lines.at(offset), message, hint, places))
