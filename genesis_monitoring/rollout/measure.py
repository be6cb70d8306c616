"""What was recorded of an SLI in a window: since when it could have a value, and where that is in doubt."""

from collections.abc import Mapping
from dataclasses import replace

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.conventions import SUITE_RESULT_TIMESTAMP
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.rollout.evidence import Measurement, RuleState
from genesis_monitoring.rollout.freshness import CARRIED_SECONDS, describe, doubtful, suites_behind
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, JITTER
from genesis_monitoring.rollout.window import Window


def measure(
    reader: PrometheusReader, plan: Plan, name: str, seen: Window, interval: float, rule: RuleState
) -> Measurement:
    """What was recorded of the SLI ``name``, and from when on it could be. Raises ServerError."""
    record = plan.slis[name].record
    answer = reader.samples(record, seen.start, seen.end)
    sli = plan.slis[name]
    first = min((series.times[0] for series in answer.series), default=seen.end)
    behind = plan.spec.slis[name].look_back(plan.spec)
    lead_in = 0.0
    hours = sli.compared_with
    observing = 0.0 if hours is None else hours.until - seen.start + interval
    if observing and not answer.series:
        lead_in = observing
    elif (behind > 0 or observing) and answer.series and first - seen.start > JITTER * interval:
        possible = max(observing, _lead_in(reader, plan, name, seen.start, behind, interval))
        # What was recorded all the same is judged.
        lead_in = min(possible, first - interval - seen.start)
    planned = tuple(
        dict.fromkeys(one.metric for one in sli.metrics if plan.spec.metrics[one.metric].status == "planned")
    )
    return Measurement(name, record, answer, rule, lead_in, planned=planned)


def _lead_in(
    reader: PrometheusReader, plan: Plan, name: str, start: float, behind: int, interval: float
) -> float:
    """How long after ``start`` an SLI cannot have a value, because its metrics began to be there with it.

    Metrics that began later than a restart takes are late: what that leaves out is missing.
    """
    appeared = start - behind
    for metric in plan.slis[name].metrics:
        query = f"group({promql.select(metric)})"
        answer = reader.range(query, start - behind, start + behind, interval)
        if not answer.series or not answer.whole:
            return 0.0
        appeared = max(appeared, answer.series[0].times[0])
    if appeared <= start - behind + interval:
        return 0.0
    return max(0.0, min(appeared - start, BRIDGED_INTERVALS * interval) + behind + interval)


def with_doubt(
    reader: PrometheusReader, plan: Plan, measurements: Mapping[str, Measurement], seen: Window
) -> dict[str, Measurement]:
    """``measurements`` with where the test results behind them were stale. Raises ServerError."""
    behind = {name: suites_behind(plan.spec, plan.slis[name]) for name in measurements}
    if not any(behind.values()):
        return dict(measurements)
    dates = reader.samples(SUITE_RESULT_TIMESTAMP, seen.start - CARRIED_SECONDS, seen.end)
    told = {suites: doubtful(plan.spec, suites, dates, seen) for suites in set(behind.values()) if suites}
    return {
        name: replace(one, doubtful=told[suites], doubt=describe(told[suites], suites, dates, seen))
        if (suites := behind[name])
        else one
        for name, one in measurements.items()
    }
