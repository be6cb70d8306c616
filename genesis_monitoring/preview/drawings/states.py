"""``state-timeline`` and ``status-history``: a lane a series, coloured by what its value means."""

from collections.abc import Iterator

from genesis_monitoring.preview.asking import Frame, PanelData
from genesis_monitoring.preview.colours import shape
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.axes import time_axis
from genesis_monitoring.preview.drawings.values import latest_values
from genesis_monitoring.preview.fields import Field, Shown
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted

_WIDTH = 1000.0
_MOST_WORDS = 5


def draw_states(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    if not data.frames:
        return nothing(panel)
    last = dict(zip((frame.index for frame in data.frames), latest_values(panel, data), strict=True))
    lanes = [
        element(
            "div",
            element("dt", frame.name),
            element("dd", _lane(frame, data), element("span", last[frame.index][1].text, class_="value")),
        )
        for frame in data.frames
    ]
    seen = {(one.text, one.color): None for frame in data.frames for _, _, one in _spells(frame, data.step)}
    legend = element("ul", *_keys(panel, tuple(seen)), class_="legend")
    return element(
        "div", element("dl", *lanes, class_="lanes"), time_axis(data.span), legend, class_="states"
    )


def nothing(panel: PanelView) -> Quoted:
    """What stands in a panel without data."""
    return element("p", Field(panel.defaults).shown(None).text, class_="nothing")


def _keys(panel: PanelView, seen: tuple[tuple[str, str], ...]) -> Iterator[Quoted]:
    """What the colours mean: words, or levels where there are more values than words."""
    field = Field(panel.defaults)
    if len(seen) <= _MOST_WORDS:
        yield from (_key(text, color) for text, color in seen)
        return
    base, *levels = field.steps
    yield _key(f"< {field.tick(levels[0].value)}" if levels else "values", base.color)
    yield from (_key(f"≥ {field.tick(step.value)}", step.color) for step in levels)


def _key(text: str, color: str) -> Quoted:
    return element("li", element("span", class_="swatch block", style=f"background:{shape(color)}"), text)


def _lane(frame: Frame, data: PanelData) -> Quoted:
    scale = _WIDTH / (data.span.seconds or 1)
    told, parts = [], []
    for start, end, shown in _spells(frame, data.step):
        left, right = (min(max((one - data.span.start) * scale, 0), _WIDTH) for one in (start, end))
        if right > left:
            width, fill = number(right - left), f"fill:{shape(shown.color)}"
            parts.append(element("rect", x=number(left), width=width, y=0, height=20, style=fill))
            told.append(shown.text)
    words = f"{frame.name}: {', then '.join(told[-12:])}"
    return element("svg", *parts, role="img", aria_label=words, view_box="0 0 1000 20", aspect="none")


def _spells(frame: Frame, step: float) -> Iterator[tuple[float, float, Shown]]:
    """From when to when it was shown the same."""
    begun: tuple[float, float, Shown] | None = None
    for time, value in zip(frame.times, frame.values, strict=True):
        shown = frame.field.shown(value, frame.index)
        if begun and (shown != begun[2] or time - begun[1] > 1.5 * step):
            yield begun[0], begun[1], begun[2]
            begun = None
        begun = (begun[0] if begun else time, time + step, shown)
    if begun:
        yield begun
