"""A report as a document of plain parts, so that HTML and Markdown are laid out from the same words.

Every text in it may hold anything: the templates quote it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window

Stretches = tuple[tuple[tuple[float, float], ...], ...]
"""Samples as (seconds since 1970, value); between two stretches nothing is known."""


@dataclass(frozen=True, slots=True)
class Spark:
    """One small line over a window, with the ``level`` that it should not pass, if there is one.

    ``text`` is all that can be read off it.
    """

    window: Window
    stretches: Stretches
    level: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of a lane. ``style`` is how it is shown; its shape stands at its beginning."""

    run: Run
    style: str
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A checkpoint: taken, or missed."""

    time: float
    critical: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """What happened over a window, with ``text`` for who cannot see it. In ``holes`` nothing is known.

    What is after ``until`` is still to come.
    """

    window: Window
    until: float
    bars: tuple[Bar, ...]
    holes: tuple[Run, ...]
    marks: tuple[Mark, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines of a table's cell. ``mark`` is the status that they are shown as."""

    lines: tuple[str, ...]
    mark: str = ""
    drawing: Spark | Lane | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` have a cell for each heading; the first cell of a row heads it.

    The column headed ``drawn`` has drawings alone, whose text is in the others; ``axis`` is over it.
    """

    kind: ClassVar[str] = "table"
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    drawn: str = ""
    axis: Window | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """A number that is looked for first: its name, its value, how it stands and what it is measured by."""

    name: str
    value: str
    standing: str
    mark: str
    notes: tuple[str, ...]
    spark: Spark | None = None


@dataclass(frozen=True, slots=True)
class Tiles:
    """Numbers side by side."""

    kind: ClassVar[str] = "tiles"
    caption: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    kind: ClassVar[str] = "items"
    texts: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``key`` says what signs stand for."""

    kind: ClassVar[str] = "text"
    text: str
    key: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A level of an SLI: ``kind`` is target, alert or no_go."""

    kind: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """What was recorded of one series."""

    label: str
    stretches: Stretches


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
class Figure:
    """A drawing with a title, and in ``text`` all that can be read off it."""

    kind: ClassVar[str] = "figure"
    slug: str
    title: str
    text: str
    drawing: Chart


Block = Table | Tiles | Items | Text | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report; ``slug`` is its anchor. ``summary`` says what is in one that is folded."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """The report. ``facts`` are named values; ``outcome`` and ``reason`` are the verdict.

    ``alarm`` is what has to be known before anything else, empty where there is nothing. ``appendix`` is what
    the sections stand on: folded on a screen, and on paper only if it was unfolded. ``sources`` are where it
    comes from.
    """

    title: str
    outcome: str
    reason: str
    alarm: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    appendix: tuple[Section, ...]
    sources: tuple[tuple[str, str], ...]

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Every drawing with a title, in order."""
        return tuple(block for block in self._blocks() if isinstance(block, Figure))

    @property
    def drawings(self) -> tuple[Spark | Lane, ...]:
        """Every drawing in a table or a tile, in order."""
        return tuple(self._drawings())

    def _blocks(self) -> Iterator[Block]:
        for section in (*self.sections, *self.appendix):
            yield from section.blocks

    def _drawings(self) -> Iterator[Spark | Lane]:
        for block in self._blocks():
            if isinstance(block, Table):
                yield from (cell.drawing for row in block.rows for cell in row if cell.drawing is not None)
            elif isinstance(block, Tiles):
                yield from (tile.spark for tile in block.tiles if tile.spark is not None)
