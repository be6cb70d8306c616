"""The slope of another SLI."""

from typing import TYPE_CHECKING, Literal

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.derived import DerivedSli
from genesis_monitoring.slis.input_series import EVENTS, Clock, Inputs, InputSeries, Labels, line
from genesis_monitoring.spec.base import Name, PositiveSeconds
from genesis_monitoring.units import UNITS

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter

_SECONDS_PER_DAY = 86400


class TrendSli(DerivedSli):
    """The slope of another SLI, in its unit per day."""

    unobservable = "a slope within one rollout says little about the slopes to come"

    kind: Literal["trend"]
    sli: Name
    window: PositiveSeconds

    @property
    def of(self) -> str:
        """The SLI whose slope it is."""
        return self.sli

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """Beside what holds for all that is made of another SLI: it is in that one's unit a day."""
        super().check(spec, reporter, path)
        unit = spec.slis[self.sli].unit
        wanted = f"{unit}_per_day"
        if self.unit != wanted:
            reporter.contradiction(
                (*path, "unit"),
                f"the trend of {self.sli}, in {unit}, is not in {self.unit}",
                f"use {wanted}" if wanted in UNITS else f"{unit} has no unit for its change a day",
            )

    def measured(self, spec: "Spec") -> str:
        """The slope; none goes on where nothing is known any more."""
        record = self.record(spec)
        slope = f"deriv({promql.selector(record, window=self.window)})"
        return f"{promql.rounded(promql.scale(slope, _SECONDS_PER_DAY))} and {record}"

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """A line with that slope."""
        slope = value / _SECONDS_PER_DAY * clock.step
        return (InputSeries(promql.selector(self.record(spec), by), line(slope, clock, start=EVENTS)),)
