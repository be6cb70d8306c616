"""An SLI against its baseline: what the whole window comes to in, a proof that it is not much worse out.

An SLI over counters or buckets is asked for once over the whole window, so that a quantile comes from all
buckets and never from an average of quantiles. Of any other the median of its samples is taken, with each
missing sample counted as worse than all others, so that leaving samples out never helps.
"""

import math

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slis import (
    Condition,
    baseline_value,
    good_condition,
    whole_window_expr,
)
from genesis_monitoring.rollout.evidence import Evidence, Measurement
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import analyse, usable
from genesis_monitoring.rollout.sustained import MINIMUM_COVERAGE
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.units import format_level

_DIGITS = 6


def judge_baseline(evidence: Evidence, plan: Plan, name: str, margin: float) -> Proof:
    """PASS if it is not worse than its baseline by more than ``margin`` percent."""
    sli = plan.spec.slis[name]
    good = good_condition(sli)
    if good is None:
        raise AssertionError(f"the spec's checks let {name} pass without an objective")
    base = baseline_value(sli)
    higher_is_better = good.upward
    limit = round(base - abs(base) * margin / 100 * (1 if higher_is_better else -1), _DIGITS)
    worse = Condition("<" if higher_is_better else ">", limit, sli.unit)
    measurement = evidence.measurements[name]
    window = Window(evidence.window.start + measurement.lead_in, evidence.at)
    full = max(1, round((evidence.window.end - window.start) / evidence.interval))
    analyses = [analyse(series, window, evidence.interval, worse) for series in measurement.answer.series]
    missing = max((analysis.missing for analysis in analyses), default=0)
    problem = measurement.rule.problem or _problem(measurement, bool(sli.by))
    hopeless = False
    if not problem and missing > (1 - MINIMUM_COVERAGE) * full:
        gap = max((analysis.largest_gap for analysis in analyses), key=lambda run: run.seconds)
        problem = (
            f"too many samples are missing (largest hole {format_span(gap.seconds)} from "
            f"{format_time(gap.start)} UTC)"
        )
        hopeless = True
    whole = None
    if whole_window_expr(plan.spec, name, 1) is not None:
        whole = evidence.whole.get(name, SeriesAnswer(measurement.record, ()))
    query = measurement.record if whole is None else whole.query
    values = (
        [
            _median(series, window, worse, analysis.missing)
            for series, analysis in zip(measurement.answer.series, analyses, strict=True)
        ]
        if whole is None
        else [series.values[-1] for series in whole.series]
    )
    if not problem and whole is not None:
        if not whole.whole:
            problem = "the server warns that its answer may not be whole"
        elif len(values) > 1 and not sli.by:
            problem = f"{len(values)} values where one is expected"
    usable_values = [value for value in values if usable(value, worse)]
    if not problem and len(usable_values) < max(1, len(values)):
        problem = "there is no value over the whole window"
    expected = max(1, round(window.seconds / evidence.interval))
    compared = f"baseline {format_level(base, sli.unit)}, worst allowed {format_level(limit, sli.unit)}"
    value = max(usable_values) if worse.upward and usable_values else min(usable_values, default=math.nan)
    if problem:
        status, reason = Status.NO_DATA, problem
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


def _problem(measurement: Measurement, several: bool) -> str:
    answer = measurement.answer
    if not answer.series:
        return f"no sample of {measurement.record}"
    if len(answer.series) > 1 and not several:
        return f"{len(answer.series)} series of {measurement.record} where one is expected"
    return "" if answer.whole else "the server warns that its answer may not be whole"


def _median(series: Series, window: Window, worse: Condition, missing: int) -> float:
    """The middle one of all expected samples, from good to bad, the missing ones last."""
    values = sorted(
        (
            value
            for time, value in zip(series.times, series.values, strict=True)
            if window.start < time <= window.end and usable(value, worse)
        ),
        reverse=not worse.upward,
    )
    middle = (len(values) + missing) // 2
    return values[middle] if middle < len(values) else math.nan
