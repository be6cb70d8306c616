"""What people read of an SLO: budgets in; what each promises, allows and does when it burns out."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.budgets import (
    LEFT,
    BudgetPlan,
    number,
    quick_interval,
    read_from_counts,
    slow_interval,
)
from genesis_monitoring.plan.links import PanelIndex, graph_url
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.told import of_team
from genesis_monitoring.slis.budget import Maintenance
from genesis_monitoring.slis.burn import COUNTED, EXHAUSTED
from genesis_monitoring.spec.jobs import sample_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import team_of

_NOBODY = "nobody: in shadow"
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class TierRow:
    """One alert of an SLO. ``limit`` is how many times too fast; a full ``outage`` fires within so long."""

    name: str
    alert: str
    limit: str
    windows: str
    severity: str
    told: str
    outage: str


@dataclass(frozen=True, slots=True)
class Slo:
    """An SLO with its error budget, in words.

    ``bad_time`` may be bad if nothing works meanwhile, or ``bad_events``. ``left`` is a query. It is
    ``counted`` from these metrics; ``planned`` are those that nobody exposes yet.
    """

    id: str
    sli: str
    title: str
    component: str
    promise: str
    objective: str
    period: str
    bad_time: str
    bad_events: str
    owner: str
    by: str
    minimum: str
    shadow: bool
    counted: tuple[str, ...]
    planned: tuple[str, ...]
    tiers: tuple[TierRow, ...]
    maintenance: tuple[str, ...]
    left: str
    left_url: str
    panel_url: str
    command: str


def compile_slos(
    spec: Spec, slis: Mapping[str, SliPlan], budgets: tuple[BudgetPlan, ...], panels: PanelIndex
) -> tuple[Slo, ...]:
    """Every one, in the order of the spec."""
    return tuple(_slo(spec, slis[budget.sli], budget, panels) for budget in budgets)


def _slo(spec: Spec, sli: SliPlan, budget: BudgetPlan, panels: PanelIndex) -> Slo:
    left = budget.series(LEFT)
    link = panels.budget(budget.id)
    objective = number((1 - budget.allowed) * 100)
    return Slo(
        id=budget.id,
        sli=budget.sli,
        title=budget.kind.title,
        component=budget.kind.component,
        promise=_promise(budget, objective),
        objective=f"{objective} %",
        period=spell_duration(budget.period),
        bad_time=_minutes(budget),
        bad_events="" if budget.sliced else _events(budget.allowed),
        owner=budget.budget.owner or team_of(spec, budget.kind.component, budget.sli),
        by=", ".join(budget.by),
        minimum=f"{budget.minimum_errors} {'bad minutes' if budget.sliced else 'errors'}",
        shadow=budget.budget.shadow,
        counted=tuple(dict.fromkeys(one.metric for one in sli.metrics)),
        planned=sli.planned,
        tiers=tuple(_tiers(spec, sli, budget)),
        maintenance=tuple(_maintenance(one) for one in budget.budget.exclude),
        left=left,
        left_url=graph_url(spec, left),
        panel_url=link.panel_url or link.dashboard_url,
        command=f"genesis-mon budget status {budget.sli}",
    )


def _promise(budget: BudgetPlan, objective: str) -> str:
    period = spell_duration(budget.period)
    each = f", for each {' and '.join(budget.by)} on its own" if budget.by else ""
    if budget.sliced:
        good = budget.kind.good
        return f"In {objective} % of the minutes of any {period}, {budget.kind.title} is {good}{each}"
    return f"{objective} % of all events of any {period} are good{each}"


def _events(allowed: Decimal) -> str:
    """``1 of 1000 events``: of the least power of ten that makes it whole."""
    bad, of = allowed.normalize(), 1
    while bad != bad.to_integral_value():
        bad, of = bad * 10, of * 10
    return f"{number(bad)} of {of} events"


def _minutes(budget: BudgetPlan) -> str:
    seconds = budget.allowed * budget.period
    return spell_duration(round(seconds)) if seconds >= 1 else f"{number(seconds)} seconds"


def _tiers(spec: Spec, sli: SliPlan, budget: BudgetPlan) -> list[TierRow]:
    rows = [
        TierRow(
            name=tier.name,
            alert=tier.alert,
            limit=f"{number(tier.factor)} times",
            windows=f"{spell_duration(tier.long)} and {spell_duration(tier.short)}",
            severity=tier.severity,
            told=_told(spec, budget, tier.severity),
            outage=_outage(spec, sli, budget, tier.long, tier.factor),
        )
        for tier in budget.tiers
    ]
    severity = budget.budget.exhausted
    if severity is not None:
        windows, told = spell_duration(budget.period), _told(spec, budget, severity)
        within = _outage(spec, sli, budget, budget.period, Decimal(1))
        rows.append(TierRow("exhausted", EXHAUSTED, "nothing left", windows, severity, told, within))
    return rows


def _outage(spec: Spec, sli: SliPlan, budget: BudgetPlan, window: int, factor: Decimal) -> str:
    """Within how long of everything failing, at a steady rate of events, an alert over ``window`` fires.

    Until the burn rate is beyond ``factor`` and there are errors enough, and until that is seen: two scrapes,
    the step in which long windows are counted, an evaluation. How long events take to come is not known.
    """
    seconds = factor * budget.allowed * window
    if budget.sliced:
        seconds = max(seconds, Decimal(budget.minimum_errors * _MINUTE)) + _MINUTE
    seen = 2 * max(sample_interval(spec, one.metric) for one in sli.metrics)
    counted = read_from_counts(budget, window)
    seen += COUNTED + slow_interval(spec, budget) if counted else 0
    within = spell_duration(math.ceil(seconds) + seen + quick_interval(spec, budget))
    least = budget.minimum_errors
    return within if budget.sliced or least < 2 else f"{within}, if {least} events have failed by then"


def _told(spec: Spec, budget: BudgetPlan, severity: str) -> str:
    if budget.budget.shadow:
        return _NOBODY
    team = team_of(spec, budget.kind.component, budget.sli)
    heard = of_team(spec, team, severity, budget.by)
    return ", ".join(dict.fromkeys(one for hearing in heard for one in hearing.spelled))


def _maintenance(one: Maintenance) -> str:
    lasts = spell_duration(one.lasts)
    if one.start is not None:
        return f"{one.start:%Y-%m-%d %H:%M} UTC, {lasts}: {one.reason}"
    return f"Every {one.every} at {one.at} UTC, {lasts}: {one.reason}"
