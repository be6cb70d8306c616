"""``timeseries``: a gap in the data is a gap in the line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from genesis_monitoring.panels.keys import COLOUR_OF_A_QUERY, LEGEND, OF_LINES, Key, drawn
from genesis_monitoring.panels.panel import (
    PanelPlan,
    PanelType,
    Preview,
    SpecKey,
    line_colour,
    line_colours,
    of_query,
    shared_defaults,
    thresholds,
)

_DASHED = {"custom.lineStyle": {"fill": "dash", "dash": [8, 6]}}
"""Of a limit; in pixels."""
_LOGARITHMIC = {"type": "symlog", "log": 10, "linearThreshold": 1}
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
        Key("thresholdsStyle", "whether thresholds are drawn", (Key("mode", "dashed+area or off"),)),
        Key(
            "scaleDistribution",
            "of the axis",
            (
                Key("type", "linear, or symlog: logarithmic from linearThreshold on"),
                Key("log", "its base", optional=True),
                Key("linearThreshold", "up to here it is linear", optional=True),
            ),
        ),
        Key("axisPlacement", "side of the axis"),
        Key("axisSoftMin", "the axis reaches down to it, or further if values do", optional=True),
        Key("axisSoftMax", "the axis reaches up to it, or further if values do", optional=True),
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
    """Lines over time, with a dashed line at each level and an area in its colour beyond it."""

    name = "timeseries"
    preview: Preview = "lines"
    takes: frozenset[SpecKey] = frozenset({"queries", "unit", "time_from", "stacked"})
    instant = False
    levelled = True
    keys = drawn(
        (*OF_LINES, _CUSTOM),
        LEGEND,
        Key(
            "tooltip",
            "values under the pointer",
            (Key("mode", "of one series or all"), Key("sort", "order"), Key("hideZeros", "false: all")),
        ),
        overrides=(
            *(replace(key, optional=True) for key in COLOUR_OF_A_QUERY),
            Key("fill", "dash: a limit", optional=True),
            Key("dash", "pixels of a dash and of the gap behind it", optional=True),
        ),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib takes whole limits alone, and knows nothing that Grafana has added since version 8."""
        low, high = panel.limits
        custom: dict[str, object] = {
            "insertNulls": False,
            "axisColorMode": "text",
            "axisBorderShow": False,
            "axisCenteredZero": False,
            "axisSoftMin": low,
            "axisSoftMax": high,
            "scaleDistribution": _LOGARITHMIC if panel.logarithmic else {"type": "linear", "log": None},
        }
        return g.TimeSeries(
            **common,
            unit=panel.unit,
            drawStyle="line",
            lineWidth=1,
            # An area says how much only where the axis is linear.
            fillOpacity=0 if panel.logarithmic else 10,
            showPoints="never",
            spanNulls=False,
            axisLabel=panel.per,
            stacking={"mode": "normal" if panel.stacked else "none", "group": "A"},
            thresholdsStyleMode="dashed+area" if len(panel.steps) > 1 else "off",
            legendDisplayMode="list",
            legendPlacement="bottom",
            legendCalcs=["lastNotNull"],
            tooltipMode="multi",
            tooltipSort="desc",
            extraJson={
                "fieldConfig": {
                    "defaults": {
                        **shared_defaults(panel, panel.no_data.long),
                        "color": line_colour(panel.queries[0], 0),
                        "thresholds": thresholds(panel.steps),
                        "custom": custom,
                    },
                    "overrides": [*line_colours(panel), *_limits(panel)],
                },
                "options": {"legend": {"showLegend": True}, "tooltip": {"hideZeros": False}},
            },
        )


def _limits(panel: PanelPlan) -> list[dict[str, Any]]:
    return [of_query(query, _DASHED) for query in panel.queries if query.limit]
