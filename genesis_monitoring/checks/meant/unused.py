"""GM136 (information): a component, metric or SLI that nothing uses.

Something of it was forgotten, or it is left over. An SLI is used by an alert, a budget, a panel, a criterion
of the rollout or another SLI; a metric by an SLI or a panel, and by an application that declares it; a
component by an SLI or the alerts about the monitoring. Use it, or remove it.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import UP_METRIC
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.instrumentation import NOT_DECLARED
from genesis_monitoring.spec.exporter_metrics import exporter_metrics
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.rollout_references import criteria_of
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.target_rules import declared
from genesis_monitoring.spec.written import metrics_read, panels_of, slis_read, written_queries

CODES = ("GM136",)


def check_unused(plan: Plan, source: Source) -> tuple[Finding, ...]:
    """GM136, at each name."""
    return tuple(
        Finding("GM136", Severity.INFO, source.locate_key(path), message, hint)
        for path, message, hint in _unused(plan.spec)
    )


def _unused(spec: Spec) -> Iterator[tuple[Path, str, str]]:
    slis = _used_slis(spec)
    for name in spec.slis:
        if name not in slis:
            told = f"nothing uses the SLI {name}: no alert, budget, panel, criterion or other SLI"
            yield ("slis", name), told, "add an alert or a panel, or remove it"
    metrics = _used_metrics(spec)
    for name in spec.metrics:
        if name not in metrics:
            told = f"nothing uses the metric {name}: no SLI and no panel"
            yield ("metrics", name), told, "measure something with it, or remove it"
    components = {sli.component for sli in spec.slis.values()} | {spec.meta_alerts.component}
    for name in spec.components:
        if name not in components:
            told = f"the component {name} has no SLI"
            yield ("components", name), told, "give it an SLI, or remove it"


def _used_slis(spec: Spec) -> set[str]:
    used = {alert.sli for alert in spec.alerts.values()}
    used |= {sli.of for sli in spec.slis.values()}
    used |= {name for name, sli in spec.slis.items() if sli.budget is not None}
    used |= {name for query in written_queries(spec) for name in slis_read(spec, query.text)}
    for _, panel in panels_of(spec):
        used.update(panel.objectives)
        used.update(query.sli for query in panel.queries if query.sli is not None)
    for _, criterion in criteria_of(spec.rollout) if spec.rollout is not None else ():
        used.update(getattr(criterion, "slis", ()))
    return used


def _used_metrics(spec: Spec) -> set[str]:
    """An exporter of ours exposes what the catalogue lists, and an application declares it."""
    used = {UP_METRIC, *NOT_DECLARED, *exporter_metrics(spec)}
    used |= {name for name in spec.metrics if declared(spec, name)}
    for sli in spec.slis.values():
        used |= {one.metric for one in sli.metrics_named}
    used |= {name for query in written_queries(spec) for name in metrics_read(spec, query.text)}
    for board in spec.dashboards.values():
        used |= {one.metric.metric for one in board.annotations}
    for _, panel in panels_of(spec):
        used |= {query.metric.metric for query in panel.queries if query.metric is not None}
    return used
