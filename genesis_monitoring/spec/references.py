"""Every name in a spec that stands for something else in it: does that something exist?

Also what must be unique across sections: panel ids, host ports, alert names, checkpoints.
"""

from genesis_monitoring.conventions import TARGET_LABELS
from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    Criterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
    SuiteCriterion,
)
from genesis_monitoring.spec.slis import (
    AgeSli,
    ExprSli,
    GaugeSli,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    Sli,
    TrendSli,
    UpSli,
)


def check_references(spec: Spec, reporter: Reporter) -> None:
    """Reports dangling references and duplicates of the whole spec."""
    _metrics(spec, reporter)
    for name, sli in spec.slis.items():
        _sli(spec, reporter, ("slis", name), sli)
    _alerts(spec, reporter)
    _routing(spec, reporter)
    _dashboards(spec, reporter)
    _stack(spec, reporter)
    if spec.rollout is not None:
        _rollout(spec, reporter, spec.rollout)


def alert_names(spec: Spec) -> tuple[str, ...]:
    """Every alert that can fire, the meta alerts included."""
    meta = spec.meta_alerts
    return (*spec.alerts, meta.missing_data.name, meta.watchdog.name)


def panel_ids(spec: Spec) -> frozenset[int]:
    """Every panel's id, on all dashboards; rows are no panels."""
    return frozenset(
        panel.id for board in spec.dashboards.values() for row in board.rows for panel in row.panels
    )


def selectors_of(sli: Sli) -> tuple[tuple[Path, Selector], ...]:
    """The metrics an SLI names, each with its path below the SLI."""
    match sli:
        case GaugeSli() | ExprSli():
            return tuple((("metrics", i), m) for i, m in enumerate(sli.metrics))
        case RatioSli():
            return tuple(
                ((key, i), m)
                for key, metrics in (("numerator", sli.numerator), ("denominator", sli.denominator))
                for i, m in enumerate(metrics)
            )
        case QuantileSli():
            return ((("histogram",), sli.histogram),)
        case RateSli():
            return tuple((("counters", i), m) for i, m in enumerate(sli.counters))
        case UpSli() | AgeSli():
            return ((("metric",), sli.metric),)
        case TrendSli() | RelativeSli():
            return ()


def _metrics(spec: Spec, reporter: Reporter) -> None:
    jobs = [name for name, service in spec.stack.services.items() if service.scrape is not None]
    for name, metric in spec.metrics.items():
        reporter.reference(("metrics", name, "job"), "scraped service", metric.job, jobs)
    if spec.health_score is not None:
        reporter.reference(("health_score", "metric"), "metric", spec.health_score.metric, spec.metrics)
        for name, part in spec.health_score.parts.items():
            reporter.reference(("health_score", "parts", name, "suite"), "suite", part.suite, spec.suites)


