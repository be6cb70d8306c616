"""Docker Compose: the whole stack on one machine, as ``stack`` of the spec has it."""

from collections.abc import Callable
from functools import partial

from genesis_monitoring.documents.compose import compose_document
from genesis_monitoring.documents.node import Document
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.targets.base import Target


def _documents(plan: Plan) -> tuple[Callable[[], Document], ...]:
    return (partial(compose_document, plan.stack),) if plan.spec.stack.compose else ()


COMPOSE = Target("compose", "docker-compose.yml.j2", _documents)
