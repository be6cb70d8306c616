"""A gauge as it is exposed."""

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, OfSeries, exposed, flat
from genesis_monitoring.slis.reading import and_scraped, last_level
from genesis_monitoring.slis.values import Floor, conversion_fault
from genesis_monitoring.spec.jobs import scrape_interval
from genesis_monitoring.spec.metrics import Sum
from genesis_monitoring.units import unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec


_SCRAPES = 4


class GaugeSli(SliKind):
    """The value as exposed, aggregated over instances; several metrics are added up."""

    parts = ("metrics",)
    takes = ("gauge",)

    kind: Literal["gauge"]
    metrics: Sum
    aggregation: Literal["sum", "min", "max", "avg"]

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Its unit is one that its metrics' converts to."""
        first = self.metrics[0].metric
        return conversion_fault(first, spec.metrics[first].unit, self.unit)

    def measured(self, spec: "Spec") -> str:
        """The terms' last levels, added up."""
        terms = tuple(
            promql.aggregate(self.aggregation, self.by, last_level(spec, one)) for one in self.metrics
        )
        value = promql.total(self.by, terms)
        factor = unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        if factor != 1 or (len(terms) > 1 and self.aggregation == "avg"):
            value = promql.rounded(promql.scale(value, factor))
        return and_scraped(spec, value, self.metrics, None)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """The first term has all of it."""
        raw = value / unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)
        values = (raw, *(0.0 for _ in self.metrics[1:]))
        return tuple(exposed(m, flat(v, clock), by) for m, v in zip(self.metrics, values, strict=True))

    def steady(self, spec: "Spec", growth: OfSeries, level: OfSeries) -> float | None:
        """One level, in its unit."""
        if len(self.metrics) > 1:
            return None
        return level(self.metrics[0]) * unit_factor(spec.metrics[self.metrics[0].metric].unit, self.unit)

    def noise(self, spec: "Spec") -> Floor | None:
        """A time that passes between scrapes is not known to fewer of them, one of which may fail."""
        if self.unit != "seconds":
            return None
        slowest = max(scrape_interval(spec, spec.metrics[one.metric].job) for one in self.metrics)
        return Floor(Decimal(_SCRAPES * slowest), f"less than {_SCRAPES} scrapes is not known")
