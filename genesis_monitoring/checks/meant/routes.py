"""GM138 (warning): who is told, and when, is hardly meant.

A severity that does not page and has a receiver with a pager; one that pages and waits for a whole group
longer than its own time to acknowledge; the most urgent one waits longer than a milder one; the Watchdog,
which always fires, at a pager. Correct it, or say in ``suppress`` why it is meant.
"""

from collections.abc import Iterator

from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.environment_source import EnvironmentSource
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.source import Source

CODES = ("GM138",)


def check_routes(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """GM138, at the key that is in doubt, once for each severity."""
    return (*_severities(plan.spec, source), *_watchdog(plan.spec, source))


def _pages(spec: Spec, receiver: str) -> bool:
    return any(kind.pages for kind, _ in spec.receivers[receiver].in_force(spec))


def _severities(spec: Spec, source: Source) -> Iterator[Finding]:
    for name, severity in spec.severities.items():
        if not severity.page:
            yield from _paged(spec, source, name)
        at = ("severities", name, "group_wait")
        wait = format_duration(severity.group_wait)
        if severity.page and severity.group_wait >= severity.acknowledge_within:
            allowed = format_duration(severity.acknowledge_within)
            message = (
                f"{name} is to be acknowledged within {allowed}, and is told after {wait} at the earliest"
            )
            hint = "shorten group_wait"
            related = (source.locate(("severities", name, "acknowledge_within")),)
            yield Finding("GM138", Severity.WARNING, source.locate(at), message, hint, related)
            continue
        milder = [other for other in spec.severities if other > name]
        sooner = [one for one in milder if spec.severities[one].group_wait < severity.group_wait]
        if sooner:
            other = sooner[0]
            message = (
                f"{name} is told after {wait}, and the milder {other} "
                f"after {format_duration(spec.severities[other].group_wait)}"
            )
            hint = "let the more urgent one wait no longer"
            related = (source.locate(("severities", other, "group_wait")),)
            yield Finding("GM138", Severity.WARNING, source.locate(at), message, hint, related)


def _paged(spec: Spec, source: Source, severity: str) -> Iterator[Finding]:
    """Receivers with a pager of a severity that pages nobody, the teams' own as well."""
    told: list[tuple[Path, str, tuple[str, ...]]] = [
        (("severities", severity, "receivers"), "", spec.severities[severity].receivers),
        *(
            (("teams", name, "receivers", severity), f" of team {name}", team.receivers.get(severity, ()))
            for name, team in spec.teams.items()
        ),
    ]
    found = [
        ((*path, index), f"{receiver}{whose}")
        for path, whose, receivers in told
        for index, receiver in enumerate(receivers)
        if _pages(spec, receiver)
    ]
    if not found:
        return
    one, page = len(found) == 1, ("severities", severity, "page")
    yield Finding(
        "GM138",
        Severity.WARNING,
        source.locate(found[0][0]),
        f"{severity} does not page, and {'its receiver' if one else 'of its receivers'} "
        f"{', '.join(name for _, name in found)} {'has' if one else 'have'} a pager",
        "write page_nobody with the reason in the environment"
        if _said_there(source, page)
        else "write page: true, or name another receiver",
        (source.locate(page), *(source.locate(path) for path, _ in found[1:])),
    )


def _said_there(source: Source, path: Path) -> bool:
    """Whether the value at ``path`` is one of the environment alone."""
    return isinstance(source, EnvironmentSource) and source.locate(path) != source.base.locate(path)


def _watchdog(spec: Spec, source: Source) -> Iterator[Finding]:
    watchdog = spec.meta_alerts.watchdog
    if _pages(spec, watchdog.receiver):
        yield Finding(
            "GM138",
            Severity.WARNING,
            source.locate(("meta_alerts", "watchdog", "receiver")),
            f"{watchdog.name} always fires, and {watchdog.receiver} has a pager: somebody is paged every "
            f"{format_duration(watchdog.repeat_interval)} as long as all is well",
            "name a receiver without a pager, such as a webhook of a service that tells when it stays away",
        )
