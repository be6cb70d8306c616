"""Every name in a spec that stands for something else in it: does that something exist?

Also what must be unique across sections: panel ids, alert names.
"""

from collections.abc import Collection

from genesis_monitoring.conventions import ALERT_LABELS, BUDGET_LABELS, JOB_LABEL, TARGET_LABELS
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.alerts import MatchedAlerts
from genesis_monitoring.spec.budget_rules import budgets_of, burn_alerts, check_budget_references
from genesis_monitoring.spec.jobs import (
    job_names,
    offered,
    reaches_outside,
    scrape_labels,
    scraped_services,
)
from genesis_monitoring.spec.metrics import Selector
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.night_rules import check_night_references
from genesis_monitoring.spec.reporter import DUPLICATE, Path, Reporter
from genesis_monitoring.spec.rollout_references import check_rollout_references
from genesis_monitoring.spec.team_rules import check_team_references


def check_references(spec: Spec, reporter: Reporter) -> None:
    """Reports dangling references and duplicates of the whole spec."""
    _metrics(spec, reporter)
    for name, sli in spec.slis.items():
        _sli(spec, reporter, ("slis", name), sli)
    check_budget_references(spec, reporter)
    _alerts(spec, reporter)
    _routing(spec, reporter)
    check_team_references(spec, reporter)
    check_night_references(spec, reporter)
    _dashboards(spec, reporter)
    _stack(spec, reporter)
    if spec.profile is not None:
        reporter.reference(("profile",), "profile", spec.profile, spec.profiles)
    if spec.rollout is not None:
        check_rollout_references(spec, reporter, spec.rollout)


def alert_names(spec: Spec) -> tuple[str, ...]:
    """Every alert that can fire, the meta alerts included."""
    meta = spec.meta_alerts
    return (*spec.alerts, *burn_alerts(spec), meta.missing_data.name, meta.watchdog.name)


def panel_ids(spec: Spec) -> frozenset[int]:
    """Every panel's id, on all dashboards; rows are no panels."""
    return frozenset(
        panel.id for board in spec.dashboards.values() for row in board.rows for panel in row.panels
    )


def _metrics(spec: Spec, reporter: Reporter) -> None:
    jobs = job_names(spec)
    for name, metric in spec.metrics.items():
        reporter.reference(("metrics", name, "job"), "scraped service or target", metric.job, jobs)
    results: dict[object, Path] = {}
    for name, suite in spec.suites.items():
        reporter.unique(("suites", name, "results"), "result file", suite.results, results)
    if spec.health_score is not None:
        reporter.reference(("health_score", "metric"), "metric", spec.health_score.metric, spec.metrics)
        for name, part in spec.health_score.parts.items():
            reporter.reference(("health_score", "parts", name, "suite"), "suite", part.suite, spec.suites)


def _sli(spec: Spec, reporter: Reporter, path: Path, sli: Sli) -> None:
    reporter.reference((*path, "component"), "component", sli.component, spec.components)
    selectors = sli.selectors
    # Whether a ratio is one of counters or of gauges is not known while one of its metrics is not.
    types = {sli.metric_type} if sli.metric_type in sli.takes else {sli.metric_type, *sli.takes}
    for below, selector in selectors:
        _selector(spec, reporter, (*path, *below), selector, types - {None})
    if sli.of:
        measured = [name for name, one in spec.slis.items() if not one.of]
        if reporter.reference((*path, "sli"), "SLI", sli.of, spec.slis, usable=measured):
            base = spec.slis[sli.of]
            reporter.references((*path, "by"), f"label of SLI {sli.of}", sli.by, base.by)
    else:
        metrics = [one.metric for _, one in selectors if one.metric in spec.metrics]
        shared = sli.groupable([{*spec.metrics[one].labels, *scrape_labels(spec, one)} for one in metrics])
        kind = "label" if len(metrics) < 2 else "label that all of these metrics have:"
        scraped = () if any(spec.metrics[one].recording for one in metrics) else TARGET_LABELS
        reporter.references((*path, "by"), kind, sli.by, shared.union(scraped))


def _selector(
    spec: Spec,
    reporter: Reporter,
    path: Path,
    selector: Selector,
    types: Collection[str | None] = (),
    among: Collection[str] | None = None,
) -> None:
    at = (*path, "metric") if selector.narrowed else path
    name = selector.metric
    usable: list[str] = []
    more: list[str] = []
    if name not in spec.metrics:
        usable = [one for one, metric in spec.metrics.items() if not types or metric.type in types]
        usable = [one for one in usable if among is None or one in among]
        more = [one for one, about in offered(spec) if not types or about.get("type") in types]
    if reporter.reference(at, "metric", name, spec.metrics, usable=usable, more=more):
        known = (*spec.metrics[selector.metric].labels, *scrape_labels(spec, selector.metric))
        for key, labels in (("labels", selector.labels), ("matchers", selector.matchers)):
            for label in labels:
                at = (*path, key, label)
                reporter.reference(at, f"label of {selector.metric}", label, known, at_key=True)


