"""``heatmap``: the buckets of a histogram over time, the darker the more fell into them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genesis_monitoring.preview.asking import Frame, PanelData
from genesis_monitoring.preview.colours import shape
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.axes import time_axis
from genesis_monitoring.preview.fields import Field
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted

_WIDTH, _HEIGHT = 1000.0, 300.0
_COLOR = "blue"
_FAINTEST = 0.08


@dataclass(frozen=True, slots=True)
class _Bucket:
    """What fell below ``edge``, and not below the one before, by the second."""

    edge: str
    cells: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        return self.cells[-1][1] if self.cells else 0.0


def draw_cells(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    field = Field(panel.defaults)
    if not data.frames:
        return element("p", field.shown(None).text, class_="nothing")
    buckets = tuple(_buckets(data.frames, field))
    most = max((amount for bucket in buckets for _, amount in bucket.cells), default=0.0)
    told = ", ".join(f"{bucket.edge}: {bucket.last:.3g}/s" for bucket in buckets)
    svg = element(
        "svg", *_cells(buckets, data, most), role="img", aria_label=f"{panel.title}. Last: {told}",
        view_box=f"0 0 {_WIDTH:g} {_HEIGHT:g}", aspect="none",
    )  # fmt: skip
    frame = element(
        "div", _edges(buckets), element("div", svg, class_="plot"), time_axis(data.span), class_="frame"
    )
    return element(
        "div", frame, element("p", f"darkest: {most:.3g} a second", class_="axis-label"), class_="lines"
    )


def _buckets(frames: Sequence[Frame], field: Field) -> Iterator[_Bucket]:
    """From the lowest up. Each series holds what is below its edge, those before it among it."""
    below: dict[float, float] = {}
    for edge, frame in sorted(((_edge(frame), frame) for frame in frames), key=lambda one: one[0]):
        amounts = {time: value for time, value in zip(frame.times, frame.values, strict=True) if value >= 0}
        cells = tuple((time, max(0.0, value - below.get(time, 0.0))) for time, value in amounts.items())
        below = amounts
        yield _Bucket(f"≤ {field.tick(edge)}" if math.isfinite(edge) else "more", cells)


def _edge(frame: Frame) -> float:
    try:
        return float(frame.name)
    except ValueError:
        return math.inf


def _cells(buckets: Sequence[_Bucket], data: PanelData, most: float) -> Iterator[Quoted]:
    height, scale = _HEIGHT / len(buckets), _WIDTH / (data.span.seconds or 1)
    for place, bucket in enumerate(reversed(buckets)):
        for time, amount in bucket.cells:
            left = max(0.0, (time - data.step - data.span.start) * scale)
            right = min(_WIDTH, (time - data.span.start) * scale)
            if amount > 0 and right > left:
                opacity = _FAINTEST + (1 - _FAINTEST) * math.sqrt(amount / most)
                yield element(
                    "rect", x=number(left), width=number(right - left), y=number(place * height),
                    height=number(height * 0.96), style=f"fill:{shape(_COLOR)};opacity:{opacity:.2f}",
                )  # fmt: skip


def _edges(buckets: Sequence[_Bucket]) -> Quoted:
    widest = max((bucket.edge for bucket in buckets), key=len)
    marks = [
        element("span", bucket.edge, style=f"top:{number(100 * (place + 0.5) / len(buckets))}%")
        for place, bucket in enumerate(reversed(buckets))
    ]
    return element("div", element("span", widest, class_="ghost"), *marks, class_="scale", aria_hidden="true")
