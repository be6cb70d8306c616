"""Dashboards compiled: laid out on the grid, with each panel's queries, unit and threshold steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import DASHBOARDS_FOLDER
from genesis_monitoring.durations import format_duration
from genesis_monitoring.panels.panel import (
    GridPos,
    Link,
    PanelPlan,
)
from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.dashboard_panels import compile_panel, grafana_duration
from genesis_monitoring.plan.events import EventsPlan, compile_events
from genesis_monitoring.plan.links import top_links
from genesis_monitoring.plan.panel_sources import sources_of
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.variables import VariablePlan, choosing, compile_variables
from genesis_monitoring.spec.dashboards import Dashboard, Profile, Row
from genesis_monitoring.spec.model import Spec

GRID_COLUMNS = 24
ROW_HEIGHT = 1


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A heading over ``panels``. Those of a ``collapsed`` row take no place, until somebody opens it.

    The row is there for each value that is chosen of the label ``repeat``.
    """

    id: int
    title: str
    grid: GridPos
    panels: tuple[PanelPlan, ...]
    origin: str
    collapsed: bool = False
    repeat: str = ""


@dataclass(frozen=True, slots=True)
class DashboardPlan:
    """A dashboard, in the order of the page."""

    uid: str
    path: str
    title: str
    description: str
    tags: tuple[str, ...]
    refresh: str
    time_from: str
    time_to: str
    rows: tuple[RowPlan, ...]
    events: tuple[EventsPlan, ...]
    origin: str
    links: tuple[Link, ...] = ()
    variables: tuple[VariablePlan, ...] = ()

    @property
    def panels(self) -> tuple[PanelPlan, ...]:
        """The panels of all rows."""
        return tuple(panel for row in self.rows for panel in row.panels)


def compile_dashboards(
    spec: Spec, profile: Profile, slis: Mapping[str, SliPlan], budgets: Budgets
) -> tuple[DashboardPlan, ...]:
    """Every dashboard, as it behaves in ``profile``."""
    alerts: dict[str, list[str]] = {}
    for alert_name, alert in spec.alerts.items():
        alerts.setdefault(alert.sli, []).append(alert_name)
    return tuple(
        DashboardPlan(
            uid=uid,
            path=f"{DASHBOARDS_FOLDER}/{uid}.json",
            title=dashboard.title,
            description=dashboard.description,
            tags=dashboard.tags,
            refresh=format_duration(profile.refresh),
            time_from=f"now-{grafana_duration(profile.time_range)}",
            time_to="now",
            rows=tuple(_rows(spec, uid, dashboard, slis, budgets, alerts)),
            events=tuple(compile_events(spec, uid, dashboard)),
            origin=f"dashboards.{uid}",
            links=tuple(top_links(spec, uid)),
            variables=tuple(compile_variables(uid, dashboard, slis)),
        )
        for uid, dashboard in spec.dashboards.items()
    )


def _rows(
    spec: Spec,
    uid: str,
    dashboard: Dashboard,
    slis: Mapping[str, SliPlan],
    budgets: Budgets,
    alerts: Mapping[str, list[str]],
) -> Iterator[RowPlan]:
    y = 0
    variables = tuple(compile_variables(uid, dashboard, slis))
    for index, row in enumerate(dashboard.rows):
        origin = f"dashboards.{uid}.rows.{index}"
        heading = GridPos(0, y, GRID_COLUMNS, ROW_HEIGHT)
        panels: list[PanelPlan] = []
        y += ROW_HEIGHT
        x = line = 0
        for position, panel in enumerate(row.panels):
            if x + panel.width > GRID_COLUMNS:
                x, y, line = 0, y + line, 0
            grid = GridPos(x, y, panel.width, panel.height)
            drawn = compile_panel(spec, panel, grid, slis, budgets, alerts, f"{origin}.panels.{position}")
            panels.append(choosing(drawn, variables))
            x, line = x + panel.width, max(line, panel.height)
        collapsed = _collapsed(spec, row, slis, budgets)
        y = heading.y + ROW_HEIGHT if collapsed else y + line
        yield RowPlan(row.id, row.title, heading, tuple(panels), origin, collapsed)


def _collapsed(spec: Spec, row: Row, slis: Mapping[str, SliPlan], budgets: Budgets) -> bool:
    if row.collapsed != "planned":
        return row.collapsed
    sources = [one for panel in row.panels for one in sources_of(spec, panel, slis, budgets)]
    return bool(sources) and all(one.planned for one in sources)
