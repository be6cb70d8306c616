"""``timeseries``: lines over time with their levels; a gap in the data is a gap in the line."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from genesis_monitoring.preview.asking import Frame, PanelData, stretches
from genesis_monitoring.preview.colours import shape
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.axes import log_ticks, nice_ticks, time_axis, time_ticks
from genesis_monitoring.preview.fields import Field, active
from genesis_monitoring.preview.markup import element, joined, number
from genesis_monitoring.render.quoting import Quoted

_WIDTH, _HEIGHT = 1000.0, 300.0
_ROOM = 0.1
_CALC_NAMES = {
    "lastNotNull": "Last",
    "last": "Last",
    "mean": "Mean",
    "max": "Max",
    "min": "Min",
    "sum": "Total",
}


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of an axis; series that are limited alike share one."""

    field: Field
    low: float
    high: float

    def y(self, value: float) -> float:
        """From the top, in the drawing's units; what is infinite runs off it."""
        size = self.high - self.low or 1.0
        inside = min(max(value, self.low - 9 * size), self.high + 9 * size)
        bottom, top = self._way(self.low), self._way(self.high)
        return _HEIGHT * (1 - (self._way(inside) - bottom) / (top - bottom or 1.0))

    def _way(self, value: float) -> float:
        """How far up; Grafana's symlog is the inverse hyperbolic sine."""
        linear = self._linear
        return value if linear is None else math.asinh(value / linear)

    @property
    def _linear(self) -> float | None:
        """Up to which value a logarithmic axis is linear; None for one that is so throughout."""
        told = self.field.custom.get("scaleDistribution") or {}
        return float(told.get("linearThreshold") or 1) if told.get("type") == "symlog" else None

    @property
    def decimals(self) -> int | None:
        """How many tell its values apart; None for whole ones, which are told as any value."""
        if self._linear is not None or not self.ticks[1:]:
            return None
        step = Decimal(repr(round(self.ticks[1] - self.ticks[0], 6))).normalize()
        return max(-int(step.as_tuple().exponent), 0) or None

    @property
    def ticks(self) -> tuple[float, ...]:
        """Round values of the axis."""
        return (nice_ticks if self._linear is None else log_ticks)(self.low, self.high)


