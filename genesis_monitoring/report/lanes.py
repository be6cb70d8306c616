"""Small drawings in, SVG elements for an HTML page out: lines without axes, and lanes of a time line.

They are as wide as the place they stand in. Colours are those of the page's style; what is told by a colour
is told by a shape or a height, too. The bytes depend on the drawing alone.
"""

import math
from collections.abc import Iterable, Iterator

from genesis_monitoring.render.quoting import Quoted, html
from genesis_monitoring.report.page import Bar, Lane, Mark, Spark, Stretches
from genesis_monitoring.report.svg import clean
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window

_WIDE, _HIGH, _EDGE = 160, 24, 2
_LANE = 20
_HEIGHTS = {"target": 6, "alert": 10, "no_go": 16}
"""Of a bar, by the level that was passed; an alert has that of its shape."""
_LEAST = 0.3
"""Percent of the window: what is shorter is drawn so wide, as it could not be seen."""
_STEPS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96)
_HOUR = 3600.0


def draw_small(drawing: Spark | Lane) -> Quoted:
    """The SVG."""
    return _spark(drawing) if isinstance(drawing, Spark) else _lane(drawing)


def draw_axis(window: Window) -> Quoted:
    """The hours of a window, to stand over its lanes."""
    texts = [
        f'<text x="{_number(_percent(window, time))}%" y="13" text-anchor="{anchor}">{label}</text>'
        for time, label, anchor in _ticks(window)
    ]
    return Quoted(
        f'<svg class="axis" width="100%" height="{_LANE}" aria-hidden="true">{"".join(texts)}</svg>'
    )


def _ticks(window: Window) -> Iterator[tuple[float, str, str]]:
    hours = window.seconds / _HOUR
    step = next((step for step in _STEPS if hours / step <= 4), math.ceil(hours / 4))
    number = 0
    while number * step <= hours:
        end = number * step == hours
        label = f"{'' if number else 'T+'}{number * step:g}{' h' if end else ''}"
        yield window.start + number * step * _HOUR, label, "end" if end else "middle" if number else "start"
        number += 1


def _spark(spark: Spark) -> Quoted:
    parts: list[str] = []
    values = [value for stretch in spark.stretches for _, value in stretch if math.isfinite(value)]
    if spark.level is not None:
        values.append(spark.level)
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = high - low or 1.0

    def place(value: float) -> str:
        share = (min(max(value, low), high) - low) / room if high > low else 0.5
        return _number(_HIGH - _EDGE - share * (_HIGH - 2 * _EDGE))

    if spark.level is not None:
        parts.append(f'<path class="level" d="M0 {place(spark.level)}H{_WIDE}"/>')
    for stretch in _thinned(spark.stretches, spark.window):
        points = " ".join(
            f"{_number(_percent(spark.window, time) * _WIDE / 100)} {place(value)}" for time, value in stretch
        )
        parts.append(f'<path class="course" d="M{points}{"h.5" if len(stretch) == 1 else ""}"/>')
    return Quoted(
        f'<svg class="spark" viewBox="0 0 {_WIDE} {_HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-label="{html(clean(spark.text))}">{"".join(parts)}</svg>'
    )


def _thinned(stretches: Stretches, window: Window) -> Iterator[list[tuple[float, float]]]:
    """Lowest and highest of each column: no peak is lost."""
    wide = window.seconds / _WIDE or 1.0
    for stretch in stretches:
        columns: dict[int, tuple[tuple[float, float], tuple[float, float]]] = {}
        for point in stretch:
            column = int((point[0] - window.start) // wide)
            low, high = columns.get(column, (point, point))
            columns[column] = (
                point if point[1] < low[1] else low,
                point if point[1] > high[1] else high,
            )
        yield [point for pair in columns.values() for point in dict.fromkeys(sorted(pair))]


def _lane(lane: Lane) -> Quoted:
    window = lane.window
    parts: list[str] = []
    for hole in _joined(lane.holes, window):
        parts.append(_rect(window, hole, "hole", _LANE))
    if lane.until < window.end:
        parts.append(_rect(window, Run(lane.until, window.end), "to-come", _LANE))
    for style, runs in _by_style(lane.bars):
        high = _HEIGHTS.get(style, 8)
        parts.extend(_rect(window, run, f"bar {style}", high) for run in _joined(runs, window))
    shaped: dict[tuple[str, str], list[float]] = {}
    for bar in lane.bars:
        if bar.shape:
            shaped.setdefault((bar.style, bar.shape), []).append(bar.run.start)
    for (style, shape), starts in shaped.items():
        for start in _apart(starts, window):
            x = _number(_percent(window, start))
            parts.append(f'<text class="shape {html(style)}" x="{x}%" y="15">{html(shape)}</text>')
    parts.extend(_mark(window, mark) for mark in lane.marks)
    return Quoted(
        f'<svg class="lane" width="100%" height="{_LANE}" role="img" aria-label="{html(clean(lane.text))}">'
        f"{''.join(parts)}</svg>"
    )


def _by_style(bars: Iterable[Bar]) -> Iterator[tuple[str, list[Run]]]:
    found: dict[str, list[Run]] = {}
    for bar in bars:
        found.setdefault(bar.style, []).append(bar.run)
    yield from found.items()


def _joined(runs: Iterable[Run], window: Window) -> Iterator[Run]:
    """In order; what nobody could see apart is one, so that a lane has no more bars than it has room for."""
    least = window.seconds * _LEAST / 100
    last: Run | None = None
    for run in sorted(runs, key=lambda one: one.start):
        if last is not None and run.start - last.end < least / 2:
            last = Run(last.start, max(last.end, run.end))
            continue
        if last is not None:
            yield last
        last = run
    if last is not None:
        yield last


def _apart(starts: list[float], window: Window) -> Iterator[float]:
    """The beginnings that can be told apart by their shapes."""
    before = -math.inf
    for start in sorted(starts):
        if start - before >= window.seconds / 100:
            yield start
            before = start


def _rect(window: Window, run: Run, style: str, high: int) -> str:
    start = max(0.0, _percent(window, run.start))
    wide = max(_LEAST, min(100.0, _percent(window, run.end)) - start)
    return (
        f'<rect class="{html(style)}" x="{_number(start)}%" width="{_number(wide)}%" '
        f'y="{(_LANE - high) / 2:g}" height="{high}"/>'
    )


def _mark(window: Window, mark: Mark) -> str:
    """A small tick for what nobody has to look at."""
    x = _number(_percent(window, mark.time))
    if mark.taken and not mark.critical:
        return f'<rect class="taken" x="{x}%" width="1.5" y="7" height="6"/>'
    style = f"{'taken' if mark.taken else 'missed'}{' critical' if mark.critical else ''}"
    return f'<text class="mark {style}" x="{x}%" y="14">{"▲" if mark.taken else "✕"}</text>'


def _percent(window: Window, time: float) -> float:
    return (time - window.start) / (window.seconds or 1.0) * 100


def _number(value: float) -> str:
    """A hundredth is more than anybody sees, and machines agree on it."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
