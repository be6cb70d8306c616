"""How fast counters grow.

A rate whose window begins or ends in a hole is never the average over less than it says.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from genesis_monitoring.conventions import UP_METRIC
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, OfSeries, exposed, line
from genesis_monitoring.slis.reading import ON_TARGET, and_scraped, present, sampled_each
from genesis_monitoring.spec.base import PositiveSeconds
from genesis_monitoring.spec.metrics import Selector, Sum
from genesis_monitoring.units import UNITS, rate_conversion, rate_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_PART_OF_A_WINDOW = 60
"""A window may begin or end in a hole of this part of it: a rate is then 2 % too low at most."""
_HELD = 300
"""So long a rate whose counters are not seen is held, in seconds, as Prometheus' own lookback delta is."""


class RateSli(SliKind):
    """How fast counters grow, added up: per second, or per month for money.

    There is no value until the counters have been there for a whole ``window``: over a part of it
    Prometheus' ``rate`` is too low.
    """

    parts = ("counters",)
    takes = ("counter",)

    kind: Literal["rate"]
    counters: Sum
    window: PositiveSeconds

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Its unit is a rate of what is counted."""
        first = self.counters[0].metric
        counted = spec.metrics[first].unit
        if rate_conversion(counted, self.unit) is not None:
            return None
        rates = ", ".join(name for name, _ in UNITS[counted].rates)
        return (
            f"the rate of {first}, which counts {counted}, is not in {self.unit}",
            f"use: {rates}" if rates else f"{counted} has no rate that makes sense",
        )

    def measured(self, spec: "Spec") -> str:
        """The rate, if its window has a beginning and an end."""
        known = self._group(lambda one: self._whole(spec, one))
        ends = self._group(lambda one: self._recent(spec, one))
        hole = self._group(self._broken)
        value = self._rate(spec, (self._best(spec, one) for one in self.counters))
        return and_scraped(spec, f"{value} and {known} and {ends} unless {hole}", self.counters, self.window)

    def recorded(self, spec: "Spec", record: str) -> str:
        """The value that is known; the last one for a while where a hole begins.

        Longer than that would be a value of what nobody saw.
        """
        held = min(self.window, _HELD)
        seen = self._group(lambda one: present((one,), held)[0])
        lost = self._group(lambda one: self._broken(one, held))
        last = f"last_over_time({promql.selector(record, window=held)})"
        return f"{self.measured(spec)} or {last} and {seen} unless {lost}"

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The rate from the first to the last sample."""
        return self._rate(spec, (f"rate({promql.select(one, seconds)})" for one in self.counters))

    def look_back(self, spec: "Spec") -> int:
        """Over a part of its window it has no value."""
        return self.window

    @property
    def reach(self) -> int:
        """It asks whether its counters were there before the window."""
        return 2 * self.window

    def _group(self, of: Callable[[Selector], str]) -> str:
        return promql.aggregate("group", self.by, " or ".join(map(of, self.counters)))

    def _rate(self, spec: "Spec", rates: Iterable[str]) -> str:
        terms = (promql.aggregate("sum", self.by, promql.finite(f"({rate})")) for rate in rates)
        factor = rate_factor(spec.metrics[self.counters[0].metric].unit, self.unit)
        return promql.rounded(promql.scale(promql.total(self.by, terms), factor))

    def _best(self, spec: "Spec", counter: Selector) -> str:
        """Of each series; over twice the window where that begins in a hole and the series is there."""
        rate = f"rate({promql.select(counter, self.window)})"
        if not _is_kept(spec, 2 * self.window):
            return rate
        longer = f"rate({promql.select(counter, 2 * self.window)})"
        begins, began = (self._begins(spec, counter, ago) for ago in (self.window, 2 * self.window))
        return f"{longer} and {began} and {self._recent(spec, counter)} unless {begins} or {rate}"

    def _whole(self, spec: "Spec", counter: Selector) -> str:
        """The series that were there for a whole window, and are there where it begins."""
        before = f"{promql.select(counter)} offset {format_duration(self.window)}"
        if not _is_kept(spec, self.window):
            return before
        whole = f"{self._begins(spec, counter, self.window)} and {before}"
        if not _is_kept(spec, 2 * self.window):
            return whole
        return f"{whole} or {self._begins(spec, counter, 2 * self.window)}"

    def _begins(self, spec: "Spec", counter: Selector, ago: int) -> str:
        """The series that have a sample right after so long ago. A second more, for one exactly then."""
        early = self._slack(spec, counter)
        return f"present_over_time({promql.select(counter, early + 1)} offset {format_duration(ago - early)})"

    def _recent(self, spec: "Spec", counter: Selector) -> str:
        return present((counter,), self._slack(spec, counter))[0]

    def _broken(self, counter: Selector, since: int = 0) -> str:
        """The series whose target is down (``since`` so many seconds), so their window ends in a hole."""
        up = f"max_over_time({promql.selector(UP_METRIC, window=since)})" if since else UP_METRIC
        return f"{present((counter,), self.window)[0]} and {ON_TARGET} {up} == 0"

    def _slack(self, spec: "Spec", counter: Selector) -> int:
        return max(sampled_each(spec, counter.metric) + 1, self.window // _PART_OF_A_WINDOW)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """Each counter has its share, so that one that is left out is missed."""
        factor = rate_factor(spec.metrics[self.counters[0].metric].unit, self.unit)
        increment = value / factor * clock.step / len(self.counters)
        return tuple(exposed(one, line(increment, clock), by) for one in self.counters)

    def steady(self, spec: "Spec", growth: OfSeries, level: OfSeries) -> float | None:
        """All counters' growth, in its unit."""
        factor = rate_factor(spec.metrics[self.counters[0].metric].unit, self.unit)
        return sum(map(growth, self.counters)) * factor


def _is_kept(spec: "Spec", window: int) -> bool:
    return window < spec.prometheus.retention
