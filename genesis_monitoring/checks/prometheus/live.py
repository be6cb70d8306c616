"""The generated files in a real Prometheus, with samples of every metric of the catalogue as its past.

GM901 (error): Prometheus does not get ready with the configuration. Mend what its log says.

GM902 (error): a rule has an error when it is evaluated, such as a join with many series on both sides, or is
not evaluated at all. Correct the expression.

GM903 (error): an unexpected warning or error in Prometheus' log. Mend what it names.

GM904 (error): Prometheus has loaded other rules or targets than the files have. Look for a rule of a name
that is there twice, a file that no pattern takes in, or a target that is rewritten.

It runs with the arguments that the Compose file gives it; GM905 is about those, see ``compose.running``.
"""

import re
from collections import Counter
from collections.abc import Iterator
from time import time

from genesis_monitoring.checks.alertmanager.model import UnreadableError
from genesis_monitoring.checks.compose.running import (
    UNREACHED,
    Started,
    moved,
    started,
    unknown_flag,
    unreached,
    untried,
)
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import (
    child,
    items,
    locate_message,
    locate_path,
    place_of,
    read_nodes,
    scalar,
)
from genesis_monitoring.checks.prometheus.live_series import catalogue_series
from genesis_monitoring.checks.prometheus.model import read_prometheus
from genesis_monitoring.clients.prometheus import LivePrometheus, LiveRule
from genesis_monitoring.clients.server import RoutesMoved
from genesis_monitoring.clients.server_log import LogLine, last_words
from genesis_monitoring.conventions import PROMETHEUS_CONFIG, RULES_FOLDER
from genesis_monitoring.findings import Finding

CODES = ("GM901", "GM902", "GM903", "GM904", UNREACHED)
RULES = f"{RULES_FOLDER}/*.yml"

_EXPECTED = re.compile(
    r"Error sending alert|Evaluating rule failed|Failed to (?:set|determine) GO(?:MAXPROCS|MEMLIMIT)"
    r"|filesystem is not supported|automemlimit|automaxprocs|file descriptor|feature flag",
    re.IGNORECASE,
)
"""What depends on this machine only, what comes of having no Alertmanager, and what GM902 tells better."""


def check_prometheus_live(context: CheckContext) -> Iterator[Finding]:
    """GM901 to GM905 on a real Prometheus."""
    wanted = context.read(PROMETHEUS_CONFIG, "Prometheus configuration")
    rules = context.read(RULES, "rule files")
    yield from (*wanted.findings, *rules.findings)
    for file in wanted.files:
        server, findings = started(context, context.plan.spec.prometheus.service)
        yield from findings
        if server is None:
            continue
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
        yield from _health(context, rules.files, live)
        yield from _rules_differ(context, file, rules.files, live)
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


def _health(context: CheckContext, files: tuple[TreeFile, ...], live: LivePrometheus) -> Iterator[Finding]:
    for rule in live.rules:
        if rule.health == "ok" and not rule.error:
            continue
        file = next((file for file in files if file.path == rule.file), TreeFile(rule.file, ""))
        why = (
            f"has an error: {rule.error}" if rule.error else f"is {rule.health}: it was not evaluated in time"
        )
        message = f"the rule {rule.name} of the group {rule.group} {why}"
        yield context.finding("GM902", file, _place(file, rule), message)


def _rules_differ(
    context: CheckContext, config: TreeFile, files: tuple[TreeFile, ...], live: LivePrometheus
) -> Iterator[Finding]:
    loaded = Counter((rule.file, rule.group, rule.name) for rule in live.rules)
    written = Counter(
        (file.path, scalar(child(group, "name")) or "", name)
        for file in files
        for group in items(child(read_nodes(file.text), "groups"))
        for rule in items(child(group, "rules"))
        if (name := scalar(child(rule, "alert")) or scalar(child(rule, "record")))
    )
    by_path = {file.path: file for file in files}
    absent = by_path.keys() - {rule.file for rule in live.rules}
    for path in sorted(absent & {path for path, _, _ in written}):
        place = locate_path(config.text, ("rule_files",))
        yield context.finding("GM904", config, place, f"Prometheus has not loaded {path}")
    for path, group, name in sorted(written - loaded):
        if path in absent:
            continue
        file = by_path[path]
        place = _place(file, LiveRule(path, group, name, "", ""))
        message = f"the rule {name} of the group {group} is in the file, and Prometheus has not loaded it"
        yield context.finding("GM904", file, place, message)
    for path, group, name in sorted(loaded - written):
        message = (
            f"Prometheus has loaded the rule {name} of the group {group} from {path}, which is not rendered"
        )
        yield context.finding("GM904", config, locate_path(config.text, ("rule_files",)), message)


def _targets_differ(context: CheckContext, file: TreeFile, live: LivePrometheus) -> Iterator[Finding]:
    try:
        model = read_prometheus(file.text)
    except UnreadableError as error:
        yield context.unchecked(file.path, str(error), error.place)
        return
    loaded = Counter((target.job, target.address) for target in live.targets)
    written = Counter((job.name, target.address) for job in model.jobs for target in job.targets)
    for job, address in sorted((written - loaded) + (loaded - written)):
        side = "the file, and not in Prometheus" if (job, address) in written - loaded else "Prometheus only"
        path = next((one.path for one in model.jobs if one.name == job), ("scrape_configs",))
        message = f"the target {address} of the job {job} is in {side}"
        yield context.finding("GM904", file, locate_path(file.text, path), message)


def _log(context: CheckContext, file: TreeFile, live: LivePrometheus) -> Iterator[Finding]:
    for said in dict.fromkeys(line.said for line in live.log if line.level in ("warn", "error")):
        if not _EXPECTED.search(said):
            message = f"Prometheus' log has an unexpected line: {' '.join(said.split())[:500]}"
            yield context.finding("GM903", file, locate_message(file.text, said), message)


def _place(file: TreeFile, rule: LiveRule) -> tuple[int, int]:
    for group in items(child(read_nodes(file.text), "groups")):
        if scalar(child(group, "name")) != rule.group:
            continue
        for node in items(child(group, "rules")):
            if rule.name in (scalar(child(node, "alert")), scalar(child(node, "record"))):
                expr = child(node, "expr")
                return place_of(expr if rule.error and expr is not None else node)
    return (0, 0)
