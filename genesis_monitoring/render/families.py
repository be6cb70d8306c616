"""The artifact families: each renderer takes a plan, gives artifacts. ``RENDERERS`` lists them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
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
from genesis_monitoring.render.templates import Templates
from genesis_monitoring.spec.night_words import spell_interval
from genesis_monitoring.targets.registry import TARGETS


def render_prometheus(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """The server's configuration, and the rule files of each component."""
    yield _data(partial(prometheus_document, plan.prometheus), "prometheus/prometheus.yml.j2", templates)
    for path, groups in plan.rule_files.items():
        yield _data(partial(rule_document, path, groups), "prometheus/rules.yml.j2", templates)


def render_rule_tests(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """A test file for each component and sampling."""
    for component in plan.components:
        for file in plan.rule_tests.of(component):
            text = templates.render("prometheus/rule_tests.yml.j2", document=rule_test_document(file).data)
            yield Artifact(file.path, text, partial(_rule_tests_again, plan, component, file.path))


def _rule_tests_again(plan: Plan, component: str, path: str) -> Document:
    return next(rule_test_document(file) for file in plan.rule_tests.of(component) if file.path == path)


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


@dataclass(frozen=True, slots=True)
class _Page:
    """A page of the index, in the folder of pages: ``about`` says what it is for."""

    path: str
    title: str
    about: str
    template: str
    slots: Mapping[str, object]


def render_docs(plan: Plan, templates: Templates) -> Iterator[Artifact]:
    """Runbooks, the references, the schedule and the procedures, and the index of them."""
    for runbook in plan.runbooks:
        yield Artifact(runbook.path, templates.render("docs/runbook.md.j2", page=runbook))
    pages = tuple(_pages(plan))
    for page in pages:
        text = templates.render(f"docs/{page.template}", **page.slots)
        yield Artifact(f"{names.DOCS_FOLDER}/{page.path}", text)
    about = plan.spec.metadata
    index = templates.render(
        "docs/readme.md.j2",
        title=about.title,
        description=about.description,
        planned=plan.planned,
        pages=pages,
    )
    yield Artifact(f"{names.DOCS_FOLDER}/README.md", index)


def _pages(plan: Plan) -> Iterator[_Page]:
    spec, rollout = plan.spec, plan.spec.rollout
    yield _Page(
        "alerts.md",
        "Alerts",
        "Every alert with its runbook, severity and receivers",
        "alerts.md.j2",
        {
            "rows": plan.alert_rows,
            "planned": plan.planned,
            "teams": spec.teams,
            "severities": tuple(spec.severities.items()),
            "channels": tuple(spec.slack.channels.values()) if spec.slack.enabled else (),
            "intervals": tuple((name, spell_interval(own)) for name, own in spec.time_intervals.items()),
        },
    )
    yield _Page(
        "queries.md",
        "Queries",
        "Every query, to be opened in Prometheus or copied",
        "queries.md.j2",
        {"sections": plan.queries, "planned": plan.planned},
    )
    about = "Every panel by its id, with the metrics that it draws"
    yield _Page(
        "panels.md", "Panels", about, "panels.md.j2", {"tables": plan.panel_tables, "planned": plan.planned}
    )
    if plan.slos:
        about = "What each SLO promises, its error budget, who owns it and who is told"
        yield _Page("slos.md", "SLOs", about, "slos.md.j2", {"slos": plan.slos})
    if rollout is None or plan.rollout is None:
        return
    yield _Page(
        "checkpoints.md",
        "Checkpoints",
        "When to look at what, and how GO and NO-GO are decided",
        "checkpoints.md.j2",
        {
            "plan": plan.rollout,
            "rollout": rollout,
            "contacts": spec.metadata.contacts,
            "planned": plan.planned,
        },
    )
    yield _Page(
        "rollback.md",
        rollout.rollback.title,
        f"{rollout.rollback.when}: what to do, step by step",
        "rollback.md.j2",
        {"rollback": rollout.rollback},
    )
    if rollout.troubleshooting:
        yield _Page(
            "troubleshooting.md",
            "Troubleshooting",
            "When the monitoring itself does not do what it should",
            "procedures.md.j2",
            {"title": "Troubleshooting", "procedures": rollout.troubleshooting},
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
