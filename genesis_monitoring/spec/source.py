"""A spec file in; its plain values and where each one stands out.

Every mistake of the text itself (GM101 to GM106, and numbers out of range) is told at once. What the
values mean is not known here.
"""

import errno
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import NoReturn

from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.presets import PREFIX
from genesis_monitoring.spec.builder import Builder, Lines, MappingNode, Node, SequenceNode, offset_of
from genesis_monitoring.spec.scalars import Value, show

MAX_BYTES = 8 * 1024 * 1024

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class SpecError(GenesisMonError):
    """A spec that cannot be used. ``findings`` hold at least one error.

    ``source`` is what could be read all the same, so that further checks can go on, or None if nothing
    could or the text ends in mid-air. ``exit_code`` is 2 where there is no file to speak of, else 1.
    """

    def __init__(
        self,
        findings: tuple[Finding, ...],
        source: "Source | None" = None,
        exit_code: ExitCode = ExitCode.FINDINGS,
    ) -> None:
        first = findings[0]
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        super().__init__(f"{first.location}: {first.message}{more}", first.hint)
        self.findings = findings
        self.source = source
        self.exit_code = exit_code


class Source:
    """A file's values and their places.

    Both are many times the size of the text. Once the spec is loaded they are needed only where something
    is found, and are read again then. Checks that run side by side may ask at the same time.
    """

    __slots__ = ("_lock", "_read", "lines", "written")

    def __init__(self, lines: Lines, read: Builder | None = None, written: str | None = None) -> None:
        """``read`` has read ``lines`` to their end. ``written`` is all that the file holds: a mark too."""
        self.lines = lines
        self.written = lines.text if written is None else written
        self._read = read
        self._lock = Lock()

    @property
    def file(self) -> str:
        """Its name in findings."""
        return self.lines.file

    @property
    def parts(self) -> Mapping[str, "Source"]:
        """The files it was read from, by their paths in the folder of the spec: itself first, as ``""``."""
        return {"": self}

    @property
    def identity(self) -> bytes:
        """What is the same for the same files, and for no others."""
        return self.written.encode()

    @property
    def files(self) -> Mapping[str, "Source"]:
        """Those of ``parts`` that are files: all but presets."""
        return {name: one for name, one in self.parts.items() if not name.startswith(PREFIX)}

    @property
    def digest(self) -> str:
        """The SHA-256 of ``identity``, in hexadecimal digits."""
        return hashlib.sha256(self.identity).hexdigest()

    def with_part(self, name: str, text: str) -> "Source":
        """The same with another text in place of one of its ``parts``. Raises SpecError."""
        if name:
            raise KeyError(name)
        return parse_source(text, self.file)

    @property
    def value(self) -> Value:
        """Dicts, tuples and scalars only."""
        return self._built().value

    @property
    def root(self) -> Node:
        """The place of ``value``."""
        return self._built().root

    def forget(self) -> None:
        """Keep the text alone."""
        self._read = None

    def _built(self) -> Builder:
        with self._lock:
            if self._read is None:
                read = Builder(self.lines)
                read.run()
                self._read = read
            return self._read

    def locate(self, path: Sequence[str | int]) -> Location:
        """Where the value at ``path`` stands; for a path that ends early, the last key that exists.

        Where a path ends at a scalar, a short form of what it leads through, it is that scalar. A value that
        is left out (``key:`` and nothing more) stands where its key does.
        """
        key, node, found = self._walk(path)
        whole = found == len(path) or isinstance(node, int)
        return self.lines.at(offset_of(node) if whole else key)

    def locate_key(self, path: Sequence[str | int]) -> Location:
        """Where the key of the value at ``path`` stands; a list's entry has no key but its start."""
        return self.lines.at(self._walk(path)[0])

    def locate_dotted(self, path: str) -> Location:
        """Where the value at a dotted path such as ``alerts.Foo.for`` or ``receivers.0`` stands.

        Keys that contain dots are found too: the longest key that fits wins.
        """
        parts = path.split(".") if path else []
        steps: list[str | int] = []
        node = self.root
        while parts:
            step, taken = _dotted_step(node, parts)
            steps.append(step)
            del parts[:taken]
            child = _child(node, step)
            if child is None:
                break
            node = child[1]
        return self.locate(steps)

    def place(self, path: Sequence[str | int]) -> tuple[int, Node] | None:
        """The offset of the key and the node of the value at ``path``; None where there is no such value.

        Both are the same where a value is left out (``key:`` and nothing more).
        """
        key, node, found = self._walk(path)
        return (key, node) if found == len(path) else None

    def left_out_at(self, path: Sequence[str | int]) -> Location | None:  # noqa: ARG002
        """Where it is said that there is nothing at ``path``; a file leaves out by saying nothing."""
        return None

    def line_text(self, line: int, file: str | None = None) -> str:
        """The text of a line, counted from 1, without its line break; empty outside the file.

        ``file`` is the name of one of its files in findings; else it is the spec itself.
        """
        return self.lines.line(line, file)

    def _walk(self, path: Sequence[str | int]) -> tuple[int, Node, int]:
        key, node = offset_of(self.root), self.root
        for count, step in enumerate(path):
            child = _child(node, step)
            # A list may be the short form of a mapping that holds it under some key.
            if child is None and isinstance(step, str) and _holds(node, path[count + 1 :]):
                continue
            if child is None:
                return key, node, count
            key, node = child
        return key, node, len(path)


