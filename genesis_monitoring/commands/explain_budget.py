"""What ``explain`` says of an error budget: each value of it, and the line of the spec that says so."""

from collections.abc import Iterator
from functools import partial

from genesis_monitoring.commands.project import Project
from genesis_monitoring.plan.budgets import LEFT, BudgetPlan
from genesis_monitoring.plan.slos import Slo, TierRow
from genesis_monitoring.words import count

Facts = list[tuple[str, tuple[str, ...]]]


def budget_facts(project: Project, sli: str) -> Facts:
    """The budget of an SLI, in lines by their labels; nothing for an SLI without one."""
    budget = next((one for one in project.plan.budgets if one.sli == sli), None)
    if budget is None:
        return []
    slo = next(one for one in project.plan.slos if one.id == budget.id)
    return [
        ("budget", tuple(_budget(project, budget, slo))),
        ("tiers", tuple(_tiers(project, budget, slo))),
        ("budget now", (f"{LEFT} of {slo.id}: {slo.command}", slo.panel_url)),
    ]


def slo_facts(rows: tuple[tuple[Slo, TierRow], ...], more: int) -> tuple[str, ...]:
    """The SLOs that an alert on budgets is about."""
    lines = [
        f"{slo.id}: {tier.limit} over {tier.windows}, {tier.severity} to {tier.told}; in a full outage "
        f"within {tier.outage}"
        for slo, tier in rows
    ]
    return (*lines, *((f"and {more} more",) if more else ()))


def _budget(project: Project, budget: BudgetPlan, slo: Slo) -> Iterator[str]:
    said = partial(_said, project, budget)
    yield f"{slo.id}: {slo.promise}"
    yield f"objective {slo.objective} {said('objective')}"
    allows = f"{slo.bad_time} of a full outage" + (f", or {slo.bad_events}" if slo.bad_events else "")
    yield f"period {slo.period} {said('period')}: it allows {allows}"
    yield f"quiet with fewer than {slo.minimum} in a long window {said('minimum_errors')}"
    yield f"owner {slo.owner} {said('owner') if budget.budget.owner else '(its team)'}"
    if budget.by:
        limit = count(budget.budget.groups_at_most, "label set")
        yield f"a budget for each {slo.by}, {limit} at most {said('groups_at_most')}"
    if slo.shadow:
        yield f"in shadow: its alerts are told to nobody {said('shadow')}"
    if slo.planned:
        yield f"no data yet: nobody exposes {', '.join(slo.planned)}"
    for place, told in enumerate(slo.maintenance):
        yield f"not counted: {told} ({project.source.locate_dotted(f'{budget.origin}.exclude.{place}')})"


def _tiers(project: Project, budget: BudgetPlan, slo: Slo) -> Iterator[str]:
    origins = {tier.name: tier.origin for tier in budget.tiers}
    workbook = budget.budget.tiers is None
    for row in slo.tiers:
        origin = origins.get(row.name, ("exhausted",))
        place = str(project.source.locate_dotted(".".join((budget.origin, *origin))))
        by = "the SRE workbook, scaled to the period; severity " if workbook and row.name in origins else ""
        limit = f"burns {row.limit} over" if row.name in origins else f"{row.limit} of"
        yield f"{row.name} ({row.severity}): {limit} {row.windows} ({by}{place})"
        yield f"  in a full outage within {row.outage}; to {row.told}"


def _said(project: Project, budget: BudgetPlan, key: str) -> str:
    """``(slo.yaml:12:3)`` of a key that the spec says, or that it is the default; in brackets."""
    if key not in budget.budget.model_fields_set:
        return "(by default)"
    return f"({project.source.locate_dotted(f'{budget.origin}.{key}')})"
