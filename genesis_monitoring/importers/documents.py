"""Files and folders in; their YAML documents out, each with the places of its values in its file."""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.errors import UsageError
from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location
from genesis_monitoring.importers.report import Report
from genesis_monitoring.spec.scalars import Value
from genesis_monitoring.spec.source import MAX_BYTES, Source, SpecError, parse_source

_SUFFIXES = (".yaml", ".yml")
_BEGINS = re.compile(r"---(?:[ \t]|$)")
_ENDS = re.compile(r"\.\.\.(?:[ \t]|$)")
_LINE = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
_MARKS = re.compile(r"prometheus/v1|sloth\.slok\.dev/|openslo(?:\.com)?/")
"""What a document of any format says of itself."""

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document. ``above`` are the lines of its file before it; ``named``: its file was asked for."""

    source: Source
    above: int
    named: bool

    @property
    def file(self) -> str:
        """As it was named."""
        return self.source.file

    @property
    def value(self) -> Value:
        """Dicts, tuples and scalars."""
        return self.source.value

    def at(self, path: Path_) -> Location:
        """Where the value at ``path`` stands; for a path that ends early, the last key that exists."""
        return _moved(self.source.locate(path), self.above)

    def at_key(self, path: Path_) -> Location:
        """Where its key stands."""
        return _moved(self.source.locate_key(path), self.above)

    def text(self, *keys: str) -> str:
        """The text below ``keys``; empty if there is none."""
        value = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, str) else ""


def read_documents(paths: Sequence[Path], report: Report) -> tuple[Document, ...]:
    """In the order of ``paths``; of a folder every YAML file below it, by name.

    A file of a folder that says of no document that it is an SLO is passed over. Raises UsageError for a path
    that cannot be read.
    """
    found: dict[Path, bool] = {}
    for path in paths:
        if path.is_dir():
            files = tuple(_files_below(path))
            if not files:
                raise UsageError(f"{path}: holds no .yaml or .yml file", "name a file, or another folder")
            for file in files:
                found.setdefault(file, False)
        else:
            found[path] = True
    return tuple(document for path, named in found.items() for document in _read(path, named, report))


def split(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a stream, each with the number of lines before it; those without content are left out.

    A line that begins with ``---`` begins one, also inside of a block of text (YAML 1.2.2, 9.1.2).
    """
    above, lines = 0, list[str]()
    for number, line in enumerate(_LINE.split(text)):
        ends = _ENDS.match(line.rstrip("\r\n"))
        if ends or (_BEGINS.match(line.rstrip("\r\n")) and not all(_directive(one) for one in lines)):
            yield from _with_content(above, lines)
            above, lines = (number + 1, []) if ends else (number, [line])
        else:
            lines.append(line)
    yield from _with_content(above, lines)


def _directive(line: str) -> bool:
    return not line.strip() or line[0] in "%#"


def _with_content(above: int, lines: list[str]) -> Iterator[tuple[int, str]]:
    bare = (line.strip().removeprefix("---").strip() for line in lines)
    if any(line and line[0] not in "#%" for line in bare):
        yield above, "".join(lines)


def _read(path: Path, named: bool, report: Report) -> Iterator[Document]:
    text = _text_of(path)
    file = str(path)
    documents = tuple(split(text))
    if named and not documents:
        report.error(Location(file), "the file holds no document", "is it the right file?")
    for above, one in documents:
        if not named and not _MARKS.search(one):
            place = Location(file, above + 1)
            report.note(place, "passed over: it does not say that it is an SLO of Sloth or OpenSLO")
            continue
        try:
            yield Document(parse_source(one, file), above, named)
        except SpecError as error:
            for finding in error.findings:
                report.add(_moved_finding(finding, above))


def _text_of(path: Path) -> str:
    try:
        return read_regular(path, MAX_BYTES).decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise UsageError(
            f"{path}: is not text in UTF-8", "save it as UTF-8, if it is the right file"
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if error.errno == errno.EFBIG:
            reason = f"it is larger than {MAX_BYTES // 1024**2} MiB"
        raise UsageError(f"{path}: cannot be read: {reason}", "name a file or a folder of SLOs") from None


def _files_below(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(f"{error.filename}: cannot be read: {reason}", "name the files instead")

    for here, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(files):
            if name.endswith(_SUFFIXES) and not name.startswith("."):
                yield Path(here) / name


def _moved(place: Location, above: int) -> Location:
    return replace(place, line=place.line + above) if place.line else place


def _moved_finding(finding: Finding, above: int) -> Finding:
    related = tuple(_moved(one, above) for one in finding.related)
    return replace(finding, location=_moved(finding.location, above), related=related)
