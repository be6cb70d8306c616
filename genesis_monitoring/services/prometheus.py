"""Prometheus, which the spec names as ``prometheus.service``."""

from genesis_monitoring.conventions import PROMETHEUS_CONFIG
from genesis_monitoring.durations import format_duration
from genesis_monitoring.services.base import StockService, web_arguments
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service

_CONFIG = f"/etc/{PROMETHEUS_CONFIG}"


class PrometheusService(StockService):
    """Scrapes, records and alerts."""

    binary = "prometheus"
    oldest = (2, 42)

    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """See StockService."""
        return name == spec.prometheus.service

    def arguments(self, spec: Spec) -> tuple[str, ...]:
        """See StockService."""
        return (
            f"--config.file={_CONFIG}",
            "--storage.tsdb.path=/prometheus",
            f"--storage.tsdb.retention.time={format_duration(spec.prometheus.retention)}",
            *(
                ["--enable-feature=exemplar-storage"]
                if any(m.exemplars for m in spec.metrics.values())
                else ()
            ),
            *web_arguments(spec.metadata.links.prometheus),
        )

    def reads(self, service: Service) -> tuple[tuple[str, str], ...]:
        """See StockService."""
        return ((_CONFIG, PROMETHEUS_CONFIG),)

    def asked(self, spec: Spec) -> tuple[tuple[str, str], ...]:
        """See StockService."""
        return (("/api/v1/query?query=1", "Grafana's data source"),)

    def reload_address(self, spec: Spec, service: Service) -> str:
        """See StockService."""
        on = {"--web.enable-lifecycle", "--web.enable-lifecycle=true"} & set(service.command)
        return f"{spec.metadata.links.prometheus.rstrip('/')}/-/reload" if on else ""

    def page(self, spec: Spec) -> str:
        """See StockService."""
        return spec.metadata.links.prometheus
