"""``timeseries``: a gap in the data is a gap in the line."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import LEGEND, Key, drawn
from genesis_monitoring.panels.panel import PanelPlan, PanelType, SpecKey

_CUSTOM = Key(
    "custom",
    "how lines are drawn",
    (
        Key("drawStyle", "line, bars or points"),
        Key("lineInterpolation", "how points are joined"),
        Key("lineWidth", "pixels"),
        Key("fillOpacity", "percent below the line"),
        Key("gradientMode", "shading of the fill"),
        Key("showPoints", "whether samples are marked"),
        Key("pointSize", "pixels"),
        Key("spanNulls", "false: a gap in the data is a gap in the line"),
        Key("insertNulls", "false: samples far apart stay joined"),
        Key("barAlignment", "of bars to their moment"),
        Key("stacking", "whether series are added up", (Key("mode", "none or normal"), Key("group", "A"))),
        Key("thresholdsStyle", "whether thresholds are drawn", (Key("mode", "dashed or off"),)),
        Key("scaleDistribution", "of the axis", (Key("type", "linear"),)),
        Key("axisPlacement", "side of the axis"),
        Key("axisLabel", "text at the axis"),
        Key("axisColorMode", "colour of the axis"),
        Key("axisBorderShow", "whether the axis has a line"),
        Key("axisCenteredZero", "whether zero is in the middle"),
        Key(
            "hideFrom",
            "where a series is left out",
            (Key("legend", "of the legend"), Key("tooltip", "of the tooltip"), Key("viz", "of the drawing")),
        ),
    ),
)


class Timeseries(PanelType):
    """Lines over time, with a dashed line at each level."""

    name = "timeseries"
    takes: frozenset[SpecKey] = frozenset({"queries", "unit", "time_from", "stacked"})
    instant = False
    keys = drawn(
        _CUSTOM,
        LEGEND,
        Key(
            "tooltip",
            "values under the pointer",
            (Key("mode", "of one series or all"), Key("sort", "order"), Key("hideZeros", "false: all")),
        ),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib takes whole limits alone, and knows nothing that Grafana has added since version 8."""
        custom = {
            "insertNulls": False,
            "axisColorMode": "text",
            "axisBorderShow": False,
            "axisCenteredZero": False,
        }
        return g.TimeSeries(
            **common,
            unit=panel.unit,
            drawStyle="line",
            lineWidth=1,
            fillOpacity=10,
            showPoints="never",
            spanNulls=False,
            stacking={"mode": "normal" if panel.stacked else "none", "group": "A"},
            thresholdsStyleMode="dashed" if len(panel.steps) > 1 else "off",
            legendDisplayMode="list",
            legendPlacement="bottom",
            legendCalcs=["lastNotNull"],
            tooltipMode="multi",
            tooltipSort="desc",
            extraJson={
                "fieldConfig": {"defaults": {"custom": custom, "min": panel.minimum, "max": panel.maximum}},
                "options": {"legend": {"showLegend": True}, "tooltip": {"hideZeros": False}},
            },
        )
