"""Each service of the plan as a local process: its binary, arguments and paths.

A container's paths are translated by its own mounts: what is generated stands, mapped, in the run folder,
a volume is a folder of the data folder, and a bind mount is the folder that it binds.
"""

from collections.abc import Mapping
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
from genesis_monitoring.services.base import Here, StockService
from genesis_monitoring.services.registry import stock_of

_EXTERNAL_URL = "--web.external-url="
_TOOLS = {tool.name: tool for tool in (PROMETHEUS, ALERTMANAGER, NODE_EXPORTER, GRAFANA)}


@dataclass(frozen=True, slots=True)
class Site:
    """Where one service is put: its binary (empty for our own program), its port, and all folders.

    ``spec`` are the options that name the spec; ``secrets`` is where each secret's file is on this machine.
    """

    service: ServicePlan
    binary: tuple[str, ...]
    port: int
    spec: tuple[str, ...]
    tree: Path
    run: Path
    data: Path
    secrets: Mapping[str, str]

    def translate(self, path: str) -> str:
        """A path of the container, on this machine; others stay as they are."""
        if path.startswith(f"{SECRETS_MOUNT}/"):
            return self.secrets.get(path.rpartition("/")[2], path)
        for mount in sorted(self.service.mounts, key=lambda mount: -len(mount.target)):
            if mount.source is not None and (path == mount.target or path.startswith(f"{mount.target}/")):
                return str(self._source(mount, mount.source) / path[len(mount.target) :].lstrip("/"))
        return path

    def here(self) -> Here:
        """The service's own settings, with its paths translated and its address as it is reached here."""
        return Here(
            arguments=tuple(self._argument(argument) for argument in self.service.command),
            environment=tuple((name, self.translate(value)) for name, value in self.service.environment),
            host=LOOPBACK,
            port=self.port,
            path=self.translate,
            spec=self.spec,
        )

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
    """A service that we know, and its tool on this machine (None for our own program)."""

    stock: StockService
    tool: ToolKind | None

    def argv(self, site: Site) -> tuple[str, ...]:
        """What is called."""
        return (*(site.binary or own_command()), *self.stock.local_arguments(site.here()))

    def environment(self, site: Site) -> tuple[tuple[str, str], ...]:
        """What it needs besides the small environment."""
        own = () if self.tool else own_environment()
        return (*own, *self.stock.local_environment(site.here()))


def native_kind(plan: Plan, service: ServicePlan) -> NativeKind | None:
    """How ``service`` runs here; None if we do not know."""
    stock = stock_of(plan.spec, service.name)
    if stock is None:
        return None
    return NativeKind(stock, _TOOLS[stock.binary] if stock.binary else None)


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
    stock = stock_of(plan.spec, service.name)
    page = stock.page(plan.spec) if stock else ""
    if page:
        return local_url(service, page, port)
    scrape = plan.spec.stack.services[service.name].scrape
    return f"http://{LOOPBACK}:{port}{scrape.path if scrape else '/'}"


def local_url(service: ServicePlan, url: str, port: int) -> str:
    """``url`` as the spec has it, or at ``port`` of this machine if that is not where the spec publishes."""
    parts = urlsplit(url)
    if parts.port == port or port in (published.host for published in service.ports):
        return url
    # The path is the proxy's, which is not here.
    return urlunsplit(("http", f"{LOOPBACK}:{port}", "/" if parts.path else "", "", ""))
