"""A server of the stack with the arguments of its service, run on this machine; and whether it is reached.

GM905 (error): with these arguments the server does not answer where its healthcheck, a scrape, alerts or
panels ask it. An address with a path (``--web.external-url``) moves all routes below that path, unless
``--web.route-prefix=/`` keeps them. Mend the arguments or the healthcheck in the spec. A warning says that
the server here does not know an argument.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import TypeVar

from genesis_monitoring.checks.context import SPEC_HINT, CheckContext, TreeFile
from genesis_monitoring.clients.server import RoutesMoved, ServerEnded
from genesis_monitoring.clients.server_log import LogLine
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.mounts import source_of
from genesis_monitoring.plan.stack import ServicePlan, health_path
from genesis_monitoring.services.registry import stock_of

UNREACHED = "GM905"
_UNKNOWN_FLAG = re.compile(r"unknown (?:long |short )?flag '?(?P<flag>-[\w.-]+)")
_SAID = 300


@dataclass(frozen=True, slots=True)
class Started:
    """``command`` has paths of this machine, relative ones in the tree. ``asked`` says who asks a path."""

    service: ServicePlan
    command: tuple[str, ...]
    asked: Mapping[str, str]

    def without(self, flag: str) -> "Started":
        """The same without an argument."""
        return replace(self, command=tuple(word for word in self.command if word.partition("=")[0] != flag))


def started(context: CheckContext, name: str) -> Started:
    """The service of that name, which the spec has."""
    service = next(one for one in context.plan.stack.services if one.name == name)
    command = tuple(_here(context, service, word) for word in service.command)
    return Started(service, command, dict(_asked(context, service)))


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
    hint: str = SPEC_HINT,
    severity: Severity = Severity.ERROR,
) -> Finding:
    place = context.source.locate_dotted(f"{server.service.origin}.command")
    return Finding(UNREACHED, severity, place, message[:_SAID], hint)


def _here(context: CheckContext, service: ServicePlan, word: str) -> str:
    """A path of the container where its mounts have it: in the tree, or beside the spec."""
    name, equals, value = word.partition("=")
    path = value if equals else word
    source = source_of(service.mounts, path) if path.startswith("/") else None
    if source is None:
        return word
    here = source.removeprefix("./") if source.startswith("./") else str((context.out / source).resolve())
    return f"{name}={here}" if equals else here


def _asked(context: CheckContext, service: ServicePlan) -> Iterator[tuple[str, str]]:
    if service.health is not None and (path := health_path(service.health.test)):
        yield path, "its healthcheck"
    for job in context.plan.prometheus.scrape_configs:
        if not job.prober and any(target.rpartition(":")[0] == service.name for target in job.targets):
            yield job.path, f"the job {job.job} of prometheus.yml"
    if stock := stock_of(context.plan.spec, service.name):
        yield from stock.asked(context.plan.spec)
