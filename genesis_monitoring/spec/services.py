"""The services of the stack: images, ports, health, limits, and what Prometheus scrapes from each."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, model_validator

from genesis_monitoring.addresses import valid_interface, valid_server
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import (
    AbsolutePath,
    LabelName,
    Model,
    Name,
    Number,
    Port,
    PositiveSeconds,
    RelativePath,
    Seconds,
    ServerAddress,
    Slug,
    Text,
)
from genesis_monitoring.spec.images import parse_image
from genesis_monitoring.spec.scraping import Kind, Scrape, ScrapeTarget


def _exact(image: str) -> str:
    found = parse_image(image)
    if not found.digest and found.tag.lower() == "latest":
        raise ValueError("an image has an exact tag, so that two runs of the stack are the same: not latest")
    if not found.digest and not found.tag:
        raise ValueError("an image has an exact tag or a digest, so that two runs of the stack are the same")
    return image


def _named(service: Any) -> Any:
    """An address that is right has become the service's by now."""
    if isinstance(service, str) and re.search("[:./]", service):
        valid_server(service)
    return service


def _between(least: int, most: int, why: str) -> AfterValidator:
    def checked(text: str) -> str:
        if not least <= size_in_bytes(text) <= most:
            raise ValueError(why)
        return text

    return AfterValidator(checked)


def _user(user: str) -> str:
    if any(int(number) > _LAST_USER for number in user.split(":")):
        raise ValueError(f"ids of users and groups are numbers from 0 to {_LAST_USER}")
    return user


def _mountable(path: str) -> str:
    if not path.strip("/"):
        raise ValueError("nothing can be mounted over the root of a container")
    if path.strip("/").partition("/")[0] == "proc":
        raise ValueError("nothing can be mounted in /proc of a container: the engine refuses to start it")
    return path


def _heeded(seconds: int) -> int:
    if seconds > _LONGEST_CHECK:
        raise ValueError("a healthcheck that is asked less often than once a day tells nothing: at most 1d")
    return seconds


def size_in_bytes(text: str) -> int:
    """A size such as ``512m``, in bytes."""
    return int(text[:-1]) * {"k": 1024, "m": 1024**2, "g": 1024**3}[text[-1]]


_LAST_USER = 2**31 - 1
"""github.com/moby/sys/user, ``maxID``: what the engine starts no container above."""
_LEAST_MEMORY = 6 * 1024**2
"""The engine's "Minimum memory limit allowed is 6MB"."""
_MOST_MEMORY = 2**52
"""What 64-bit x86 can address; as text in gigabytes below."""
_MOST_LOG = 2**40
_MOST_PIDS = 2**22
"""The kernel's ``PID_MAX_LIMIT``; above it, it refuses to set ``pids.max``."""
_LONGEST_CHECK = 86400

Target = Annotated[AbsolutePath, AfterValidator(_mountable)]
Image = Annotated[
    str,
    Field(max_length=480, examples=["shop:1.0"], json_schema_extra={"pattern": "[:@][^/]+$"}),
    AfterValidator(_exact),
]
"""A reference with an exact tag or a digest: ``prom/prometheus:v3.5.0``, ``localhost:5000/web:1``."""
Interface = Annotated[str, Field(max_length=45), AfterValidator(valid_interface)]
"""The number of an address of the host."""
_Size = Annotated[str, Field(max_length=20, pattern=patterns.SIZE)]
Memory = Annotated[
    _Size,
    _between(
        _LEAST_MEMORY, _MOST_MEMORY, "Docker takes a limit from 6m on, and no machine has over 4194304g"
    ),
]
TemporarySpace = Annotated[_Size, _between(1, _MOST_MEMORY, "it is memory, and no machine has over 4194304g")]
LogSize = Annotated[_Size, _between(1, _MOST_LOG, "a log file is at most 1024g: more fills any disk")]
CheckSeconds = Annotated[PositiveSeconds, AfterValidator(_heeded)]
ServerService = Annotated[Slug, BeforeValidator(_named)]
EnvironmentName = Annotated[str, Field(max_length=200, pattern=patterns.VARIABLE)]


