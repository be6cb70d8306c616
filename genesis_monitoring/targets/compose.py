"""Docker Compose: the whole stack on one machine, as ``stack`` of the spec has it."""

from functools import partial

from genesis_monitoring.documents.compose import compose_document
from genesis_monitoring.targets.base import Target

COMPOSE = Target("compose", "docker-compose.yml.j2", lambda plan: (partial(compose_document, plan.stack),))
