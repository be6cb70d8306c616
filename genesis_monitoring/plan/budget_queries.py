"""What a panel of a spec shows of an error budget: its series, its levels, and where one reads more."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import budgets_uid
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.panels.panel import NO_LEVEL, Link, ThresholdStep
from genesis_monitoring.panels.scale import Levels
from genesis_monitoring.plan.budgets import (
    BURN_NOW,
    BURN_PERIOD,
    ERRORS,
    LEFT,
    TOTAL,
    BudgetPlan,
    number,
    quick_interval,
    slow_interval,
)
from genesis_monitoring.plan.links import BUDGETS_TITLE, dashboard_url, runbook_url
from genesis_monitoring.slis.burn import EXHAUSTED
from genesis_monitoring.spec.dashboards import BudgetShow, Query
from genesis_monitoring.spec.model import Spec

LEFT_STEPS = (ThresholdStep(None, "red"), ThresholdStep(sys.float_info.min, "green"))
"""Nothing left is red; what is left is enough."""
_SPENT_STEPS = (ThresholdStep(None, "green"), ThresholdStep(1.0, "red"))


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be asked of a budget. ``seldom``: its rule looks back for long and is evaluated less often."""

    record: str
    says: str
    steps: tuple[ThresholdStep, ...] = NO_LEVEL
    levels: Levels | None = None
    seldom: bool = False


SHOWN: Mapping[BudgetShow, Shown] = {
    "remaining": Shown(
        LEFT, "what is left of the error budget", LEFT_STEPS, Levels(0.0, 0.0, upward=False), seldom=True
    ),
    "burn_rate": Shown(BURN_NOW, "how many times as fast as it may it burned in the last five minutes"),
    "period_burn_rate": Shown(
        BURN_PERIOD,
        "how much of the error budget is used up, in budgets",
        _SPENT_STEPS,
        Levels(1.0, 1.0, upward=True),
        seldom=True,
    ),
    "errors": Shown(ERRORS, "bad events in five minutes"),
    "events": Shown(TOTAL, "all events in five minutes"),
}


@dataclass(frozen=True, slots=True)
class Budgets:
    """The error budgets of a spec by their SLI, as panels ask for them."""

    spec: Spec
    plans: Mapping[str, BudgetPlan]

    def of(self, query: Query) -> tuple[BudgetPlan, Shown]:
        """What ``query`` asks for, which is a budget."""
        if query.budget is None:
            raise AssertionError("this query asks for a budget")
        return self.plans[query.budget], SHOWN[query.shown]

    def interval(self, query: Query) -> int:
        """Seconds between two samples of a budget's series."""
        plan, shown = self.of(query)
        return (slow_interval if shown.seldom else quick_interval)(self.spec, plan)

    def says(self, query: Query) -> str:
        """What a budget's query shows, for the description of its panel."""
        plan, shown = self.of(query)
        objective = number((1 - plan.allowed) * 100)
        return (
            f"{plan.kind.title}: {shown.says} of `{plan.sli}`, {objective} % over "
            f"{spell_duration(plan.period)}."
        )

    def links(self, query: Query) -> Iterator[Link]:
        """The dashboard of budgets with this one chosen, and the runbooks of its alerts."""
        plan, _ = self.of(query)
        yield Link(
            f"{BUDGETS_TITLE}: {plan.kind.title}",
            dashboard_url(self.spec, budgets_uid(self.spec.metadata.name), chosen=plan.id),
        )
        alerts = [tier.alert for tier in plan.tiers]
        alerts += [EXHAUSTED] if plan.budget.exhausted is not None else []
        for alert in dict.fromkeys(alerts):
            yield Link(f"Runbook {alert}", runbook_url(self.spec, alert))


def panel_budgets(spec: Spec, budgets: tuple[BudgetPlan, ...]) -> Budgets:
    """Those of ``spec``."""
    return Budgets(spec, {plan.sli: plan for plan in budgets})
