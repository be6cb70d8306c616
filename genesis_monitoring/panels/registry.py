"""Every type that a panel may have."""

from collections.abc import Mapping

from genesis_monitoring.panels.bargauge import BarGauge
from genesis_monitoring.panels.gauge import Gauge
from genesis_monitoring.panels.panel import PanelType
from genesis_monitoring.panels.stat import Stat
from genesis_monitoring.panels.text import Text
from genesis_monitoring.panels.timeseries import Timeseries

PANELS: tuple[PanelType, ...] = (BarGauge(), Gauge(), Stat(), Timeseries(), Text())

PANEL_TYPES: Mapping[str, PanelType] = {panel.name: panel for panel in PANELS}
"""By the name that the spec and Grafana have for it."""
