"""The services of the stack: images, ports, health, limits, and what Prometheus scrapes from each."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from genesis_monitoring.spec.base import (
    LabelName,
    Model,
    Name,
    Number,
    PositiveSeconds,
    RelativePath,
    Seconds,
    Slug,
    Text,
)


def _exact(image: str) -> str:
    if image.partition("@")[0].endswith(":latest"):
        raise ValueError("an image has an exact tag, so that two runs of the stack are the same: not latest")
    return image


def _reachable(address: str) -> str:
    if not 1 <= int(address.rpartition(":")[2]) <= _LAST_PORT:
        raise ValueError(f"a port is a number from 1 to {_LAST_PORT}")
    return address


_ADDRESS = (
    r"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
    r"|\[[0-9a-fA-F:]+\]):[0-9]{1,5}$"
)
_LAST_PORT = 65535

Port = Annotated[int, Field(ge=1, le=65535)]
AbsolutePath = Annotated[str, Field(max_length=300, pattern=r"^/[A-Za-z0-9._\-/]*$")]
Address = Annotated[str, Field(max_length=260, pattern=_ADDRESS), AfterValidator(_reachable)]
"""A host and a port: ``genesis-app:8000``, ``10.0.0.7:8000``, ``[::1]:8000``."""
Image = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+(?:[._/-][a-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(?:@sha256:[0-9a-f]{64})?$"
    ),
    AfterValidator(_exact),
]
_SIZE = r"^[1-9][0-9]*[kmg]$"


class PublishedPort(Model):
    """A container port, reachable on the host at ``address`` (loopback unless the spec says so)."""

    host: Port
    container: Port
    address: Annotated[str, Field(pattern=r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")] = "127.0.0.1"


class Scrape(Model):
    """What Prometheus scrapes; the job has the service's name."""

    port: Port
    path: AbsolutePath = "/metrics"
    interval: PositiveSeconds | None = None


class Health(Model):
    """A healthcheck: ``test`` is a command and its arguments, run inside the container."""

    test: tuple[Text, ...] = Field(min_length=1)
    interval: PositiveSeconds
    timeout: PositiveSeconds
    retries: Annotated[int, Field(ge=1, le=100)]
    start_period: Seconds


class Mount(Model):
    """Something mounted at ``target``: one of ``volume`` (named), ``bind``, ``generated``, ``tmpfs`` (size).

    A bind path is relative to the spec's folder; one that begins with ``/`` is a path of the host.
    ``generated`` mounts a folder of the generated tree.
    """

    target: AbsolutePath
    volume: Slug | None = None
    bind: RelativePath | AbsolutePath | None = None
    generated: RelativePath | None = None
    tmpfs: Annotated[str, Field(pattern=_SIZE)] | None = None
    read_only: bool = False
    propagation: Literal["rslave"] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Mount":
        sources = (self.volume, self.bind, self.generated, self.tmpfs)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("a mount has exactly one of volume, bind, generated and tmpfs")
        return self


class Limits(Model):
    """What a container may use at the most."""

    cpus: Annotated[Number, Field(gt=0, le=256)]
    memory: Annotated[str, Field(pattern=_SIZE)]
    pids: Annotated[int, Field(ge=1)]


class Build(Model):
    """How an image is built from this repository; ``context`` is relative to the spec's folder."""

    context: RelativePath
    dockerfile: RelativePath


class Service(Model):
    """One container. Every service drops all capabilities and has a read-only root.

    ``image`` is exact: a tag that names one version, never ``latest``.
    """

    description: Text
    image: Image
    build: Build | None = None
    command: tuple[Text, ...] = ()
    user: Annotated[str, Field(pattern=r"^[0-9]+:[0-9]+$")]
    ports: tuple[PublishedPort, ...] = ()
    scrape: Scrape | None = None
    health: Health
    depends_on: tuple[Slug, ...] = ()
    environment: dict[Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]*$")], Text] = Field(
        default_factory=dict
    )
    mounts: tuple[Mount, ...] = ()
    secrets: tuple[Name, ...] = ()
    networks: tuple[Slug, ...] = Field(min_length=1)
    limits: Limits
    stop_grace_period: PositiveSeconds


class Secret(Model):
    """A secret, always a file that is not in git; relative to the spec's folder."""

    file: RelativePath
    purpose: Text


class Network(Model):
    """A network of the stack; an internal one has no way out."""

    purpose: Text
    internal: bool


class Logs(Model):
    """How much container log is kept."""

    max_size: Annotated[str, Field(pattern=_SIZE)]
    max_files: Annotated[int, Field(ge=1, le=100)]


class Stack(Model):
    """The Compose project: its services and what they share."""

    project: Slug
    services: dict[Slug, Service] = Field(min_length=1)
    networks: dict[Slug, Network] = Field(min_length=1)
    secrets: dict[Name, Secret] = Field(default_factory=dict)
    logs: Logs


class ScrapeTarget(Model):
    """An application outside the stack that Prometheus scrapes; its job has this entry's name.

    Prometheus must be able to reach each of ``addresses`` by that name. ``module`` is the Python module
    that declares its metrics (``<module>.py`` in the tree), so that the application imports them from
    the catalogue; by default it is named after the job.
    """

    description: Text
    addresses: tuple[Address, ...] = Field(min_length=1)
    path: AbsolutePath = "/metrics"
    interval: PositiveSeconds | None = None
    module: Annotated[str, Field(max_length=80, pattern=r"^[a-z][a-z0-9_]*_metrics$")] | None = None


class Prometheus(Model):
    """Prometheus itself. ``service`` and ``alertmanager`` name services of the stack.

    ``targets`` are what it scrapes besides the services, by the name of their job.
    """

    service: Slug
    alertmanager: Slug
    scrape_interval: PositiveSeconds
    scrape_timeout: PositiveSeconds
    evaluation_interval: PositiveSeconds
    retention: PositiveSeconds
    external_labels: dict[LabelName, Text] = Field(min_length=1)
    targets: dict[Slug, ScrapeTarget] = Field(default_factory=dict)
