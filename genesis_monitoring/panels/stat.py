"""``stat``: numbers without a sparkline, since only an instant is asked for."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import NO_VALUE, ORIENTATION, REDUCE, Key, drawn
from genesis_monitoring.panels.panel import LatestValueType, PanelPlan


class Stat(LatestValueType):
    """The latest value of each series as a number, in the colour of its level."""

    name = "stat"
    keys = drawn(
        NO_VALUE,
        REDUCE,
        ORIENTATION,
        Key("colorMode", "what the threshold colours"),
        Key("graphMode", "sparkline behind the value"),
        Key("justifyMode", "alignment of the value"),
        Key("textMode", "value, name or both"),
        Key("wideLayout", "name and value side by side where there is room"),
        Key("showPercentChange", "change over the range"),
        Key("percentChangeColorMode", "how the change is coloured"),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib knows neither limits nor the options since Grafana 9."""
        return g.Stat(
            **common,
            format=panel.unit,
            colorMode="value",
            graphMode="none",
            alignment="auto",
            orientation="auto",
            textMode="auto",
            reduceCalc="lastNotNull",
            extraJson={
                "fieldConfig": {"defaults": self.defaults(panel)},
                "options": {
                    "wideLayout": True,
                    "showPercentChange": False,
                    "percentChangeColorMode": "standard",
                },
            },
        )
