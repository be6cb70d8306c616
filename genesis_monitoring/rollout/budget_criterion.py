"""How much of an error budget a rollout has burnt: counters over the whole window in, a proof out.

Bad events through all events, over what the objective allows, by the part of the period that the window is:
a rollout of 48 hours that fails twice as often as a budget of 48 hours allows has burnt 200 % of it. What the
events are counted from has to be there over the whole window.
"""

import math

from genesis_monitoring.clients.samples import SeriesAnswer
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.budgets import BudgetPlan, events
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.coverage import (
    answer_problem,
    coverage_problem,
    doubt_of,
    expected_evaluations,
    raw_problem,
)
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import analyse
from genesis_monitoring.rollout.window import Window, format_time
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.rollout import BudgetCriterion

_DIGITS = 6


def burnt_expr(spec: Spec, budget: BudgetPlan, seconds: int) -> str:
    """The share of bad events over the last ``seconds``; no value without events."""
    counted = events(spec, budget, seconds)
    return f"{counted.errors} / ({counted.total} > 0)"


def judged_window(rollout: Window, criterion: BudgetCriterion) -> Window:
    """The part of a rollout that a criterion is about."""
    return rollout if criterion.window is None else rollout.last(criterion.window)


def judge_budget(evidence: Evidence, plan: Plan, name: str, criterion: BudgetCriterion) -> Proof:
    """PASS if at most so many percent of the budget of the SLI ``name`` are burnt; of the worst group."""
    at_most = criterion.at_most
    budget = next(one for one in plan.budgets if one.sli == name)
    measurement = evidence.measurements[name]
    whole = judged_window(evidence.window, criterion)
    window = whole.until(evidence.at)
    if window.seconds == 0:
        begins = f"is judged from {format_time(whole.start)} UTC on"
        return Proof(name, Status.NOT_DUE, begins, measurement.record)
    answer = evidence.burnt.get((name, criterion.window or 0), SeriesAnswer(measurement.record, ()))
    problem = doubt_of(answer) or _uncounted(evidence, budget, whole)
    factor = 100 / float(budget.allowed) * window.seconds / budget.period
    burnt = [series.values[-1] * factor for series in answer.series]
    value = round(max(burnt, default=math.nan), _DIGITS)
    if not problem and not math.isfinite(value):
        problem = "nothing happened in the window, as far as is counted"
    shown = f"{value:.4g} % of the budget of {spell_duration(budget.period)}" if math.isfinite(value) else ""
    if problem:
        planned = bool(measurement.planned) and not measurement.answer.series
        status, reason = Status.PLANNED if planned else Status.NO_DATA, problem
    else:
        status = Status.FAIL if value > at_most else Status.PASS
        reason = f"at most {at_most:g} % may be burnt"
    number = value if math.isfinite(value) else None
    return Proof(name, status, reason, answer.query, shown, number)


def _uncounted(evidence: Evidence, budget: BudgetPlan, whole: Window) -> str:
    """Why not all of the window was counted, as far as it has come; empty if it was."""
    window = whole.until(evidence.at)
    measurement = evidence.measurements[budget.sli]
    if not budget.sliced:
        return raw_problem(evidence.raw.get(budget.sli, SeriesAnswer(measurement.record, ())), window)
    problem = measurement.rule.problem or answer_problem(
        measurement.answer, measurement.record, several=bool(budget.by)
    )
    analyses = [analyse(one, window, evidence.interval, None) for one in measurement.answer.series]
    full = expected_evaluations(whole, evidence.interval)
    return problem or coverage_problem(analyses, full, measurement.record)
