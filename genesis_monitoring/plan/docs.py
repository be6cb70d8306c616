"""What the generated documentation says: a runbook an alert, and the references.

Thresholds are written in the runbooks alone; the references name SLIs and levels, so that a changed
threshold changes one page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.conventions import runbook_path
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.links import PanelIndex, dashboard_url
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.routing_rules import effective_receiver


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query to paste into Prometheus, and what it shows."""

    title: str
    expr: str


@dataclass(frozen=True, slots=True)
class Runbook:
    """One alert's page."""

    alert: str
    path: str
    severity: str
    severity_title: str
    component: str
    held: str
    summary: str
    meaning: tuple[str, ...]
    impact: str
    queries: tuple[NamedQuery, ...]
    steps: tuple[str, ...]
    mitigation: tuple[str, ...]
    workflow: tuple[str, ...]
    escalation: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    silenced_by: tuple[str, ...]
    origin: str


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One line of the alert reference."""

    alert: str
    severity: str
    component: str
    watches: str
    held: str
    receivers: str
    first_step: str


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One line of the panel reference."""

    id: int
    title: str
    row: str
    type: str
    slis: str
    metrics: str


@dataclass(frozen=True, slots=True)
class PanelTable:
    """The panels of one dashboard."""

    uid: str
    title: str
    url: str
    rows: tuple[PanelRow, ...]


def compile_runbooks(
    spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...], panels: PanelIndex
) -> tuple[Runbook, ...]:
    """A page for every alert name, in the order of the rules."""
    rules: dict[str, list[AlertingRule]] = {}
    for group in groups:
        for rule in group.alerting:
            rules.setdefault(rule.alert, []).append(rule)
    return tuple(_runbook(spec, slis, name, tuple(own), panels) for name, own in rules.items())


def compile_alert_rows(spec: Spec, slis: Mapping[str, SliPlan]) -> tuple[AlertRow, ...]:
    """Every alert, by severity and then in the order of the spec."""
    rows = [
        _alert_row(spec, name, alert, slis[alert.sli].sli.component, alert.for_)
        for name, alert in spec.alerts.items()
    ]
    meta = spec.meta_alerts
    if any(plan.exported for plan in slis.values()):
        rows.append(
            _alert_row(spec, meta.missing_data.name, meta.missing_data, "each", meta.missing_data.for_)
        )
    rows.append(_alert_row(spec, meta.watchdog.name, meta.watchdog, meta.component, 0))
    order = list(spec.severities)
    return tuple(sorted(rows, key=lambda row: order.index(row.severity)))


def compile_panel_tables(spec: Spec, slis: Mapping[str, SliPlan]) -> tuple[PanelTable, ...]:
    """Every panel of every dashboard, in the order of the page."""
    tables: list[PanelTable] = []
    for uid, dashboard in spec.dashboards.items():
        rows: list[PanelRow] = []
        for row in dashboard.rows:
            for panel in row.panels:
                names = [query.sli for query in panel.queries if query.sli] + list(panel.objectives)
                metrics = [m.metric for name in names for m in slis[name].metrics]
                metrics += [query.metric.metric for query in panel.queries if query.metric]
                rows.append(
                    PanelRow(
                        panel.id,
                        panel.title,
                        row.title,
                        panel.type,
                        ", ".join(dict.fromkeys(names)),
                        ", ".join(dict.fromkeys(metrics)),
                    )
                )
        tables.append(PanelTable(uid, dashboard.title, dashboard_url(spec, uid), tuple(rows)))
    return tuple(tables)


