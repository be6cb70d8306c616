"""``bargauge``: a bar a series."""

from genesis_monitoring.preview.asking import PanelData
from genesis_monitoring.preview.colours import shape, writing
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.values import calc_of
from genesis_monitoring.preview.fields import Field
from genesis_monitoring.preview.markup import element, number
from genesis_monitoring.render.quoting import Quoted


def draw_bars(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    calc = calc_of(panel)
    found = [(frame.name, frame.field, frame.reduced(calc), frame.index) for frame in data.frames]
    rows = found or [(panel.title, Field(panel.defaults), None, 0)]
    highest = max((value for _, _, value, _ in rows if value is not None), default=1.0)
    made = []
    for name, field, value, index in rows:
        low, high = field.limit("min"), field.limit("max")
        low, high = 0.0 if low is None else low, highest if high is None else high
        part = 0.0 if value is None or high <= low else min(max((value - low) / (high - low), 0.0), 1.0)
        shown = field.shown(value, index)
        fill = element(
            "span", class_="fill", style=f"width:{number(100 * part)}%;background:{shape(shown.color)}"
        )
        made.append(
            element(
                "div",
                element("dt", name),
                element("dd", element("span", fill, class_="bar"),
                        element("span", shown.text, class_="value", style=f"color:{writing(shown.color)}")),
            )
        )  # fmt: skip
    return element("dl", *made, class_="bars")
