"""``gauge``: a value on an arc, with its levels as a band around it."""

import math

from genesis_monitoring.preview.asking import Frame, PanelData
from genesis_monitoring.preview.colours import shape, writing
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.values import calc_of
from genesis_monitoring.preview.fields import Field, Shown
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted

_HALF_TURN = 120.0
"""Degrees from the top to either end."""
_MIDDLE = (100.0, 100.0)


def draw_gauges(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    if not data.frames:
        field = Field(panel.defaults)
        return element("div", _gauge(panel, field, None, field.shown(None), ""), class_="gauges")
    named = len(data.frames) > 1
    return element("div", *(_of(panel, frame, named) for frame in data.frames), class_="gauges")


def _of(panel: PanelView, frame: Frame, named: bool) -> Quoted:
    value = frame.reduced(calc_of(panel))
    name = frame.name if named else ""
    return _gauge(panel, frame.field, value, frame.field.shown(value, frame.index), name)


def _gauge(panel: PanelView, field: Field, value: float | None, shown: Shown, name: str) -> Quoted:
    low, high = field.limit("min"), field.limit("max")
    low, high = 0.0 if low is None else low, 100.0 if high is None else high
    high = high if high > low else low + 1
    parts = [element("path", class_="track", d=_arc(0, 1, 78))]
    edges = [max(low, step.value) for step in field.steps] + [high]
    if panel.options.get("showThresholdMarkers", True) and len(field.steps) > 1:
        for step, start, end in zip(field.steps, edges, edges[1:], strict=False):
            if end > start:
                place = _arc(_part(start, low, high), _part(end, low, high), 92)
                parts.append(element("path", class_="band", d=place, style=f"stroke:{shape(step.color)}"))
    if value is not None:
        part = _part(value, low, high)
        if part > 0:
            style = f"stroke:{shape(shown.color)}"
            parts.append(element("path", class_="arc", d=_arc(0, part, 78), style=style))
    levels = ", ".join(field.tick(step.value) for step in field.steps[1:])
    told = f"{name or panel.title}: {shown.text}; from {field.tick(low)} to {field.tick(high)}"
    told += f", levels {levels}" if levels else ""
    size = "" if len(shown.text) < 7 else " long"
    parts.append(
        element(
            "text", shown.text, x=100, y=118, class_=f"number{size}", style=f"fill:{writing(shown.color)}"
        )
    )
    svg = element("svg", *parts, role="img", aria_label=told, view_box="0 0 200 165")
    caption = element("figcaption", name) if name else None
    return element("figure", svg, caption)


def _part(value: float, low: float, high: float) -> float:
    return min(max((value - low) / (high - low), 0.0), 1.0)


def _arc(start: float, end: float, radius: float) -> str:
    (x0, y0), (x1, y1) = (_point(part, radius) for part in (start, end))
    large = int((end - start) * 2 * _HALF_TURN > 180)
    ends = [number(one) for one in (x0, y0, x1, y1)]
    return f"M{ends[0]} {ends[1]}A{radius:g} {radius:g} 0 {large} 1 {ends[2]} {ends[3]}"


def _point(part: float, radius: float) -> tuple[float, float]:
    angle = math.radians(-_HALF_TURN + part * 2 * _HALF_TURN)
    return _MIDDLE[0] + radius * math.sin(angle), _MIDDLE[1] - radius * math.cos(angle)
