"""What is asked of a way to alert: its rules, how they are tested, and what a page says of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL, SLI_LABEL, TEAM_LABEL
from genesis_monitoring.plan.budgets import BudgetPlan
from genesis_monitoring.plan.inhibition import Inhibitions
from genesis_monitoring.plan.links import PanelIndex
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.plan.timelines import Lane, RuleTest
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.told import team_of

Slis = Mapping[str, SliPlan]


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules are made of."""

    spec: Spec
    slis: Slis
    budgets: tuple[BudgetPlan, ...]
    panels: PanelIndex
    inhibitions: Inhibitions


class Policy(ABC):
    """A way to alert. Each is a class below this one.

    Its rules are a ``part`` of a component's that stands in a file of its own, or among the others.
    """

    part: ClassVar[str] = ""

    def windows(self, spec: Spec) -> Mapping[str, tuple[int, ...]]:
        """The windows (seconds) over which it needs SLIs to be recorded, beside their own."""
        return {}

    @abstractmethod
    def rules(self, ground: Ground) -> Iterator[AlertingRule]:
        """All its alerts, in the order in which they stand in their components."""

    def lanes(self, spec: Spec, slis: Slis, rule: AlertingRule) -> Iterator[Lane]:
        """The tests of one alert, as lanes of the component's time line."""
        return iter(())

    def tests(self, spec: Spec, slis: Slis, rules: Sequence[AlertingRule]) -> Iterator[RuleTest]:
        """Tests of all its alerts in a component together, beside the lanes."""
        return iter(())

    @abstractmethod
    def meaning(self, slis: Slis, rules: Sequence[AlertingRule]) -> tuple[str, ...]:
        """What it means that it fires, in sentences. ``rules`` are all of one name."""

    def cause(self, rule: AlertingRule) -> str:
        """Why it fires, in a few words."""
        return str(rule.condition or rule.words.summary)

    def summary(self, rules: Sequence[AlertingRule]) -> str:
        """What is so, as the title of its page."""
        return rules[0].words.summary

    def impact(self, rules: Sequence[AlertingRule]) -> str:
        """What it costs."""
        return rules[0].words.impact

    def queries(self, slis: Slis, rule: AlertingRule) -> Iterator[tuple[str, str]]:
        """What to look at in Prometheus then: titles and PromQL."""
        return iter(())


def alert_labels(
    spec: Spec, severity: str, component: str, sli: str | None, alert: str = ""
) -> tuple[tuple[str, str], ...]:
    """The labels that a rule gives its alerts; ``alert`` is the name of one that the spec has."""
    labels = (
        (SEVERITY_LABEL, severity),
        (COMPONENT_LABEL, component),
        (TEAM_LABEL, team_of(spec, component, sli, alert)),
    )
    return (*labels, (SLI_LABEL, sli)) if sli else labels


def kept_firing(spec: Spec, severity: str, own: int | None = None) -> int:
    """For how many seconds an alert goes on once its cause is gone: what it says itself, or its severity."""
    return (spec.severities[severity].keep_firing_for or 0) if own is None else own
