"""Alertmanager, which the spec names as ``prometheus.alertmanager``."""

from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.services.base import StockService, web_arguments
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service

_CONFIG = f"/etc/{ALERTMANAGER_CONFIG}"


class AlertmanagerService(StockService):
    """Groups, silences and sends. A cluster of one: it listens for no peers."""

    binary = "alertmanager"
    oldest = (0, 25)

    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """See StockService."""
        return name == spec.prometheus.alertmanager

    def arguments(self, spec: Spec) -> tuple[str, ...]:
        """See StockService."""
        return (
            f"--config.file={_CONFIG}",
            "--storage.path=/alertmanager",
            "--cluster.listen-address=",
            *web_arguments(spec.metadata.links.alertmanager),
        )

    def reads(self, service: Service) -> tuple[tuple[str, str], ...]:
        """See StockService."""
        return ((_CONFIG, ALERTMANAGER_CONFIG),)

    def asked(self, spec: Spec) -> tuple[tuple[str, str], ...]:
        """See StockService."""
        return (("/api/v2/alerts", f"{spec.prometheus.service}, which sends alerts there,"),)

    def reload_address(self, spec: Spec, service: Service) -> str:
        """See StockService. It cannot be switched off."""
        return f"{spec.metadata.links.alertmanager.rstrip('/')}/-/reload"

    def page(self, spec: Spec) -> str:
        """See StockService."""
        return spec.metadata.links.alertmanager
