"""``histogram``: how often each series had which value."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from genesis_monitoring.preview.asking import Frame, PanelData
from genesis_monitoring.preview.colours import shape
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.axes import SMALLEST, nice_ticks
from genesis_monitoring.preview.fields import Field
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted

_WIDTH, _HEIGHT = 1000.0, 300.0
_MOST_BARS = 30


def draw_spread(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    field = Field(panel.defaults)
    values = [value for frame in data.frames for value in frame.values if math.isfinite(value)]
    if not values:
        return element("p", field.shown(None).text, class_="nothing")
    size = _size(min(values), max(values), int(panel.options.get("bucketCount") or _MOST_BARS))
    first, last = (math.floor(end(values) / size) for end in (min, max))
    counts = [Counter(math.floor(v / size) for v in f.values if math.isfinite(v)) for f in data.frames]
    most = max(count for one in counts for count in one.values())
    told = "; ".join(
        _told(frame, count, size, field) for frame, count in zip(data.frames, counts, strict=True)
    )
    bars = [
        bar
        for frame, count in zip(data.frames, counts, strict=True)
        for bar in _bars(frame, count, first, last + 1 - first, most)
    ]
    svg = element(
        "svg", *bars, role="img", aria_label=f"{panel.title}. {told}",
        view_box=f"0 0 {_WIDTH:g} {_HEIGHT:g}", aspect="none",
    )  # fmt: skip
    low, high = first * size, (last + 1) * size
    marks = [
        element("span", field.tick(tick), style=f"left:{number(100 * (tick - low) / (high - low))}%")
        for tick in nice_ticks(low, high)
        if low < tick < high
    ]
    scale = element(
        "div", element("span", str(most), class_="ghost"), element("span", str(most), style="top:0%"),
        class_="scale", aria_hidden="true",
    )  # fmt: skip
    times = element("div", *marks, class_="times", aria_hidden="true")
    frame = element("div", scale, element("div", svg, class_="plot"), times, class_="frame")
    legend = [
        element("li", element("span", class_="swatch block", style=f"background:{_color(one)}"), one.name)
        for one in data.frames
    ]
    return element("div", frame, element("ul", *legend, class_="legend"), class_="lines")


def _size(low: float, high: float, bars: int) -> float:
    """A round width of ranges, of which no more than ``bars`` are between the ends."""
    rough = (high - low) / max(1, bars - 1)
    if not rough > SMALLEST or not math.isfinite(rough):
        return abs(high) or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * one for one in (1, 2, 2.5, 5, 10) if power * one >= rough * 0.999)


def _bars(frame: Frame, count: Counter[int], first: int, places: int, most: int) -> Iterator[Quoted]:
    width = _WIDTH / places
    for place, times in sorted(count.items()):
        height = _HEIGHT * times / most
        yield element(
            "rect", x=number((place - first) * width), width=number(width * 0.96), y=number(_HEIGHT - height),
            height=number(height), style=f"fill:{_color(frame)};opacity:.6",
        )  # fmt: skip


def _color(frame: Frame) -> str:
    return shape(frame.field.series_color(frame.index))


def _told(frame: Frame, count: Counter[int], size: float, field: Field) -> str:
    if not count:
        return f"{frame.name}: no data"
    place, times = max(count.items(), key=lambda one: (one[1], -one[0]))
    between: Sequence[str] = [field.tick(place * size), field.tick((place + 1) * size)]
    return f"{frame.name}: most often from {between[0]} to {between[1]}, {times} times"
