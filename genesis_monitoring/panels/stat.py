"""``stat``: numbers without a sparkline, since only an instant is asked for."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import LEVELS_OF_A_QUERY, OF_VALUES, ORIENTATION, REDUCE, Key, drawn
from genesis_monitoring.panels.panel import LatestValueType, PanelPlan, Preview
from genesis_monitoring.panels.scale import Levels, Limits
from genesis_monitoring.units import Unit


class Stat(LatestValueType):
    """The latest value of each series as a number, in the colour of its level."""

    name = "stat"
    preview: Preview = "values"
    keys = drawn(
        OF_VALUES,
        REDUCE,
        ORIENTATION,
        Key("colorMode", "what the threshold colours"),
        Key("graphMode", "sparkline behind the value"),
        Key("justifyMode", "alignment of the value"),
        Key("textMode", "value, name or both"),
        Key("wideLayout", "name and value side by side where there is room"),
        Key("showPercentChange", "change over the range"),
        Key("percentChangeColorMode", "how the change is coloured"),
        overrides=LEVELS_OF_A_QUERY,
    )

    def limits(self, unit: Unit, levels: Levels | None) -> Limits:
        """A number has no scale."""
        del unit, levels
        return None, None

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """grafanalib knows neither limits nor the options since Grafana 9."""
        return g.Stat(
            **common,
            format=panel.unit,
            colorMode="value",
            graphMode="none",
            alignment="auto",
            orientation="auto",
            # One value left of several would not say which it is.
            textMode="value_and_name" if panel.names_matter else "auto",
            reduceCalc="lastNotNull",
            extraJson={
                "fieldConfig": self.config(panel),
                "options": {
                    "wideLayout": True,
                    "showPercentChange": False,
                    "percentChangeColorMode": "standard",
                },
            },
        )
