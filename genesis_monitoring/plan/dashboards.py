"""Dashboards compiled: laid out on the grid, with each panel's queries, unit and threshold steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import DASHBOARDS_FOLDER
from genesis_monitoring.durations import format_duration
from genesis_monitoring.panels.panel import GridPos, Link, PanelPlan, PanelQuery, ThresholdStep
from genesis_monitoring.plan.links import runbook_url
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.dashboards import Dashboard, Panel, Profile, Query
from genesis_monitoring.spec.jobs import scrape_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.times import spell_time
from genesis_monitoring.units import UNITS

GRID_COLUMNS = 24
ROW_HEIGHT = 1
GOOD, WARN, BAD, WORST = "green", "yellow", "red", "dark-red"


@dataclass(frozen=True, slots=True)
class RowPlan:
    """A heading over ``panels``."""

    id: int
    title: str
    grid: GridPos
    panels: tuple[PanelPlan, ...]
    origin: str


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
    alert_query: str
    origin: str

    @property
    def panels(self) -> tuple[PanelPlan, ...]:
        """The panels of all rows."""
        return tuple(panel for row in self.rows for panel in row.panels)


def compile_dashboards(
    spec: Spec, profile: Profile, slis: Mapping[str, SliPlan]
) -> tuple[DashboardPlan, ...]:
    """Every dashboard, as it behaves in ``profile``."""
    watchdog = promql.quote(spec.meta_alerts.watchdog.name)
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
            time_from=f"now-{_grafana_duration(profile.time_range)}",
            time_to="now",
            rows=tuple(_rows(spec, uid, dashboard, slis, alerts)),
            alert_query=f'ALERTS{{alertstate="firing", alertname!={watchdog}}}',
            origin=f"dashboards.{uid}",
        )
        for uid, dashboard in spec.dashboards.items()
    )


def _rows(
    spec: Spec,
    uid: str,
    dashboard: Dashboard,
    slis: Mapping[str, SliPlan],
    alerts: Mapping[str, list[str]],
) -> Iterator[RowPlan]:
    y = 0
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
            panels.append(_panel(spec, panel, grid, slis, alerts, f"{origin}.panels.{position}"))
            x, line = x + panel.width, max(line, panel.height)
        y += line
        yield RowPlan(row.id, row.title, heading, tuple(panels), origin)


def _panel(
    spec: Spec,
    panel: Panel,
    grid: GridPos,
    slis: Mapping[str, SliPlan],
    alerts: Mapping[str, list[str]],
    origin: str,
) -> PanelPlan:
    names = tuple(query.sli for query in panel.queries if query.sli is not None)
    judged = next((slis[name].sli for name in names if slis[name].sli.objective), None)
    first = slis[names[0]].sli if names else None
    unit = panel.unit or (first.unit if first else "count")
    type_ = panel.drawn_as
    minimum, maximum = type_.limits(UNITS[unit])
    return PanelPlan(
        id=panel.id,
        type=type_,
        title=panel.title,
        description=_description(spec, panel, slis),
        grid=grid,
        unit=UNITS[unit].grafana,
        minimum=minimum,
        maximum=maximum,
        steps=threshold_steps(judged) if judged else (ThresholdStep(None, GOOD),),
        queries=tuple(
            PanelQuery(_ref(index), _expr(spec, query, slis), query.legend, type_.instant)
            for index, query in enumerate(panel.queries)
        ),
        links=tuple(
            Link(f"Runbook {alert}", runbook_url(spec, alert))
            for alert in dict.fromkeys(alert for name in names for alert in alerts.get(name, ()))
        ),
        stacked=panel.stacked,
        text=_header(spec, panel, slis) if "objectives" in type_.takes else "",
        time_from=_grafana_duration(panel.time_from) if panel.time_from else None,
        origin=origin,
        interval=_interval(spec, panel),
    )


def _interval(spec: Spec, panel: Panel) -> str | None:
    """The least step of a panel whose samples come more slowly than the data source says; None if none do.

    Grafana makes ``$__rate_interval`` four of these: over less than two samples a rate has no value.
    """
    apart = [
        spec.prometheus.evaluation_interval
        if query.metric is None
        else scrape_interval(spec, spec.metrics[query.metric.metric].job)
        for query in panel.queries
    ]
    slowest = max(apart, default=0)
    return _grafana_duration(slowest) if slowest > spec.prometheus.scrape_interval else None


def threshold_steps(sli: Sli) -> tuple[ThresholdStep, ...]:
    """Colours by value: good, off target, beyond the alert, beyond NO-GO; ascending, the base first."""
    target = sli.beyond("target")
    if target is None:
        return (ThresholdStep(None, GOOD),)
    worst_at = {target.threshold: WARN}
    for level, color in (("alert", BAD), ("no_go", WORST)):
        condition = sli.beyond(level)
        if condition is not None:
            worst_at[condition.threshold] = color
    if target.upward:
        ordered = sorted(worst_at.items())
        return (ThresholdStep(None, GOOD), *(ThresholdStep(value, color) for value, color in ordered))
    ordered = sorted(worst_at.items(), reverse=True)
    below = [GOOD, *(color for _, color in ordered)]
    steps = [ThresholdStep(value, color) for (value, _), color in zip(ordered, below[:-1], strict=True)]
    return (ThresholdStep(None, below[-1]), *reversed(steps))


def _expr(spec: Spec, query: Query, slis: Mapping[str, SliPlan]) -> str:
    if query.sli is not None:
        return slis[query.sli].record
    if query.metric is None:
        raise AssertionError("a query has an SLI or a metric")
    metric = spec.metrics[query.metric.metric]
    series = promql.select(query.metric)
    if metric.type == "counter":
        series = f"rate({series}[$__rate_interval])"
    return series if query.each else f"sum({series})"


def _description(spec: Spec, panel: Panel, slis: Mapping[str, SliPlan]) -> str:
    lines = [panel.description]
    for query in panel.queries:
        if query.sli is not None:
            plan = slis[query.sli]
            good = plan.sli.good
            aim = f" Good is {good}." if good else ""
            sources = ", ".join(dict.fromkeys(f"`{selector.metric}`" for selector in plan.metrics))
            lines.append(f"- {plan.sli.title}: `{query.sli}`, from {sources}.{aim}")
            planned = [m.metric for m in plan.metrics if spec.metrics[m.metric].status == "planned"]
        elif query.metric is not None:
            name = query.metric.metric
            lines.append(f"- {query.legend}: `{name}`.")
            planned = [name] if spec.metrics[name].status == "planned" else []
        if planned:
            lines[-1] += " Planned: no data until it is instrumented."
    return "\n".join(lines)


def _header(spec: Spec, panel: Panel, slis: Mapping[str, SliPlan]) -> str:
    aims = [
        f"- **{slis[name].sli.title}**: {slis[name].sli.good}{_gate(slis[name].sli)}"
        for name in panel.objectives
    ]
    rollout = spec.rollout
    window = ""
    if rollout is not None:
        start = rollout.start.timestamp()
        window = (
            f"**{spec.metadata.title}**: {spell_time(start)} to {spell_time(start + rollout.duration)}, "
            f"{rollout.checkpoints.count} checkpoints.\n\n"
        )
    return window + "\n".join(aims)


def _gate(sli: Sli) -> str:
    own = sli.objective is not None and sli.objective.alert is not None
    return f" (alert {sli.beyond('alert')})" if own else ""


def _grafana_duration(seconds: int) -> str:
    """Grafana takes one number and one unit."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _ref(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"Q{index}"
