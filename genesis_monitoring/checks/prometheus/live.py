"""The generated files in a real Prometheus, with samples of every metric of the catalogue as its past.

GM901 (error): Prometheus does not get ready with the configuration. Mend what its log says.

GM902 (error): a rule has an error when it is evaluated, such as a join with many series on both sides, or is
not evaluated at all. Correct the expression.

GM903 (error): an unexpected warning or error in Prometheus' log. Mend what it names.

GM904 (error): Prometheus has loaded other rules or targets than the spec has. Look for a file that no pattern
takes in, or one that somebody else wrote.

It runs with the arguments that the stack gives it; GM905 is about those, see ``compose.running``.
"""

import re
from collections import Counter
from collections.abc import Iterator
from time import time

from genesis_monitoring.checks.compose.running import (
    UNREACHED,
    Started,
    moved,
    started,
    unknown_flag,
    unreached,
    untried,
)
from genesis_monitoring.checks.context import SPEC_HINT, CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_message, locate_path
from genesis_monitoring.checks.prometheus.live_series import catalogue_series
from genesis_monitoring.clients.prometheus import LivePrometheus
from genesis_monitoring.clients.server import RoutesMoved
from genesis_monitoring.clients.server_log import LogLine, last_words
from genesis_monitoring.conventions import PROMETHEUS_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan

CODES = ("GM901", "GM902", "GM903", "GM904", UNREACHED)

_EXPECTED = re.compile(
    r"Error sending alert|Evaluating rule failed|Failed to (?:set|determine) GO(?:MAXPROCS|MEMLIMIT)"
    r"|filesystem is not supported|Error adding file watch|automemlimit|automaxprocs|file descriptor"
    r"|feature flag",
    re.IGNORECASE,
)
"""What depends on this machine only or on having no Alertmanager, and what GM902 and GM310 tell better."""


def check_prometheus_live(context: CheckContext) -> Iterator[Finding]:
    """GM901 to GM905 on a real Prometheus."""
    wanted = context.read(PROMETHEUS_CONFIG, "Prometheus configuration")
    yield from wanted.findings
    for file in wanted.files:
        server = started(context, context.plan.spec.prometheus.service)
        series = catalogue_series(context.plan, int(time()))
        try:
            live = _evaluate(context, file, series, server)
            while not live.ready and (flag := unknown_flag(server, live.log)):
                yield untried(context, server, flag, context.tools.prometheus.version)
                server = server.without(flag)
                live = _evaluate(context, file, series, server)
        except RoutesMoved as moved_away:
            yield moved(context, server, moved_away.message)
            continue
        if not live.ready:
            yield _refused(context, file, live.log)
            continue
        yield from unreached(context, server, live.answers)
        yield from _health(context, live)
        yield from _rules_differ(context, file, live)
        yield from _targets_differ(context, file, live)
        yield from _log(context, file, live)


def _evaluate(context: CheckContext, file: TreeFile, series: str, server: Started) -> LivePrometheus:
    return context.tools.prometheus.evaluate(
        context.out, file.path, series, server.command, tuple(server.asked)
    )


def _refused(context: CheckContext, file: TreeFile, log: tuple[LogLine, ...]) -> Finding:
    said = " ".join((last_words(log) or "nothing").split())[:500]
    message = f"Prometheus ends instead of getting ready: {said}"
    return context.finding("GM901", file, locate_message(file.text, said), message)


def _health(context: CheckContext, live: LivePrometheus) -> Iterator[Finding]:
    origins = dict(_rules(context.plan))
    for rule in live.rules:
        if rule.health == "ok" and not rule.error:
            continue
        why = (
            f"has an error: {rule.error}" if rule.error else f"is {rule.health}: it was not evaluated in time"
        )
        place = context.source.locate_dotted(origins.get((rule.file, rule.group, rule.name), ""))
        message = f"the rule {rule.name} of the group {rule.group} {why}"
        yield Finding("GM902", Severity.ERROR, place, message, SPEC_HINT)


def _rules(plan: Plan) -> Iterator[tuple[tuple[str, str, str], str]]:
    """File, group and name of each rule, with its origin. A name may be there more than once."""
    for group in plan.rule_groups:
        path = group.path
        for record in group.recording:
            yield (path, group.name, record.record), record.origin
        for alert in group.alerting:
            yield (path, group.name, alert.alert), alert.origin


def _rules_differ(context: CheckContext, config: TreeFile, live: LivePrometheus) -> Iterator[Finding]:
    place = locate_path(config.text, ("rule_files",))
    loaded = Counter((rule.file, rule.group, rule.name) for rule in live.rules)
    planned = Counter(key for key, _ in _rules(context.plan))
    absent = {path for path, _, _ in planned} - {rule.file for rule in live.rules}
    for path in sorted(absent):
        yield context.finding("GM904", config, place, f"Prometheus has not loaded {path}")
    for path, group, name in sorted(planned - loaded):
        if path not in absent:
            message = f"the rule {name} of the group {group} is in the spec, and Prometheus has not loaded it"
            yield context.finding("GM904", TreeFile(path, ""), (0, 0), message)
    for path, group, name in sorted(loaded - planned):
        message = (
            f"Prometheus has loaded the rule {name} of the group {group} from {path}, which is not rendered"
        )
        yield context.finding("GM904", config, place, message)


def _targets_differ(context: CheckContext, file: TreeFile, live: LivePrometheus) -> Iterator[Finding]:
    jobs = context.plan.prometheus.scrape_configs
    loaded = Counter((target.job, target.address) for target in live.targets)
    planned = Counter((job.job, target) for job in jobs for target in job.targets)
    for job, address in sorted((planned - loaded) + (loaded - planned)):
        side = "the spec, and not in Prometheus" if (job, address) in planned - loaded else "Prometheus only"
        message = f"the target {address} of the job {job} is in {side}"
        yield context.finding("GM904", file, locate_path(file.text, ("scrape_configs",)), message)


def _log(context: CheckContext, file: TreeFile, live: LivePrometheus) -> Iterator[Finding]:
    for said in dict.fromkeys(line.said for line in live.log if line.level in ("warn", "error")):
        if not _EXPECTED.search(said):
            message = f"Prometheus' log has an unexpected line: {' '.join(said.split())[:500]}"
            yield context.finding("GM903", file, locate_message(file.text, said), message)
