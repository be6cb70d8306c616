"""``histogram``: how often a value occurred, whenever that was."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import COLOUR_OF_A_QUERY, HIDE_FROM, LEGEND, OF_LINES, TOOLTIP, Key, drawn
from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    PanelPlan,
    PanelType,
    Preview,
    SpecKey,
    drawn_by,
    line_colour,
    line_colours,
    shared_defaults,
    thresholds,
)

_BARS = Key(
    "custom",
    "how bars are drawn",
    (
        Key("lineWidth", "pixels around a bar"),
        Key("fillOpacity", "percent"),
        Key("gradientMode", "shading of the fill"),
        Key("stacking", "whether series are added up", (Key("mode", "none"), Key("group", "A"))),
        HIDE_FROM,
    ),
)


class Histogram(PanelType):
    """How often each series had which value, in bars over ranges of values."""

    name = "histogram"
    takes: frozenset[SpecKey] = frozenset({"queries", "unit", "time_from"})
    instant = False
    preview: Preview = "spread"
    keys = drawn(
        (*OF_LINES, _BARS),
        Key("bucketCount", "bars, at most"),
        Key("bucketOffset", "where the first range begins"),
        Key("combine", "false: each series has bars of its own"),
        LEGEND,
        TOOLTIP,
        overrides=COLOUR_OF_A_QUERY,
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        return drawn_by(
            g,
            self.plugin,
            common,
            {
                **shared_defaults(panel, panel.no_data.long),
                "color": line_colour(panel.queries[0], 0),
                "thresholds": thresholds(NO_LEVEL),
                "custom": {
                    "lineWidth": 1,
                    "fillOpacity": 80,
                    "gradientMode": "none",
                    "stacking": {"mode": "none", "group": "A"},
                    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
                },
            },
            overrides=line_colours(panel),
            options={
                "bucketCount": 30,
                "bucketOffset": 0,
                "combine": False,
                "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
                "tooltip": {"mode": "multi", "sort": "none", "hideZeros": False},
            },
        )
