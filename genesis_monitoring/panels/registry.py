"""Every type that a panel may have."""

from collections.abc import Mapping

from genesis_monitoring.panels.alertlist import AlertList
from genesis_monitoring.panels.bargauge import BarGauge
from genesis_monitoring.panels.gauge import Gauge
from genesis_monitoring.panels.heatmap import Heatmap
from genesis_monitoring.panels.histogram import Histogram
from genesis_monitoring.panels.panel import PanelType
from genesis_monitoring.panels.stat import Stat
from genesis_monitoring.panels.statetimeline import StateTimeline
from genesis_monitoring.panels.statushistory import StatusHistory
from genesis_monitoring.panels.table import Table
from genesis_monitoring.panels.text import Text
from genesis_monitoring.panels.timeseries import Timeseries

PANELS: tuple[PanelType, ...] = (
    AlertList(),
    BarGauge(),
    Gauge(),
    Heatmap(),
    Histogram(),
    Stat(),
    StateTimeline(),
    StatusHistory(),
    Table(),
    Timeseries(),
    Text(),
)

PANEL_TYPES: Mapping[str, PanelType] = {panel.name: panel for panel in PANELS}
"""By the name that the spec and Grafana have for it."""