def load_source(path: Path, *, display: str | None = None) -> Source:
    """Read and parse a file; ``display`` is its name in findings. Raises SpecError."""
    name = str(path) if display is None else display
    return read_source(_read(path, name), name)


def read_source(data: bytes, name: str) -> Source:
    """Parse the bytes of a file; ``name`` is that in findings. Raises SpecError."""
    if b"\0" in data:
        _refuse_bytes(data, data.index(b"\0"), name, "the file is binary: it holds a NUL byte")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_bytes(data, error.start, name, "the file is not text in UTF-8")
    return parse_source(text, name)


def parse_source(text: str, display: str) -> Source:
    """Parse the text of a spec; ``display`` is the file's name in findings. Raises SpecError."""
    lines = Lines(text.removeprefix("\ufeff"), display)
    odd = _NOT_TEXT.search(lines.text)
    if odd:
        message = f"a character that is not text: {show(odd[0])}"
        hint = "remove it, or write it as an escape in double quotes"
        raise SpecError((_error("GM102", lines.at(odd.start()), message, hint),))
    builder = Builder(lines)
    complete = builder.run()
    source = Source(lines, builder, text) if complete else None
    findings = sort_findings(builder.findings)
    if source is None or findings:
        raise SpecError(findings, source)
    return source


def _read(path: Path, name: str) -> bytes:
    """A regular file's bytes, never more than ``MAX_BYTES``; no waiting for a pipe or a device."""
    try:
        return read_regular(path, MAX_BYTES)
    except OSError as error:
        if error.errno != errno.EFBIG:
            _cannot_read(name, (error.strerror or str(error)).lower())
    message = f"the file is larger than {MAX_BYTES // 1024**2} MiB, the most a spec may have"
    finding = _error("GM102", Location(name), message, "name the spec with --spec")
    raise SpecError((finding,), None, ExitCode.USAGE)


def _cannot_read(name: str, reason: str) -> NoReturn:
    hint = "name the spec with --spec, or write a first one with: genesis-mon init"
    finding = _error("GM101", Location(name), f"the spec cannot be read: {reason}", hint)
    raise SpecError((finding,), None, ExitCode.USAGE)


def _refuse_bytes(data: bytes, offset: int, name: str, message: str) -> NoReturn:
    start = data.rfind(b"\n", 0, offset) + 1
    before = data[start:offset].decode("utf-8", "replace").removeprefix("\ufeff")
    location = Location(name, data.count(b"\n", 0, offset) + 1, len(before) + 1)
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    hint = "it looks like UTF-16: save it as UTF-8" if utf16 else "save it as UTF-8, if it is the right file"
    raise SpecError((_error("GM102", location, f"{message} (byte {offset})", hint),))


def _error(code: str, location: Location, message: str, hint: str) -> Finding:
    return Finding(code, Severity.ERROR, location, message, hint)


def _child(node: Node, step: str | int) -> tuple[int, Node] | None:
    """The offset of the key and the node at ``step``, if there is one."""
    if isinstance(node, MappingNode) and isinstance(step, str):
        return node.entries.get(step)
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        item = node.items[step]
        return offset_of(item), item
    return None


def _holds(node: Node, path: Sequence[str | int]) -> bool:
    """Whether the node is a list with the entry that ``path`` begins with."""
    return bool(path) and isinstance(node, SequenceNode) and _child(node, path[0]) is not None


def _dotted_step(node: Node, parts: Sequence[str]) -> tuple[str | int, int]:
    """The step that the dotted ``parts`` begin with, and how many of them it takes."""
    if isinstance(node, SequenceNode) and re.fullmatch("[0-9]{1,9}", parts[0]):
        return int(parts[0]), 1
    if isinstance(node, MappingNode):
        for taken in range(len(parts), 0, -1):
            key = ".".join(parts[:taken])
            if key in node.entries:
                return key, taken
    return parts[0], 1
