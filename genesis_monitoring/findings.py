"""The one type for "something is wrong here": where, what was seen, what is allowed, how to mend it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

MOST_FINDINGS = 500
"""More are counted and not listed: nobody reads them, and they may be as many as an input has lines."""


class Severity(IntEnum):
    """How much a finding weighs. Not an alert's severity: those are called P0 to P3."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. ``line`` and ``column`` count from 1; 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.file, self.line, self.column) if part)


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. It cannot be built without a location.

    ``code`` is stable and documented (``GM…``); ``hint`` is the command or edit that mends it;
    ``related`` are further places, for a generated file the line of the spec it came from.
    """

    code: str
    severity: Severity
    location: Location
    message: str
    hint: str = ""
    related: tuple[Location, ...] = ()


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """In the order of file, line, column and code; what is found twice at one place is said once."""
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.location, f.code, f.message)))


def split_worst(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], int]:
    """The worst ``MOST_FINDINGS`` in order, and how many more there are. One more alone is listed too."""
    ordered = sort_findings(findings)
    if len(ordered) <= MOST_FINDINGS + 1:
        return ordered, 0
    kept = sorted(ordered, key=lambda finding: -finding.severity)[:MOST_FINDINGS]
    return sort_findings(kept), len(ordered) - len(kept)


def rest(left_out: int) -> str:
    """What is said of those that are not listed."""
    return f"{left_out} more findings are not listed: mend these first, or see all with --format json"


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The highest severity, or None where there is no finding."""
    return max((finding.severity for finding in findings), default=None)
