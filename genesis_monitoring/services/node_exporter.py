"""The node exporter, known by the name of its image."""

from genesis_monitoring.services.base import StockService
from genesis_monitoring.spec.images import image_name
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service


class NodeExporterService(StockService):
    """Tells of the machine."""

    binary = "node_exporter"
    about_this_machine = True

    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """See StockService."""
        return image_name(service.image) == "node-exporter"
