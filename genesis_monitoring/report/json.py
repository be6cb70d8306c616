"""Findings in, JSON out: version 1, the same bytes for the same findings (so it tells no times)."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Annotated, Literal

from genesis_monitoring.findings import Finding, sort_findings
from genesis_monitoring.report.document import Full, Written, document_json
from genesis_monitoring.report.summary import Summary, summarise

MaybePositive = Annotated[int | None, Written(lambda number: number or None, minimum=1)]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file."""

    file: Full
    """As the command was given it."""
    line: MaybePositive
    """From 1; null for the file as a whole."""
    column: MaybePositive
    """From 1, in characters; null for the whole line."""


@dataclass(frozen=True, slots=True)
class Found:
    """One finding."""

    code: Annotated[str, Written(pattern="^GM[0-9]{3}$")]
    """Stable; `genesis-mon explain CODE` prints its page."""
    severity: Annotated[Literal["error", "warning", "info"], Written(str)]
    message: Full
    """What is wrong and what was seen."""
    hint: str
    """The edit or command that mends it; empty if there is none."""
    location: Place
    related: tuple[Place, ...]
    """Further places; for a generated file the line of the spec that it came from."""


@dataclass(frozen=True, slots=True)
class FindingsDocument:
    """What `genesis-mon validate --format json` prints, version 1.

    Within version 1 keys are added, never renamed or removed, so a reader should ignore keys that it does not
    know.
    """

    version: Literal[1]
    summary: Summary
    findings: Annotated[tuple[Found, ...], Written(uniqueItems=True)]
    """Sorted by file, line, column and code; each stands once."""


def format_json(findings: Iterable[Finding], *, checks: int) -> str:
    """The document, in ASCII, ending in a newline. ``line`` and ``column`` are null where there is none."""
    ordered = sort_findings(findings)
    return document_json(
        FindingsDocument, SimpleNamespace(summary=summarise(ordered, checks), findings=ordered)
    )
