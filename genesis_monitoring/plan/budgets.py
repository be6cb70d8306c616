"""Error budgets compiled: a spec in; each SLO with its names, tiers and recorded series out.

Series have Sloth's names and labels, so that dashboards and habits made for it work. Unlike Sloth's, the
period is counted: all errors through all events, never a mean of ratios, and no value where nothing happened.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from genesis_monitoring.conventions import SLO_ID, record_name
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.maintenance import in_maintenance
from genesis_monitoring.plan.rules import Input, RecordingRule
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.budget import Budget
from genesis_monitoring.slis.burn import COUNTED, QUICKLY_READ, Burn
from genesis_monitoring.slis.events import Events
from genesis_monitoring.slis.reading import sampled_each
from genesis_monitoring.spec.budget_rules import names_of
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.tier_rules import tiers_of
from genesis_monitoring.spec.told import team_of

ID, SERVICE, SLO, WINDOW = SLO_ID, "sloth_service", "sloth_slo", "sloth_window"
ERRORS = f"slo:errors:increase{format_duration(COUNTED)}"
TOTAL = f"slo:total:increase{format_duration(COUNTED)}"
ALL_ERRORS = f"slo:all_errors:increase{format_duration(COUNTED)}"
ALL_TOTAL = f"slo:all_total:increase{format_duration(COUNTED)}"
OBJECTIVE, ALLOWED, PERIOD = "slo:objective:ratio", "slo:error_budget:ratio", "slo:time_period:days"
BURN_NOW, BURN_PERIOD = "slo:current_burn_rate:ratio", "slo:period_burn_rate:ratio"
LEFT = "slo:period_error_budget_remaining:ratio"
INFO = "sloth_slo_info"
OWNER = "owner"
RATIO = "slo:sli_error:ratio_rate"
"""Of a window, which follows."""
_EVENTS_AT_LEAST, _SLICES_AT_LEAST = 3, 1
_SLOWLY = 120
"""Long windows are evaluated so many times in a period, and every two minutes where that is more often."""
_IN_A_PERIOD = 11_520


@dataclass(frozen=True, slots=True)
class BudgetPlan:
    """The error budget of one SLI. ``by`` are the labels of which each value has a budget of its own.

    ``allowed`` is the share that may be bad, ``period`` is in seconds. ``sliced``: its events are minutes.
    """

    sli: str
    kind: SliKind
    budget: Budget
    record: str
    service: str
    slo: str
    tiers: tuple[Burn, ...]
    origin: str

    @property
    def id(self) -> str:
        """Sloth's id."""
        return f"{self.service}-{self.slo}"

    @property
    def groups(self) -> tuple[str, str]:
        """Its rule groups: what is looked at often, and what looks back for long."""
        return f"slo-{self.id}", f"slo-{self.id}-period"

    @property
    def by(self) -> tuple[str, ...]:
        """The labels that it is grouped by."""
        return self.kind.by

    @property
    def allowed(self) -> Decimal:
        """The share of events that may be bad."""
        return self.budget.allowed

    @property
    def period(self) -> int:
        """Seconds."""
        return self.budget.period

    @property
    def sliced(self) -> bool:
        """Whether its events are minutes, good or bad."""
        return not self.kind.counts_events

    @property
    def minimum_errors(self) -> int:
        """With fewer errors in the long window a tier is quiet."""
        given = self.budget.minimum_errors
        return (_SLICES_AT_LEAST if self.sliced else _EVENTS_AT_LEAST) if given is None else given

    @property
    def labels(self) -> tuple[tuple[str, str], ...]:
        """Of each of its series."""
        ids = ((ID, self.id), (SERVICE, self.service), (SLO, self.slo))
        return (*ids, *self.budget.labels.items())

    @property
    def long_windows(self) -> tuple[int, ...]:
        """Seconds, each once, the period last."""
        return (*sorted({tier.long for tier in self.tiers} - {self.period}), self.period)

    @property
    def windows(self) -> tuple[int, ...]:
        """All that its errors are measured over, but the period."""
        both = {window for tier in self.tiers for window in (tier.long, tier.short)}
        return tuple(sorted({*both, COUNTED} - {self.period}))

    def series(self, record: str, window: int = 0) -> str:
        """A recorded series of this budget."""
        return promql.selector(record, {ID: self.id}, window)

    def ratio(self, window: int) -> str:
        """The share of bad events over ``window``, without the label of the window."""
        return f"max without ({WINDOW}) ({self.series(ratio_name(window))})"

    def threshold(self, tier: Burn) -> str:
        """The share of bad events that the tier begins above."""
        return number(tier.factor * self.allowed)