def _runbook(
    spec: Spec,
    slis: Mapping[str, SliPlan],
    name: str,
    rules: tuple[AlertingRule, ...],
    panels: PanelIndex,
) -> Runbook:
    rule = rules[0]
    alert = _spec_of(spec, name)
    severity = spec.severities[rule.severity]
    panel = None if isinstance(alert, Watchdog) else alert.panel
    link = panels.link(rule.sli if len(rules) == 1 else None, panel)
    links = [("Dashboard", link.dashboard_url)]
    if link.panel_url is not None:
        links.insert(0, ("Panel", link.panel_url))
    prometheus = spec.metadata.links.prometheus.rstrip("/")
    links.append(("Alerts in Prometheus", f"{prometheus}/alerts"))
    links.append(("Alertmanager", spec.metadata.links.alertmanager))
    return Runbook(
        alert=name,
        path=runbook_path(name),
        severity=rule.severity,
        severity_title=severity.title,
        component=", ".join(dict.fromkeys(one.component for one in rules)),
        held=spell_duration(rule.for_) if rule.for_ else "",
        summary=alert.summary,
        meaning=rule.policy.meaning(slis, rules),
        impact=alert.impact,
        queries=tuple(_queries(slis, name, rules)),
        steps=alert.response,
        mitigation=alert.mitigation if isinstance(alert, Alert) else (),
        workflow=severity.workflow,
        escalation=_escalation(spec, rule.severity),
        links=tuple(links),
        silenced_by=_silenced_by(spec, name, rule),
        origin=rule.origin,
    )


def _queries(slis: Mapping[str, SliPlan], name: str, rules: tuple[AlertingRule, ...]) -> Iterator[NamedQuery]:
    for rule in rules:
        for title, expr in rule.policy.queries(slis, rule):
            yield NamedQuery(title, expr)
    yield NamedQuery("This alert, pending and firing", f'ALERTS{{alertname="{name}"}}')


def _silenced_by(spec: Spec, name: str, rule: AlertingRule) -> tuple[str, ...]:
    reasons: list[str] = []
    for inhibit in spec.routing.inhibit.values():
        target = inhibit.target
        if (
            (target.alerts is None or name in target.alerts)
            and target.severity in (None, rule.severity)
            and target.component in (None, rule.component)
        ):
            source = " and ".join(
                part
                for part in (
                    ", ".join(inhibit.source.alerts or ()),
                    inhibit.source.severity or "",
                    inhibit.source.component or "",
                )
                if part
            )
            reasons.append(f"{source}: {inhibit.reason}.")
    return tuple(reasons)


def _escalation(spec: Spec, name: str) -> tuple[str, ...]:
    contacts, severity = spec.metadata.contacts, spec.severities[name]
    lines = [
        f"On call: {contacts.on_call.name} ({contacts.on_call.role}), "
        f"acknowledges within {spell_duration(severity.acknowledge_within)}.",
        f"Backup: {contacts.backup.name} ({contacts.backup.role}).",
    ]
    if contacts.escalation:
        after = (
            f"Not resolved after {spell_duration(severity.escalate_after)}"
            if severity.escalate_after is not None
            else "If it cannot be resolved"
        )
        chain = ", then ".join(f"{contact.name} ({contact.role})" for contact in contacts.escalation)
        lines.append(f"{after}: {chain}.")
    return tuple(lines)


def _alert_row(
    spec: Spec, name: str, alert: Alert | MissingData | Watchdog, component: str, for_: int
) -> AlertRow:
    sent_to = (alert.receiver,) if isinstance(alert, Watchdog) else spec.severities[alert.severity].receivers
    return AlertRow(
        alert=name,
        severity=alert.severity,
        component=component,
        watches=spec.slis[alert.sli].title if isinstance(alert, Alert) else "The monitoring itself",
        held=spell_duration(for_) if for_ else "at once",
        receivers=", ".join(dict.fromkeys(effective_receiver(spec, receiver) for receiver in sent_to)),
        first_step=alert.response[0],
    )


def _spec_of(spec: Spec, name: str) -> Alert | MissingData | Watchdog:
    meta = spec.meta_alerts
    known: dict[str, MissingData | Watchdog] = {
        meta.missing_data.name: meta.missing_data,
        meta.watchdog.name: meta.watchdog,
    }
    return known.get(name) or spec.alerts[name]
