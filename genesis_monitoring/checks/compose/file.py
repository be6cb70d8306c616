"""The Compose file on disk, read for its meaning: a file in, services with typed parts out.

Merge keys are unrolled, short and long forms become one, ``$$`` is the dollar sign that it stands for.
What cannot be understood is left out here; Compose itself refuses it (GM801).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import Path
from genesis_monitoring.checks.yaml_files import (
    InvalidYaml,
    load_yaml,
    locate_merged,
    merged_at,
    section,
    stands,
)
from genesis_monitoring.conventions import COMPOSE_FILE
from genesis_monitoring.findings import Finding, Severity

HINT = "run genesis-mon render; if it stays, mend templates/docker-compose.yml.j2"

_SPEC_KEYS = {
    "volumes": "mounts",
    "healthcheck": "health",
    "cpus": "limits.cpus",
    "mem_limit": "limits.memory",
    "pids_limit": "limits.pids",
}
"""What a key of Compose is called in the spec, where the names differ."""
_PORT = re.compile(
    r"(?:(?P<address>\[[^\]]*\]|[0-9]+\.[0-9.]+):)?(?:(?P<host>[0-9]*(?:-[0-9]+)?):)?(?P<container>[0-9]+(?:-[0-9]+)?)"
    r"(?:/(?P<protocol>\w+))?"
)
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)i?b?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Port:
    """A port on the host. Without an ``address`` it is ``0.0.0.0``; ``host`` None means any free one."""

    address: str
    host: int | None
    container: int
    protocol: str
    path: Path

    @property
    def loopback(self) -> bool:
        """Whether this machine alone can reach it."""
        return self.address.startswith("127.") or self.address in ("::1", "localhost")

    def __str__(self) -> str:
        return f"{self.address}:{self.host if self.host is not None else ''}:{self.container}"


@dataclass(frozen=True, slots=True)
class Mounted:
    """Something mounted. ``size`` is in bytes; ``creates`` is whether a missing bind source is made."""

    type: str
    source: str
    target: str
    read_only: bool
    size: float | None
    propagation: str | None
    creates: bool
    path: Path


@dataclass(frozen=True, slots=True)
class ServiceNode:
    """A service with its merge keys unrolled."""

    name: str
    data: Mapping[str, object]

    @property
    def path(self) -> Path:
        """Where it stands."""
        return ("services", self.name)

    @property
    def image(self) -> str:
        """The image; empty if there is none."""
        image = self.data.get("image")
        return plain(image) if isinstance(image, str) else ""

    @property
    def environment(self) -> Mapping[str, str | None]:
        """Variables with their values; None is taken from the shell that starts the stack."""
        given = self.data.get("environment")
        if isinstance(given, dict):
            return {str(key): None if value is None else plain(value) for key, value in given.items()}
        pairs = [str(item).partition("=") for item in given] if isinstance(given, list) else []
        return {name: plain(value) if mark else None for name, mark, value in pairs}

    @property
    def ports(self) -> tuple[Port, ...]:
        """Every published port; of a range, each."""
        given = self.data.get("ports")
        entries = given if isinstance(given, list) else []
        return tuple(port for index, entry in enumerate(entries) for port in self._port(index, entry))

    @property
    def mounts(self) -> tuple[Mounted, ...]:
        """Everything mounted, but for secrets."""
        given = self.data.get("volumes")
        entries = given if isinstance(given, list) else []
        found = (self._mount((*self.path, "volumes", index), entry) for index, entry in enumerate(entries))
        return tuple(mount for mount in found if mount is not None)

    def names(self, key: str) -> tuple[str, ...]:
        """The names in a list or mapping such as ``networks``."""
        given = self.data.get(key)
        if isinstance(given, dict):
            return tuple(map(str, given))
        entries = given if isinstance(given, list) else []
        return tuple(str(one.get("source", "")) if isinstance(one, dict) else plain(one) for one in entries)

    def words(self, key: str) -> tuple[str, ...]:
        """A command in list form; a command line counts as one word."""
        given = self.data.get(key)
        if given is None:
            return ()
        return tuple(map(plain, given)) if isinstance(given, list) else (plain(given),)

    def _port(self, index: int, entry: object) -> Iterator[Port]:
        path = (*self.path, "ports", index)
        if isinstance(entry, dict):
            address = str(entry.get("host_ip") or "0.0.0.0")  # noqa: S104
            published, container = str(entry.get("published") or ""), str(entry.get("target"))
            protocol = str(entry.get("protocol") or "tcp")
        else:
            match = _PORT.fullmatch(str(entry))
            if match is None:
                return
            address = (match["address"] or "0.0.0.0").strip("[]")  # noqa: S104
            published, container = match["host"] or "", match["container"]
            protocol = match["protocol"] or "tcp"
        hosts: list[int | None] = [*_numbers(published)] or [None]
        for number, host in zip(_numbers(container), hosts, strict=False):
            yield Port(address, host, number, protocol, path)

    def _mount(self, path: Path, entry: object) -> Mounted | None:
        if isinstance(entry, str):
            parts = [*plain(entry).split(":"), "", ""]
            if not parts[1]:
                return Mounted("volume", "", parts[0], False, None, None, True, path)
            kind = "bind" if parts[0][:1] in (".", "/", "~") else "volume"
            return Mounted(kind, parts[0], parts[1], "ro" in parts[2].split(","), None, None, True, path)
        if not isinstance(entry, dict):
            return None
        bind, size = section(entry, "bind"), section(entry, "tmpfs").get("size")
        propagation = bind.get("propagation")
        return Mounted(
            type=str(entry.get("type")),
            source=plain(entry.get("source") or ""),
            target=plain(entry.get("target") or ""),
            read_only=entry.get("read_only") is True,
            size=size_of(size) if size is not None else None,
            propagation=plain(propagation) if propagation is not None else None,
            creates=bind.get("create_host_path") is not False,
            path=path,
        )


@dataclass(frozen=True, slots=True)
class ComposeData:
    """The file's values, and its services."""

    file: TreeFile
    data: Mapping[str, object]
    services: tuple[ServiceNode, ...]


