"""What rules would have recorded, as it can be asked for over metrics alone: a plan in, expressions out."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.plan.budgets import BudgetPlan, quick_rules, slow_rules
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.inlined import inlined_expr


@dataclass(frozen=True, slots=True)
class Recorded:
    """A series that a rule records. ``labels`` are those that it adds to what ``expr`` gives."""

    record: str
    labels: tuple[tuple[str, str], ...]
    expr: str


def recordings(plan: Plan, step: int) -> Iterator[Recorded]:
    """Every SLI, then all of each error budget; evaluated every ``step`` seconds."""
    for name, sli in plan.slis.items():
        yield Recorded(sli.record, (), inlined_expr(plan.slis, name, step))
    for budget in plan.budgets:
        yield from _of_budget(plan, budget, step)


def _of_budget(plan: Plan, budget: BudgetPlan, step: int) -> Iterator[Recorded]:
    """Each rule with the ones before it put in for their series."""
    before = {budget.record: inlined_expr(plan.slis, budget.sli, step)} if budget.sliced else {}
    for rule in (*quick_rules(plan.spec, budget), *slow_rules(budget)):
        expr = rule.expr
        for series, measured in before.items():
            expr = expr.replace(series, f"({measured})")
        before[budget.series(rule.record)] = expr
        yield Recorded(rule.record, rule.labels, expr)
