"""The Compose project: services hardened alike, their mounts, networks, volumes and secrets."""

import re
from dataclasses import dataclass
from typing import Literal

from genesis_monitoring.durations import format_duration
from genesis_monitoring.services.registry import stock_of
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Mount, Service
from genesis_monitoring.units import format_number

_HEALTH_URL = re.compile(r"https?://[^/\s'\"]+(?P<path>/[^\s'\",)]*)?")
_SPEC_FOLDER = ".."
"""From the Compose file, which stands in the generated tree beside the spec, to the spec's folder."""


@dataclass(frozen=True, slots=True)
class MountPlan:
    """A mount in Compose's long form; ``type`` is volume, bind or tmpfs."""

    type: str
    source: str | None
    target: str
    read_only: bool
    size: str | None
    propagation: str | None


@dataclass(frozen=True, slots=True)
class PortPlan:
    """A published port."""

    address: str
    host: int
    container: int

    @property
    def interface(self) -> str:
        """``address`` as it stands before a port."""
        return f"[{self.address}]" if ":" in self.address else self.address

    @property
    def loopback(self) -> bool:
        """Whether this machine alone can reach it."""
        return self.address.startswith("127.") or self.address == "::1"


@dataclass(frozen=True, slots=True)
class HealthPlan:
    """A healthcheck; durations in Compose notation."""

    test: tuple[str, ...]
    interval: str
    timeout: str
    retries: int
    start_period: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """A service that another waits for; ``condition`` is what it waits for, in Compose's words."""

    name: str
    condition: Literal["service_healthy", "service_started"]


@dataclass(frozen=True, slots=True)
class ServicePlan:
    """One service. ``cpus`` is text, as Compose writes it; ``memory`` has Compose's size suffix.

    ``health`` is None for a service that nothing can ask.
    """

    name: str
    description: str
    image: str
    build_context: str | None
    dockerfile: str | None
    command: tuple[str, ...]
    user: str
    environment: tuple[tuple[str, str], ...]
    ports: tuple[PortPlan, ...]
    mounts: tuple[MountPlan, ...]
    secrets: tuple[str, ...]
    networks: tuple[str, ...]
    depends_on: tuple[Dependency, ...]
    health: HealthPlan | None
    cpus: str
    memory: str
    pids: int
    stop_grace_period: str
    origin: str


@dataclass(frozen=True, slots=True)
class SecretPlan:
    """A secret file, relative to the Compose file."""

    name: str
    file: str
    origin: str


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """A network; an internal one has no way out."""

    name: str
    internal: bool
    purpose: str
    origin: str


@dataclass(frozen=True, slots=True)
class StackPlan:
    """``docker-compose.yml``."""

    project: str
    services: tuple[ServicePlan, ...]
    networks: tuple[NetworkPlan, ...]
    volumes: tuple[str, ...]
    secrets: tuple[SecretPlan, ...]
    log_max_size: str
    log_max_files: int


def health_path(test: tuple[str, ...]) -> str:
    """The path that a healthcheck asks for; empty if it asks for none."""
    found = _HEALTH_URL.search(" ".join(test))
    return (found["path"] or "/") if found else ""


def compile_stack(spec: Spec) -> StackPlan:
    """Services in the order of the spec; volumes are those that a mount names."""
    services = tuple(_service(spec, name, service) for name, service in spec.stack.services.items())
    volumes = dict.fromkeys(
        mount.source
        for service in services
        for mount in service.mounts
        if mount.type == "volume" and mount.source
    )
    return StackPlan(
        project=spec.stack.project,
        services=services,
        networks=tuple(
            NetworkPlan(name, network.internal, network.purpose, f"stack.networks.{name}")
            for name, network in spec.stack.networks.items()
        ),
        volumes=tuple(volumes),
        secrets=tuple(
            SecretPlan(name, f"{_SPEC_FOLDER}/{secret.file}", f"stack.secrets.{name}")
            for name, secret in spec.stack.secrets.items()
        ),
        log_max_size=spec.stack.logs.max_size,
        log_max_files=spec.stack.logs.max_files,
    )


def _service(spec: Spec, name: str, service: Service) -> ServicePlan:
    stock = stock_of(spec, name)
    arguments, environment = (stock.arguments(spec), stock.environment(spec)) if stock else ((), {})
    return ServicePlan(
        name=name,
        description=service.description,
        image=service.image,
        build_context=_beside_spec(service.build.context) if service.build else None,
        dockerfile=service.build.dockerfile if service.build else None,
        command=(*arguments, *service.command),
        user=service.user,
        environment=tuple({**environment, **service.environment}.items()),
        ports=tuple(PortPlan(port.address, port.host, port.container) for port in service.ports),
        mounts=tuple(_mount(mount) for mount in service.mounts),
        secrets=service.secrets,
        networks=service.networks,
        depends_on=tuple(_dependency(spec, other) for other in service.depends_on),
        health=_health(service),
        cpus=format_number(service.limits.cpus),
        memory=service.limits.memory,
        pids=service.limits.pids,
        stop_grace_period=format_duration(service.stop_grace_period),
        origin=f"stack.services.{name}",
    )


def _dependency(spec: Spec, name: str) -> Dependency:
    asked = _health(spec.stack.services[name]) is not None
    return Dependency(name, "service_healthy" if asked else "service_started")


def _health(service: Service) -> HealthPlan | None:
    health = service.health
    if health == "none":
        return None
    return HealthPlan(
        test=health.test,
        interval=format_duration(health.interval),
        timeout=format_duration(health.timeout),
        retries=health.retries,
        start_period=format_duration(health.start_period),
    )


def _mount(mount: Mount) -> MountPlan:
    if mount.tmpfs is not None:
        return MountPlan("tmpfs", None, mount.target, False, mount.tmpfs, None)
    if mount.volume is not None:
        return MountPlan("volume", mount.volume, mount.target, mount.read_only, None, None)
    if mount.generated is not None:
        source = f"./{mount.generated}"
    else:
        bind = mount.bind or ""
        source = bind if bind.startswith("/") else _beside_spec(bind)
    return MountPlan("bind", source, mount.target, mount.read_only, None, mount.propagation)


def _beside_spec(path: str) -> str:
    return _SPEC_FOLDER if path == "." else f"{_SPEC_FOLDER}/{path}"
