"""Rule tests of error budgets from metrics, through the whole chain: a budget in, a lane of a time line out.

Everything bad fires the fastest tier; everything good, a counter that restarts, and no traffic are quiet.
Alerts of all budgets have the same names, so that the one of this budget is asked for by its id.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.budgets import ID, WINDOW, BudgetPlan, ratio_name, read_from_counts
from genesis_monitoring.plan.scenarios import Stage
from genesis_monitoring.plan.series import idle, test_labels
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import ExprCheck, Lane, Phase
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.burn import COUNTED, QUICKLY_READ
from genesis_monitoring.slis.input_series import Clock
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.spec.model import Spec

_STEPS = (60, 30)
"""Prometheus 3 leaves the sample at the beginning of a window out, so two of them have to lie in it."""
_SOME = 300
"""Errors for so many seconds are more than any chance."""
_SURE = 0.05
"""So large a part of a long window is bad, whatever was before some minutes of nothing but errors."""
_LONGEST = 3600
"""An SLI that looks back for longer than an hour is not tested from metrics so often."""


def chain_lane(spec: Spec, slis: Mapping[str, SliPlan], plan: BudgetPlan) -> Lane | None:
    """The lane of one budget; None where its SLI is a person's own expression, or looks back for long."""
    sli = slis[plan.sli]
    if sli.sli.query or sli.sli.past is not None or sli.sli.reach > _LONGEST:
        return None
    step = next((one for one in _STEPS if min(plan.windows) >= 2 * one), _STEPS[-1])
    count = -(-max(COUNTED, sli.sli.reach) // step) + _SOME // step
    good, bad = _ends(spec, plan)
    stage = Stage(sli, spec, Clock(step, count))
    phases = [_phase(stage, plan, "everything bad fires", bad, share=1.0, fires=True)]
    healed = replace(stage, clock=Clock(step, count + -(-_healing(spec, plan) // step)))
    phases.append(_phase(healed, plan, "everything good is quiet", good, share=0.0))
    if sli.sli.counts:
        again = replace(stage, clock=Clock(step, count, restarts=True))
        phases.append(_phase(again, plan, "a counter restart is quiet", good, share=0.0))
    if plan.kind.counts_events:
        checks = tuple(_checks(stage, plan, "no traffic is no error, and no value", stage.end, share=None))
        phases.append(Phase(stage.clock.count + 1, idle(spec, sli, stage.clock), (), checks))
    nothing = Phase(2, (), (), tuple(_checks(stage, plan, "no series is no value", step, share=None)))
    lane = stage.lane(slis, tuple(phases), nothing)
    return replace(lane, origin=plan.origin, begins=_is_easily_thinned(plan))


def _is_easily_thinned(plan: BudgetPlan) -> bool:
    """Whether good events before the bad ones may keep the fastest tier quiet: its long window has both."""
    wanted = float(plan.tiers[0].factor) if plan.tiers else 0.0
    return wanted * (1 - plan.budget.objective / 100) > _SURE


def _phase(
    stage: Stage, plan: BudgetPlan, title: str, value: float, *, share: float, fires: bool = False
) -> Phase:
    series = stage.held_at(value, stage.clock)
    checks = tuple(_checks(stage, plan, title, stage.end, share=share, fires=fires))
    return Phase(stage.clock.count + 1, series, (), checks)


def _checks(
    stage: Stage, plan: BudgetPlan, title: str, at: int, *, share: float | None, fires: bool = False
) -> Iterator[ExprCheck]:
    case = f"{plan.id}: {title}"
    labels = {**dict(plan.labels), **test_labels(stage.plan)}
    record = ratio_name(COUNTED)
    sample = promql.selector(record, {**labels, WINDOW: format_duration(COUNTED)})
    samples = ((sample, share),) if share is not None else ()
    yield ExprCheck(at, plan.series(record), samples, case, plan.origin)
    for window in plan.windows if fires else ():
        # In a long one there may be what was before.
        if not read_from_counts(plan, window):
            expr = f"group({plan.series(ratio_name(window))} > 0)"
            yield ExprCheck(at, expr, (("{}", 1.0),), case, plan.origin)
    tier = plan.tiers[0] if plan.tiers else None
    if tier is None or tier.long > QUICKLY_READ:
        return
    firing = {"alertname": tier.alert, "alertstate": "firing", ID: plan.id}
    samples = (("{}", 1.0),) if fires else ()
    yield ExprCheck(at, f"count({promql.selector('ALERTS', firing)})", samples, case, plan.origin)


def _healing(spec: Spec, plan: BudgetPlan) -> int:
    """Seconds until the short window of the fastest tier has nothing bad in it, and its alert is resolved."""
    if not plan.tiers or plan.tiers[0].long > QUICKLY_READ:
        return 0
    tier = plan.tiers[0]
    return tier.short + (spec.severities[tier.severity].keep_firing_for or 0)


def _ends(spec: Spec, plan: BudgetPlan) -> tuple[float, float]:
    """Values of the SLI where nothing is bad, and where all is."""
    kind = plan.kind
    if plan.sliced and kind.good is not None:
        probes = kind.probes(spec, kind.good.negated)
        return probes.good, probes.bad
    bounds = kind.bounds(spec)
    low, high = bounds.lower, bounds.upper
    if low is None or high is None:
        raise AssertionError("a share of events has two ends")
    if isinstance(kind, RatioSli):
        numerator = (plan.budget.errors or kind.bad_part) == "numerator"
        return (low, high) if numerator != kind.complement else (high, low)
    return (high, low)
