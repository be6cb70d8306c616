"""Rules as they stand in a group; ``policies/`` makes the alerts, ``rule_groups`` puts them together."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from genesis_monitoring.conventions import rules_path
from genesis_monitoring.plan.annotations import Annotations, Words
from genesis_monitoring.predicates import Predicate

if TYPE_CHECKING:
    from genesis_monitoring.policies.base import Policy


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """``record`` is the series that is recorded, with ``labels`` beside those that ``expr`` brings."""

    record: str
    expr: str
    origin: str
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """A recorded series that an alert reads, whether it has cause to fire or not.

    That it is there, each ``interval`` seconds (None: as often as Prometheus evaluates rules), proves that
    the alert could have fired. What is ``counted_over`` so many seconds tells nothing before these were.
    """

    series: str
    interval: int | None = None
    counted_over: int = 0

    @property
    def record(self) -> str:
        """Its name."""
        return self.series.partition("{")[0]


@dataclass(frozen=True, slots=True)
class AlertingRule:
    """An alert; times are in seconds. ``sli`` is None for the Watchdog.

    ``inputs`` are what has to be there for it to fire. Without any it fires by what is absent, or always:
    that rules were evaluated is all that proves it. One with a ``condition`` compares the value of its one
    input. It is evaluated each ``interval`` seconds, None for as often as rules are. ``words`` are what the
    spec or its policy says of it. One in ``shadow`` fires and is told to nobody. ``slo`` is the id of the SLO
    whose error budget it is about. ``fires_at`` is a value that fires one without a ``condition``.
    """

    alert: str
    expr: str
    for_: int
    labels: tuple[tuple[str, str], ...]
    series_labels: tuple[str, ...]
    annotations: Annotations
    component: str
    severity: str
    origin: str
    words: Words
    policy: "Policy" = field(compare=False, repr=False)
    sli: str | None = None
    inputs: tuple[Input, ...] = ()
    interval: int | None = None
    condition: Predicate | None = None
    keep_firing_for: int = 0
    shadow: bool = False
    slo: str = ""
    fires_at: float = 1.0


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules in evaluation order, in a file of their component.

    ``interval`` (seconds) is None where that of Prometheus holds. A rule with more than ``limit`` series
    fails; 0 is no limit. What is a ``part`` stands in a file apart: promtool evaluates all rules of a file at
    each step of a test.
    """

    name: str
    component: str
    recording: tuple[RecordingRule, ...]
    alerting: tuple[AlertingRule, ...]
    interval: int | None = None
    limit: int = 0
    part: str = ""

    @property
    def path(self) -> str:
        """Its file, in the tree."""
        return rules_path(self.component, self.part)
