"""How long ago something happened."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, exposed
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.slis.reading import last_level
from genesis_monitoring.slis.values import same_dimension
from genesis_monitoring.spec.base import TimeUnit
from genesis_monitoring.spec.metrics import MetricRef
from genesis_monitoring.units import UNITS, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec


class AgeSli(SliKind):
    """Time since the newest of the timestamps that a metric holds."""

    parts = ("metric",)
    takes = ("gauge",)
    since_a_time = True

    kind: Literal["age"]
    unit: TimeUnit
    metric: MetricRef

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """A time since a timestamp."""
        source = spec.metrics[self.metric.metric].unit
        if source == "timestamp" and UNITS[self.unit].dimension == "time":
            return None
        mend = f"use a unit of time: {same_dimension('seconds')}"
        if source != "timestamp":
            mend = "use a metric whose unit is timestamp: seconds since 1970"
        return f"an age is a time since a timestamp; here it is {self.unit} since {source}", mend

    def measured(self, spec: "Spec") -> str:
        """The time since the newest one; not below zero where clocks differ."""
        newest = promql.aggregate("max", self.by, last_level(spec, self.metric))
        age = f"clamp_min(time() - {newest}, 0)"
        return promql.rounded(promql.scale(age, unit_factor("seconds", self.unit)))

    @property
    def unusable(self) -> str:
        """A timestamp may be ahead."""
        return ", no finite number, or a time to come"

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """A timestamp that long ago."""
        return (Stand(self.metric, -self.well(spec) / unit_factor("seconds", self.unit), from_now=True),)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """A timestamp that goes on with the time."""
        age = value / unit_factor("seconds", self.unit)
        growing = exposed(self.metric, f"+{clock.step}x{clock.count}", by)
        return (replace(growing, epoch=-age),)
