"""A panel of a dashboard compiled: its queries, unit, levels, and what it says where there is no data."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    GridPos,
    Link,
    NoData,
    PanelPlan,
    PanelQuery,
    ThresholdStep,
)
from genesis_monitoring.panels.scale import Limits
from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.events import active_alerts
from genesis_monitoring.plan.level_colours import levels_of, threshold_steps
from genesis_monitoring.plan.links import runbook_url, runbooks_url
from genesis_monitoring.plan.queries import drawn
from genesis_monitoring.plan.rollout_now import rollout_now, steps_now
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.dashboards import Panel, Query
from genesis_monitoring.spec.jobs import scrape_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.times import spell_time
from genesis_monitoring.units import UNITS, Unit

_NO_DATA, _PLANNED = "no data", "planned"
_UP_OR_DOWN = ((0.0, "Down"), (1.0, "Up"))


def compile_panel(
    spec: Spec,
    panel: Panel,
    grid: GridPos,
    slis: Mapping[str, SliPlan],
    budgets: Budgets,
    alerts: Mapping[str, list[str]],
    origin: str,
) -> PanelPlan:
    """A panel at its place. ``alerts`` are those on each SLI; ``origin`` is its path in the spec."""
    names = tuple(query.sli for query in panel.queries if query.sli is not None)
    first = slis[names[0]].sli if names else None
    type_ = panel.drawn_as
    buckets = next((query.metric for query in panel.queries if type_.format == "heatmap"), None)
    own = spec.metrics[buckets.metric].unit if buckets else panel.unit
    unit = UNITS[own or (first.unit if first else panel.budget_unit or "count")]
    return PanelPlan(
        id=panel.id,
        type=type_,
        title=panel.title,
        description=_description(spec, panel, slis, budgets),
        grid=grid,
        unit="none" if first and first.up_or_down else unit.grafana,
        decimals=unit.decimals,
        words=_UP_OR_DOWN if first and first.up_or_down else (),
        per=unit.per,
        limits=_limits(panel, unit, slis, budgets),
        no_data=_no_data(spec, panel, slis),
        queries=(_alerts(spec),)
        if type_.lists_alerts
        else tuple(
            _query(spec, query, slis, budgets, _ref(index), panel)
            for index, query in enumerate(panel.queries)
        ),
        links=(
            *(
                Link(f"Runbook {alert}", runbook_url(spec, alert))
                for alert in dict.fromkeys(alert for name in names for alert in alerts.get(name, ()))
            ),
            *dict.fromkeys(link for query in panel.queries for link in budgets.links(query)),
        ),
        stacked=panel.stacked,
        text=_header(spec, panel, slis) if "objectives" in type_.takes else "",
        time_from=grafana_duration(panel.time_from) if panel.time_from else None,
        origin=origin,
        interval=_interval(spec, panel, budgets),
        severities=tuple(spec.severities) if type_.lists_alerts else (),
        runbooks=runbooks_url(spec) if type_.lists_alerts else "",
    )


def _alerts(spec: Spec) -> PanelQuery:
    return PanelQuery("A", active_alerts(spec), "", True, NO_LEVEL, True, _NO_DATA)


def _limits(panel: Panel, unit: Unit, slis: Mapping[str, SliPlan], budgets: Budgets) -> Limits:
    levels = levels_of(slis[query.sli].sli for query in panel.queries if query.sli is not None)
    of_budgets = [asked[1].levels for query in panel.queries if (asked := budgets.of(query)) is not None]
    overspent = next((one for one in of_budgets if one is not None), None)
    if levels is not None or overspent is None:
        return panel.drawn_as.limits(unit, levels)
    # More than all of a budget may be spent.
    return panel.drawn_as.limits(unit if overspent.upward else replace(unit, lower=None), overspent)


def _query(
    spec: Spec, query: Query, slis: Mapping[str, SliPlan], budgets: Budgets, ref: str, panel: Panel
) -> PanelQuery:
    sli = slis[query.sli].sli if query.sli is not None else None
    asked = budgets.of(query)
    grouped = sli or (asked[0].kind if asked else None)
    several = bool(grouped.by) if grouped else query.each
    steps = threshold_steps(sli) if sli else steps_now(query.rollout) if query.rollout else NO_LEVEL
    steps = asked[1].steps if asked else steps
    expr = asked[0].series(asked[1].record) if asked else _expr(spec, query, slis)
    # Of several numbers, one that is absent is seen to be; one with labels of its own query is not absent.
    shown = panel.drawn_as.instant and len(panel.queries) > 1 and not several
    return PanelQuery(
        ref,
        f"{expr} or on () vector(NaN)" if shown else expr,
        query.legend if panel.drawn_as.format == "time_series" else "{{le}}",
        panel.drawn_as.instant,
        steps,
        several,
        _PLANNED if planned_of_query(spec, query, slis) else _NO_DATA,
        worst=_worst(spec, query, asked[1].steps if asked else NO_LEVEL)
        if panel.drawn_as.worst_of_step
        else None,
        exemplars=bool(query.metric and spec.metrics[query.metric.metric].exemplars),
    )


def _no_data(spec: Spec, panel: Panel, slis: Mapping[str, SliPlan]) -> NoData:
    """What is absent, as far as is known why: what nobody exposes yet has not gone."""
    planned = [planned_of_query(spec, query, slis) for query in panel.queries]
    if not planned or not all(planned):
        return NoData(_NO_DATA, "No data: what this panel draws is not there.")
    return planned_until(spec, tuple(dict.fromkeys(metric for one in planned for metric in one)))


def planned_until(spec: Spec, metrics: tuple[str, ...]) -> NoData:
    """Why nothing can be shown while nobody exposes ``metrics``."""
    until = f" until {spec.metadata.planned_for}" if spec.metadata.planned_for else " yet"
    return NoData(_PLANNED, f"Planned: nobody exposes {', '.join(metrics)}{until}.")


def planned_of_query(spec: Spec, query: Query, slis: Mapping[str, SliPlan]) -> tuple[str, ...]:
    """The metrics that a query draws and nobody exposes yet."""
    name = query.sli or query.budget
    if name is not None:
        return slis[name].planned
    metric = query.metric.metric if query.metric else ""
    return (metric,) if metric and spec.metrics[metric].status == "planned" else ()


def _interval(spec: Spec, panel: Panel, budgets: Budgets) -> str | None:
    """The least step of a panel whose samples come more slowly than the data source says; None if none do.

    Grafana makes ``$__rate_interval`` four of these: over less than two samples a rate has no value.
    """
    apart = [
        budgets.interval(query) or spec.prometheus.evaluation_interval
        if query.metric is None
        else scrape_interval(spec, spec.metrics[query.metric.metric].job)
        for query in panel.queries
    ]
    slowest = max(apart, default=0)
    return grafana_duration(slowest) if slowest > spec.prometheus.scrape_interval else None


def _expr(spec: Spec, query: Query, slis: Mapping[str, SliPlan]) -> str:
    if query.sli is not None:
        return slis[query.sli].record
    if query.rollout is not None and spec.rollout is not None:
        return rollout_now(spec.rollout, slis, query.rollout)
    return drawn(spec, query, "$__rate_interval")


def _worst(spec: Spec, query: Query, of_budget: tuple[ThresholdStep, ...]) -> Literal["min", "max"] | None:
    """The side that is bad, if one is; what has no objective is the better the higher."""
    if query.budget is not None:
        return "min" if of_budget[0].color == "red" else "max"
    if query.sli is None:
        metric = spec.metrics[query.metric.metric] if query.metric else None
        return "min" if query.each and metric and metric.type == "gauge" else None
    target = spec.slis[query.sli].beyond("target")
    return "max" if target is not None and target.upward else "min"


def _description(spec: Spec, panel: Panel, slis: Mapping[str, SliPlan], budgets: Budgets) -> str:
    lines = [panel.description]
    until = f"until {spec.metadata.planned_for or 'it is instrumented'}"
    for query in panel.queries:
        if query.sli is not None:
            plan = slis[query.sli]
            good = plan.sli.good
            aim = f" Good is {good}." if good else ""
            sources = ", ".join(dict.fromkeys(f"`{selector.metric}`" for selector in plan.metrics))
            lines.append(f"- {plan.sli.title}: `{query.sli}`, from {sources}.{aim}")
        elif query.budget is not None:
            lines.append(f"- {budgets.says(query)}")
        elif query.metric is not None:
            name = query.metric.metric
            lines.append(f"- {query.legend}: `{name}`.")
        if planned_of_query(spec, query, slis):
            lines[-1] += f" Planned: no data {until}."
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


def grafana_duration(seconds: int) -> str:
    """A time as Grafana takes it: one number and one unit."""
    for unit, size in (("h", 3600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _ref(index: int) -> str:
    return chr(ord("A") + index) if index < 26 else f"Q{index}"
