"""What ``state-timeline`` and ``status-history`` have in common: a lane for each series, over time."""

from typing import Any

from genesis_monitoring.panels.keys import HIDE_FROM, LEGEND, TOOLTIP, Key
from genesis_monitoring.panels.panel import PanelPlan, PanelType, Preview, SpecKey, values_config

LANES = Key(
    "custom",
    "how lanes are drawn",
    (
        Key("lineWidth", "pixels around a state"),
        Key("fillOpacity", "percent"),
        Key("axisPlacement", "side of the names"),
        HIDE_FROM,
    ),
)
LANE_OPTIONS = (
    Key("rowHeight", "part of its lane that a state fills"),
    Key("showValue", "auto: where there is room for it"),
    Key("perPage", "lanes before they are divided into pages"),
    LEGEND,
    TOOLTIP,
)


class LanesType(PanelType):
    """A type that shows what each series was at any time, in the colour of its level.

    What is between two steps must not be missed, so it asks for the worst since the step before.
    """

    takes: frozenset[SpecKey] = frozenset({"queries", "unit", "time_from"})
    instant = False
    worst_of_step = True
    preview: Preview = "states"

    def lanes(self, panel: PanelPlan, line_width: int) -> dict[str, Any]:
        """The field config. The line is that around a state, in pixels."""
        config = values_config(panel, panel.no_data.long)
        config["defaults"]["custom"] = {
            "lineWidth": line_width,
            "fillOpacity": 70,
            "axisPlacement": "auto",
            "hideFrom": {"legend": False, "tooltip": False, "viz": False},
        }
        return config

    def options(self, **own: object) -> dict[str, object]:
        """The options, with those of one type."""
        return {
            "rowHeight": 0.9,
            "showValue": "auto",
            "perPage": 20,
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "single", "sort": "none", "hideZeros": False},
            **own,
        }
