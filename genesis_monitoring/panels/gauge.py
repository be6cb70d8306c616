"""``gauge``: an arc has two ends, so there is a lowest value even where the unit has none."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import LAST_VALUE, NO_VALUE, ORIENTATION, REDUCE, Key, drawn
from genesis_monitoring.panels.panel import LatestValueType, Limits, PanelPlan, limits_from_zero
from genesis_monitoring.units import Unit


class Gauge(LatestValueType):
    """The latest value of each series on an arc, which is coloured by its levels."""

    name = "gauge"
    keys = drawn(
        NO_VALUE,
        REDUCE,
        ORIENTATION,
        Key("showThresholdLabels", "numbers at the thresholds"),
        Key("showThresholdMarkers", "coloured outer band"),
        Key("sizing", "auto: fills the panel"),
        Key("minVizHeight", "pixels, for manual sizing"),
        Key("minVizWidth", "pixels, for manual sizing"),
    )

    def limits(self, unit: Unit) -> Limits:
        """An arc has two ends."""
        return limits_from_zero(unit)

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib writes options that Grafana has dropped, and none of those there are."""
        return g.GaugePanel(
            **common,
            format=panel.unit,
            extraJson={
                "fieldConfig": {"defaults": self.defaults(panel)},
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