def compile_budgets(spec: Spec) -> tuple[BudgetPlan, ...]:
    """One for each SLI that has a budget, in the order of the spec."""
    return tuple(
        BudgetPlan(
            sli=name,
            kind=sli,
            budget=sli.budget,
            record=record_name(name, sli.unit),
            service=names_of(name, sli, sli.budget)[0],
            slo=names_of(name, sli, sli.budget)[1],
            tiers=tiers_of(spec, sli, sli.budget),
            origin=f"slis.{name}.budget",
        )
        for name, sli in spec.slis.items()
        if sli.budget is not None
    )


def ratio_name(window: int) -> str:
    """The series of the share of bad events over a window in seconds."""
    return f"{RATIO}{format_duration(window)}"


def errors_name(window: int) -> str:
    """The series of the number of bad events in a window in seconds."""
    return f"slo:errors:increase{format_duration(window)}"


def left_query(plan: BudgetPlan) -> str:
    """What is left of the budget, as the text of an alert asks for it."""
    return plan.series(LEFT)


def lasts_query(plan: BudgetPlan, window: int) -> str:
    """How long (s) what is left lasts at the pace of a window in seconds."""
    spends = number(plan.period * plan.allowed)
    return f"clamp_min({plan.series(LEFT)}, 0) * {spends} / {plan.ratio(window)}"


def read_from_counts(plan: BudgetPlan, window: int) -> bool:
    """Whether errors over a window in seconds are added up from counts of five minutes."""
    return _seldom(plan, window) or (bool(plan.budget.exclude) and window > COUNTED)


def inputs(spec: Spec, plan: BudgetPlan, window: int) -> tuple[Input, ...]:
    """What an alert over a long ``window`` (s) reads that is there while events are counted, errors or none.

    Shares of errors are none: where nothing happens they have no value.
    """
    all_of_it = ALL_TOTAL if plan.budget.exclude else TOTAL
    seldom = _seldom(plan, window)
    return (
        Input(plan.series(all_of_it), quick_interval(spec, plan), window),
        Input(plan.series(errors_name(window)), (slow_interval if seldom else quick_interval)(spec, plan)),
    )


def number(value: Decimal) -> str:
    """In PromQL, to the last digit."""
    return format(value.normalize(), "f")


