"""``gauge``: an arc has two ends, so there is a lowest value even where the unit has none."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import (
    LAST_VALUE,
    LEVELS_OF_A_QUERY,
    OF_VALUES,
    ORIENTATION,
    REDUCE,
    Key,
    drawn,
)
from genesis_monitoring.panels.panel import LatestValueType, PanelPlan, Preview
from genesis_monitoring.panels.scale import Levels, Limits, scale
from genesis_monitoring.units import Unit


class Gauge(LatestValueType):
    """The latest value of each series on an arc, which is coloured by its levels."""

    name = "gauge"
    preview: Preview = "gauges"
    keys = drawn(
        OF_VALUES,
        REDUCE,
        ORIENTATION,
        Key("showThresholdLabels", "numbers at the thresholds"),
        Key("showThresholdMarkers", "coloured outer band"),
        Key("sizing", "auto: fills the panel"),
        Key("minVizHeight", "pixels, for manual sizing"),
        Key("minVizWidth", "pixels, for manual sizing"),
        overrides=LEVELS_OF_A_QUERY,
    )

    def limits(self, unit: Unit, levels: Levels | None) -> Limits:
        """An arc has two ends; with levels it shows where good begins."""
        low, high = scale(unit, levels)
        return low or 0.0, high

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib writes options that Grafana has dropped, and none of those there are."""
        return g.GaugePanel(
            **common,
            format=panel.unit,
            extraJson={
                "fieldConfig": self.config(panel),
                "options": {
                    "reduceOptions": LAST_VALUE,
                    "orientation": "auto",
                    "showThresholdLabels": False,
                    "showThresholdMarkers": True,
                    "sizing": "auto",
                    "minVizHeight": 75,
                    "minVizWidth": 75,
                },
            },
        )
