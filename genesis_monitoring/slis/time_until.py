"""How long it is until something happens."""

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, exposed
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.slis.reading import last_level, usable
from genesis_monitoring.slis.values import more_left_is_better, same_dimension
from genesis_monitoring.spec.base import TimeUnit
from genesis_monitoring.spec.metrics import MetricRef
from genesis_monitoring.units import UNITS, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


class TimeUntilSli(SliKind):
    """Time until the earliest of the timestamps that a metric holds, such as the end of a certificate.

    It is 0 from then on. A timestamp of 0 or less is no moment: exporters write it where they know none.
    """

    parts = ("metric",)
    takes = ("gauge",)
    unobservable = "how early somebody must know follows from how long they need"

    kind: Literal["time_until"]
    unit: TimeUnit
    metric: MetricRef

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """A time until a timestamp."""
        source = spec.metrics[self.metric.metric].unit
        if source != "timestamp":
            return (
                f"this is the time until a timestamp, and {self.metric.metric} is in {source}",
                "use a metric whose unit is timestamp: seconds since 1970",
            )
        if UNITS[self.unit].dimension != "time":
            return f"a time is not in {self.unit}", f"use a unit of time: {same_dimension('seconds')}"
        return None

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """More time is better."""
        more_left_is_better(self.objective, reporter, path)

    def measured(self, spec: "Spec") -> str:
        """The time until the earliest one; not below zero when it is over."""
        earliest = promql.aggregate("min", self.by, last_level(spec, self.metric, to_come=True))
        left = f"clamp_min({earliest} - time(), 0)"
        return promql.rounded(promql.scale(left, unit_factor("seconds", self.unit)))

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """A moment, to come or not."""
        return ((usable(spec, self.metric, to_come=True),),)

    @property
    def unusable(self) -> str:
        """A timestamp of 0 stands for none."""
        return ", no finite number, or no moment"

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """A timestamp that is as far ahead."""
        return (Stand(self.metric, self.well(spec) / unit_factor("seconds", self.unit), from_now=True),)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """A timestamp that goes on with the time."""
        left = value / unit_factor("seconds", self.unit)
        growing = exposed(self.metric, f"+{clock.step}x{clock.count}", by)
        return (replace(growing, epoch=left),)