def quick_interval(spec: Spec, plan: BudgetPlan) -> int:
    """Seconds between two evaluations of short windows: ten times in the shortest, once a minute at least.

    Counts are five minutes apart only where that is a multiple of it.
    """
    most = min(60, max(spec.prometheus.evaluation_interval, min(plan.windows) // 10))
    return next(seconds for seconds in range(most, 0, -1) if COUNTED % seconds == 0)


def slow_interval(spec: Spec, plan: BudgetPlan) -> int:
    """Seconds between two evaluations of long windows."""
    own = spec.prometheus.evaluation_interval
    return max(quick_interval(spec, plan), min(_SLOWLY, plan.period // _IN_A_PERIOD // own * own))


def quick_rules(spec: Spec, plan: BudgetPlan) -> Iterator[RecordingRule]:
    """Counts, the share of errors over short windows, and what the budget is."""
    make = _Maker(plan)
    counted = events(spec, plan, COUNTED, tiled=True)
    if plan.budget.exclude:
        yield make.rule(ALL_ERRORS, counted.errors)
        yield make.rule(ALL_TOTAL, f"{counted.total} and on ({', '.join(plan.by)}) {plan.series(ALL_ERRORS)}")
        everything = Events(plan.series(ALL_ERRORS), plan.series(ALL_TOTAL))
        counted = _outside(plan, everything, COUNTED + _overlap(spec, plan))
    yield make.rule(ERRORS, counted.errors)
    # What is counted while errors are not known would make them fewer.
    yield make.rule(TOTAL, f"{counted.total} and on ({', '.join(plan.by)}) {plan.series(ERRORS)}")
    for window in plan.windows:
        if window <= QUICKLY_READ:
            yield from _measured(make, plan, window, _over(spec, plan, window))
    yield make.rule(OBJECTIVE, f"vector({number(1 - plan.allowed)})")
    yield make.rule(ALLOWED, f"vector({number(plan.allowed)})")
    yield make.rule(PERIOD, f"vector({number(Decimal(plan.period) / 86400)})")
    yield make.rule(BURN_NOW, f"{plan.ratio(COUNTED)} / {number(plan.allowed)}")
    told = {"sloth_mode": "genesis-mon", "sloth_spec": "genesis-mon/v1"}
    told["sloth_objective"] = number((1 - plan.allowed) * 100)
    if OWNER not in plan.budget.labels:
        told[OWNER] = plan.budget.owner or team_of(spec, plan.kind.component, plan.sli)
    yield make.rule(INFO, "vector(1)", told)


def slow_rules(plan: BudgetPlan) -> Iterator[RecordingRule]:
    """The share of errors over long windows, and what is left of the period's budget."""
    make = _Maker(plan)
    for window in (*plan.windows, plan.period):
        if _seldom(plan, window):
            yield from _measured(make, plan, window, _from_counts(plan, window))
    yield make.rule(BURN_PERIOD, f"{plan.ratio(plan.period)} / {number(plan.allowed)}")
    yield make.rule(LEFT, f"1 - {plan.series(BURN_PERIOD)}")


def events(spec: Spec, plan: BudgetPlan, seconds: int, *, tiled: bool = False) -> Events:
    """Bad and all events over the last ``seconds``; of an SLI that counts none, bad and all minutes.

    ``tiled``: each is in one of such times, one after the other, and only in one.
    """
    counted = plan.kind.events(spec, seconds, tiled=tiled)
    if counted is not None:
        return counted
    good = plan.kind.good
    if good is None:
        raise AssertionError("the checks let a budget without events and without an objective pass")
    over = f"[{format_duration(seconds)}:1m]"
    total = f"count_over_time({plan.record}{over})"
    return Events(f"(count_over_time(({good.negated.expr(plan.record)}){over}) or 0 * {total})", total)


@dataclass(frozen=True, slots=True)
class _Maker:
    plan: BudgetPlan

    def rule(self, record: str, expr: str, more: dict[str, str] | None = None) -> RecordingRule:
        labels = (*self.plan.labels, *(more or {}).items())
        return RecordingRule(record, expr, self.plan.origin, labels)


def _measured(make: _Maker, plan: BudgetPlan, window: int, over: Events) -> Iterator[RecordingRule]:
    """The share of errors; of long windows the number too, which a tier asks for."""
    errors = over.errors
    if window in plan.long_windows and window != COUNTED:
        yield make.rule(errors_name(window), errors)
        errors = plan.series(errors_name(window))
    # What is recorded has the labels of the budget, and what is read from counters has not.
    expr = f"{errors} / on ({', '.join(plan.by)}) ({over.total} > 0)"
    yield make.rule(ratio_name(window), expr, {WINDOW: format_duration(window)})


def _over(spec: Spec, plan: BudgetPlan, window: int) -> Events:
    if window == COUNTED:
        return Events(plan.series(ERRORS), plan.series(TOTAL))
    if read_from_counts(plan, window):
        return _from_counts(plan, window)
    counted = events(spec, plan, window)
    return _outside(plan, counted, window) if plan.budget.exclude else counted


def _overlap(spec: Spec, plan: BudgetPlan) -> int:
    """Seconds that a count of five minutes looks back beyond them."""
    if plan.sliced:
        return 0
    return max(sampled_each(spec, one.metric) for one in plan.kind.metrics_named)


def _outside(plan: BudgetPlan, counted: Events, window: int) -> Events:
    """Without what was counted in maintenance."""
    outside = f"unless on () ({in_maintenance(plan.budget.exclude, window)})"
    return Events(f"({counted.errors} {outside})", f"({counted.total} {outside})")


def _seldom(plan: BudgetPlan, window: int) -> bool:
    return window > QUICKLY_READ or window == plan.period


def _from_counts(plan: BudgetPlan, window: int) -> Events:
    over = f"[{format_duration(window)}:{format_duration(COUNTED)}]"
    return Events(f"sum_over_time({plan.series(ERRORS)}{over})", f"sum_over_time({plan.series(TOTAL)}{over})")
