"""The stock services that there are. To add one: a module beside this one, and a line here."""

from genesis_monitoring.services.alertmanager import AlertmanagerService
from genesis_monitoring.services.base import StockService
from genesis_monitoring.services.genesis_metrics import GenesisMetricsService
from genesis_monitoring.services.grafana import GrafanaService
from genesis_monitoring.services.node_exporter import NodeExporterService
from genesis_monitoring.services.prometheus import PrometheusService
from genesis_monitoring.spec.model import Spec

SERVICES: tuple[StockService, ...] = (
    PrometheusService(),
    AlertmanagerService(),
    GrafanaService(),
    NodeExporterService(),
    GenesisMetricsService(),
)
"""The first one that a service is counts."""


def stock_of(spec: Spec, name: str) -> StockService | None:
    """What the service of that name runs; None if we do not know it."""
    service = spec.stack.services[name]
    return next((one for one in SERVICES if one.runs(spec, name, service)), None)
