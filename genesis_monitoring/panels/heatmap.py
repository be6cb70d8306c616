"""``heatmap``: the buckets of a histogram over time, so that what a quantile hides can be seen."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import BY_LEVEL, FORMAT, HIDE_FROM, Key, drawn
from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    PanelPlan,
    PanelType,
    Preview,
    SpecKey,
    drawn_by,
    shared_defaults,
    thresholds,
)

_CUSTOM = Key(
    "custom",
    "of the buckets",
    (Key("scaleDistribution", "of the axis", (Key("type", "linear"),)), HIDE_FROM),
)


class Heatmap(PanelType):
    """How many observations of a histogram fell into each bucket, the darker the more; time to the right."""

    name = "heatmap"
    takes: frozenset[SpecKey] = frozenset({"queries", "time_from"})
    instant = False
    format = "heatmap"
    preview: Preview = "cells"
    keys = drawn(
        (BY_LEVEL, _CUSTOM),
        Key("calculate", "false: the answer has the buckets already"),
        Key("rowsFrame", "of the buckets", (Key("layout", "auto: a name is the upper edge"),)),
        Key(
            "color",
            "of a cell",
            (
                Key("mode", "scheme: from a palette"),
                Key("scheme", "which palette"),
                Key("fill", "colour for another mode"),
                Key("scale", "exponential: small numbers can be told apart"),
                Key("exponent", "of that scale"),
                Key("steps", "colours"),
                Key("reverse", "whether the palette is turned round"),
            ),
        ),
        Key("cellGap", "pixels between cells"),
        Key("cellValues", "of the number in a cell", (Key("unit", "observations a second"),)),
        Key("filterValues", "cells that stay empty", (Key("le", "up to this value"),)),
        Key(
            "yAxis",
            "of the buckets",
            (Key("axisPlacement", "side"), Key("reverse", "false"), Key("unit", "unit")),
        ),
        Key("showValue", "never: the pointer shows it"),
        Key("legend", "scale of the colours", (Key("show", "whether it is there"),)),
        Key(
            "tooltip",
            "under the pointer",
            (
                Key("mode", "single: of one cell"),
                Key("yHistogram", "all buckets of that time"),
                Key("showColorScale", "whether the scale is there, too"),
            ),
        ),
        Key("exemplars", "single observations", (Key("color", "of their marks"),)),
        asked=(FORMAT, Key("exemplar", "asks for single observations, too")),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        return drawn_by(
            g,
            self.plugin,
            common,
            {
                **shared_defaults(panel, panel.no_data.long),
                "color": {"mode": "thresholds"},
                "thresholds": thresholds(NO_LEVEL),
                "custom": {
                    "scaleDistribution": {"type": "linear"},
                    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
                },
            },
            options={
                "calculate": False,
                "rowsFrame": {"layout": "auto"},
                "color": {
                    "mode": "scheme",
                    "scheme": "Blues",
                    "fill": "dark-blue",
                    "scale": "exponential",
                    "exponent": 0.5,
                    "steps": 64,
                    "reverse": False,
                },
                "cellGap": 1,
                "cellValues": {"unit": "cps"},
                "filterValues": {"le": 1e-9},
                "yAxis": {"axisPlacement": "left", "reverse": False, "unit": panel.unit},
                "showValue": "never",
                "legend": {"show": True},
                "tooltip": {"mode": "single", "yHistogram": True, "showColorScale": False},
                "exemplars": {"color": "rgba(255,0,255,0.7)"},
            },
        )
