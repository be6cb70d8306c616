"""The page of all queries: what each SLI is asked by, and what panels draw beside the SLIs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.links import graph_url
from genesis_monitoring.plan.panel_sources import sources_of
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.metrics import Metric, Recording
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.recording_rules import recordings
from genesis_monitoring.spec.written import metrics_read, panels_of


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


def compile_queries(spec: Spec, slis: Mapping[str, SliPlan], budgets: Budgets) -> tuple[QuerySection, ...]:
    """A section for each component, then what panels ask beside SLIs and budgets; none without queries."""
    alerts: dict[str, list[str]] = {}
    for name, alert in spec.alerts.items():
        alerts.setdefault(alert.sli, []).append(name)
    of: dict[str, list[QueryEntry]] = {component: [] for component in spec.components}
    for name, metric, rule in recordings(spec):
        of[rule.component].append(_recorded(spec, name, metric, rule))
    for plan in slis.values():
        of[plan.sli.component].append(_entry(spec, plan, tuple(alerts.get(plan.name, ()))))
    sections = [
        *(QuerySection(name, spec.components[name], tuple(entries)) for name, entries in of.items()),
        QuerySection("Panels", "What panels draw of metrics themselves", tuple(_drawn(spec, slis, budgets))),
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


def _recorded(spec: Spec, name: str, metric: Metric, rule: Recording) -> QueryEntry:
    planned = (one for one in metrics_read(spec, rule.expr) if spec.metrics[one].status == "planned")
    return QueryEntry(
        title=metric.help,
        name=name,
        unit=metric.unit,
        record=name,
        record_url=graph_url(spec, name),
        expr=rule.expr.strip(),
        url=graph_url(spec, rule.expr.strip()),
        planned=tuple(planned),
    )


def _drawn(spec: Spec, slis: Mapping[str, SliPlan], budgets: Budgets) -> Iterator[QueryEntry]:
    seen: dict[str, None] = {}
    for _, panel in panels_of(spec):
        for query, source in zip(panel.queries, sources_of(spec, panel, slis, budgets), strict=True):
            if not source.plain or source.plain in seen:
                continue
            seen[source.plain] = None
            yield QueryEntry(
                title=f"{panel.title}: {query.legend}",
                name=", ".join((*source.slis, *source.metrics)),
                unit=query.unit or panel.unit or spec.metrics[source.metrics[0]].unit,
                record="",
                record_url="",
                expr=source.plain,
                url=graph_url(spec, source.plain),
                planned=source.planned,
            )
