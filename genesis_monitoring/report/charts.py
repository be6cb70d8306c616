"""A drawing in, an SVG element for an HTML page out. The only user of matplotlib.

The bytes depend on the drawing alone. Colours are variables of the page's style, so that one drawing serves
light, dark and print. Missing samples are a gap in the line over a hatched band: nothing is interpolated.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from genesis_monitoring.extras import need
from genesis_monitoring.render.quoting import Quoted
from genesis_monitoring.report.page import Chart, Figure, Line, Mark
from genesis_monitoring.report.svg import COLOURS, clean, page_svg
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

_LINES = 4
_COLUMNS = 360
"""A line is drawn with at most four points each of so many columns: as many as can be told apart."""
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760, 58, 142, 10, 26
_HEIGHT, _TEXT_HEIGHT = 170, 12
_POINT = 72.0
_HOUR = 3600.0
_SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": ["DejaVu Sans"],
    "font.size": 10,
    "text.parse_math": False,
    "axes.unicode_minus": False,
    "hatch.linewidth": 0.8,
    "hatch.color": COLOURS["missing"],
    "path.simplify": True,
}


def draw(figure: Figure) -> Quoted:
    """The SVG. Raises UsageError where matplotlib is not installed."""
    need("a report in HTML, unlike one in Markdown,", "matplotlib", "lxml")
    from io import BytesIO

    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure as NewCanvas

    # What a user has set for other drawings must not change the bytes.
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(cast(Any, {**_SETTINGS, "svg.hashsalt": figure.slug}))
        # It has no glyph for some text; the page's own font draws it.
        warnings.simplefilter("ignore")
        canvas = NewCanvas(figsize=(_WIDTH / _POINT, _HEIGHT / _POINT), dpi=_POINT)
        FigureCanvasSVG(canvas)
        _draw_chart(canvas, figure.drawing)
        written = BytesIO()
        canvas.savefig(written, format="svg", metadata={"Date": None, "Creator": None}, transparent=True)
    return page_svg(written.getvalue(), figure)


def _draw_chart(canvas: Canvas, chart: Chart) -> None:
    from matplotlib.ticker import MaxNLocator

    axes = _axes(canvas, chart.window)
    low, high = _range(chart)
    axes.set_ylim(low, high)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.grid(axis="y", color=COLOURS["grid"], linewidth=0.6)
    _bands(axes, chart.window, chart.until, chart.holes)
    for level in chart.levels:
        axes.axhline(level.value, color=COLOURS[level.kind], linewidth=1.2, dashes=(5, 3))
    for place, level in zip(
        _spread([level.value for level in chart.levels], low, high), chart.levels, strict=True
    ):
        _write(axes, clean(level.text), axes.get_xlim()[1], place, level.kind)
    if chart.path:
        hours, values = zip(*((_hour(chart.window, time), value) for time, value in chart.path), strict=True)
        axes.plot(hours, values, color=COLOURS["path"], linewidth=1.2, linestyle=(0, (1, 2)))
    for number, line in enumerate(chart.lines):
        _draw_line(axes, chart.window, line, COLOURS[f"line-{number % _LINES}"], (low, high))
    _checkpoints(axes, chart.window, chart.marks)


def _draw_line(axes: Axes, window: Window, line: Line, colour: str, limits: tuple[float, float]) -> None:
    for stretch in line.stretches:
        points = _thinned(stretch, window)
        hours = [_hour(window, time) for time, _ in points]
        # What is infinite runs off the drawing.
        values = [min(max(value, limits[0]), limits[1]) for _, value in points]
        alone = len(points) == 1
        axes.plot(hours, values, color=colour, linewidth=1.4, marker="." if alone else None, clip_on=True)


def _write(axes: Axes, text: str, x: float, y: float, colour: str) -> None:
    """Beside a point of the drawing."""
    axes.annotate(
        text,
        (x, y),
        (8, 0),
        xycoords="data",
        textcoords="offset points",
        va="center",
        ha="left",
        color=COLOURS[colour],
    )


def _axes(canvas: Canvas, window: Window) -> Axes:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    wide, high = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
    axes = canvas.add_axes((_LEFT / _WIDTH, _BOTTOM / _HEIGHT, wide / _WIDTH, high / _HEIGHT))
    hours = window.seconds / _HOUR
    axes.set_xlim(0, hours or 1)
    step = next(
        (step for step in (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48) if hours / step <= 9), math.ceil(hours / 9)
    )
    axes.xaxis.set_major_locator(MultipleLocator(step))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"T+{value:g} h" if value else "T+0"))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(COLOURS["grid"])
    axes.tick_params(colors=COLOURS["ink"], length=3)
    axes.set_facecolor("none")
    return axes


def _bands(axes: Axes, window: Window, until: float, holes: tuple[Run, ...]) -> None:
    least = window.seconds / _HOUR / 400
    for hole in holes:
        start = _hour(window, hole.start)
        end = max(_hour(window, hole.end), start + least)
        axes.axvspan(start, end, facecolor="none", edgecolor=COLOURS["missing"], hatch="////", linewidth=0.4)
    if until < window.end:
        axes.axvline(_hour(window, until), color=COLOURS["ink"], linewidth=0.8)


def _checkpoints(axes: Axes, window: Window, marks: tuple[Mark, ...]) -> None:
    across = axes.get_xaxis_transform()
    for critical in (False, True):
        for taken in (True, False):
            hours = [_hour(window, m.time) for m in marks if (m.critical, m.taken) == (critical, taken)]
            if not hours:
                continue
            colour = COLOURS["ink"] if taken else COLOURS["no_go"]
            axes.plot(
                hours,
                [0.0] * len(hours),
                linestyle="none",
                marker="^" if taken else "x",
                markersize=7 if critical else 4,
                markerfacecolor=colour,
                markeredgecolor=colour,
                transform=across,
                clip_on=False,
                zorder=5,
            )


def _range(chart: Chart) -> tuple[float, float]:
    if chart.unit == "state":
        return -0.1, 1.1
    values = [v for line in chart.lines for stretch in line.stretches for _, v in stretch if math.isfinite(v)]
    values += [level.value for level in chart.levels] + [value for _, value in chart.path]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return (low - room if low < 0 or low - room > 0 else 0.0 if low > 0 else -room / 2), high + room


def _spread(values: list[float], low: float, high: float) -> list[float]:
    """Where labels stand that may not cover each other: each as near to its value as is left."""
    least = (high - low) * _TEXT_HEIGHT / (_HEIGHT - _TOP - _BOTTOM)
    order = sorted(range(len(values)), key=values.__getitem__)
    places = [0.0] * len(values)
    floor = -math.inf
    for index in order:
        places[index] = floor = max(values[index], floor + least)
    over = max(0.0, max(places, default=low) - high)
    return [place - over for place in places]


def _thinned(stretch: tuple[tuple[float, float], ...], window: Window) -> list[tuple[float, float]]:
    """The first, lowest, highest and last point of each column: no peak is lost."""
    wide = window.seconds / _COLUMNS or 1.0
    columns: dict[int, list[tuple[float, float]]] = {}
    for point in stretch:
        columns.setdefault(int((point[0] - window.start) // wide), []).append(point)

    def of(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
        by_value: Callable[[tuple[float, float]], float] = lambda point: point[1]  # noqa: E731
        kept = {points[0], min(points, key=by_value), max(points, key=by_value), points[-1]}
        yield from sorted(kept)

    return [point for points in columns.values() for point in of(points)]


def _hour(window: Window, time: float) -> float:
    return (time - window.start) / _HOUR
