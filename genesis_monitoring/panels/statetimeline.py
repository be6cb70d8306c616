"""``state-timeline``: from when to when something was up or down."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import LEVELS_OF_A_QUERY, OF_VALUES, Key, drawn
from genesis_monitoring.panels.panel import PanelPlan, drawn_by
from genesis_monitoring.panels.states import LANE_OPTIONS, LANES, LanesType


class StateTimeline(LanesType):
    """A lane for each series, in which a state lasts as long as it did."""

    name = "state-timeline"
    keys = drawn(
        (*OF_VALUES, LANES),
        *LANE_OPTIONS,
        Key("mergeValues", "whether equal values in a row are one state"),
        Key("alignValue", "where the word stands in its state"),
        overrides=LEVELS_OF_A_QUERY,
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        options = self.options(mergeValues=True, alignValue="left")
        config = self.lanes(panel, 0)
        return drawn_by(
            g, self.plugin, common, config["defaults"], overrides=config["overrides"], options=options
        )
