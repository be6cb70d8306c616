"""The ways to alert that there are. To add one: a module beside this one, and a line here."""

from collections.abc import Mapping

from genesis_monitoring.policies.absence import AbsencePolicy
from genesis_monitoring.policies.base import Policy
from genesis_monitoring.policies.budget import BudgetPolicy
from genesis_monitoring.policies.level import LevelPolicy
from genesis_monitoring.policies.watchdog import WatchdogPolicy
from genesis_monitoring.spec.model import Spec

BUDGET = BudgetPolicy()
POLICIES: tuple[Policy, ...] = (LevelPolicy(), BUDGET, AbsencePolicy(), WatchdogPolicy())
"""In the order in which their alerts stand in a rule group."""


def recorded_windows(spec: Spec) -> Mapping[str, tuple[int, ...]]:
    """The windows (seconds) over which each SLI is recorded beside its own, each once."""
    wanted: dict[str, dict[int, None]] = {}
    for policy in POLICIES:
        for name, windows in policy.windows(spec).items():
            wanted.setdefault(name, {}).update(dict.fromkeys(windows))
    return {name: tuple(windows) for name, windows in wanted.items()}