def _alerts(spec: Spec, reporter: Reporter) -> None:
    panels = {str(panel) for panel in panel_ids(spec)}
    seen: dict[object, Path] = {}
    spelled: dict[str, str] = {}
    for name, alert in spec.alerts.items():
        path: Path = ("alerts", name)
        seen[name] = path
        first = spelled.setdefault(name.casefold(), name)
        if first != name:
            reporter.error(
                DUPLICATE,
                path,
                f"{name} and {first} differ in case alone, and their runbooks are one file on many disks",
                "give one of the two another name",
                ("alerts", first),
            )
        judged = [one for one, sli in spec.slis.items() if sli.objective is not None]
        reporter.reference((*path, "sli"), "SLI", alert.sli, spec.slis, usable=judged)
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
    labels = _alert_labels(spec)
    for name, severity in spec.severities.items():
        reporter.references(("severities", name, "receivers"), "receiver", severity.receivers, spec.receivers)
        _labels(reporter, ("severities", name, "group_by"), severity.group_by, labels)
    secrets = {place: name for kind in RECEIVERS for place, name in kind.shared_secrets(spec).items()}
    for name, receiver in spec.receivers.items():
        path: Path = ("receivers", name)
        for kind, settings in receiver.integrations:
            at = (*path, kind.key)
            secrets.update(kind.secrets(at, settings))
            for one in kind.references(at, settings, spec):
                reporter.reference(one.path, one.what, one.name, one.known)
            for key in kind.lacking(settings, spec):
                reporter.missing(
                    at,
                    f"neither receivers.{name}.{kind.key} nor {kind.key} of the spec says {key}",
                    f"say it once for all at the top of the spec, or here: add {key}",
                )
        if receiver.fallback is not None:
            reporter.reference((*path, "fallback"), "receiver", receiver.fallback, spec.receivers)
    for place, secret in secrets.items():
        reporter.reference(place, "secret", secret, spec.stack.secrets)
    reporter.reference(
        ("routing", "default_receiver"), "receiver", spec.routing.default_receiver, spec.receivers
    )
    for name, rule in spec.routing.inhibit.items():
        for side, matched in (("source", rule.source), ("target", rule.target)):
            _matched(spec, reporter, ("routing", "inhibit", name, side), matched)
        _labels(reporter, ("routing", "inhibit", name, "equal"), rule.equal, labels)


def _alert_labels(spec: Spec) -> frozenset[str]:
    """Every label that some alert has by the time Alertmanager gets it."""
    grouped = (label for sli in spec.slis.values() for label in sli.by)
    budgets = [budget for _, _, budget in budgets_of(spec)]
    own = (*(BUDGET_LABELS if budgets else ()), *(label for one in budgets for label in one.labels))
    return frozenset((*ALERT_LABELS, JOB_LABEL, *grouped, *own, *spec.prometheus.external_labels))


def _labels(reporter: Reporter, path: Path, labels: tuple[str, ...], known: frozenset[str]) -> None:
    """Alertmanager takes a label that no alert has for an empty one, and says nothing."""
    if not reporter.partial:
        reporter.references(path, "label of alerts", labels, known)


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
        marks: dict[object, Path] = {}
        for index, one in enumerate(board.annotations):
            above: Path = ("dashboards", uid, "annotations", index)
            reporter.unique((*above, "title"), "annotation title", one.title, marks)
            marked = [name for name, about in spec.metrics.items() if one.label in about.labels]
            _selector(spec, reporter, (*above, "metric"), one.metric, among=marked)
            if one.metric.metric in spec.metrics:
                name = one.metric.metric
                known = (*spec.metrics[name].labels, *scrape_labels(spec, name))
                reporter.reference((*above, "label"), f"label of {one.metric.metric}", one.label, known)
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
                    if query.budget is not None:
                        with_one = [one for one, _, _ in budgets_of(spec)]
                        at_query = (*below, "budget")
                        reporter.reference(at_query, "SLI", query.budget, spec.slis, usable=with_one)
                    if query.metric is not None:
                        _selector(spec, reporter, (*below, "metric"), query.metric)


def _stack(spec: Spec, reporter: Reporter) -> None:
    services = spec.stack.services
    scraped = scraped_services(spec)
    outside = [one for one in scraped if reaches_outside(spec, services[one])]
    for name, target in spec.prometheus.targets.items():
        if target.probe is not None and target.probe.service:
            place: Path = ("prometheus", "targets", name, "probe", "exporter")
            or_else = f'an address outside the stack: "{target.probe.service}:9115"'
            reporter.reference(
                place, "scraped service", target.probe.service, scraped, usable=outside, or_else=or_else
            )
    for key, product in (("service", "prometheus"), ("alertmanager", "alertmanager")):
        name = getattr(spec.prometheus, key)
        such = [one for one in scraped if product in (services[one].kind or services[one].image)]
        reporter.reference(("prometheus", key), "scraped service", name, scraped, usable=such)
    for name, service in services.items():
        path: Path = ("stack", "services", name)
        reporter.references((*path, "depends_on"), "service", service.depends_on, services)
        reporter.references((*path, "networks"), "network", service.networks, spec.stack.networks)
        reporter.references((*path, "secrets"), "secret", service.secrets, spec.stack.secrets)
