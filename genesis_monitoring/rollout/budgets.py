"""How error budgets stand: what Prometheus recorded of them in, and what can be said for sure out.

Nothing is computed anew from metrics: what is recorded is what alerts and dashboards show. Without rules that
are loaded as the spec has them, and without counts of most of the period, nothing is said to be good.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import Labels, SeriesAnswer
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.budgets import (
    ALL_ERRORS,
    ALL_TOTAL,
    ERRORS,
    ID,
    LEFT,
    TOTAL,
    BudgetPlan,
    errors_name,
    quick_interval,
    ratio_name,
    slow_interval,
)
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.coverage import doubt_of
from genesis_monitoring.rollout.slo_rules import unlike_rules
from genesis_monitoring.rollout.window import format_span
from genesis_monitoring.slis.burn import COUNTED
from genesis_monitoring.spec.model import Spec

State = Literal["kept", "burning", "exhausted", "unknown"]
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class TierBurn:
    """How fast a budget burns by a tier: in multiples of the pace at which it lasts its period.

    None for a window without a value. ``errors`` are those of the long window; ``lasts`` is for how many
    seconds what is left lasts at the pace of the long window, None where that is not known or for ever.
    """

    tier: str
    severity: str
    long: int
    short: int
    factor: float
    burn_long: float | None
    burn_short: float | None
    errors: float | None
    firing: bool
    lasts: float | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Errors and all events of the period, in maintenance too. ``left`` is as of a budget."""

    errors: float
    total: float
    left: float


@dataclass(frozen=True, slots=True)
class GroupStanding:
    """One budget: of an SLO, or of one of its label sets. ``left`` is 1 for all of it, below 0 if overspent.

    ``covered`` is the share of the period of which events were counted. ``with_maintenance`` is None where
    nothing is taken out. ``problem`` says why nothing is known; empty if something is.
    """

    labels: Labels
    state: State
    left: float | None
    errors: float | None
    total: float | None
    covered: float
    with_maintenance: Counts | None
    tiers: tuple[TierBurn, ...]
    problem: str


@dataclass(frozen=True, slots=True)
class BudgetStanding:
    """One SLO. ``objective`` in percent, ``period`` in seconds; ``events`` are what is counted."""

    id: str
    sli: str
    title: str
    objective: float
    period: int
    events: Literal["events", "minutes"]
    shadow: bool
    groups: tuple[GroupStanding, ...]

    @property
    def state(self) -> State:
        """The worst of its groups; what is bad for sure goes before what is not known."""
        states = {group.state for group in self.groups}
        order: tuple[State, ...] = ("exhausted", "burning", "unknown")
        return next((one for one in order if one in states), "kept")


def budget_standings(
    reader: PrometheusReader, plan: Plan, budgets: Sequence[BudgetPlan], at: float, least: float
) -> tuple[BudgetStanding, ...]:
    """Each of ``budgets`` at ``at``. ``least`` is the share of a period that must be counted.

    Raises ServerError.
    """
    loaded, interval = reader.rules(), float(plan.spec.prometheus.evaluation_interval)
    answers = _Answers(reader, plan.spec, at)

    def unlike(one: BudgetPlan) -> str:
        return next(iter(unlike_rules(plan.rule_groups, one.id, loaded, interval).values()), "")

    return tuple(_standing(one, answers, unlike(one), least) for one in budgets)


class _Answers:
    """One question for all budgets, asked when the first of them wants to know."""

    def __init__(self, reader: PrometheusReader, spec: Spec, at: float) -> None:
        self._reader = reader
        self._spec = spec
        self._at = at
        self._known: dict[str, SeriesAnswer] = {}

    def of(self, query: str, plan: BudgetPlan) -> Mapping[Labels, float]:
        """The values of a budget by the labels that it is grouped by; those that are numbers."""
        if query not in self._known:
            self._known[query] = self._reader.instant(query, self._at)
        found = {}
        for series in self._known[query].series:
            labels = dict(series.labels)
            if labels.get(ID) == plan.id and series.values and math.isfinite(series.values[-1]):
                found[tuple((name, labels.get(name, "")) for name in plan.by)] = series.values[-1]
        return found

    def stale(self, budget: BudgetPlan, labels: Labels) -> str:
        """Which of what should be recorded now is older than two evaluations; empty if none is."""
        spec = self._spec
        for record, interval in ((LEFT, slow_interval(spec, budget)), (TOTAL, quick_interval(spec, budget))):
            known = ALL_TOTAL if record == TOTAL and budget.budget.exclude else record
            time = self.of(f"timestamp({known})", budget).get(labels)
            if time is not None and self._at - time > 2 * interval + spec.prometheus.evaluation_interval:
                return f"{known} was recorded {format_span(self._at - time)} before, and is no longer"
        return ""

    def doubt(self) -> str:
        """What the server said that an answer may lack."""
        return next((told for answer in self._known.values() if (told := doubt_of(answer))), "")


