"""What ``explain`` says: pages about codes, words and names in, text and JSON (version 1) out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from genesis_monitoring.findings import Location
from genesis_monitoring.report.document import Full, MaybeText
from genesis_monitoring.report.json import Place
from genesis_monitoring.report.text import escape

_LABEL_WIDTH = 13

OfSpec = Literal["alert", "SLI", "SLO", "metric", "severity", "panel"]
Kind = Literal["code", "SLI kind", "receiver", "panel type", "product", "key", OfSpec]


@dataclass(frozen=True, slots=True)
class Fact:
    """What is said under a label, line by line."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """One page. A name of the spec has ``facts`` and the ``location`` of it; all else has a ``text``."""

    kind: Kind
    name: str
    title: str
    text: str = ""
    facts: tuple[Fact, ...] = ()
    location: Location | None = None

    def lines(self) -> Iterator[str]:
        """For people."""
        if self.text:
            yield self.text
            return
        yield f"{self.name}: {self.kind}, {self.location}\n"
        for fact in self.facts:
            for number, line in enumerate(part for text in fact.lines for part in text.splitlines()):
                yield f"  {'' if number else fact.label:<{_LABEL_WIDTH}}{escape(line)}\n"


@dataclass(frozen=True, slots=True)
class Explained:
    """All pages about what was asked for, in an environment of the spec or in none."""

    pages: tuple[Explanation, ...]
    environment: str | None = None


@dataclass(frozen=True, slots=True)
class LabelledDocument:
    """What is said of a name under one label."""

    label: Full
    """As in text: `severity`, `fires`, `expression`, `goes to`, `runbook`, `comes out as` and so on."""
    lines: tuple[str, ...]
    """For people to read; a path of a generated file ends in its line where there is one."""


@dataclass(frozen=True, slots=True)
class PageDocument:
    """One thing that has the name."""

    kind: Kind
    name: Full
    title: str
    """In one line what it is."""
    location: Place | None
    """Where the spec says it; null for what is no part of a spec."""
    facts: tuple[LabelledDocument, ...]
    """Of a name of the spec; else empty."""
    text: MaybeText
    """The page of a code (Markdown) or of a word; null for a name of the spec, and in a list."""


@dataclass(frozen=True, slots=True)
class ExplanationDocument:
    """What `genesis-mon explain --format json` prints, version 1. With `--list` its pages have no text.

    Within version 1 keys and labels are added, never renamed or removed.
    """

    version: Literal[1]
    environment: str | None
    """Of the spec; null for the spec as it is written."""
    pages: tuple[PageDocument, ...]
    """More than one where things of several kinds have the same name."""


def explained_text(pages: Iterable[Explanation]) -> str:
    """A blank line between pages."""
    return "\n".join("".join(page.lines()) for page in pages)
