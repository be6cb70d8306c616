"""How each type of panel is drawn. A type says which drawing it has; mypy finds one that has none here."""

from collections.abc import Mapping
from typing import assert_never

from genesis_monitoring.panels.panel import Preview
from genesis_monitoring.panels.registry import PANELS
from genesis_monitoring.preview.asking import PanelData
from genesis_monitoring.preview.dashboard import PanelView
from genesis_monitoring.preview.drawings.bars import draw_bars
from genesis_monitoring.preview.drawings.cells import draw_cells
from genesis_monitoring.preview.drawings.gauge import draw_gauges
from genesis_monitoring.preview.drawings.lines import draw_lines
from genesis_monitoring.preview.drawings.spread import draw_spread
from genesis_monitoring.preview.drawings.states import draw_states
from genesis_monitoring.preview.drawings.table import draw_table
from genesis_monitoring.preview.drawings.text import draw_text
from genesis_monitoring.preview.drawings.values import draw_values
from genesis_monitoring.render.quoting import Quoted

_PREVIEWS: Mapping[str, Preview] = {kind.plugin: kind.preview for kind in PANELS}
"""By what Grafana calls that which draws them."""


def draw(panel: PanelView, data: PanelData) -> Quoted:
    """What is inside ``panel``; of a type that is not one of ours, the latest values."""
    preview = _PREVIEWS.get(panel.type, "table")
    match preview:
        case "bars":
            return draw_bars(panel, data)
        case "cells":
            return draw_cells(panel, data)
        case "gauges":
            return draw_gauges(panel, data)
        case "lines":
            return draw_lines(panel, data)
        case "spread":
            return draw_spread(panel, data)
        case "states":
            return draw_states(panel, data)
        case "table":
            return draw_table(panel, data)
        case "text":
            return draw_text(panel, data)
        case "values":
            return draw_values(panel, data)
        case _:
            assert_never(preview)
