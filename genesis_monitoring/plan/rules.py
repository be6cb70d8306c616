"""Rules as they stand in a group; ``policies/`` makes the alerts, ``rule_groups`` puts them together."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genesis_monitoring.plan.annotations import Annotations
from genesis_monitoring.predicates import Predicate

if TYPE_CHECKING:
    from genesis_monitoring.policies.base import Policy


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """``record`` is the value series of one SLI."""

    record: str
    expr: str
    origin: str


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """An alert; times are in seconds. ``condition`` is None for the meta alerts, ``sli`` for the Watchdog."""

    alert: str
    expr: str
    for_: int
    labels: tuple[tuple[str, str], ...]
    series_labels: tuple[str, ...]
    annotations: Annotations
    component: str
    severity: str
    origin: str
    policy: "Policy" = field(compare=False, repr=False)
    sli: str | None = None
    condition: Predicate | None = None
    keep_firing_for: int = 0


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """All rules of a component, in evaluation order."""

    name: str
    recording: tuple[RecordingRule, ...]
    alerting: tuple[AlertingRule, ...]
