"""The artifact families: each renderer takes a plan, gives artifacts. ``RENDERERS`` lists them."""

from collections.abc import Callable, Iterator
from functools import partial

from genesis_monitoring import conventions as names
from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.documents.alertmanager import alertmanager_document
from genesis_monitoring.documents.node import Document
from genesis_monitoring.documents.prometheus import prometheus_document
from genesis_monitoring.documents.provisioning import dashboard_provider_document, datasources_document
from genesis_monitoring.documents.rule_tests import rule_test_document
from genesis_monitoring.documents.rules import rule_document
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import RuleGroup
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.targets.registry import TARGETS


def render_prometheus(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """The server's configuration, and a rule file for each group."""
    yield _data(partial(prometheus_document, plan.prometheus), "prometheus/prometheus.yml.j2", templates)
    for group in plan.rule_groups:
        yield _data(partial(rule_document, group), "prometheus/rules.yml.j2", templates)


def render_rule_tests(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """A test file for each component and sampling."""
    for group in plan.rule_groups:
        for file in plan.rule_tests.of(group):
            text = templates.render("prometheus/rule_tests.yml.j2", document=rule_test_document(file).data)
            yield Artifact(file.path, text, partial(_rule_tests_again, plan, group, file.path))


def _rule_tests_again(plan: Plan, group: RuleGroup, path: str) -> Document:
    return next(rule_test_document(file) for file in plan.rule_tests.of(group) if file.path == path)


def render_alertmanager(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """Alertmanager's configuration and its notification templates."""
    yield _data(
        partial(alertmanager_document, plan.alertmanager), "alertmanager/alertmanager.yml.j2", templates
    )
    messages = templates.render("alertmanager/genesis.tmpl.j2", notifications=plan.notifications)
    yield Artifact(names.ALERTMANAGER_TEMPLATES, messages)


def render_grafana(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """Dashboards, and what provisions them and their data source."""
    from genesis_monitoring.render.grafana import render_dashboard

    yield _data(partial(datasources_document, plan.spec), "grafana/datasources.yml.j2", templates)
    yield _data(partial(dashboard_provider_document, plan.spec), "grafana/dashboards.yml.j2", templates)
    for dashboard in plan.dashboards:
        yield render_dashboard(dashboard)


def render_targets(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """What each target has beside the files that all share."""
    for target in TARGETS:
        for make in target.documents(plan):
            yield _data(make, target.template, templates)


def _data(make: Callable[[], Document], template: str, templates: Templates) -> Artifact:
    document = make()
    return Artifact(document.path, templates.render(template, document=document.data), make)


def render_instrumentation(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """A Python module for each application that exposes metrics of the catalogue."""
    for module in plan.instrumentation:
        yield Artifact(module.path, templates.render("instrumentation/metrics.py.j2", module=module))


def render_docs(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """Runbooks, the references, the schedule and the procedures."""
    folder, spec = names.DOCS_FOLDER, plan.spec
    for page in plan.runbooks:
        yield Artifact(page.path, templates.render("docs/runbook.md.j2", page=page))
    yield Artifact(
        f"{folder}/alerts.md",
        templates.render(
            "docs/alerts.md.j2",
            rows=plan.alert_rows,
            severities=tuple(spec.severities.items()),
            channels=tuple(spec.slack.channels.values()) if spec.slack.enabled else (),
        ),
    )
    yield Artifact(f"{folder}/panels.md", templates.render("docs/panels.md.j2", tables=plan.panel_tables))
    rollout = spec.rollout
    if rollout is None or plan.rollout is None:
        return
    yield Artifact(
        f"{folder}/checkpoints.md",
        templates.render(
            "docs/checkpoints.md.j2", plan=plan.rollout, rollout=rollout, contacts=spec.metadata.contacts
        ),
    )
    yield Artifact(
        f"{folder}/rollback.md",
        templates.render(
            "docs/procedures.md.j2", title=rollout.rollback.title, procedures=(rollout.rollback,)
        ),
    )
    if rollout.troubleshooting:
        yield Artifact(
            f"{folder}/troubleshooting.md",
            templates.render(
                "docs/procedures.md.j2", title="Troubleshooting", procedures=rollout.troubleshooting
            ),
        )


Renderer = Callable[[Plan, Templates], Iterator[Artifact]]

RENDERERS: tuple[Renderer, ...] = (
    render_prometheus,
    render_rule_tests,
    render_alertmanager,
    render_grafana,
    render_targets,
    render_instrumentation,
    render_docs,
)
