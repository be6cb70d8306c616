"""A gauge as it is exposed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, OfSeries, exposed, flat
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.slis.reading import and_scraped, last_level, level_over
from genesis_monitoring.slis.values import Floor, conversion_fault
from genesis_monitoring.spec.base import Number, PositiveSeconds
from genesis_monitoring.spec.jobs import sample_interval
from genesis_monitoring.spec.metrics import Selector, Sum
from genesis_monitoring.units import format_number, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


_SCRAPES = 4


class GaugeSli(SliKind):
    """The value as exposed, aggregated over instances; several metrics are added up.

    With ``over`` it is each series' largest, smallest or mean value in ``window``, or its quantile ``q``: a
    short peak between two evaluations counts.
    """

    parts = ("metrics",)
    takes = ("gauge",)

    kind: Literal["gauge"]
    metrics: Sum
    aggregation: Literal["sum", "min", "max", "avg"]
    over_: Annotated[Literal["max", "min", "avg", "quantile"] | None, Field(alias="over")] = None
    q: Annotated[Number, Field(gt=0, lt=1)] | None = None
    window: PositiveSeconds | None = None

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """What is taken over a window has one, and the other way round."""
        for key, needs, given, fault, hint in (
            (
                "over",
                self.window,
                self.over_,
                "there is no window to take this over",
                "add window, as in 10m",
            ),
            (
                "window",
                self.over_,
                self.window,
                "nothing is taken over this window",
                "add over: max, min, avg or quantile; or remove window",
            ),
        ):
            if given is not None and needs is None:
                reporter.contradiction((*path, key), fault, hint)
        if self.q is None and self.over_ == "quantile":
            reporter.contradiction((*path, "over"), "which quantile is not said", "add q, as in q: 0.95")
        elif self.q is not None and self.over_ != "quantile":
            reporter.contradiction(
                (*path, "q"), "no quantile is asked for", "write over: quantile, or remove q"
            )

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Its unit is one that its metrics' converts to."""
        first = self.metrics[0].metric
        return conversion_fault(first, spec.metrics[first].unit, self.unit)

    def measured(self, spec: "Spec") -> str:
        """The terms' last levels, added up."""
        terms = tuple(
            promql.aggregate(self.aggregation, self.by, self._level(spec, one)) for one in self.metrics
        )
        value = promql.total(self.by, terms)
        factor = unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        if factor != 1 or self.over_ or (len(terms) > 1 and self.aggregation == "avg"):
            value = promql.rounded(promql.scale(value, factor))
        return and_scraped(spec, value, self.metrics, None)

    def _level(self, spec: "Spec", one: Selector) -> str:
        if self.over_ is None or self.window is None:
            return last_level(spec, one)
        return level_over(spec, one, self.over_, self.window, "" if self.q is None else format_number(self.q))

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """The first term has all of it."""
        raw = value / unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        values = (raw, *(0.0 for _ in self.metrics[1:]))
        return tuple(exposed(m, flat(v, clock), by) for m, v in zip(self.metrics, values, strict=True))

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """Values that differ within the window, all of them on the side that is good."""
        bad = self.good.negated if self.good else None
        level = self.probes(spec, bad).good if bad else self.sample(spec)
        apart = round(abs(level - bad.threshold) / 4 if bad else level / 10, 6)
        moved = (apart, -round(1.5 * apart, 6), round(1.5 * apart, 6) - apart)
        wanted = {"max": level + apart, "min": level + moved[1], "avg": level}.get(self.over_ or "")
        if wanted is None or not apart:
            return
        first, *others = self.held_at(spec, level, clock, by)
        factor = unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        last = " ".join(format_number((level + one) / factor) for one in moved)
        values = f"{flat(level / factor, replace(clock, count=clock.count - len(moved)))} {last}"
        yield f"it is the {self.over_} over its window", (replace(first, values=values), *others), wanted

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """The first term has all of it."""
        raw = self.well(spec) / unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        return tuple(Stand(one, 0.0 if place else raw) for place, one in enumerate(self.metrics))

    def steady(self, spec: "Spec", growth: OfSeries, level: OfSeries) -> float | None:
        """One level, in its unit."""
        if len(self.metrics) > 1:
            return None
        return level(self.metrics[0]) * unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)

    def noise(self, spec: "Spec") -> Floor | None:
        """A time that passes between scrapes is not known to fewer of them, one of which may fail."""
        if self.unit != "seconds":
            return None
        slowest = max(sample_interval(spec, one.metric) for one in self.metrics)
        return Floor(Decimal(_SCRAPES * slowest), f"less than {_SCRAPES} scrapes is not known")
