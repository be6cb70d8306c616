"""Plan → every artifact. One error and there is no artifact at all: nothing half-rendered is written."""

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.render.families import RENDERERS
from genesis_monitoring.render.templates import Templates


def render_plan(plan: Plan, templates: Templates) -> tuple[Artifact, ...]:
    """All artifacts in the order of their paths. The bytes depend on the plan and the templates only."""
    artifacts = [artifact for renderer in RENDERERS for artifact in renderer(plan, templates)]
    return tuple(sorted(artifacts, key=lambda artifact: artifact.path))
