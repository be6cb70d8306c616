"""A mean, from a sum and a count."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import (
    EVENTS,
    Clock,
    Inputs,
    InputSeries,
    Labels,
    line,
    series_labels,
)
from genesis_monitoring.slis.reading import ON_TARGET, present, usable
from genesis_monitoring.slis.values import conversion_fault
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import MetricRef, MetricType, Selector
from genesis_monitoring.units import UNITS, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter

_COUNTED = ("count", "tokens")


class MeanSli(SliKind):
    """The mean of what a ``histogram`` observed in the ``window``, or of two counters: ``sum`` by ``count``.

    A summary is two counters, ``…_sum`` and ``…_count``. No value below ``minimum_traffic`` events.
    """

    parts = ("histogram", "sum", "count")
    takes = ("histogram", "counter")
    needs_traffic = True
    mixes_units = True
    reads = ("_sum", "_count")

    kind: Literal["mean"]
    histogram: MetricRef | None = None
    sum: MetricRef | None = None
    count: MetricRef | None = None
    window: PositiveSeconds
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None

    @model_validator(mode="after")
    def _of_one_thing(self) -> "MeanSli":
        pair = (self.sum is not None, self.count is not None)
        if pair not in ((True, True), (False, False)) or (self.histogram is not None) == all(pair):
            raise ValueError(
                "a mean is that of a histogram, or it is given sum and count, two counters; "
                "keep one of the two"
            )
        return self

    @property
    def metric_type(self) -> MetricType:
        """A histogram, or counters."""
        return "histogram" if self.histogram else "counter"

    @property
    def _added(self) -> tuple[Selector, str]:
        return (self.histogram, "_sum") if self.histogram else (self._given(self.sum), "")

    @property
    def _counted(self) -> tuple[Selector, str]:
        return (self.histogram, "_count") if self.histogram else (self._given(self.count), "")

    @staticmethod
    def _given(one: Selector | None) -> Selector:
        if one is None:
            raise AssertionError("the model lets no mean without a sum and a count pass")
        return one

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Its unit is one that the sum's converts to."""
        name = self._added[0].metric
        return conversion_fault(name, spec.metrics[name].unit, self.unit)

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """What it is divided by counts things."""
        if self.count is None:
            return
        unit = spec.metrics[self.count.metric].unit
        if UNITS[unit].dimension not in _COUNTED:
            reporter.contradiction(
                (*path, "count"),
                f"{self.count.metric} is in {unit}, and a mean is a sum by a number of things",
                "use a counter whose unit is count",
                ("metrics", self.count.metric, "unit"),
            )

    def measured(self, spec: "Spec") -> str:
        """The growth of the sum by that of the count, of instances that have both."""
        both = (self._added, self._counted)
        added, counted = (self._growth(*one, beside=other) for one, other in (both, both[::-1]))
        mean = f"{added} / {promql.at_least(counted, self.minimum_traffic)}"
        return promql.rounded(promql.scale(mean, self._factor(spec)))

    def _growth(self, series: Selector, suffix: str, *, beside: tuple[Selector, str]) -> str:
        other, its = beside
        growth, there = (
            promql.finite(f"increase({promql.select(one, self.window, suffix=end)})")
            for one, end in ((series, suffix), (other, its))
        )
        matching = "" if self.histogram else f" {ON_TARGET}"
        return promql.aggregate("sum", self.by, f"({growth}) and{matching} ({there})")

    def _factor(self, spec: "Spec") -> float:
        return unit_factor(spec.metrics[self._added[0].metric].unit, self.unit)

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The mean of all that happened."""
        return self.model_copy(update={"window": seconds}).measured(spec)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """The sum and the count, both."""
        return tuple((usable(spec, one, suffix=suffix),) for one, suffix in (self._counted, self._added))

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The count."""
        one, suffix = self._counted
        return present((one,), seconds, suffix=suffix)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """So much for each of enough."""
        return self._events(spec, value, max(EVENTS, 2 * (self.minimum_traffic or 0)), clock, by)

    def _events(self, spec: "Spec", value: float, total: float, clock: Clock, by: Labels) -> Inputs:
        amounts = ((*self._added, value / self._factor(spec) * total), (*self._counted, total))
        return tuple(
            InputSeries(promql.selector(f"{one.metric}{suffix}", series_labels(one, by)), line(amount, clock))
            for one, suffix, amount in amounts
        )

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """Half of the traffic that it needs."""
        if self.minimum_traffic:
            few = self.minimum_traffic / 2 * clock.share_of(self.window)
            series = self._events(spec, self.sample(spec), few, clock, by)
            yield "too little traffic is no data, and quiet", series, None
