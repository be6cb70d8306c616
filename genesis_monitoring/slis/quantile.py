"""A quantile of a histogram."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import EVENTS, Clock, Inputs, Labels, histogram
from genesis_monitoring.slis.reading import present, unusable, usable
from genesis_monitoring.slis.values import Bounds, beside, conversion_fault, unit_bounds
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import MetricRef
from genesis_monitoring.units import UNITS, conversion, format_level, format_number, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter

_OTHERS = 'le!="+Inf"'
_ALL = 'le="+Inf"'


class QuantileSli(SliKind):
    """A quantile of a classic histogram, aggregated by ``le``; no value below ``minimum_traffic``."""

    parts = ("histogram",)
    takes = ("histogram",)
    needs_traffic = True

    kind: Literal["quantile"]
    histogram: MetricRef
    q: Annotated[Number, Field(gt=0, lt=1)]
    window: PositiveSeconds
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Its unit is one that its histogram's converts to."""
        return conversion_fault(self.histogram.metric, spec.metrics[self.histogram.metric].unit, self.unit)

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """Its levels are edges of buckets, below the last one."""
        edges, objective, name = self.edges(spec), self.objective, self.histogram.metric
        for level, value in objective.levels if objective is not None and edges else ():
            shown, missing = format_level(value, self.unit), self.missing_edge(spec, value)
            other = self._meant(edges, value)
            if missing is not None and other:
                message = f"no bucket of {name} ends at {level} {shown}: are {other[0]} meant?"
                hint = f"write {format_number(other[1])}: its unit is {self.unit}"
            elif value >= edges[-1] * (1 - 1e-9):
                message = (
                    f"{level} {shown} is not below the highest finite bucket of {name}, "
                    "and a quantile never shows more than that"
                )
                hint = f"add bucket edges above {self._edge(spec, value)}"
            elif missing is not None:
                message = f"no bucket of {name} ends at {level} {shown}, so values near it are a guess"
                hint = f"add the bucket edge {missing[1]}"
            else:
                continue
            related = ("metrics", name, "buckets")
            reporter.contradiction((*path, "objective", level), message, hint, related)

    def _meant(self, edges: tuple[float, ...], value: float) -> tuple[str, float] | None:
        """Another unit in which ``value`` is an edge, and that edge."""
        for unit in UNITS:
            factor = conversion(unit, self.unit)
            for edge in edges if factor is not None and factor != 1 else ():
                if abs(value * (factor or 0) - edge) <= 1e-9 * edge:
                    return unit, edge
        return None

    def missing_edge(self, spec: "Spec", level: float) -> tuple[str, str] | None:
        """Between its edges a quantile is interpolated."""
        if any(abs(edge - level) <= 1e-9 * abs(edge) for edge in self.edges(spec)):
            return None
        return self.histogram.metric, self._edge(spec, level)

    def _edge(self, spec: "Spec", level: float) -> str:
        unit = spec.metrics[self.histogram.metric].unit
        return format_level(level / unit_factor(unit, self.unit), unit)

    def edges(self, spec: "Spec") -> tuple[float, ...]:
        """The finite edges of its histogram, in its unit; none while they are not known."""
        metric = spec.metrics.get(self.histogram.metric)
        factor = conversion(metric.unit, self.unit) if metric else None
        if metric is None or metric.buckets is None or factor is None:
            return ()
        return tuple(edge * factor for edge in metric.buckets)

    def bounds(self, spec: "Spec") -> Bounds:
        """Even with everything in the first bucket the quantile is interpolated inside it."""
        edges = self.edges(spec)
        return Bounds(self.q * edges[0], edges[-1]) if edges else unit_bounds(self.unit)

    def level_bounds(self, spec: "Spec") -> Bounds:
        """Those of its unit; of the last bucket is told as of the other buckets."""
        return unit_bounds(self.unit)

    def measured(self, spec: "Spec") -> str:
        """The quantile, where enough was counted."""
        every, everything, others = (
            promql.select(self.histogram, self.window, suffix="_bucket", within=within)
            for within in ((), (_ALL,), (_OTHERS,))
        )
        bad = f"0 * rate({every}) != 0"
        rates = _of_whole(f"rate({every}) and ignoring (le) rate({everything})", f"rate({others})", bad)
        summed = promql.aggregate("sum", (*self.by, "le"), rates)
        factor = unit_factor(spec.metrics[self.histogram.metric].unit, self.unit)
        value = promql.scale(f"histogram_quantile({format_number(self.q)}, {summed})", factor)
        increase = _of_whole(f"increase({everything})", f"rate({others})", bad)
        counted = promql.aggregate("sum", self.by, increase)
        return f"{promql.finite(promql.rounded(value))} and {promql.at_least(counted, self.minimum_traffic)}"

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The quantile of all that happened."""
        return self.model_copy(update={"window": seconds}).measured(spec)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """A whole histogram."""
        everything, others = (
            usable(spec, self.histogram, suffix="_bucket", within=(edges,)) for edges in (_ALL, _OTHERS)
        )
        return ((_of_whole(everything, others, unusable(self.histogram, "_bucket")),),)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The bucket that every histogram has."""
        return present((self.histogram,), seconds, suffix="_bucket", within=(_ALL,))

    def presence(self, spec: "Spec", seconds: int) -> str | None:
        """Of any bucket."""
        there = present((self.histogram,), seconds, suffix="_bucket")
        return promql.aggregate("group", self.by, there[0])

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """So much in the buckets below that the quantile lies where it should in its own."""
        catalogued = spec.metrics[self.histogram.metric]
        edges = catalogued.buckets or ()
        raw = value / unit_factor(catalogued.unit, self.unit)
        upper = next(index for index, edge in enumerate(edges) if raw <= edge * (1 + 1e-12))
        lower = edges[upper - 1] if upper else 0.0
        into = min(1.0, (raw - lower) / (edges[upper] - lower))
        below, through = (0.0, self.q / into) if into >= self.q else ((self.q - into) / (1 - into), 1.0)
        total = max(EVENTS, 2 * (self.minimum_traffic or 0))
        shares = (*(below for _ in range(upper)), through, *(1.0 for _ in edges[upper + 1 :]), 1.0)
        return histogram(self.histogram, edges, tuple(share * total for share in shares), clock, by)

    def _sides(self, spec: "Spec", threshold: float) -> tuple[float, float]:
        """The next edges: between them it is a guess."""
        near = abs(threshold) * 1e-9
        below = [edge for edge in self.edges(spec) if edge < threshold - near]
        above = [edge for edge in self.edges(spec) if edge > threshold + near]
        low = below[-1] if below else beside(threshold, -threshold / 2, self.bounds(spec).lower)
        return low, above[0]

    def sample(self, spec: "Spec") -> float:
        """An edge."""
        return self.edges(spec)[1]


def _of_whole(buckets: str, others: str, bad: str) -> str:
    """Buckets of histograms that have others than ``+Inf`` and none that is no number.

    Added up, a histogram of which a part is absent would shift the others' quantile.
    """
    return f"{buckets} and ignoring (le) {others} unless ignoring (le) {bad}"
