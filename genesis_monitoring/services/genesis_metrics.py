"""Our own exporter of test results, known by its command."""

from genesis_monitoring.services.base import Here, StockService
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service

_COMMAND = ("exporter", "serve")


class GenesisMetricsService(StockService):
    """Exposes results of tests."""

    binary = ""

    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """See StockService."""
        return service.command[:2] == _COMMAND

    def local_arguments(self, here: Here) -> tuple[str, ...]:
        """See StockService."""
        return (*_COMMAND, *here.spec, "--listen", here.listen)