@dataclass(frozen=True, slots=True)
class ComposeFault:
    """What is wrong at ``path``; ``service`` is empty for what they share."""

    code: str
    service: str
    path: Path
    message: str
    severity: Severity = Severity.ERROR
    hint: str = HINT
    origin: str = ""


def read_compose(context: CheckContext) -> tuple[ComposeData | None, tuple[Finding, ...]]:
    """The Compose file, and a finding if it cannot be used."""
    wanted = context.read(COMPOSE_FILE, "Compose file")
    for file in wanted.files:
        try:
            data = load_yaml(file)
        except InvalidYaml as invalid:
            return None, (context.unchecked(file.path, f"the file is {invalid.message}", invalid.place),)
        return compose_data(file, data), wanted.findings
    return None, wanted.findings


def compose_data(file: TreeFile, data: Mapping[str, object]) -> ComposeData:
    """The services of a file whose values have been read."""
    services = section(data, "services").items()
    nodes = (
        ServiceNode(str(name), service if isinstance(service, dict) else {}) for name, service in services
    )
    return ComposeData(file, data, tuple(nodes))


def report(context: CheckContext, compose: ComposeData, faults: Iterable[ComposeFault]) -> Iterator[Finding]:
    """The findings; what several services get, or miss, from one place is told once, with all their names."""
    text = compose.file.text
    grouped: dict[tuple[str, tuple[int, int], str, Severity], list[ComposeFault]] = {}
    for fault in faults:
        place = (
            locate_merged(text, fault.path) if stands(text, fault.path) else merged_at(text, fault.path[:2])
        )
        grouped.setdefault((fault.code, place, fault.message, fault.severity), []).append(fault)
    for (_, place, _, _), same in grouped.items():
        if len(same) == 1 or place == (0, 0):
            yield from (_finding(context, compose, (one,), locate_merged(text, one.path)) for one in same)
        else:
            yield _finding(context, compose, same, place)


def _finding(
    context: CheckContext, compose: ComposeData, same: Sequence[ComposeFault], place: tuple[int, int]
) -> Finding:
    first = same[0]
    names = ", ".join(dict.fromkeys(fault.service for fault in same if fault.service))
    origins = dict.fromkeys(fault.origin or _origin(fault.path) for fault in same)
    return context.finding(
        first.code,
        compose.file,
        place,
        f"{names}: {first.message}" if names else first.message,
        hint=first.hint,
        severity=first.severity,
        related=tuple(dict.fromkeys(map(context.source.locate_dotted, origins))),
    )


def _origin(path: Path) -> str:
    """The spec path of what stands at ``path``; its place there may be that of something around it."""
    parts = [*map(str, path), "", "", "", "", ""]
    kind, rest = parts[0], parts[1:]
    if kind == "services" and rest[0]:
        head = _SPEC_KEYS.get(rest[1], rest[1])
        return ".".join(part for part in ("stack", "services", rest[0], head, *rest[2:]) if part)
    return "stack.project" if path == ("name",) else ".".join(str(part) for part in ("stack", *path))


def plain(value: object) -> str:
    """A scalar as the container sees it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("$$", "$")


def size_of(value: object) -> float | None:
    """A Compose size in bytes; None if it is none."""
    match = _SIZE.fullmatch(str(value))
    return float(match[1]) * 1024.0 ** " kmgt".index(match[2].lower() or " ") if match else None


def _numbers(text: str) -> range:
    first, _, last = text.partition("-")
    if not first.isdecimal() or (last and not last.isdecimal()):
        return range(0)
    return range(int(first), int(last or first) + 1)
