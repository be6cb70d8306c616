"""A panel of a dashboard compiled: its queries, unit, levels, and what it says where there is no data."""

from collections.abc import Mapping
from dataclasses import replace

from genesis_monitoring.panels.panel import NO_LEVEL, GridPos, Link, NoData, PanelPlan, PanelQuery
from genesis_monitoring.panels.scale import Limits
from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.events import active_alerts
from genesis_monitoring.plan.level_colours import levels_of
from genesis_monitoring.plan.links import runbook_url, runbooks_url
from genesis_monitoring.plan.panel_sources import PanelSource, sources_of
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.dashboard_rules import shown_unit
from genesis_monitoring.spec.dashboards import Panel, Query
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
    sources = sources_of(spec, panel, slis, budgets)
    judged = tuple(one.sli for one in sources if one.sli is not None)
    up_or_down = bool(judged) and judged[0].up_or_down
    type_ = panel.drawn_as
    unit = UNITS[_unit(spec, panel)]
    return PanelPlan(
        id=panel.id,
        type=type_,
        title=panel.title,
        description=_description(spec, panel, sources),
        grid=grid,
        unit="none" if up_or_down else unit.grafana,
        decimals=unit.decimals,
        words=_UP_OR_DOWN if up_or_down else (),
        per=unit.per,
        limits=_limits(panel, unit, sources),
        no_data=_no_data(spec, sources),
        queries=(_alerts(spec),)
        if type_.lists_alerts
        else tuple(
            _query(query, source, _ref(index), panel)
            for index, (query, source) in enumerate(zip(panel.queries, sources, strict=True))
        ),
        links=(
            *(
                Link(f"Runbook {alert}", runbook_url(spec, alert))
                for alert in dict.fromkeys(
                    alert
                    for source in sources
                    for name in (source.slis if source.sli is not None else ())
                    for alert in alerts.get(name, ())
                )
            ),
            *dict.fromkeys(link for source in sources for link in source.links),
        ),
        stacked=panel.stacked,
        text=_header(spec, panel, slis) if "objectives" in type_.takes else "",
        time_from=grafana_duration(panel.time_from) if panel.time_from else None,
        origin=origin,
        interval=_interval(spec, sources),
        severities=tuple(spec.severities) if type_.lists_alerts else (),
        runbooks=runbooks_url(spec) if type_.lists_alerts else "",
    )


def _unit(spec: Spec, panel: Panel) -> str:
    """Of buckets that of what they count; else that of what is shown."""
    buckets = next((query.metric for query in panel.queries if panel.drawn_as.format == "heatmap"), None)
    return spec.metrics[buckets.metric].unit if buckets else shown_unit(spec, panel)


def _alerts(spec: Spec) -> PanelQuery:
    return PanelQuery("A", active_alerts(spec), "", True, NO_LEVEL, True, _NO_DATA)


def _limits(panel: Panel, unit: Unit, sources: tuple[PanelSource, ...]) -> Limits:
    """Ends of the scale by the levels of SLIs; without any, by those of a budget."""
    levels = levels_of(one.sli for one in sources if one.sli is not None)
    budget = next((one for one in sources if one.levels is not None), None)
    if levels is not None or budget is None:
        return panel.drawn_as.limits(unit, levels)
    return panel.drawn_as.limits(replace(unit, lower=None) if budget.overspent else unit, budget.levels)


def _query(query: Query, source: PanelSource, ref: str, panel: Panel) -> PanelQuery:
    # Of several numbers, one that is absent is seen to be; one with labels of its own query is not absent.
    shown = panel.drawn_as.instant and len(panel.queries) > 1 and not source.several
    return PanelQuery(
        ref,
        f"{source.expr} or on () vector(NaN)" if shown else source.expr,
        query.legend if panel.drawn_as.format == "time_series" else "{{le}}",
        panel.drawn_as.instant,
        source.steps,
        source.several,
        _PLANNED if source.planned else _NO_DATA,
        worst=source.worst if panel.drawn_as.worst_of_step else None,
        exemplars=source.exemplars,
    )


def _no_data(spec: Spec, sources: tuple[PanelSource, ...]) -> NoData:
    """What is absent, as far as is known why: what nobody exposes yet has not gone."""
    if not sources or not all(one.planned for one in sources):
        return NoData(_NO_DATA, "No data: what this panel draws is not there.")
    return planned_until(spec, tuple(dict.fromkeys(metric for one in sources for metric in one.planned)))


def planned_until(spec: Spec, metrics: tuple[str, ...]) -> NoData:
    """Why nothing can be shown while nobody exposes ``metrics``."""
    until = f" until {spec.metadata.planned_for}" if spec.metadata.planned_for else " yet"
    return NoData(_PLANNED, f"Planned: nobody exposes {', '.join(metrics)}{until}.")


def _interval(spec: Spec, sources: tuple[PanelSource, ...]) -> str | None:
    """The least step of a panel whose samples come more slowly than the data source says; None if none do.

    Grafana makes ``$__rate_interval`` four of these: over less than two samples a rate has no value.
    """
    slowest = max((one.interval for one in sources), default=0)
    return grafana_duration(slowest) if slowest > spec.prometheus.scrape_interval else None


def _description(spec: Spec, panel: Panel, sources: tuple[PanelSource, ...]) -> str:
    until = f" Planned: no data until {spec.metadata.planned_for or 'it is instrumented'}."
    lines = (f"- {one.says}{until if one.planned else ''}" for one in sources if one.says)
    return "\n".join((panel.description, *lines))


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
