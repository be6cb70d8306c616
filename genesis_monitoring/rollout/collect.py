"""Reads all that a verdict needs from a Prometheus: a plan and a window in, evidence out.

Each series is asked for once, however many criteria use it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import SeriesAnswer, ServerInfo
from genesis_monitoring.conventions import (
    SUITE_PARSE_SUCCESS,
    SUITE_RESULT_TIMESTAMP,
    SUITE_TESTS,
)
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.plan.compile import Plan, begun
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.budget_criterion import burnt_expr, judged_window
from genesis_monitoring.rollout.coverage import RAW_STEP, raw_moments
from genesis_monitoring.rollout.doubts import doubts_of
from genesis_monitoring.rollout.evidence import Attestation, Evidence
from genesis_monitoring.rollout.inputs import read_inputs
from genesis_monitoring.rollout.measure import measure, with_doubt
from genesis_monitoring.rollout.rules import alert_states, longer_intervals, record_states
from genesis_monitoring.rollout.server_told import recorded_alerts, restarts_of, server_remarks, start_times
from genesis_monitoring.rollout.suites import read_suites
from genesis_monitoring.rollout.window import Window, format_time
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    BudgetCriterion,
    Criterion,
    RegressionCriterion,
    SliCriterion,
    SuiteCriterion,
)
from genesis_monitoring.spec.rollout_references import criteria_of


@dataclass(frozen=True, slots=True)
class Moment:
    """When a verdict is wanted: ``asked`` in seconds since 1970, None for now. ``clock`` is ours."""

    asked: float | None
    clock: float


def collect(
    reader: PrometheusReader,
    plan: Plan,
    window: Window,
    moment: Moment,
    attestations: tuple[Attestation, ...],
) -> Evidence:
    """Raises ServerError if the server does not answer, CouldNotTellError if the rollout has not begun,
    UsageError for a moment that is still to come."""
    plan = begun(plan, window.start)
    info = reader.info()
    spec = plan.spec
    interval = float(spec.prometheus.evaluation_interval)
    at = _at(window, moment, info, interval)
    seen = window.until(at)
    loaded = reader.rules()
    records = record_states(plan.slis, loaded, interval)
    wanted = criteria(plan)
    alerts = recorded_alerts(reader, plan, seen)
    starts = start_times(reader, plan, seen)
    measurements = {
        name: measure(reader, plan, name, seen, interval, records[name])
        for name in dict.fromkeys(_slis(plan, wanted))
    }
    measurements = with_doubt(reader, plan, measurements, seen)
    suites = dict.fromkeys(n for one in wanted if isinstance(one, SuiteCriterion) for n in one.suites)
    answers = (
        tuple(
            reader.instant(metric, at)
            for metric in (SUITE_TESTS, SUITE_RESULT_TIMESTAMP, SUITE_PARSE_SUCCESS)
        )
        if suites
        else ()
    )
    whole = _whole(reader, plan, wanted, seen)
    raw = _raw(reader, plan, wanted, seen)
    burnt = _burnt(reader, plan, wanted, window, at)
    asked = (counted_alerts(plan, one) for one in wanted if isinstance(one, AlertsCriterion))
    inputs = read_inputs(reader, plan, chain.from_iterable(asked), seen, loaded, records)
    judged = [
        *(one.answer for one in measurements.values()),
        *whole.values(),
        *raw.values(),
        *burnt.values(),
        *(answer for one in inputs.values() for answer in (*one.found, one.active)),
        alerts,
        *answers[:2],
    ]
    doubts = tuple(doubts_of(reader.warned, {one.query for one in judged}, starts.query))
    return Evidence(
        window=window,
        at=at,
        interval=interval,
        url=reader.url,
        server=info,
        clock=moment.clock,
        measurements=measurements,
        whole=whole,
        raw=raw,
        alerts=alerts,
        alert_rules=alert_states(plan.rule_groups, loaded, interval),
        restarts=restarts_of(starts, seen),
        suites=read_suites(tuple(suites), answers),
        attestations=attestations,
        remarks=(
            *server_remarks(info, moment.clock, window, (alerts, starts, *answers)),
            *longer_intervals(plan.rule_groups, loaded, interval),
        ),
        cost=reader.cost,
        doubts=doubts,
        burnt=burnt,
        inputs=inputs,
    )


def collect_more(reader: PrometheusReader, plan: Plan, evidence: Evidence, names: Iterable[str]) -> Evidence:
    """``evidence`` with the SLIs of ``names`` measured too, over the same time. Raises ServerError."""
    plan = begun(plan, evidence.window.start)
    records = record_states(plan.slis, reader.rules(), evidence.interval)
    more = {
        name: measure(reader, plan, name, evidence.elapsed, evidence.interval, records[name])
        for name in names
        if name not in evidence.measurements
    }
    more = with_doubt(reader, plan, more, evidence.elapsed)
    doubts = doubts_of(reader.warned, {one.answer.query for one in more.values()}, "")
    return replace(
        evidence,
        measurements={**evidence.measurements, **more},
        doubts=(*evidence.doubts, *doubts),
    )


def criteria(plan: Plan) -> tuple[Criterion, ...]:
    """Every criterion of the rollout. Raises UsageError where the spec has no rollout."""
    return tuple(criteria_by_name(plan).values())


def criteria_by_name(plan: Plan) -> Mapping[str, Criterion]:
    """As ``criteria``; a name stands for one criterion only."""
    rollout = plan.spec.rollout
    if rollout is None:
        raise UsageError("the spec has no rollout", "add a rollout section to the spec")
    return {str(path[-1]): criterion for path, criterion in criteria_of(rollout)}


def counted_alerts(plan: Plan, criterion: AlertsCriterion) -> tuple[AlertingRule, ...]:
    """The alerts of the plan whose episodes a criterion counts, with the proof that there were no more.

    The Watchdog is none, and none is told to nobody.
    """
    return tuple(
        rule
        for group in plan.rule_groups
        for rule in group.alerting
        if rule.severity in criterion.severities
        and not rule.shadow
        and criterion.component in (None, rule.component)
        and rule.alert != plan.spec.meta_alerts.watchdog.name
    )


def settled_end(moment: Moment, info: ServerInfo, interval: float) -> float:
    """What was asked for, or the latest moment whose samples are all there.

    Raises UsageError for one that is still to come.
    """
    now = min(info.now, moment.clock)
    if moment.asked is not None and moment.asked > now:
        raise UsageError(
            f"{format_time(moment.asked)} UTC is still to come: it is {format_time(now)} UTC",
            "leave --at out to judge as at now",
        )
    # The samples of the latest interval may be still on their way.
    return now - interval if moment.asked is None else moment.asked


def _at(window: Window, moment: Moment, info: ServerInfo, interval: float) -> float:
    at = min(settled_end(moment, info, interval), window.end)
    if at <= window.start:
        raise CouldNotTellError(
            f"the rollout begins at {format_time(window.start)} UTC, and nothing before that is judged",
            "wait, or give the true start with --start",
        )
    return at


def _slis(plan: Plan, wanted: tuple[Criterion, ...]) -> Iterator[str]:
    for criterion in wanted:
        if isinstance(criterion, SliCriterion | RegressionCriterion | BudgetCriterion):
            yield from criterion.slis
        if isinstance(criterion, AlertsCriterion):
            yield from (rule.sli for rule in counted_alerts(plan, criterion) if rule.sli and rule.inputs)


def _raw(
    reader: PrometheusReader, plan: Plan, wanted: tuple[Criterion, ...], seen: Window
) -> Mapping[str, SeriesAnswer]:
    """Where the metrics behind a value over the whole window are there."""
    moments = raw_moments(seen)
    return {
        name: reader.range(expr, moments[0], moments[-1], RAW_STEP)
        for name in dict.fromkeys((*_compared(wanted), *_budgeted(wanted)))
        if (expr := plan.spec.slis[name].presence(plan.spec, round(RAW_STEP))) is not None
    }


def _budgeted(wanted: tuple[Criterion, ...]) -> tuple[str, ...]:
    """The SLIs of which a budget is judged."""
    return tuple(dict.fromkeys(n for one in wanted if isinstance(one, BudgetCriterion) for n in one.slis))


def _burnt(
    reader: PrometheusReader, plan: Plan, wanted: tuple[Criterion, ...], window: Window, at: float
) -> Mapping[tuple[str, int], SeriesAnswer]:
    budgets, found = {one.sli: one for one in plan.budgets}, {}
    for criterion in (one for one in wanted if isinstance(one, BudgetCriterion)):
        seen = judged_window(window, criterion).until(at)
        for name in criterion.slis if seen.seconds else ():
            expr = burnt_expr(plan.spec, budgets[name], round(seen.seconds))
            found[name, criterion.window or 0] = reader.instant(expr, seen.end)
    return found


def _compared(wanted: tuple[Criterion, ...]) -> tuple[str, ...]:
    """The SLIs that are compared with their baseline."""
    return tuple(dict.fromkeys(n for one in wanted if isinstance(one, RegressionCriterion) for n in one.slis))


def _whole(
    reader: PrometheusReader, plan: Plan, wanted: tuple[Criterion, ...], seen: Window
) -> Mapping[str, SeriesAnswer]:
    expressions = {
        name: plan.spec.slis[name].over(plan.spec, round(seen.seconds)) for name in _compared(wanted)
    }
    return {name: reader.instant(expr, seen.end) for name, expr in expressions.items() if expr is not None}
