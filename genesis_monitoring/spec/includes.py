"""``include:`` of a spec in; the spec together with the files that it names out, or why they cannot be used.

GM107: a file that is listed there cannot be read, is no part of a spec, or includes files itself. All that a
spec is made of is listed in the spec: so no file is reached in two ways, and nothing goes round in circles.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Protocol

from pydantic import TypeAdapter, ValidationError

from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.presets import PREFIX, preset, preset_names
from genesis_monitoring.spec.base import RelativePath
from genesis_monitoring.spec.joined import JoinedSource
from genesis_monitoring.spec.scalars import Value, show, type_words
from genesis_monitoring.spec.source import MAX_BYTES, Source, SpecError, load_source, read_source
from genesis_monitoring.words import suggest

INCLUDE = "include"
UNUSABLE = "GM107"
_UNREADABLE = ("GM101", "GM102")
_MEND = "correct the path, which is relative to the folder of the spec, or remove the entry"
_PATH: TypeAdapter[str] = TypeAdapter(RelativePath)


class Files(Protocol):
    """Where the files lie that a spec includes."""

    def named(self, path: str) -> str:
        """The name of a file in findings."""

    def read(self, path: str) -> bytes:
        """A file's bytes, at most ``MAX_BYTES``. Raises OSError whose ``strerror`` says why not."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The folder that holds the spec. ``display`` is the spec's name in findings."""

    folder: Path
    display: str

    def named(self, path: str) -> str:
        """See Files."""
        return str(PurePosixPath(self.display).parent / path)

    def read(self, path: str) -> bytes:
        """See Files. A symlink is followed to where it stays inside the folder."""
        file = self.folder / path
        try:
            inside = file.resolve().is_relative_to(self.folder.resolve())
        except RuntimeError:
            raise OSError(errno.ELOOP, "its symlinks go round in circles", path) from None
        if not inside:
            raise OSError(errno.ELOOP, "a symlink leads out of the folder of the spec", path)
        return read_regular(file, MAX_BYTES)


class Nowhere:
    """A text that lies in no folder."""

    def named(self, path: str) -> str:
        """See Files."""
        return path

    def read(self, path: str) -> bytes:
        """See Files."""
        raise OSError(errno.ENOENT, "this spec is in no folder", path)


@dataclass(frozen=True, slots=True)
class Included:
    """A spec with its files. Unless it is ``whole``, what it lacks says nothing of the spec."""

    source: Source
    findings: tuple[Finding, ...] = ()
    whole: bool = True


def load_with_included(path: Path) -> Source:
    """The text of a spec and of what it includes, without a look at what they mean. Raises SpecError."""
    included = with_included(load_source(path), Folder(path.parent, str(path)))
    if included.findings:
        raise SpecError(included.findings, included.source)
    return included.source


def with_included(source: Source, files: Files) -> Included:
    """``source`` joined with the files that it names; itself if it names none."""
    value = source.value
    listed = value.get(INCLUDE) if isinstance(value, dict) else None
    if listed is None:
        return Included(source)
    if not isinstance(listed, tuple):
        message = f"{INCLUDE}: expected a list of paths, found {type_words(listed)}"
        hint = f"write it as a list: [{listed}]" if isinstance(listed, str) else "list the files"
        place = (source.locate if isinstance(listed, str) else source.locate_key)((INCLUDE,))
        return Included(source, (Finding("GM112", Severity.ERROR, place, message, hint),), whole=False)
    reading = _Reading(source, files)
    findings = tuple(one for at, path in enumerate(listed) for one in reading.take(at, path))
    if not reading.parts:
        return Included(source, findings, reading.whole)
    joined = JoinedSource(source, reading.parts)
    return Included(joined, (*findings, *joined.twice), reading.whole)


class _Reading:
    """``parts`` has what could be read; ``whole`` says whether that is all."""

    def __init__(self, spec: Source, files: Files) -> None:
        self.parts: dict[str, Source] = {}
        self.whole = True
        self._spec = spec
        self._files = files
        self._left = MAX_BYTES - len(spec.lines.text)
        self._seen: dict[str, Location] = {}

    def take(self, at: int, path: Value) -> Iterator[Finding]:
        """Read the entry number ``at``; yields what is wrong with it."""
        place = self._spec.locate((INCLUDE, at))
        fault = self._fault(path, place)
        if fault is not None or not isinstance(path, str):
            self.whole = False
            if fault is not None:
                yield fault
            return
        try:
            source = self._read(path)
        except OSError as error:
            self.whole = False
            reason = error.strerror or str(error)
            reason = reason[:1].lower() + reason[1:]
            yield _error(UNUSABLE, place, f"{path} cannot be included: {reason}", _MEND)
            return
        except SpecError as error:
            yield from (_at_entry(one, path, place) for one in error.findings)
            if error.source is None:
                self.whole = False
                return
            source = error.source
        if not isinstance(source.value, dict):
            self.whole = False
            message = f"{path} cannot be included: it is {type_words(source.value)}, and no part of a spec"
            hint = "an included file has sections of a spec, such as slis and alerts"
            yield _error(UNUSABLE, place, message, hint, source.locate(()))
            return
        self.parts[path] = source
        yield from self._of_the_file(source, source.value, place)

    def _fault(self, path: Value, place: Location) -> Finding | None:
        """What is wrong with an entry before its file is looked at."""
        if isinstance(path, str) and path.startswith(PREFIX):
            name = path.removeprefix(PREFIX)
            if name in preset_names():
                return self._twice(path, path, place)
            whole = [f"{PREFIX}{one}" for one in preset_names()]
            message = f"there is no preset {name!r}{suggest(path, whole)}"
            return _error(UNUSABLE, place, message, f"use one of: {', '.join(whole)}")
        try:
            clean = PurePosixPath(_PATH.validate_python(path, strict=True))
        except ValidationError:
            message = f"{show(path)} is no path of a file that can be included"
            hint = "name a file in the folder of the spec, or in one below it, without '..': teams/shop.yaml"
            return _error(UNUSABLE, place, message, hint)
        if self._files.named(str(clean)) == self._spec.file:
            return _error(UNUSABLE, place, f"{path} is the spec itself", "remove the entry")
        return self._twice(path, str(clean), place)

    def _twice(self, path: Value, named: str, place: Location) -> Finding | None:
        first = self._seen.setdefault(named, place)
        if first != place:
            return _error("GM120", place, f"{path} is included twice", "remove one of the two", first)
        return None

    def _read(self, path: str) -> Source:
        if path.startswith(PREFIX):
            return read_source(preset(path.removeprefix(PREFIX)), path)
        data = self._files.read(path)
        self._left -= len(data)
        if self._left < 0:
            most = f"{MAX_BYTES // 1024**2} MiB"
            raise OSError(errno.EFBIG, f"a spec has at most {most} with all its files", path)
        return read_source(data, self._files.named(path))

    def _of_the_file(self, source: Source, value: dict[str, Value], place: Location) -> Iterator[Finding]:
        if INCLUDE in value:
            yield _error(
                UNUSABLE,
                source.locate_key((INCLUDE,)),
                "a file that is included includes none itself",
                f"list the files in {self._spec.file}",
                place,
            )
        spec = self._spec.value
        wanted = spec.get("apiVersion") if isinstance(spec, dict) else None
        own = value.get("apiVersion", wanted)
        if own != wanted:
            yield _error(
                "GM113",
                source.locate(("apiVersion",)),
                f"apiVersion: {show(own)} is not that of the spec, which is {show(wanted)}",
                "leave it out here: that of the spec holds for all its files",
                self._spec.locate(("apiVersion",)),
            )


def _at_entry(finding: Finding, path: str, place: Location) -> Finding:
    """A file that is no text, or is empty, is told where it is included; all else where it stands."""
    if finding.code not in _UNREADABLE:
        return replace(finding, related=(*finding.related, place))
    message = f"{path} cannot be included: {finding.message}"
    return Finding(UNUSABLE, Severity.ERROR, place, message, _MEND, (finding.location,))


def _error(code: str, place: Location, message: str, hint: str, *related: Location) -> Finding:
    return Finding(code, Severity.ERROR, place, message, hint, related)
