"""A server of the stack as the Compose file starts it, run on this machine; and whether it is reached.

GM905 (error): with the arguments of ``docker-compose.yml`` the server does not answer where its healthcheck,
a scrape, alerts or panels ask it. An address with a path (``--web.external-url``) moves all routes below that
path, unless ``--web.route-prefix=/`` keeps them. Run ``genesis-mon render``, or mend the arguments in the
spec. A warning says that the server here does not know an argument.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import urlsplit

from genesis_monitoring.checks.alertmanager.model import UnreadableError
from genesis_monitoring.checks.compose.file import HINT, ServiceNode, read_compose
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import child, items, read_nodes, scalar
from genesis_monitoring.checks.prometheus.model import read_prometheus
from genesis_monitoring.checks.yaml_files import locate_merged, section
from genesis_monitoring.clients.server import RoutesMoved, ServerEnded
from genesis_monitoring.clients.server_log import LogLine
from genesis_monitoring.conventions import GRAFANA_DATASOURCES, PROMETHEUS_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.stack import health_path

UNREACHED = "GM905"
_UNKNOWN_FLAG = re.compile(r"unknown (?:long |short )?flag '?(?P<flag>-[\w.-]+)")
_SAID = 300


@dataclass(frozen=True, slots=True)
class Started:
    """``command`` has paths of this machine, relative ones in the tree. ``asked`` says who asks a path."""

    file: TreeFile
    service: ServiceNode
    command: tuple[str, ...]
    asked: Mapping[str, str]

    def without(self, flag: str) -> "Started":
        """The same without an argument."""
        command = tuple(word for word in self.command if word.partition("=")[0] != flag)
        return Started(self.file, self.service, command, self.asked)


def started(context: CheckContext, name: str) -> tuple[Started | None, tuple[Finding, ...]]:
    """The service of that name; None, with findings, if the Compose file does not tell."""
    compose, findings = read_compose(context)
    if compose is None:
        return None, findings
    service = next((one for one in compose.services if one.name == name), None)
    if service is None:
        message = f"it has no service {name}, whose arguments tell how it runs"
        return None, (*findings, context.unchecked(compose.file.path, message))
    command = tuple(_here(context, service, word) for word in service.words("command"))
    return Started(compose.file, service, command, dict(_asked(context, service))), findings


_Session = TypeVar("_Session")


def served(
    context: CheckContext,
    file: TreeFile,
    server: Started,
    version: str,
    start: Callable[[tuple[str, ...]], AbstractContextManager[_Session]],
    use: Callable[[_Session], Iterator[Finding]],
) -> Iterator[Finding]:
    """What ``use`` finds in the session that ``start`` begins with the server's arguments.

    ``version`` is that of the server here; an argument that it does not know is left out, with a warning.
    """
    while True:
        try:
            with start(server.command) as session:
                yield from use(session)
        except RoutesMoved as away:
            yield moved(context, server, away.message)
        except ServerEnded as end:
            flag = unknown_flag(server, end.log)
            if flag:
                yield untried(context, server, flag, version)
                server = server.without(flag)
                continue
            yield context.unchecked(file.path, f"it is refused: {end.message}")
        return


def moved(context: CheckContext, server: Started, said: str) -> Finding:
    """GM905 for a server that is not ready anywhere."""
    return _finding(context, server, f"{server.service.name}: {said}")


def unreached(context: CheckContext, server: Started, answers: Mapping[str, int]) -> Iterator[Finding]:
    """GM905 for each path that does not answer 200."""
    for path, status in answers.items():
        if status != 200:
            message = f"{server.service.name} answers {status} at {path}, where {server.asked[path]} asks"
            yield _finding(context, server, message)


def unknown_flag(server: Started, log: tuple[LogLine, ...]) -> str:
    """The argument that a server refuses since it does not know it; empty if that is not why."""
    match = _UNKNOWN_FLAG.search("\n".join(line.text for line in log))
    known = {word.partition("=")[0] for word in server.command}
    return match["flag"] if match and match["flag"] in known else ""


def untried(context: CheckContext, server: Started, flag: str, version: str) -> Finding:
    """A warning: what the server here does not know, the one of the image may."""
    message = (
        f"{server.service.name}: the server here is {version} and does not know {flag}, so it ran without; "
        f"whether {server.service.image} takes it was not tried"
    )
    hint = f"install the version of the image, or remove {flag} from the command in the spec"
    return _finding(context, server, message, hint, Severity.WARNING)


def _finding(
    context: CheckContext,
    server: Started,
    message: str,
    hint: str = HINT,
    severity: Severity = Severity.ERROR,
) -> Finding:
    place = locate_merged(server.file.text, (*server.service.path, "command"))
    related = (context.source.locate_dotted(f"stack.services.{server.service.name}"),)
    return context.finding(
        UNREACHED, server.file, place, message[:_SAID], hint=hint, severity=severity, related=related
    )


def _here(context: CheckContext, service: ServiceNode, word: str) -> str:
    """A path of the container where its mounts have it: in the tree, or beside the spec."""
    name, equals, value = word.partition("=")
    path = value if equals else word
    if not path.startswith("/"):
        return word
    inside = [
        mount
        for mount in service.mounts
        if mount.type == "bind" and PurePosixPath(path).is_relative_to(mount.target or "/")
    ]
    if not inside:
        return word
    mount = max(inside, key=lambda one: len(one.target))
    below = PurePosixPath(path).relative_to(mount.target)
    if mount.source.startswith("./"):
        here = str(PurePosixPath(mount.source) / below)
    else:
        here = str((context.out / mount.source).resolve() / below)
    return f"{name}={here}" if equals else here


def _asked(context: CheckContext, service: ServiceNode) -> Iterator[tuple[str, str]]:
    test = section(service.data, "healthcheck").get("test")
    if path := health_path(tuple(map(str, test)) if isinstance(test, list) else (str(test or ""),)):
        yield path, "its healthcheck"
    prometheus = context.plan.spec.prometheus
    for file in context.read(PROMETHEUS_CONFIG, "Prometheus configuration").files:
        try:
            jobs = read_prometheus(file.text).jobs
        except UnreadableError:
            continue
        for job in jobs:
            if any(target.address.rpartition(":")[0] == service.name for target in job.targets):
                yield job.metrics_path, f"the job {job.name} of prometheus.yml"
        if service.name == prometheus.alertmanager:
            managers = items(child(child(read_nodes(file.text), "alerting"), "alertmanagers"))
            for manager in managers:
                prefix = (scalar(child(manager, "path_prefix")) or "/").rstrip("/")
                yield f"{prefix}/api/v2/alerts", f"{prometheus.service}, which sends alerts there,"
    if service.name == prometheus.service:
        for file in context.read(GRAFANA_DATASOURCES, "Grafana data source").files:
            for source in items(child(read_nodes(file.text), "datasources")):
                parts = urlsplit(scalar(child(source, "url")) or "")
                if (parts.netloc.rpartition(":")[0] or parts.netloc) == service.name:
                    yield f"{parts.path.rstrip('/')}/api/v1/query?query=1", "Grafana's data source"
