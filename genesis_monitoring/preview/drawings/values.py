"""``stat``: the value of each series as a number, in the colour of its level."""

from genesis_monitoring.preview.asking import Frame, PanelData
from genesis_monitoring.preview.colours import on, shape, writing
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.fields import Field, Shown
from genesis_monitoring.preview.markup import element
from genesis_monitoring.render.quoting import Quoted

_MANY = 6


def draw_values(panel: PanelView, data: PanelData) -> Quoted:
    """See drawings."""
    values = latest_values(panel, data)
    background = str(panel.options.get("colorMode") or "value").startswith("background")
    mode = str(panel.options.get("textMode") or "auto")
    named = mode in ("value_and_name", "name") or (mode == "auto" and len(values) > 1)
    tiles = []
    for name, shown in values:
        plain = panel.options.get("colorMode") == "none"
        color = "inherit" if plain else on(shown.color) if background else writing(shown.color)
        style = f"color:{color};background:{shape(shown.color)}" if background else f"color:{color}"
        tiles.append(
            element(
                "div",
                element("dt", name, class_="name" if named else "name hidden"),
                element("dd", shown.text, class_="value", style=f"color:{color}")
                if mode != "name" else element("dd", "", class_="value"),
                class_="tile", style=style,
            )
        )  # fmt: skip
    size = "many" if len(values) > _MANY else "some" if len(values) > 1 else "one"
    return element("dl", *tiles, class_=f"values {size}")


def latest_values(panel: PanelView, data: PanelData) -> list[tuple[str, Shown]]:
    """Each series with its value as it is shown; without series, what stands for no value."""
    if not data.frames:
        return [(panel.title, Field(panel.defaults).shown(None))]
    return [(frame.name, shown_of(panel, frame)) for frame in data.frames]


def shown_of(panel: PanelView, frame: Frame) -> Shown:
    """The value of one series, reduced as the panel says."""
    return frame.field.shown(frame.reduced(calc_of(panel)), frame.index)


def calc_of(panel: PanelView) -> str:
    """How a series becomes one value."""
    calcs = (panel.options.get("reduceOptions") or {}).get("calcs") or ("lastNotNull",)
    return str(calcs[0])
