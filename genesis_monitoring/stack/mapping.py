"""The generated configuration on this machine: text in, text out, as few places changed as can be.

In ``prometheus.yml`` names of services become loopback ports, and jobs of services that do not run here are
left out. In ``alertmanager.yml`` the files of secrets become those beside the spec. In Grafana's provisioning
the data source's address and the folder of dashboards do. Where the application is made up, so is its past,
and rules observe a baseline in it. Every other byte stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from genesis_monitoring.conventions import SECRETS_MOUNT
from genesis_monitoring.slis.first_hours import FirstHours

if TYPE_CHECKING:
    from yaml import Node

_NONE: Mapping[str, str] = MappingProxyType({})
Edit = tuple[int, int, str]
"""Characters from, to, and what comes there."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where a server is asked on this machine: ``host:port``, and the path of its metrics."""

    address: str
    path: str


_NO_SERVERS: Mapping[str, Here] = MappingProxyType({})


def map_prometheus(
    text: str,
    addresses: Mapping[str, str],
    left_out: Sequence[str] = (),
    files: Mapping[str, str] = _NONE,
    made_up: Sequence[str] = (),
    servers: Mapping[str, Here] = _NO_SERVERS,
) -> str:
    """``addresses`` says where each ``service:port`` is here; jobs in ``left_out`` go with their target.

    ``files`` says where lists of targets are here. Jobs that are ``made_up`` are asked by plain HTTP.
    ``servers``, by their jobs, have an address of their own elsewhere, which several may share; the one
    without a job is Alertmanager, where alerts are sent. Raises ValueError for what is no configuration.
    """
    document = _compose(text)
    jobs = _entries(document, "scrape_configs")
    gone = [job for job in jobs if (_text(job, "job_name") or "") in left_out]
    managers = [
        one for alerting in _values(document, "alerting") for one in _entries(alerting, "alertmanagers")
    ]
    edits = [
        (target.start_mark.index, target.end_mark.index, _quoted(addresses[target.value]))
        for holder in (*managers, *(job for job in jobs if job not in gone))
        if (_text(holder, "job_name") or "") not in servers
        for target in _targets(holder)
        if target.value in addresses
    ]
    for holder in (*managers, *(job for job in jobs if job not in gone)):
        server = servers.get(_text(holder, "job_name") or "")
        edits += _asked_here(holder, server) if server else ()
    edits += [
        (file.start_mark.index, file.end_mark.index, _quoted(files[file.value]))
        for job in jobs
        if job not in gone
        for lists in _entries(job, "file_sd_configs")
        for file in _entries(lists, "files")
        if file.value in files
    ]
    edits += [
        (scheme.start_mark.index, scheme.end_mark.index, "http")
        for job in jobs
        if job not in gone and _text(job, "job_name") in made_up
        for scheme in _values(job, "scheme")
    ]
    return _applied(text, (*edits, *(_lines_of(text, job) for job in gone)))


def _asked_here(holder: "Node", here: Here) -> Iterator[Edit]:
    """Plain HTTP, at the root."""
    places = [
        *((value, "http") for value in _values(holder, "scheme")),
        *((value, "/") for value in _values(holder, "path_prefix")),
        *((value, here.path) for value in _values(holder, "metrics_path")),
        *((target, _quoted(here.address)) for target in _targets(holder)),
    ]
    for node, new in places:
        yield node.start_mark.index, node.end_mark.index, new


def map_first_hours(text: str, hours: Iterable[FirstHours], until: int) -> str:
    """Rules as if what is observed over the first hours of a rollout had been known since ``until``."""
    for one in hours:
        text = re.sub(rf"(?<!\d){one.until}(?!\d)", str(until), text)
    return text


def first_hours_in(text: str) -> int | None:
    """Until when (seconds since 1970) rules observe a baseline; None if they do not."""
    found = re.search(r" @ (\d+)", text)
    return int(found[1]) if found else None


def map_secrets(text: str, files: Mapping[str, str]) -> str:
    """``files`` says where each secret of the containers' folder is here.

    Raises ValueError for what is no configuration.
    """
    return map_values(text, {f"{SECRETS_MOUNT}/{name}": file for name, file in files.items()})


def map_values(text: str, values: Mapping[str, str]) -> str:
    """Each value that is a key of ``values`` becomes what it says. Raises ValueError as above."""
    edits = [
        (node.start_mark.index, node.end_mark.index, _quoted(values[node.value]))
        for node in _scalars(_compose(text))
        if node.value in values
    ]
    return _applied(text, edits)


def _compose(text: str) -> "Node":
    import yaml

    try:
        # The reader that is written in Python: its marks count characters.
        document = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("it is not YAML") from error
    if not isinstance(document, yaml.MappingNode):
        raise ValueError("it is not a configuration")
    return document


def _applied(text: str, edits: Sequence[Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _lines_of(text: str, entry: "Node") -> Edit:
    """The lines of one entry of a list, with the comments above it."""
    lines = text.splitlines(keepends=True)
    first, last = entry.start_mark.line, entry.end_mark.line
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    while last > first and (last >= len(lines) or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    if entry.end_mark.line >= len(lines):
        last = len(lines)
    return len("".join(lines[:first])), len("".join(lines[:last])), ""


def _values(node: "Node | None", key: str) -> Iterator["Node"]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                yield value


def _entries(node: "Node | None", key: str) -> list["Node"]:
    import yaml

    return [
        one for value in _values(node, key) if isinstance(value, yaml.SequenceNode) for one in value.value
    ]


def _targets(holder: "Node") -> Iterator["Node"]:
    """What is asked: of a probe the exporter, and not what it is asked about."""
    probing = [
        value
        for rule in _entries(holder, "relabel_configs")
        if _text(rule, "target_label") == "__address__"
        for value in _values(rule, "replacement")
    ]
    yield from probing
    for static in _entries(holder, "static_configs") if not probing else ():
        yield from _entries(static, "targets")


def _text(node: "Node", key: str) -> str | None:
    return next((str(value.value) for value in _values(node, key)), None)


def _scalars(node: "Node") -> Iterator["Node"]:
    import yaml

    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.SequenceNode):
        for inner in node.value:
            yield from _scalars(inner)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
