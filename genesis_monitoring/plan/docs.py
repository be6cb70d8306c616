"""What the references of the generated documentation say: every alert, every panel.

Thresholds are written in the runbooks alone (``runbooks``); the references name SLIs and levels, so that a
changed threshold changes one page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.conventions import TEAM_LABEL
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.budget_queries import Budgets
from genesis_monitoring.plan.links import dashboard_url
from genesis_monitoring.plan.panel_sources import sources_of
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.told import who_is_told
from genesis_monitoring.spec.alerts import Alert, MissingData, Watchdog
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import team_of

_NAMED = 10
"""So many SLOs are named in a line; all stand on their page."""


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
    planned: bool
    team: str


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


def compile_alert_rows(
    spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...]
) -> tuple[AlertRow, ...]:
    """Every alert, by severity and then in the order of the spec; of error budgets a line a severity."""
    rules: dict[str, list[AlertingRule]] = {}
    for rule in (rule for group in groups for rule in group.alerting):
        rules.setdefault(rule.alert, []).append(rule)
    rows = [
        _alert_row(
            spec,
            name,
            alert,
            slis[alert.sli].sli.component,
            rules.get(name, ()),
            planned=bool(slis[alert.sli].planned),
        )
        for name, alert in spec.alerts.items()
    ]
    rows += _budget_rows(spec, slis, groups)
    meta = spec.meta_alerts
    if any(plan.exported for plan in slis.values()):
        rows.append(
            _alert_row(
                spec, meta.missing_data.name, meta.missing_data, "each", rules.get(meta.missing_data.name, ())
            )
        )
    rows.append(
        _alert_row(spec, meta.watchdog.name, meta.watchdog, meta.component, rules.get(meta.watchdog.name, ()))
    )
    order = list(spec.severities)
    return tuple(sorted(rows, key=lambda row: order.index(row.severity)))


def _budget_rows(
    spec: Spec, slis: Mapping[str, SliPlan], groups: tuple[RuleGroup, ...]
) -> Iterator[AlertRow]:
    """One name stands for the alerts of many SLOs: a line for each severity, and for those in shadow."""
    alike: dict[tuple[str, str, bool], list[AlertingRule]] = {}
    for rule in (rule for group in groups for rule in group.alerting if rule.slo):
        alike.setdefault((rule.alert, rule.severity, rule.shadow), []).append(rule)
    for (name, severity, shadow), rules in alike.items():
        titles = [slis[rule.sli].sli.title for rule in rules if rule.sli]
        watched = ", ".join(titles[:_NAMED])
        more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
        teams = tuple(dict.fromkeys(dict(rule.labels)[TEAM_LABEL] for rule in rules))
        yield AlertRow(
            alert=name,
            severity=severity,
            component=", ".join(dict.fromkeys(rule.component for rule in rules)),
            watches=f"Error budgets: {watched}{more}",
            held="at once",
            receivers="nobody: in shadow" if shadow else ", ".join(who_is_told(spec, rules)),
            first_step=rules[0].words.response[0],
            planned=all(slis[rule.sli].planned for rule in rules if rule.sli),
            team=", ".join(teams),
        )


def compile_panel_tables(spec: Spec, slis: Mapping[str, SliPlan], budgets: Budgets) -> tuple[PanelTable, ...]:
    """Every panel of every dashboard, in the order of the page."""
    tables: list[PanelTable] = []
    for uid, dashboard in spec.dashboards.items():
        rows: list[PanelRow] = []
        for row in dashboard.rows:
            for panel in row.panels:
                sources = sources_of(spec, panel, slis, budgets)
                names = [name for one in sources for name in one.slis] + list(panel.objectives)
                metrics = [m.metric for name in names for m in slis[name].metrics]
                metrics += [metric for one in sources for metric in one.metrics]
                shown = (
                    f"{metric} (planned)" if spec.metrics[metric].status == "planned" else metric
                    for metric in dict.fromkeys(metrics)
                )
                rows.append(
                    PanelRow(
                        panel.id,
                        panel.title,
                        row.title,
                        panel.type,
                        ", ".join(dict.fromkeys(names)),
                        ", ".join(shown),
                    )
                )
        tables.append(PanelTable(uid, dashboard.title, dashboard_url(spec, uid), tuple(rows)))
    return tuple(tables)


def _alert_row(
    spec: Spec,
    name: str,
    alert: Alert | MissingData | Watchdog,
    component: str,
    rules: Sequence[AlertingRule],
    *,
    planned: bool = False,
) -> AlertRow:
    teams: tuple[str, ...]
    if isinstance(alert, MissingData):
        teams = tuple(dict.fromkeys(team_of(spec, sli.component, key) for key, sli in spec.slis.items()))
    else:
        teams = (team_of(spec, component, alert.sli if isinstance(alert, Alert) else None, name),)
    return AlertRow(
        alert=name,
        severity=alert.severity,
        component=component,
        watches=spec.slis[alert.sli].title if isinstance(alert, Alert) else "The monitoring itself",
        held=spell_duration(alert.for_) if not isinstance(alert, Watchdog) and alert.for_ else "at once",
        receivers=", ".join(who_is_told(spec, rules)),
        first_step=alert.response[0],
        planned=planned,
        team=", ".join(teams),
    )
