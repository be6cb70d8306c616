"""An SLI against its baseline: what the whole window comes to in, a proof that it is not much worse out.

An SLI over counters or buckets is asked for once over the whole window, so that a quantile comes from all
buckets and never from an average of quantiles. Of any other the median of its samples is taken, with each
missing sample counted as worse than all others, so that leaving samples out never helps. For the former the
raw metrics must be there over the whole window, since what is missing of them is not counted at all.
"""

import math

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.coverage import (
    answer_problem,
    coverage_problem,
    doubt_of,
    expected_evaluations,
    raw_problem,
)
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import Run, analyse, usable, within
from genesis_monitoring.rollout.window import Window
from genesis_monitoring.units import format_level

_DIGITS = 6


def judge_baseline(evidence: Evidence, plan: Plan, name: str, margin: float) -> Proof:
    """PASS if it is not worse than its baseline by more than ``margin`` percent."""
    sli = plan.spec.slis[name]
    good = sli.good
    if good is None:
        raise AssertionError(f"the spec's checks let {name} pass without an objective")
    base = sli.baseline_value
    higher_is_better = good.upward
    limit = round(base - abs(base) * margin / 100 * (1 if higher_is_better else -1), _DIGITS)
    worse = Predicate("<" if higher_is_better else ">", limit, sli.unit)
    measurement = evidence.measurements[name]
    window = Window(evidence.window.start + measurement.lead_in, evidence.at)
    full = expected_evaluations(Window(window.start, evidence.window.end), evidence.interval)
    analyses = [
        analyse(series, window, evidence.interval, worse, measurement.doubtful)
        for series in measurement.answer.series
    ]
    missing = max((analysis.missing for analysis in analyses), default=0)
    problem = measurement.rule.problem or answer_problem(
        measurement.answer, measurement.record, several=bool(sli.by)
    )
    hopeless = False
    if not problem:
        problem = coverage_problem(analyses, full, measurement.record)
        problem += measurement.doubt if problem else ""
        hopeless = bool(problem)
    whole = None
    if plan.spec.slis[name].over(plan.spec, 1) is not None:
        whole = evidence.whole.get(name, SeriesAnswer(measurement.record, ()))
        raw = evidence.raw.get(name, SeriesAnswer(measurement.record, ()))
        problem = problem or raw_problem(raw, window)
    query = measurement.record if whole is None else whole.query
    values = (
        [
            _median(series, window, worse, analysis.missing, measurement.doubtful)
            for series, analysis in zip(measurement.answer.series, analyses, strict=True)
        ]
        if whole is None
        else [series.values[-1] for series in whole.series]
    )
    if not problem and whole is not None:
        problem = doubt_of(whole)
        if not problem and len(values) > 1 and not sli.by:
            problem = f"{len(values)} values where one is expected"
    usable_values = [value for value in values if usable(value, worse)]
    if not problem and len(usable_values) < max(1, len(values)):
        problem = "there is no value over the whole window"
    expected = max(1, round(window.seconds / evidence.interval))
    compared = f"baseline {format_level(base, sli.unit)}, worst allowed {format_level(limit, sli.unit)}"
    value = max(usable_values) if worse.upward and usable_values else min(usable_values, default=math.nan)
    if problem:
        planned = bool(measurement.planned) and not measurement.answer.series
        status, reason = Status.PLANNED if planned else Status.NO_DATA, problem
    elif worse.holds(round(value, _DIGITS)):
        status, reason = Status.FAIL, f"worse than its {compared}"
    else:
        status, reason = Status.PASS, compared
    rounded = round(value, _DIGITS)
    known = math.isfinite(value)
    shown = f"{'median' if whole is None else 'overall'} {worse.show(rounded)}"
    return Proof(
        name,
        status,
        reason,
        query,
        shown if known else "",
        rounded if known else None,
        samples=min((analysis.samples for analysis in analyses), default=0),
        coverage=max(0.0, 1 - missing / expected) if analyses else 0.0,
        rule=measurement.rule.health,
        hopeless=hopeless,
    )


def _median(
    series: Series, window: Window, worse: Predicate, missing: int, doubtful: tuple[Run, ...]
) -> float:
    """The middle one of all expected samples, from good to bad, the missing ones last."""
    values = sorted(
        (
            value
            for time, value in zip(series.times, series.values, strict=True)
            if window.start < time <= window.end
            and usable(value, worse)
            and (worse.holds(value) or not within(doubtful, time))
        ),
        reverse=not worse.upward,
    )
    middle = (len(values) + missing) // 2
    return values[middle] if middle < len(values) else math.nan
