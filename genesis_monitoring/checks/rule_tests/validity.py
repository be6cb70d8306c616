"""Whether each rule test can fail at all: tests and rules on disk in, hollow tests out.

GM507 (error): a test names an alert that its rules do not have. It expects nothing of nobody, and promtool
passes it. Correct the name.

GM508 (error): a test that cannot fail: it expects nothing, looks before the alert can fire, after its data
has ended, or for a series that nobody makes. Give it an expectation at a time that matters.

GM510 (error): a test file loads no rules, rules that are not those of this tree, or not those that it is
about. It proves nothing about what is shipped. Correct ``rule_files``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.checks.promql.rule_files import Rule, read_rule_files
from genesis_monitoring.checks.promql.syntax import selectors
from genesis_monitoring.checks.rule_tests.coverage import LOOKBACK
from genesis_monitoring.checks.rule_tests.files import (
    CaseFile,
    CaseGroup,
    loaded_rules,
    read_test_files,
    resolve_rules,
    seconds_of,
)
from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding
from genesis_monitoring.spec.problems import suggest

CODES: tuple[str, ...] = ("GM507", "GM508", "GM510")

_ALWAYS_THERE = ("", "ALERTS", "ALERTS_FOR_STATE")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rules that a test file loads: alerts with their ``for`` (s), and recorded series."""

    alerts: Mapping[str, int]
    recorded: frozenset[str]


def check_test_validity(context: CheckContext) -> Iterator[Finding]:
    """GM507, GM508 and GM510, for every test on disk."""
    rules, tests = read_rule_files(context), read_test_files(context)
    yield from (*rules.findings, *tests.findings)
    shipped = tuple(file.file.path for file in rules.files)
    for file in tests.files:
        paths = loaded_rules(file, shipped)
        loaded = _loaded(rule for rule in rules.rules if rule.file.path in paths)
        yield from _loading(context, file, shipped)
        for group in file.groups:
            yield from _names(context, file, group, loaded, rules.rules)
            yield from _hollow(context, file, group, loaded)


def _loaded(rules: Iterator[Rule]) -> Loaded:
    alerts: dict[str, int] = {}
    recorded: set[str] = set()
    for rule in rules:
        if rule.alerting:
            held = seconds_of(dict(rule.settings).get("for")) or 0
            alerts[rule.name] = min(held, alerts.get(rule.name, held))
        else:
            recorded.add(rule.name)
    return Loaded(alerts, frozenset(recorded))


def _loading(context: CheckContext, file: CaseFile, shipped: tuple[str, ...]) -> Iterator[Finding]:
    if not file.rule_files:
        message = "the test file loads no rules"
        place = locate_path(file.file.text, ("rule_files",))
        yield context.finding("GM510", file.file, place, message, hint=RENDER_HINT)
    for entry in file.rule_files:
        if not resolve_rules(file.file.path, entry.text, shipped):
            message = f"the test file loads {entry.text}, which is no rule file of this tree"
            yield context.finding("GM510", file.file, entry.place, message, hint=RENDER_HINT)


def _names(
    context: CheckContext, file: CaseFile, group: CaseGroup, loaded: Loaded, rules: tuple[Rule, ...]
) -> Iterator[Finding]:
    for case in group.alerts:
        if case.alert in loaded.alerts:
            continue
        elsewhere = next((rule for rule in rules if rule.alerting and rule.name == case.alert), None)
        if elsewhere is not None:
            message = f"the test is about {case.alert}, and the file does not load {elsewhere.file.path}"
            yield context.finding("GM510", file.file, case.place, message, hint=RENDER_HINT)
        else:
            message = (
                f"there is no alert {case.alert or 'without a name'}{suggest(case.alert, loaded.alerts)}"
            )
            yield context.finding("GM507", file.file, case.place, message, hint=RENDER_HINT)


def _hollow(context: CheckContext, file: CaseFile, group: CaseGroup, loaded: Loaded) -> Iterator[Finding]:
    def hollow(place: tuple[int, int], message: str) -> Finding:
        return context.finding("GM508", file.file, place, message, hint=RENDER_HINT)

    if not group.alerts and not group.exprs:
        yield hollow(group.place, "the test expects nothing")
    for alert in dict.fromkeys(case.alert for case in group.alerts if case.alert in loaded.alerts):
        cases = [case for case in group.alerts if case.alert == alert]
        held = loaded.alerts[alert]
        if all(not case.expected and case.time is not None and case.time < held for case in cases):
            message = (
                f"{alert} cannot fire before {format_duration(held)}, and the test looks only before that"
            )
            yield hollow(cases[-1].time_place, message)
    end = group.end
    times = [(case.time, case.time_place) for case in group.alerts]
    times += [(expr.time, expr.time_place) for expr in group.exprs]
    for time, place in times:
        if end is not None and time is not None and time > end + LOOKBACK:
            yield hollow(place, f"the data of the test ends at {format_duration(end)}, long before this")
    for case in group.alerts:
        if not case.stated:
            yield hollow(case.place, f"what {case.alert} is to do is not said: exp_alerts is missing")
    given = {one.metric for one in group.series}
    for expr in group.exprs:
        names = {selector.metric for selector in selectors(expr.tree)} if expr.tree is not None else set()
        unknown = sorted(names - given - loaded.recorded - {*_ALWAYS_THERE})
        if not expr.stated:
            yield hollow(expr.place, f"what {expr.expr.text} is to be is not said: exp_samples is missing")
        if not expr.samples and unknown:
            message = f"nothing is expected of {unknown[0]}, which no rule records and the test does not give"
            yield hollow(expr.expr.place, message + suggest(unknown[0], loaded.recorded))
