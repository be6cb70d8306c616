"""Each service of the plan as a local process: the table from service to binary, arguments and paths.

A container's paths are translated by its own mounts: what is generated stands, mapped, in the run folder,
a volume is a folder of the data folder, and a bind mount is the folder that it binds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.clients.supervised import own_command, own_environment
from genesis_monitoring.clients.tools import ALERTMANAGER, GRAFANA, NODE_EXPORTER, PROMETHEUS, ToolKind
from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.stack import MountPlan, ServicePlan, health_path
from genesis_monitoring.spec.images import image_name, is_grafana

_EXTERNAL_URL = "--web.external-url="
_GRAFANA_HOME = "/usr/share/grafana"
_GRAFANA_PROVISIONING = "/etc/grafana/provisioning"
_GRAFANA_DATA = "/var/lib/grafana"


@dataclass(frozen=True, slots=True)
class Site:
    """Where one service is put: its binary (empty for our own program), its port, and all folders.

    ``secrets`` is where each secret's file is on this machine.
    """

    service: ServicePlan
    binary: tuple[str, ...]
    port: int
    spec: Path
    tree: Path
    run: Path
    data: Path
    secrets: Mapping[str, str]

    @property
    def listen(self) -> str:
        """What it listens on."""
        return f"{LOOPBACK}:{self.port}"

    def translate(self, path: str) -> str:
        """A path of the container, on this machine; others stay as they are."""
        if path.startswith(f"{SECRETS_MOUNT}/"):
            return self.secrets.get(path.rpartition("/")[2], path)
        for mount in sorted(self.service.mounts, key=lambda mount: -len(mount.target)):
            if mount.source is not None and (path == mount.target or path.startswith(f"{mount.target}/")):
                return str(self._source(mount, mount.source) / path[len(mount.target) :].lstrip("/"))
        return path

    def arguments(self) -> tuple[str, ...]:
        """The service's own arguments, with its paths translated and its address as it is reached here."""
        return tuple(self._argument(argument) for argument in self.service.command)

    def _argument(self, argument: str) -> str:
        if argument.startswith(_EXTERNAL_URL):
            return _EXTERNAL_URL + local_url(self.service, argument.removeprefix(_EXTERNAL_URL), self.port)
        name, equals, value = argument.partition("=")
        return f"{name}={self.translate(value)}" if equals else self.translate(argument)

    def _source(self, mount: MountPlan, source: str) -> Path:
        if mount.type == "volume":
            return self.data / source
        if source.startswith("./"):
            return self.run / source
        return Path(source) if source.startswith("/") else (self.tree / source).resolve()


@dataclass(frozen=True, slots=True)
class NativeKind:
    """A service we know how to run: its binary (None for our own program), arguments and environment."""

    tool: ToolKind | None
    argv: Callable[[Site], tuple[str, ...]]
    environment: Callable[[Site], tuple[tuple[str, str], ...]]
    may_be_missing: bool = False


def native_kind(plan: Plan, service: ServicePlan) -> NativeKind | None:
    """How ``service`` runs here; None if we do not know."""
    if service.name == plan.spec.prometheus.service:
        return NativeKind(PROMETHEUS, _with_listen_address, _nothing)
    if service.name == plan.spec.prometheus.alertmanager:
        return NativeKind(ALERTMANAGER, _with_listen_address, _nothing)
    if image_name(service.image) == "node-exporter":
        return NativeKind(NODE_EXPORTER, _with_listen_address, _nothing)
    if is_grafana(service.image):
        return NativeKind(GRAFANA, _grafana_argv, _grafana_environment, may_be_missing=True)
    if service.command[:2] == ("exporter", "serve"):
        return NativeKind(None, _exporter_argv, lambda _: own_environment())
    return None


def asked_path(plan: Plan, service: ServicePlan) -> str:
    """The path that the service's healthcheck asks for; without one, that of its metrics."""
    if service.health is None:
        scrape = plan.spec.stack.services[service.name].scrape
        return scrape.path if scrape is not None else "/"
    return health_path(service.health.test) or "/"


def grace(service: ServicePlan) -> float:
    """Seconds it may take to stop."""
    return float(parse_duration(service.stop_grace_period))


def link(plan: Plan, service: ServicePlan, port: int) -> str:
    """Where a person looks at it: its page, or its metrics."""
    links = plan.spec.metadata.links
    pages = {
        plan.spec.prometheus.service: links.prometheus,
        plan.spec.prometheus.alertmanager: links.alertmanager,
        "grafana": links.grafana,
    }
    if service.name in pages:
        return local_url(service, pages[service.name], port)
    scrape = plan.spec.stack.services[service.name].scrape
    return f"http://{LOOPBACK}:{port}{scrape.path if scrape else '/'}"


def local_url(service: ServicePlan, url: str, port: int) -> str:
    """``url`` as the spec has it, or at ``port`` of this machine if that is not where the spec publishes."""
    parts = urlsplit(url)
    if parts.port == port or port in (published.host for published in service.ports):
        return url
    # The path is the proxy's, which is not here.
    return urlunsplit(("http", f"{LOOPBACK}:{port}", "/" if parts.path else "", "", ""))


def _nothing(_: Site) -> tuple[tuple[str, str], ...]:
    return ()


def _with_listen_address(site: Site) -> tuple[str, ...]:
    return (*site.binary, *site.arguments(), f"--web.listen-address={site.listen}")


def _exporter_argv(site: Site) -> tuple[str, ...]:
    return own_command("exporter", "serve", "--spec", str(site.spec), "--listen", site.listen)


def _grafana_argv(site: Site) -> tuple[str, ...]:
    return (*site.binary, "--homepath", _GRAFANA_HOME)


def _grafana_environment(site: Site) -> tuple[tuple[str, str], ...]:
    own = tuple((name, site.translate(value)) for name, value in site.service.environment)
    return (
        *own,
        ("GF_SERVER_HTTP_ADDR", LOOPBACK),
        ("GF_SERVER_HTTP_PORT", str(site.port)),
        ("GF_PATHS_DATA", site.translate(_GRAFANA_DATA)),
        ("GF_PATHS_PROVISIONING", site.translate(_GRAFANA_PROVISIONING)),
        ("GF_LOG_MODE", "console"),
    )
