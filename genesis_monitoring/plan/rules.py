"""Rule groups: one a component, recording rules in the order they need each other, then the alerts.

Rules of one group are evaluated in order, so an alert always sees the value of this very evaluation.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import (
    COMPONENT_LABEL,
    JOB_LABEL,
    SEVERITY_LABEL,
    SLI_LABEL,
    TEAM_LABEL,
)
from genesis_monitoring.plan.absence import absence, tells_apart
from genesis_monitoring.plan.annotations import (
    Annotations,
    compile_annotations,
    describe_absence,
    describe_value,
)
from genesis_monitoring.plan.links import PanelIndex
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.spec.alerts import Alert
from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """``record`` is the value series of one SLI."""

    record: str
    expr: str
    origin: str


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """An alert; times are in seconds. ``condition`` is None for the meta alerts, ``sli`` for the Watchdog."""

    alert: str
    expr: str
    for_: int
    labels: tuple[tuple[str, str], ...]
    series_labels: tuple[str, ...]
    annotations: Annotations
    component: str
    severity: str
    origin: str
    sli: str | None = None
    condition: Predicate | None = None
    keep_firing_for: int = 0


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All rules of a component, in evaluation order."""

    name: str
    recording: tuple[RecordingRule, ...]
    alerting: tuple[AlertingRule, ...]


def compile_rules(spec: Spec, slis: Mapping[str, SliPlan], panels: PanelIndex) -> tuple[RuleGroup, ...]:
    """One group for each component that has a rule."""
    recording: dict[str, list[RecordingRule]] = {name: [] for name in spec.components}
    alerting: dict[str, list[AlertingRule]] = {name: [] for name in spec.components}
    for plan in slis.values():
        for one in plan.recordings:
            recording[plan.sli.component].append(RecordingRule(one.record, one.expr, plan.origin))
    for name in spec.alerts:
        rule = _objective_alert(spec, name, slis, panels)
        alerting[rule.component].append(rule)
    for plan in slis.values():
        if plan.exported:
            alerting[plan.sli.component].append(_missing_data(spec, plan, panels))
    alerting[spec.meta_alerts.component].append(_watchdog(spec, panels))
    return tuple(
        RuleGroup(name, tuple(recording[name]), tuple(alerting[name]))
        for name in spec.components
        if recording[name] or alerting[name]
    )


def _objective_alert(spec: Spec, name: str, slis: Mapping[str, SliPlan], panels: PanelIndex) -> AlertingRule:
    alert = spec.alerts[name]
    plan = slis[alert.sli]
    condition = plan.sli.beyond(alert.level)
    if condition is None:
        raise AssertionError(f"the reference checks let {name} pass without a level")
    link = panels.link(alert.sli, alert.panel)
    return AlertingRule(
        alert=name,
        expr=condition.expr(plan.record),
        for_=alert.for_,
        labels=_labels(spec, alert.severity, plan.sli.component, alert.sli),
        series_labels=plan.sli.by,
        annotations=compile_annotations(
            spec, name, alert, link, describe_value(plan, condition, alert.for_), alert.severity, condition
        ),
        component=plan.sli.component,
        severity=alert.severity,
        origin=f"alerts.{name}",
        sli=alert.sli,
        condition=condition,
        keep_firing_for=_kept(spec, alert),
    )


def _kept(spec: Spec, alert: Alert) -> int:
    own = alert.keep_firing_for
    return (spec.severities[alert.severity].keep_firing_for or 0) if own is None else own


def _missing_data(spec: Spec, plan: SliPlan, panels: PanelIndex) -> AlertingRule:
    alert = spec.meta_alerts.missing_data
    apart = plan.sli.by if tells_apart(plan) else ()
    known = {JOB_LABEL: plan.job} if JOB_LABEL not in apart else {}
    link = panels.link(plan.name, alert.panel)
    return AlertingRule(
        alert=alert.name,
        expr=absence(spec, plan),
        for_=alert.for_,
        labels=(*_labels(spec, alert.severity, plan.sli.component, plan.name), *known.items()),
        series_labels=apart,
        annotations=compile_annotations(
            spec, alert.name, alert, link, describe_absence(plan, alert.for_), alert.severity
        ),
        component=plan.sli.component,
        severity=alert.severity,
        origin="meta_alerts.missing_data",
        sli=plan.name,
    )


def _watchdog(spec: Spec, panels: PanelIndex) -> AlertingRule:
    watchdog = spec.meta_alerts.watchdog
    return AlertingRule(
        alert=watchdog.name,
        expr="vector(1)",
        for_=0,
        labels=_labels(spec, watchdog.severity, spec.meta_alerts.component, None),
        series_labels=(),
        annotations=compile_annotations(
            spec, watchdog.name, watchdog, panels.link(None, None), "It fires always.", watchdog.severity
        ),
        component=spec.meta_alerts.component,
        severity=watchdog.severity,
        origin="meta_alerts.watchdog",
    )


def _labels(spec: Spec, severity: str, component: str, sli: str | None) -> tuple[tuple[str, str], ...]:
    labels = (
        (SEVERITY_LABEL, severity),
        (COMPONENT_LABEL, component),
        (TEAM_LABEL, spec.metadata.team),
    )
    return (*labels, (SLI_LABEL, sli)) if sli else labels