class PublishedPort(Model):
    """A container port, reachable on the host at ``address`` (loopback unless the spec says so)."""

    host: Port
    container: Port
    address: Interface = "127.0.0.1"


class Health(Model):
    """A healthcheck: ``test`` is a command and its arguments, run inside the container."""

    test: tuple[Text, ...] = Field(min_length=1, examples=[["wget", "--spider", "http://127.0.0.1/healthz"]])
    interval: CheckSeconds
    timeout: CheckSeconds
    retries: Annotated[int, Field(ge=1, le=100)]
    start_period: Annotated[Seconds, AfterValidator(_heeded)]


class Mount(Model):
    """Something mounted at ``target``: one of ``volume`` (named), ``bind``, ``generated``, ``tmpfs`` (size).

    A bind path is relative to the spec's folder; one that begins with ``/`` is a path of the host.
    ``generated`` mounts a folder of the generated tree.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"target": "/data", "volume": "data"}]})

    target: Target
    volume: Slug | None = None
    bind: RelativePath | AbsolutePath | None = None
    generated: RelativePath | None = None
    tmpfs: TemporarySpace | None = None
    read_only: bool = False
    propagation: Literal["rslave"] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Mount":
        sources = (self.volume, self.bind, self.generated, self.tmpfs)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("a mount has exactly one of volume, bind, generated and tmpfs; keep one")
        return self


class Limits(Model):
    """What a container may use at the most. The engine refuses less than 0.01 ``cpus``."""

    cpus: Annotated[Number, Field(ge=0.01, le=1024)]
    memory: Memory
    pids: Annotated[int, Field(ge=1, le=_MOST_PIDS)]


class Build(Model):
    """How an image is built from this repository; ``context`` is relative to the spec's folder."""

    context: RelativePath
    dockerfile: RelativePath


class Service(Model):
    """One container. Every service drops all capabilities and has a read-only root.

    ``kind`` is a product that is known: it fills in what the spec leaves out, and its metrics where they are
    used. ``address`` is where a server that is not run from here is asked: a host and its port, or a URL.
    ``image`` is exact: a tag that names one version, never ``latest``, or a digest. ``health: none`` is for
    an image that has nothing to ask it with (distroless); what depends on it waits for its start alone.
    """

    description: Text
    kind: Kind | None = None
    image: Annotated[Image, Field(description="a product that is known brings its own: kind: prometheus")]
    build: Build | None = None
    command: tuple[Text, ...] = ()
    address: ServerAddress | None = None
    user: Annotated[str, Field(max_length=21, pattern=patterns.USER_AND_GROUP), AfterValidator(_user)]
    ports: tuple[PublishedPort, ...] = ()
    scrape: Scrape | None = None
    health: Health | Literal["none"]
    depends_on: tuple[Slug, ...] = ()
    environment: dict[EnvironmentName, Text] = Field(default_factory=dict)
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

    max_size: LogSize
    max_files: Annotated[int, Field(ge=1, le=100)]


class Stack(Model):
    """The Compose project: its services and what they share.

    Without ``compose`` no project is written: the servers exist, and the drill runs its own.
    """

    compose: bool = True
    project: Slug
    services: dict[Slug, Service] = Field(min_length=1)
    networks: dict[Slug, Network] = Field(min_length=1)
    secrets: dict[Name, Secret] = Field(default_factory=dict)
    logs: Logs


class Prometheus(Model):
    """Prometheus itself. ``service`` and ``alertmanager`` name services of the stack.

    In a spec their addresses do as well, where they run already: ``alertmanager: "mon-1:9093"``, or a URL.
    ``targets`` are what it scrapes besides the services, by the name of their job.
    """

    service: ServerService
    alertmanager: ServerService
    scrape_interval: PositiveSeconds
    scrape_timeout: PositiveSeconds
    evaluation_interval: PositiveSeconds
    retention: PositiveSeconds
    external_labels: dict[LabelName, Text] = Field(min_length=1)
    targets: dict[Slug, ScrapeTarget] = Field(default_factory=dict)
