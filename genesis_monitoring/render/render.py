"""Plan → every artifact. One error and there is no artifact at all: nothing half-rendered is written."""

from collections.abc import Callable, Iterator

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.render.families import (
    render_alertmanager,
    render_compose,
    render_docs,
    render_grafana,
    render_instrumentation,
    render_prometheus,
    render_rule_tests,
)
from genesis_monitoring.render.templates import Templates

Renderer = Callable[[Plan, Templates], Iterator[Artifact]]

RENDERERS: tuple[Renderer, ...] = (
    render_prometheus,
    render_rule_tests,
    render_alertmanager,
    render_grafana,
    render_compose,
    render_instrumentation,
    render_docs,
)


def render_plan(plan: Plan, templates: Templates) -> tuple[Artifact, ...]:
    """All artifacts in the order of their paths. The bytes depend on the plan and the templates only."""
    artifacts = [artifact for renderer in RENDERERS for artifact in renderer(plan, templates)]
    return tuple(sorted(artifacts, key=lambda artifact: artifact.path))
