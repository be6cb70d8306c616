"""The page of all queries: what each SLI is asked by, and what panels draw beside the SLIs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.plan.links import graph_url
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql
from genesis_monitoring.spec.dashboards import Panel, Query
from genesis_monitoring.spec.model import Spec

_RATE = "5m"
"""A panel draws rates over a window that follows its width; a page has none."""


@dataclass(frozen=True, slots=True)
class QueryEntry:
    """One query to paste. ``unit`` is a unit's name; ``record`` is the recorded series, if there is one.

    ``planned`` are the metrics that nobody exposes yet; ``alerts`` stand on its value.
    """

    title: str
    name: str
    unit: str
    record: str
    record_url: str
    expr: str
    url: str
    planned: tuple[str, ...]
    alerts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuerySection:
    """The queries of one component, or of the panels."""

    title: str
    about: str
    entries: tuple[QueryEntry, ...]


def compile_queries(spec: Spec, slis: Mapping[str, SliPlan]) -> tuple[QuerySection, ...]:
    """A section for each component, then what panels ask of metrics themselves; none without queries."""
    alerts: dict[str, list[str]] = {}
    for name, alert in spec.alerts.items():
        alerts.setdefault(alert.sli, []).append(name)
    of: dict[str, list[QueryEntry]] = {component: [] for component in spec.components}
    for plan in slis.values():
        of[plan.sli.component].append(_entry(spec, plan, tuple(alerts.get(plan.name, ()))))
    sections = [
        *(QuerySection(name, spec.components[name], tuple(entries)) for name, entries in of.items()),
        QuerySection("Panels", "What panels draw of metrics themselves", tuple(_drawn(spec))),
    ]
    return tuple(section for section in sections if section.entries)


def _entry(spec: Spec, plan: SliPlan, alerts: tuple[str, ...]) -> QueryEntry:
    return QueryEntry(
        title=plan.sli.title,
        name=plan.name,
        unit=plan.sli.unit,
        record=plan.record,
        record_url=graph_url(spec, plan.record),
        expr=plan.expr,
        url=graph_url(spec, plan.expr),
        planned=plan.planned,
        alerts=alerts,
    )


def drawn(spec: Spec, query: Query, window: str) -> str:
    """What a panel draws of a metric itself; of a counter its rate over ``window``."""
    if query.metric is None:
        raise AssertionError("a query has an SLI or a metric")
    metric = spec.metrics[query.metric.metric]
    if metric.type == "histogram":
        return f"sum by (le) (rate({promql.select(query.metric, suffix='_bucket')}[{window}]))"
    series = promql.select(query.metric)
    if metric.type == "counter":
        series = f"rate({series}[{window}])"
    return series if query.each else f"sum({series})"


def _drawn(spec: Spec) -> Iterator[QueryEntry]:
    seen: dict[str, None] = {}
    for panel, query in _asked(spec):
        if query.metric is None:
            continue
        expr = drawn(spec, query, _RATE)
        if expr not in seen:
            seen[expr] = None
            metric = spec.metrics[query.metric.metric]
            yield QueryEntry(
                title=f"{panel.title}: {query.legend}",
                name=query.metric.metric,
                unit=panel.unit or metric.unit,
                record="",
                record_url="",
                expr=expr,
                url=graph_url(spec, expr),
                planned=(query.metric.metric,) if metric.status == "planned" else (),
            )


def _asked(spec: Spec) -> Iterator[tuple[Panel, Query]]:
    for dashboard in spec.dashboards.values():
        for row in dashboard.rows:
            for panel in row.panels:
                yield from ((panel, query) for query in panel.queries)
