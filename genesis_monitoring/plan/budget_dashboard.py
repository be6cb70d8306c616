"""The dashboard of error budgets: those of a spec in, a table of all and a row that repeats for each out.

Its ids are fixed and it is as large for a thousand SLOs as for one: what a row shows is chosen on the page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from genesis_monitoring.conventions import DASHBOARDS_FOLDER, SLO_ID, budgets_uid
from genesis_monitoring.durations import format_duration
from genesis_monitoring.panels.budgettable import BudgetTable
from genesis_monitoring.panels.panel import NO_LEVEL, GridPos, NoData, PanelPlan, PanelQuery
from genesis_monitoring.plan.budget_panels import burn_panel, events_panel, left_panel, panel
from genesis_monitoring.plan.budget_queries import LEFT_STEPS
from genesis_monitoring.plan.budgets import (
    BURN_NOW,
    INFO,
    LEFT,
    OBJECTIVE,
    OWNER,
    SERVICE,
    SLO,
    BudgetPlan,
)
from genesis_monitoring.plan.dashboard_panels import grafana_duration, planned_until
from genesis_monitoring.plan.dashboards import GRID_COLUMNS, ROW_HEIGHT, DashboardPlan, RowPlan
from genesis_monitoring.plan.events import compile_events
from genesis_monitoring.plan.links import dashboard_url, top_links
from genesis_monitoring.plan.planned import planned_of
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.variables import VariablePlan
from genesis_monitoring.spec.dashboards import Profile
from genesis_monitoring.spec.model import Spec

_ALL_ROW, _TABLE, _ROW = 900001, 900002, 900010
_SHOWN_AT_THE_START = 10
"""So many budgets have a row each when the page is opened; of more, the first has."""
_NO_DATA = NoData("no data", "No data: nothing was counted, or nobody evaluates the rules.")
_HEIGHT, _LEAST_TABLE, _MOST_TABLE = 11, 4, 12


def compile_budget_dashboard(
    spec: Spec, profile: Profile, slis: Mapping[str, SliPlan], budgets: tuple[BudgetPlan, ...]
) -> Iterator[DashboardPlan]:
    """None without a budget."""
    if not budgets:
        return
    uid, origin = budgets_uid(spec.metadata.name), budgets[0].origin
    first = "" if len(budgets) <= _SHOWN_AT_THE_START else budgets[0].id
    yield DashboardPlan(
        uid=uid,
        path=f"{DASHBOARDS_FOLDER}/{uid}.json",
        title=f"{spec.metadata.title}: error budgets",
        description="What is left of each error budget, and how fast it burns.",
        tags=("error-budget", "slo"),
        refresh=format_duration(profile.refresh),
        time_from=f"now-{grafana_duration(profile.time_range)}",
        time_to="now",
        rows=tuple(_rows(spec, uid, slis, budgets, origin)),
        events=tuple(compile_events(spec, uid, None)),
        origin=origin,
        links=tuple(top_links(spec, uid)),
        variables=(VariablePlan(SLO_ID, (OBJECTIVE,), origin, first),),
    )


def _rows(
    spec: Spec, uid: str, slis: Mapping[str, SliPlan], budgets: tuple[BudgetPlan, ...], origin: str
) -> Iterator[RowPlan]:
    by = tuple(dict.fromkeys(label for budget in budgets for label in budget.by))
    blind = all(slis[budget.sli].planned for budget in budgets)
    metrics = planned_of(slis, [budget.sli for budget in budgets])
    no_data = planned_until(spec, metrics) if blind else _NO_DATA
    lines = max(_LEAST_TABLE, min(len(budgets) + 3, _MOST_TABLE)) if not by else _MOST_TABLE
    table = _table(by, GridPos(0, ROW_HEIGHT, GRID_COLUMNS, lines), no_data, origin)
    table = replace(table, runbooks=f"{dashboard_url(spec, uid)}?var-{SLO_ID}=")
    yield RowPlan(_ALL_ROW, "All SLOs", GridPos(0, 0, GRID_COLUMNS, ROW_HEIGHT), (table,), origin)
    y = ROW_HEIGHT + lines
    left, burn, events = (
        GridPos(x, y + ROW_HEIGHT, width, _HEIGHT) for x, width in ((0, 6), (6, 12), (18, 6))
    )
    below = (
        left_panel(budgets, by, left, no_data),
        burn_panel(budgets, by, burn, no_data),
        events_panel(budgets, by, events, no_data),
    )
    heading = GridPos(0, y, GRID_COLUMNS, ROW_HEIGHT)
    yield RowPlan(_ROW, "SLO", heading, below, origin, repeat=SLO_ID)


def _table(by: tuple[str, ...], grid: GridPos, no_data: NoData, origin: str) -> PanelPlan:
    own, told = (SLO_ID, SERVICE, SLO), ("sloth_objective", OWNER)
    info = f"max by ({', '.join((*own, *told))}) ({INFO})"
    labelled = f"* on ({SLO_ID}) group_left ({', '.join(told)}) {info}"
    # What has no data has a line all the same, with no number in it.
    queries = tuple(
        PanelQuery(
            ref,
            f"max by ({', '.join((*own, *by))}) ({record}) {labelled} or on ({SLO_ID}) NaN * {info}",
            "",
            True,
            steps,
            True,
            no_data.short,
        )
        for ref, record, steps in (("A", LEFT, LEFT_STEPS), ("B", BURN_NOW, NO_LEVEL))
    )
    about = (
        "Every SLO: the share that is to be good, what is left of the period's budget, how many times as "
        "fast as it may it burned in the last five minutes, and who owns it."
    )
    title = "Objectives and what is left"
    return panel(BudgetTable(), _TABLE, title, about, grid, "none", queries, no_data, origin)
