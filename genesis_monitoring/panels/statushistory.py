"""``status-history``: how it was in each of equal parts of the time."""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import LEVELS_OF_A_QUERY, OF_VALUES, Key, drawn
from genesis_monitoring.panels.panel import PanelPlan, drawn_by
from genesis_monitoring.panels.states import LANE_OPTIONS, LANES, LanesType

_CELLS = 60


class StatusHistory(LanesType):
    """A lane for each series, with a cell for each of some sixty parts of the time."""

    name = "status-history"
    keys = drawn(
        (*OF_VALUES, LANES),
        *LANE_OPTIONS,
        Key("colWidth", "part of its time that a cell fills"),
        beside=(Key("maxDataPoints", "cells of a lane"),),
        overrides=LEVELS_OF_A_QUERY,
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        options = self.options(colWidth=0.9)
        config = self.lanes(panel, 1)
        return drawn_by(
            g,
            self.plugin,
            common,
            config["defaults"],
            overrides=config["overrides"],
            options=options,
            maxDataPoints=_CELLS,
        )
