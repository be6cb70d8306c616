"""The targets that there are. To add one: a module beside this one, and a line here."""

from genesis_monitoring.targets.base import Target
from genesis_monitoring.targets.compose import COMPOSE

TARGETS: tuple[Target, ...] = (COMPOSE,)
