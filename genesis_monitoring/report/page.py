"""A report as a document of plain parts, so that HTML and Markdown are laid out from the same words.

Every text in it may hold anything: the templates quote it.
"""

from dataclasses import dataclass
from typing import ClassVar

from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of a table's cell. ``mark`` is the status that they are shown as."""

    lines: tuple[str, ...]
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` have a cell for each heading; the first cell of a row heads it."""

    kind: ClassVar[str] = "table"
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    kind: ClassVar[str] = "text"
    text: str


@dataclass(frozen=True, slots=True)
class Level:
    """A level of an SLI: ``kind`` is target, alert or no_go."""

    kind: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """Samples in stretches, as (seconds since 1970, value); between two stretches nothing is known."""

    label: str
    stretches: tuple[tuple[tuple[float, float], ...], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint: taken, or missed."""

    time: float
    critical: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over a window. ``holes`` are drawn as missing; what is after ``until`` is still to come.

    ``path`` is where the value should be, from its beginning to its target.
    """

    window: Window
    until: float
    unit: str
    lines: tuple[Line, ...]
    levels: tuple[Level, ...]
    holes: tuple[Run, ...]
    marks: tuple[Mark, ...]
    path: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """An alert in a component, by ``severity``; ``runs`` are its episodes. Without a label: none fired."""

    severity: str
    label: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Alerts over a window. In ``holes`` nothing was evaluated."""

    window: Window
    until: float
    lanes: tuple[Lane, ...]
    holes: tuple[Run, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with a title, and in ``text`` all that can be read off it."""

    kind: ClassVar[str] = "figure"
    slug: str
    title: str
    text: str
    drawing: Chart | Timeline


Block = Table | Items | Text | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; ``slug`` is its anchor."""

    slug: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The report. ``facts`` are named values; ``outcome`` and ``reason`` are the verdict."""

    title: str
    outcome: str
    reason: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every drawing, in order."""
        blocks = (block for section in self.sections for block in section.blocks)
        return tuple(block for block in blocks if isinstance(block, Figure))
