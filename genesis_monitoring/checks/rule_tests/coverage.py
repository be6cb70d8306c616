"""Whether the rule tests prove what they should: tests on disk and the spec's alerts in, gaps out.

GM503 (error): an alert without a test in which it fires, with its labels. It may never fire.

GM504 (error): an alert without a test in which there is data and it stays quiet. It may fire always.

GM505 (error): an alert without a test exactly on its threshold, or without one that fires not a step before
its ``for``. ``>`` for ``>=``, or 3 minutes for 5, would pass. An ``expr`` SLI needs no test on the threshold:
its series are written by hand.

GM506 (error): an alert without a test that gives no series at all. What absence does to it is unknown.

GM509 (error): an SLI whose recorded value no test checks. The alerts may stand on a wrong number.

For all of these: render again; if they stay, the template of the tests is wrong.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.checks.promql.rule_files import no_plan
from genesis_monitoring.checks.promql.syntax import Selector, selectors
from genesis_monitoring.checks.rule_tests.files import (
    AlertCase,
    CaseFile,
    CaseGroup,
    ExprCase,
    loaded_rules,
    read_test_files,
)
from genesis_monitoring.conventions import rules_path
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.spec.slis import ExprSli
from genesis_monitoring.units import format_number

CODES: tuple[str, ...] = ("GM503", "GM504", "GM505", "GM506", "GM509")

LOOKBACK = 300
"""How long Prometheus takes the last sample of a series for its value, in seconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is expected of one alert, and in which test."""

    group: CaseGroup
    case: AlertCase


def check_test_coverage(context: CheckContext) -> Iterator[Finding]:
    """GM503 to GM506 and GM509, for every alert and every SLI of the spec."""
    files = read_test_files(context)
    yield from files.findings
    plan = context.plan
    if plan is None:
        yield no_plan(context)
        return
    homes = _homes(plan)
    by_path = {file.file.path: file for file in files.files}
    for group in plan.rule_groups:
        path = rules_path(group.name)
        loading = [file for file in files.files if path in loaded_rules(file, (path,))]
        for rule in group.alerting:
            home = by_path.get(homes.get((rule.alert, group.name), ""))
            if home is not None:
                place = _place(context, home)
                origin = (context.source.locate_dotted(rule.origin),)
                for code, message in _alert_gaps(plan, rule, loading):
                    yield _gap(code, message, place, origin)
        yield from _unrecorded(context, group, loading, by_path, homes)


def _unrecorded(
    context: CheckContext,
    group: RuleGroup,
    loading: list[CaseFile],
    by_path: Mapping[str, CaseFile],
    homes: Mapping[tuple[str, str], str],
) -> Iterator[Finding]:
    checked = {metric for file in loading for one in file.groups for metric in _checked(one)}
    for rule in group.recording:
        home = by_path.get(homes.get((rule.record, group.name), ""))
        if home is None or rule.record in checked:
            continue
        message = f"no test checks the value of {rule.record}, made of raw series"
        origin = (context.source.locate_dotted(rule.origin),)
        yield _gap("GM509", message, _place(context, home), origin)


def _homes(plan: Plan) -> Mapping[tuple[str, str], str]:
    """The test file of each alert and each recorded series, by name and group."""
    groups = {rules_path(group.name).rpartition("/")[2]: group.name for group in plan.rule_groups}
    homes: dict[tuple[str, str], str] = {}
    for file in plan.rule_tests:
        for group in (groups[path.rpartition("/")[2]] for path in file.rule_files):
            for test in file.tests:
                for name in chain((one.alert for one in test.alerts), (one.expr for one in test.exprs)):
                    homes.setdefault((name, group), file.path)
    return homes


def _alert_gaps(plan: Plan, rule: AlertingRule, files: Iterable[CaseFile]) -> Iterator[tuple[str, str]]:
    cases = [
        Case(group, case)
        for file in files
        for group in file.groups
        for case in group.alerts
        if case.alert == rule.alert and case.time is not None
    ]
    name = f"{rule.alert} ({rule.sli})" if rule.sli is not None else rule.alert
    if not any(_fires(rule, one.case) for one in cases):
        yield "GM503", f"{name}: no test in which it fires with its labels"
    if not any(_could_fire(rule, one) and not one.group.series for one in cases):
        yield "GM506", f"{name}: no test without any series, late enough for it to fire"
    if rule.sli is None:
        return
    if not any(_quiet_with_data(rule, one) for one in cases):
        yield "GM504", f"{name}: no test in which there is data, late enough for it to fire, and it is quiet"
    if not any(_in_time(rule, one, cases) for one in cases):
        held = f"its for of {spell_duration(rule.for_)}" if rule.for_ else "it is due"
        yield "GM505", f"{name}: no test in which it is quiet one step before {held} is over and fires then"
    if rule.condition is None or isinstance(plan.slis[rule.sli].sli, ExprSli):
        return
    record, threshold = plan.slis[rule.sli].record, rule.condition.threshold
    if not any(_could_fire(rule, one) and _on(one, record, threshold) for one in cases):
        yield "GM505", f"{name}: no test with {record} exactly on {format_number(threshold)}, its threshold"


def _fires(rule: AlertingRule, case: AlertCase) -> bool:
    return any({*rule.labels} <= alert.label_pairs for alert in case.expected)


def _could_fire(rule: AlertingRule, one: Case) -> bool:
    """Whether it is late enough: a shorter ``for`` is not proven by silence before it."""
    return one.case.time is not None and one.case.time >= rule.for_


def _quiet_with_data(rule: AlertingRule, one: Case) -> bool:
    end = one.group.end
    late = end is not None and one.case.time is not None and one.case.time > end + LOOKBACK
    return bool(one.group.series) and not late and _could_fire(rule, one) and not _fires(rule, one.case)


def _in_time(rule: AlertingRule, one: Case, cases: Iterable[Case]) -> bool:
    """Whether ``one`` fires, and another case of its test, one sample before, does not."""
    time, step = one.case.time, one.group.interval
    if not _fires(rule, one.case) or time is None or step is None:
        return False
    before = [other.case for other in cases if other.group is one.group and other.case.time == time - step]
    return any(not _fires(rule, case) for case in before)


def _on(one: Case, record: str, threshold: float) -> bool:
    """Whether the SLI is proven to be on the threshold at that time, or given as its own series."""
    for case in one.group.exprs:
        if case.time == one.case.time and case.tree == Selector(record):
            return any(sample.value is not None and _near(sample.value, threshold) for sample in case.samples)
    return any(
        series.metric == record and format_number(threshold) in series.values.text.replace("x", " ").split()
        for series in one.group.series
    )


def _checked(group: CaseGroup) -> Iterator[str]:
    """The series whose value a test proves, not counting those that it is given."""
    given = {one.metric for one in group.series}
    for case in group.exprs:
        yield from _proven(case, given)


def _proven(case: ExprCase, given: set[str]) -> Iterator[str]:
    if case.tree is not None and any(sample.value is not None for sample in case.samples):
        yield from {selector.metric for selector in selectors(case.tree)} - given


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(other))


def _place(context: CheckContext, file: CaseFile) -> Location:
    return context.locate(file.file.path, *locate_path(file.file.text, ("tests",)))


def _gap(code: str, message: str, place: Location, origin: tuple[Location, ...]) -> Finding:
    return Finding(code, Severity.ERROR, place, message, RENDER_HINT, origin)
