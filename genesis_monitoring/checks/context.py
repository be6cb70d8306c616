"""What every check gets: the tree on disk, what the spec renders to, the spec's places and the tools.

GM004 (error): a file that a check needs is missing, unreadable or not text, or the spec renders no such file
at all. Nothing was checked then, and that is never success. Mend it with ``genesis-mon render``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Protocol

from genesis_monitoring.artifacts import Artifact, origin_of
from genesis_monitoring.checks.proven import Proven
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.files import read_regular
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.tree.lines import MAX_TEXT_BYTES

RENDER_HINT = "run genesis-mon render"
SPEC_HINT = "correct the spec there, then run genesis-mon render"
NO_ORIGIN_HINT = "run genesis-mon render; if this stays, correct the spec"


class SpecSource(Protocol):
    """Where the spec's values stand."""

    @property
    def file(self) -> str:
        """The spec's file, as the user named it."""

    def locate_dotted(self, path: str) -> Location:
        """The place of ``alerts.Name``, or of the nearest thing around it."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file as it is on disk. ``path`` is relative to the output folder, with ``/``."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class TreeFiles:
    """The files that could be read, and a finding for each that could not."""

    files: tuple[TreeFile, ...]
    findings: tuple[Finding, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths, in order."""
        return tuple(file.path for file in self.files)


@dataclass(frozen=True, slots=True)
class CheckContext:
    """``out`` is the folder on disk, as the user named it; ``artifacts`` what should be in it.

    ``plan`` is what the spec says, ``proven`` what is known already of other trees of this run.
    """

    out: Path
    artifacts: tuple[Artifact, ...]
    source: SpecSource
    tools: Toolbox
    plan: Plan
    strict: bool = False
    proven: Proven = field(default_factory=Proven)

    def read(self, pattern: str, what: str) -> TreeFiles:
        """The files on disk of all artifacts whose path matches ``pattern``; ``what`` names them in prose."""
        paths = [a.path for a in self.artifacts if fnmatchcase(a.path, pattern)]
        if not paths:
            message = f"the spec renders no {what} ({pattern}), so none was checked"
            missing = Finding("GM004", Severity.ERROR, Location(self.source.file), message, RENDER_HINT)
            return TreeFiles((), (missing,))
        files, findings = [], []
        for path in sorted(paths):
            try:
                files.append(TreeFile(path, _read(self.out / path)))
            except (OSError, ValueError) as error:
                findings.append(self.unchecked(path, _reason(error)))
        return TreeFiles(tuple(files), tuple(findings))

    def locate(self, path: str, line: int = 0, column: int = 0) -> Location:
        """A place in a generated file, named as the user names the output folder."""
        return Location((self.out / path).as_posix(), line, column)

    def origin(self, file: TreeFile, line: int) -> tuple[Location, ...]:
        """The place in the spec that this line was generated from, as far as the file tells."""
        dotted = origin_of(file.text, line) if line else None
        return (self.source.locate_dotted(dotted),) if dotted else ()

    def finding(
        self,
        code: str,
        file: TreeFile,
        place: tuple[int, int],
        message: str,
        *,
        hint: str = SPEC_HINT,
        severity: Severity = Severity.ERROR,
        related: Sequence[Location] | None = None,
    ) -> Finding:
        """A finding at ``place`` (line and column from 1, or 0), related to the spec it came from."""
        line, column = place
        origin = self.origin(file, line) if related is None else tuple(related)
        if hint == SPEC_HINT and not origin:
            hint = NO_ORIGIN_HINT
        return Finding(code, severity, self.locate(file.path, line, column), message, hint, origin)

    def unchecked(self, path: str, reason: str, place: tuple[int, int] = (0, 0)) -> Finding:
        """A file that a check needs cannot be used."""
        message = f"{reason}, so nothing in it was checked"
        return Finding("GM004", Severity.ERROR, self.locate(path, *place), message, RENDER_HINT)


def _read(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise ValueError("is not a file")
    return read_regular(path, MAX_TEXT_BYTES).decode("utf-8")


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "the file is missing"
    if isinstance(error, OSError):
        return f"the file cannot be read ({error.strerror})"
    if isinstance(error, UnicodeDecodeError):
        return "the file is not UTF-8 text"
    return f"the path {error}"