def _sli(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    reporter.reference((*path, "component"), "component", sli.component, spec.components)
    labels: set[str] = set(TARGET_LABELS)
    for below, selector in selectors_of(sli):
        _selector(spec, reporter, (*path, *below), selector)
        if selector.metric in spec.metrics:
            labels.update(spec.metrics[selector.metric].labels)
    if isinstance(sli, TrendSli | RelativeSli):
        if reporter.reference((*path, "sli"), "SLI", sli.sli, spec.slis):
            base = spec.slis[sli.sli]
            reporter.references((*path, "by"), f"label of SLI {sli.sli}", sli.by, base.by)
    else:
        reporter.references((*path, "by"), "label", sli.by, labels)


def _selector(spec: Spec, reporter: Reporter, path: Path, selector: Selector) -> None:
    at = (*path, "metric") if selector.labels else path
    if reporter.reference(at, "metric", selector.metric, spec.metrics):
        known = (*spec.metrics[selector.metric].labels, *TARGET_LABELS)
        for label in selector.labels:
            reporter.reference((*path, "labels", label), f"label of {selector.metric}", label, known)


def _alerts(spec: Spec, reporter: Reporter) -> None:
    panels = {str(panel) for panel in panel_ids(spec)}
    seen: dict[object, Path] = {}
    for name, alert in spec.alerts.items():
        path: Path = ("alerts", name)
        seen[name] = path
        reporter.reference((*path, "sli"), "SLI", alert.sli, spec.slis)
        reporter.reference((*path, "severity"), "severity", alert.severity, spec.severities)
        if alert.panel is not None:
            reporter.reference((*path, "panel"), "panel id", str(alert.panel), panels)
    meta = spec.meta_alerts
    reporter.reference(("meta_alerts", "component"), "component", meta.component, spec.components)
    for key, one in (("watchdog", meta.watchdog), ("missing_data", meta.missing_data)):
        reporter.unique(("meta_alerts", key, "name"), "alert name", one.name, seen)
        reporter.reference(("meta_alerts", key, "severity"), "severity", one.severity, spec.severities)
    reporter.reference(
        ("meta_alerts", "watchdog", "receiver"), "receiver", meta.watchdog.receiver, spec.receivers
    )
    if meta.missing_data.panel is not None:
        reporter.reference(
            ("meta_alerts", "missing_data", "panel"), "panel id", str(meta.missing_data.panel), panels
        )


def _routing(spec: Spec, reporter: Reporter) -> None:
    for name, severity in spec.severities.items():
        reporter.references(("severities", name, "receivers"), "receiver", severity.receivers, spec.receivers)
    reporter.reference(("slack", "api_url_secret"), "secret", spec.slack.api_url_secret, spec.stack.secrets)
    for name, receiver in spec.receivers.items():
        path: Path = ("receivers", name)
        if receiver.slack is not None:
            reporter.reference((*path, "slack"), "Slack channel", receiver.slack, spec.slack.channels)
        if receiver.pagerduty is not None:
            key = receiver.pagerduty.routing_key_secret
            reporter.reference((*path, "pagerduty", "routing_key_secret"), "secret", key, spec.stack.secrets)
        if receiver.fallback is not None:
            reporter.reference((*path, "fallback"), "receiver", receiver.fallback, spec.receivers)
    reporter.reference(
        ("routing", "default_receiver"), "receiver", spec.routing.default_receiver, spec.receivers
    )
    for name, rule in spec.routing.inhibit.items():
        for side, matched in (("source", rule.source), ("target", rule.target)):
            _matched(spec, reporter, ("routing", "inhibit", name, side), matched)


def _matched(spec: Spec, reporter: Reporter, path: Path, matched: MatchedAlerts) -> None:
    reporter.references((*path, "alerts"), "alert", matched.alerts or (), alert_names(spec))
    if matched.severity is not None:
        reporter.reference((*path, "severity"), "severity", matched.severity, spec.severities)
    if matched.component is not None:
        reporter.reference((*path, "component"), "component", matched.component, spec.components)


def _dashboards(spec: Spec, reporter: Reporter) -> None:
    for uid, board in spec.dashboards.items():
        seen: dict[object, Path] = {}
        titles: dict[object, Path] = {}
        for index, row in enumerate(board.rows):
            at: Path = ("dashboards", uid, "rows", index)
            reporter.unique((*at, "id"), "panel id", row.id, seen)
            for position, panel in enumerate(row.panels):
                path: Path = (*at, "panels", position)
                reporter.unique((*path, "id"), "panel id", panel.id, seen)
                reporter.unique((*path, "title"), "panel title", panel.title, titles)
                reporter.references((*path, "objectives"), "SLI", panel.objectives, spec.slis)
                for number, query in enumerate(panel.queries):
                    below: Path = (*path, "queries", number)
                    if query.sli is not None:
                        reporter.reference((*below, "sli"), "SLI", query.sli, spec.slis)
                    if query.metric is not None:
                        _selector(spec, reporter, (*below, "metric"), query.metric)


def _stack(spec: Spec, reporter: Reporter) -> None:
    services = spec.stack.services
    scraped = [name for name, service in services.items() if service.scrape is not None]
    for key in ("service", "alertmanager"):
        name = getattr(spec.prometheus, key)
        reporter.reference(("prometheus", key), "scraped service", name, scraped)
    ports: dict[object, Path] = {}
    for name, service in services.items():
        path: Path = ("stack", "services", name)
        reporter.references((*path, "depends_on"), "service", service.depends_on, services)
        reporter.references((*path, "networks"), "network", service.networks, spec.stack.networks)
        reporter.references((*path, "secrets"), "secret", service.secrets, spec.stack.secrets)
        for index, port in enumerate(service.ports):
            reporter.unique((*path, "ports", index), "host port", f"{port.address}:{port.host}", ports)


def _rollout(spec: Spec, reporter: Reporter, rollout: Rollout) -> None:
    seen: dict[object, Path] = {}
    for index, checkpoint in enumerate(rollout.checkpoints.critical):
        path: Path = ("rollout", "checkpoints", "critical", index, "index")
        reporter.unique(path, "checkpoint", checkpoint.index, seen)
        if checkpoint.index > rollout.checkpoints.count:
            reporter.contradiction(
                path,
                f"checkpoint {checkpoint.index} is beyond the last one, {rollout.checkpoints.count}",
                f"use an index from 1 to {rollout.checkpoints.count}",
                ("rollout", "checkpoints", "count"),
            )
    for key, criteria in (("go", rollout.go), ("no_go", rollout.no_go)):
        for name, criterion in criteria.items():
            _criterion(spec, reporter, ("rollout", key, name), criterion)
    for index, section in enumerate(rollout.checklist):
        for name, criterion in section.items.items():
            _criterion(spec, reporter, ("rollout", "checklist", index, "items", name), criterion)


def _criterion(spec: Spec, reporter: Reporter, path: Path, criterion: Criterion) -> None:
    match criterion:
        case SliCriterion() | RegressionCriterion():
            reporter.references((*path, "slis"), "SLI", criterion.slis, spec.slis)
        case AlertsCriterion():
            reporter.references((*path, "severities"), "severity", criterion.severities, spec.severities)
            if criterion.component is not None:
                reporter.reference((*path, "component"), "component", criterion.component, spec.components)
        case SuiteCriterion():
            reporter.references((*path, "suites"), "suite", criterion.suites, spec.suites)