def _standing(budget: BudgetPlan, answers: _Answers, unlike: str, least: float) -> BudgetStanding:
    labels = dict.fromkeys((*answers.of(_counts(budget), budget), *answers.of(LEFT, budget)))
    groups = tuple(_group(budget, one, answers, unlike, least) for one in labels)
    if not groups:
        why = unlike or "nothing of its period was counted"
        groups = (GroupStanding((), "unknown", None, None, None, 0.0, None, (), why),)
    return BudgetStanding(
        budget.id,
        budget.sli,
        budget.kind.title,
        budget.budget.objective,
        budget.period,
        "minutes" if budget.sliced else "events",
        budget.budget.shadow,
        groups,
    )


def _over(record: str, budget: BudgetPlan, operator: str = "sum") -> str:
    return f"{operator}_over_time({record}[{format_duration(budget.period)}:{format_duration(COUNTED)}])"


def _counts(budget: BudgetPlan) -> str:
    return _over(TOTAL, budget, "count")


def _group(budget: BudgetPlan, labels: Labels, answers: _Answers, unlike: str, least: float) -> GroupStanding:
    def value(query: str) -> float | None:
        return answers.of(query, budget).get(labels)

    left, errors, total = value(LEFT), value(_over(ERRORS, budget)), value(_over(TOTAL, budget))
    counted = value(_over(ALL_TOTAL if budget.budget.exclude else TOTAL, budget, "count")) or 0.0
    covered = min(counted * COUNTED / budget.period, 1.0)
    tiers = tuple(_tiers(budget, labels, answers, left))
    problem = unlike or answers.doubt()
    if not problem and covered < least:
        problem = f"only {_percent(covered)} of its period was counted"
    if not problem and not total:
        problem = "nothing happened in its period, as far as is counted"
    if not problem and left is None:
        problem = "what is left of it is not recorded now"
    if not problem and value(ALL_TOTAL if budget.budget.exclude else TOTAL) is None:
        problem = "events are not counted now"
    unknown = next((one.long for one in tiers if one.errors is None), 0)
    if not problem and unknown and not budget.budget.exclude:
        # In idle time a burn rate has no value. How many errors there were is known as long as it is counted.
        problem = f"{errors_name(unknown)} is not recorded now"
    problem = problem or answers.stale(budget, labels)
    spent = left is not None and left <= 0 and not unlike
    burning = any(one.firing for one in tiers) and not unlike
    state: State = "exhausted" if spent else "burning" if burning else "unknown" if problem else "kept"
    return GroupStanding(
        labels,
        state,
        left,
        errors,
        total,
        covered,
        _with_maintenance(budget, labels, answers),
        tiers,
        problem,
    )


def _with_maintenance(budget: BudgetPlan, labels: Labels, answers: _Answers) -> Counts | None:
    if not budget.budget.exclude:
        return None
    errors = answers.of(_over(ALL_ERRORS, budget), budget).get(labels)
    total = answers.of(_over(ALL_TOTAL, budget), budget).get(labels)
    if errors is None or not total:
        return None
    return Counts(errors, total, 1 - errors / total / float(budget.allowed))


def _tiers(budget: BudgetPlan, labels: Labels, answers: _Answers, left: float | None) -> Iterator[TierBurn]:
    allowed = float(budget.allowed)
    for tier in budget.tiers:
        long, short = (
            answers.of(ratio_name(window), budget).get(labels) for window in (tier.long, tier.short)
        )
        errors = answers.of(errors_name(tier.long), budget).get(labels)
        limit = float(budget.threshold(tier))
        enough = not budget.minimum_errors or (errors or 0.0) >= budget.minimum_errors - _HALF
        firing = long is not None and short is not None and long > limit and short > limit and enough
        lasts = max(left, 0.0) * budget.period * allowed / long if long and left is not None else None
        yield TierBurn(
            tier.name,
            tier.severity,
            tier.long,
            tier.short,
            float(tier.factor),
            None if long is None else long / allowed,
            None if short is None else short / allowed,
            errors,
            firing,
            lasts,
        )


def _percent(share: float) -> str:
    return f"{math.floor(share * 1000) / 10:g} %"
