"""Grafana, known by the name of its image, wherever that is from."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from genesis_monitoring.conventions import DASHBOARDS_FOLDER, DASHBOARDS_MOUNT, GRAFANA_DASHBOARD_PROVIDER
from genesis_monitoring.services.base import Here, StockService, Variables
from genesis_monitoring.spec.images import image_name
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service

_IMAGES = ("grafana", "grafana-oss", "grafana-enterprise")
_HOME = "/usr/share/grafana"
_DATA = "/var/lib/grafana"
_PROVISIONING = "/etc/grafana/provisioning"
_GENERATED = GRAFANA_DASHBOARD_PROVIDER.rsplit("/", 2)[0]
_CONFIGURED = ("/etc/grafana", "/etc/grafana/grafana.ini")
_PASSWORDS = frozenset(("GF_SECURITY_ADMIN_PASSWORD", "GF_SECURITY_ADMIN_PASSWORD__FILE"))


class GrafanaService(StockService):
    """Draws the dashboards."""

    binary = "grafana-server"
    optional = True

    def runs(self, spec: Spec, name: str, service: Service) -> bool:
        """See StockService."""
        return image_name(service.image) in _IMAGES

    def environment(self, spec: Spec) -> Mapping[str, str]:
        """It serves from the path of its link, but for ``/api/health`` and ``/metrics``."""
        link = spec.metadata.links.grafana
        below = {"GF_SERVER_SERVE_FROM_SUB_PATH": "true"} if urlsplit(link).path.rstrip("/") else {}
        return {"GF_SERVER_ROOT_URL": link, **below}

    def reads(self, service: Service) -> tuple[tuple[str, str], ...]:
        """Nothing, if nothing generated is mounted: then it is provisioned in another way."""
        generated = [(mount.generated or "").rstrip("/") for mount in service.mounts]
        if not any(source == "grafana" or source.startswith("grafana/") for source in generated):
            return ()
        return ((DASHBOARDS_MOUNT, DASHBOARDS_FOLDER), (_PROVISIONING, _GENERATED))

    def page(self, spec: Spec) -> str:
        """See StockService."""
        return spec.metadata.links.grafana

    def unsafe(self, service: Service) -> tuple[str, str]:
        """The default password, unless a file or a setting of the spec has another or switches it off."""
        given = service.environment
        if (
            _PASSWORDS & given.keys()
            or "GF_PATHS_CONFIG" in given
            or given.get("GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION") == "true"
            or any(mount.target in _CONFIGURED for mount in service.mounts)
        ):
            return "", ""
        return (
            "the password of Grafana's admin is the default one",
            "set GF_SECURITY_ADMIN_PASSWORD__FILE to a secret there, then run genesis-mon render",
        )

    def local_arguments(self, here: Here) -> tuple[str, ...]:
        """See StockService."""
        return ("--homepath", _HOME)

    def local_environment(self, here: Here) -> Variables:
        """See StockService."""
        return (
            *here.environment,
            ("GF_SERVER_HTTP_ADDR", here.host),
            ("GF_SERVER_HTTP_PORT", str(here.port)),
            ("GF_PATHS_DATA", here.path(_DATA)),
            ("GF_PATHS_PROVISIONING", here.path(_PROVISIONING)),
            ("GF_LOG_MODE", "console"),
        )