def draw_lines(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    frames = [frame for frame in data.frames if not (frame.field.custom.get("hideFrom") or {}).get("viz")]
    fields = [frame.field for frame in frames] or [Field(panel.defaults)]
    stacked = _stacked(frames)
    scales: dict[tuple[object, ...], Scale] = {}
    for field in fields:
        key = _scale_key(field)
        if key not in scales:
            sharing = [frame for frame in frames if _scale_key(frame.field) == key]
            scales[key] = _scale(field, [stacked.get(frame.index, frame.values) for frame in sharing])
    axes = list(scales.values())
    shapes = [*_grid(axes[0], data), *_levels(fields, axes[0])]
    for frame in frames:
        shapes += _line(frame, scales[_scale_key(frame.field)], data, stacked)
    svg = element(
        "svg", *shapes, role="img", aria_label=_told(panel, frames, fields[0]),
        view_box=f"0 0 {_WIDTH:g} {_HEIGHT:g}", aspect="none",
    )  # fmt: skip
    empty = None if frames else element("p", Field(panel.defaults).shown(None).text, class_="nothing")
    plot = element("div", svg, empty, class_="plot")
    label = str(fields[0].custom.get("axisLabel") or "")
    return element(
        "div",
        element("p", label, class_="axis-label") if label else None,
        element(
            "div",
            _values(axes[0]),
            plot,
            _values(axes[1]) if len(axes) > 1 else None,
            time_axis(data.span),
            class_="frame two" if len(axes) > 1 else "frame",
        ),
        _legend(panel, frames),
        class_="lines",
    )


def _scale_key(field: Field) -> tuple[object, ...]:
    limits = (field.limit("min"), field.limit("max"), field.soft("axisSoftMin"), field.soft("axisSoftMax"))
    return (field.unit, *limits, str(field.custom.get("axisPlacement")))


def _scale(field: Field, values: Sequence[Sequence[float]]) -> Scale:
    finite = [value for series in values for value in series if math.isfinite(value)]
    low, high = min(finite, default=math.inf), max(finite, default=-math.inf)
    soft_low, soft_high = field.soft("axisSoftMin"), field.soft("axisSoftMax")
    hard_low, hard_high = field.limit("min"), field.limit("max")
    if not finite:
        low = min((one for one in (soft_low, hard_low) if one is not None), default=0.0)
        levels = [step.value for step in field.steps[1:]]
        told = [one for one in (soft_high, hard_high, *levels) if one is not None]
        high = max(told, default=low + 1) if told else low + 1
        low = min([low, *levels])
    room = (high - low) * _ROOM or abs(high) * _ROOM or 1.0
    bottom = low - room if low < 0 or low - room >= 0 else 0.0
    top = high + room
    if soft_low is not None:
        bottom = min(soft_low, low if low >= soft_low else bottom)
    if soft_high is not None:
        top = max(soft_high, high if high <= soft_high else top)
    bottom = bottom if hard_low is None else hard_low
    top = top if hard_high is None else hard_high
    return Scale(field, bottom, top if top > bottom else bottom + 1)


def _stacked(frames: Sequence[Frame]) -> dict[int, tuple[float, ...]]:
    """What is added up: each series on top of those before it, moment by moment."""
    below: dict[float, float] = {}
    found = {}
    for frame in frames:
        if (frame.field.custom.get("stacking") or {}).get("mode") != "normal":
            continue
        tops = []
        for time, value in zip(frame.times, frame.values, strict=True):
            below[time] = below.get(time, 0.0) + (0.0 if math.isnan(value) else value)
            tops.append(below[time])
        found[frame.index] = tuple(tops)
    return found


def _x(time: float, data: PanelData) -> float:
    return _WIDTH * (time - data.span.start) / (data.span.seconds or 1)


def _grid(scale: Scale, data: PanelData) -> Iterator[Quoted]:
    for value in scale.ticks:
        yield _across(scale.y(value), "grid")
    for time, _ in time_ticks(data.span):
        x = number(_x(time, data))
        yield element("line", class_="grid", x1=x, x2=x, y1=0, y2=_HEIGHT)


def _levels(fields: Sequence[Field], scale: Scale) -> Iterator[Quoted]:
    """Grafana draws those of the first series of an axis that has a style for them."""
    drawn = (
        (field, str((field.custom.get("thresholdsStyle") or {}).get("mode") or "off")) for field in fields
    )
    field, style = next(((field, style) for field, style in drawn if style != "off"), (None, "off"))
    if field is None:
        return
    steps = field.steps
    ends = [*(step.value for step in steps[1:]), math.inf]
    if "area" in style:
        for step, end in zip(steps, ends, strict=True):
            top, bottom = (min(max(scale.y(one), 0), _HEIGHT) for one in (end, step.value))
            if bottom > top:
                yield element(
                    "rect", class_="area", x=0, width=_WIDTH, y=number(top), height=number(bottom - top),
                    style=f"fill:{shape(step.color)}",
                )  # fmt: skip
    if style != "area":
        dashes = " dashed" if "dashed" in style else ""
        for step in steps[1:]:
            y = scale.y(step.value)
            if 0 <= y <= _HEIGHT:
                yield _across(y, f"level{dashes}", f"stroke:{shape(step.color)}")


def _across(y: float, class_: str, style: str | None = None) -> Quoted:
    return element("line", class_=class_, x1=0, x2=_WIDTH, y1=number(y), y2=number(y), style=style)


def _line(
    frame: Frame, scale: Scale, data: PanelData, stacked: dict[int, tuple[float, ...]]
) -> Iterator[Quoted]:
    heights = dict(zip(frame.times, stacked.get(frame.index, frame.values), strict=True))
    color = f"stroke:{shape(_color(frame))}"
    opacity = float(frame.field.custom.get("fillOpacity") or 0) / 100
    floor = number(min(max(scale.y(0.0), 0), _HEIGHT))
    for part in stretches(frame, data.step):
        points = [(number(_x(time, data)), number(scale.y(heights[time]))) for time, _ in part]
        path = "M" + "L".join(f"{x} {y}" for x, y in points)
        if len(points) == 1:
            # A line of no length, whose round ends are a point.
            path += "l0 0"
        elif opacity:
            area = f"{path}L{points[-1][0]} {floor}L{points[0][0]} {floor}Z"
            style = f"fill:{shape(_color(frame))};opacity:{opacity:g}"
            yield element("path", class_="below", d=area, style=style)
        alone = " alone" if len(points) == 1 else ""
        dashed = " dashed" if (frame.field.custom.get("lineStyle") or {}).get("fill") == "dash" else ""
        yield element("path", class_=f"series{alone}{dashed}", d=path, style=color)


def _color(frame: Frame) -> str:
    if frame.field.mode == "thresholds":
        last = frame.reduced("lastNotNull")
        return active(frame.field.steps, -math.inf if last is None else last)
    return frame.field.series_color(frame.index)


def _values(scale: Scale) -> Quoted:
    marks = [
        (scale.field.tick(value, scale.decimals), number(100 * scale.y(value) / _HEIGHT))
        for value in scale.ticks
    ]
    widest = max((text for text, _ in marks), key=len, default="")
    ghost = element("span", widest, class_="ghost")
    return element(
        "div", ghost, *(element("span", text, style=f"top:{top}%") for text, top in marks),
        class_="scale", aria_hidden="true",
    )  # fmt: skip


def _legend(panel: PanelView, frames: Sequence[Frame]) -> Quoted | None:
    legend = panel.options.get("legend") or {}
    if not frames or legend.get("showLegend") is False:
        return None
    calcs = [str(calc) for calc in legend.get("calcs") or ()]
    return element("ul", *(_entry(frame, calcs) for frame in frames), class_="legend")


def _entry(frame: Frame, calcs: Sequence[str]) -> Quoted:
    swatch = element("span", class_="swatch", style=f"background:{shape(_color(frame))}")
    told = [
        joined(f" {_CALC_NAMES.get(calc, calc)}: ", element("b", frame.field.shown(frame.reduced(calc)).text))
        for calc in calcs
    ]
    return element("li", swatch, frame.name, *told)


def _told(panel: PanelView, frames: Sequence[Frame], field: Field) -> str:
    """All that can be read off the drawing."""
    parts = [
        f"{frame.name}: last {_text(frame, 'lastNotNull')}, lowest {_text(frame, 'min')}, "
        f"highest {_text(frame, 'max')}"
        for frame in frames
    ] or ["no data"]
    levels = ", ".join(field.tick(step.value) for step in field.steps[1:])
    return f"{panel.title}. {'; '.join(parts)}{f'. Levels: {levels}' if levels else ''}"


def _text(frame: Frame, calc: str) -> str:
    return frame.field.shown(frame.reduced(calc)).text
