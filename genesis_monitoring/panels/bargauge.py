"""``bargauge``: bars that lie, so that long names of series can be read."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import (
    LAST_VALUE,
    LEGEND,
    LEVELS_OF_A_QUERY,
    OF_VALUES,
    ORIENTATION,
    REDUCE,
    Key,
    drawn,
)
from genesis_monitoring.panels.panel import LatestValueType, PanelPlan, Preview
from genesis_monitoring.panels.scale import Levels, Limits, scale_from_zero
from genesis_monitoring.units import Unit


class BarGauge(LatestValueType):
    """The latest value of each series as a bar of its own, in the colour of its level."""

    name = "bargauge"
    preview: Preview = "bars"
    keys = drawn(
        OF_VALUES,
        REDUCE,
        ORIENTATION,
        Key("displayMode", "basic: a bar has one colour"),
        Key("valueMode", "color: the number has the colour of its bar"),
        Key("namePlacement", "where the name of a bar stands"),
        Key("showUnfilled", "whether a bar shows how long it may get"),
        Key("sizing", "auto: the bars fill the panel"),
        Key("minVizHeight", "pixels of a bar, before the panel scrolls"),
        Key("minVizWidth", "pixels, for bars that stand"),
        Key("maxVizHeight", "pixels of a bar"),
        LEGEND,
        overrides=LEVELS_OF_A_QUERY,
    )

    def limits(self, unit: Unit, levels: Levels | None) -> Limits:
        """A bar begins at nothing."""
        return scale_from_zero(unit, levels)

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib writes what Grafana had before version 7."""
        return g.BarGauge(
            **common,
            displayMode=g.GAUGE_DISPLAY_MODE_BASIC,
            orientation=g.ORIENTATION_HORIZONTAL,
            extraJson={
                "fieldConfig": self.config(panel),
                "options": {
                    "reduceOptions": LAST_VALUE,
                    "valueMode": "color",
                    "namePlacement": "auto",
                    "showUnfilled": True,
                    "sizing": "auto",
                    "minVizHeight": 16,
                    "minVizWidth": 8,
                    "maxVizHeight": 300,
                    "legend": {
                        "showLegend": False,
                        "displayMode": "list",
                        "placement": "bottom",
                        "calcs": [],
                    },
                },
            },
        )
