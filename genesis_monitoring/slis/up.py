"""Whether a thing is up."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from genesis_monitoring.conventions import JOB_LABEL, UP_METRIC
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, exposed, flat
from genesis_monitoring.slis.objectives import Objective
from genesis_monitoring.slis.reading import last_level, usable
from genesis_monitoring.slis.values import Probes
from genesis_monitoring.spec.jobs import planned_jobs
from genesis_monitoring.spec.metrics import MetricRef, Selector

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


class UpSli(SliKind):
    """1 while the thing is up, 0 while it is down: the lowest of its series."""

    parts = ("metric",)
    takes = ("gauge",)
    up_or_down = True

    kind: Literal["up"]
    metric: MetricRef
    objective: Objective | None = Field(default_factory=lambda: Objective(good=">=", target=1.0))

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """A state of a state."""
        if self.unit == "state" and spec.metrics[self.metric.metric].unit == "state":
            return None
        return "an up SLI and its metric are in state", "use the unit state for both"

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """Up is good."""
        if self.objective is not None and self.objective.good in ("<", "<="):
            reporter.contradiction(
                (*path, "objective", "good"),
                "an up SLI is 1 while the thing is up, and here that is not good",
                'write good: ">="',
            )

    def measured(self, spec: "Spec") -> str:
        """The lowest level."""
        return promql.aggregate("min", self.by, last_level(spec, self._there(spec)))

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """What is asked."""
        return ((usable(spec, self._there(spec)),),)

    def _there(self, spec: "Spec") -> Selector:
        """Its metric; of targets those alone that are there: one that is planned is not down."""
        planned = planned_jobs(spec)
        if self.metric.metric != UP_METRIC or JOB_LABEL in self.metric.narrowed or not planned:
            return self.metric
        others = f"!~{'|'.join(planned)}" if planned[1:] else f"!={planned[0]}"
        return self.metric.model_copy(update={"matchers": {**self.metric.matchers, JOB_LABEL: others}})

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """Its metric as it is."""
        return (exposed(self.metric, flat(value, clock), by),)

    def probes(self, spec: "Spec", alerting: Predicate) -> Probes:
        """There is nothing between up and down."""
        return Probes(1.0, 0.0)
