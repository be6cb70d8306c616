"""A part of a whole, over counters or over gauges."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from genesis_monitoring.promql import building as promql
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.events import Events
from genesis_monitoring.slis.input_series import (
    EVENTS,
    Clock,
    Inputs,
    InputSeries,
    Labels,
    OfSeries,
    exposed,
    flat,
    line,
    series_labels,
)
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.slis.reading import (
    and_scraped,
    grown,
    last_level,
    present,
    sampled_each,
    share_of_overlap,
    unusable,
    usable,
)
from genesis_monitoring.slis.values import Bounds, Floor
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import Metric, MetricType, Selector, Sum
from genesis_monitoring.units import conversion, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


_CHANCE = 3
"""So many bad events in the least traffic that is judged are chance."""


class RatioSli(SliKind):
    """``numerator / denominator``, or one minus that with ``complement``.

    Over counters it takes a ``window`` and rates; over gauges it takes none. ``minimum_traffic`` is
    the number of events in the window (of the denominator) below which there is no value, unless the
    numerator alone reaches ``unless_numerator`` events: so an outage is seen at any traffic.
    """

    parts = ("numerator", "denominator")
    takes = ("counter",)
    needs_traffic = True

    kind: Literal["ratio"]
    numerator: Sum
    denominator: Sum
    complement: bool = False
    window: PositiveSeconds | None = None
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None
    unless_numerator: Annotated[Number, Field(gt=0, le=LARGEST)] | None = None

    @property
    def metric_type(self) -> MetricType:
        """Counters in a window, or gauges."""
        return "gauge" if self.window is None else "counter"

    def type_hint(self, metric: Metric) -> str:
        """The window says which of the two it is."""
        return "drop the window for gauges, give one for counters"

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """It is a fraction."""
        if conversion("ratio", self.unit) is not None:
            return None
        return f"a ratio is not in {self.unit}", "use percent or ratio"

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """The part is not the whole, and what guards it makes a difference."""
        if set(map(_key, self.denominator)) <= set(map(_key, self.numerator)):
            reporter.contradiction(
                (*path, "denominator"),
                "numerator and denominator are the same, so the ratio is always 1",
                "list in the denominator all that is counted, in the numerator a part of it",
                (*path, "numerator"),
            )
        if self.unless_numerator is None:
            return
        if self.minimum_traffic is None or self.window is None:
            reporter.contradiction(
                (*path, "unless_numerator"),
                "there is no minimum_traffic in a window for this to be an exception from",
                "add minimum_traffic and window, or remove unless_numerator",
            )
        elif self.unless_numerator >= self.minimum_traffic:
            reporter.contradiction(
                (*path, "unless_numerator"),
                "the numerator is a part of the traffic, so this never makes a difference",
                "make it smaller than minimum_traffic",
                (*path, "minimum_traffic"),
            )

    def bounds(self, spec: "Spec") -> Bounds:
        """From nothing to everything."""
        return Bounds(0.0, conversion("ratio", self.unit))

    def measured(self, spec: "Spec") -> str:
        """The fraction, where there is enough of the whole."""
        part, whole = self._parts(spec)
        total = promql.at_least(whole, self.minimum_traffic)
        if self.unless_numerator is not None:
            enough = promql.at_least(part, self.unless_numerator)
            total = f"({total} or {promql.at_least(whole, None)} and {enough})"
        fraction = f"{self._or_nothing(part, whole)} / {total}"
        if self.complement:
            fraction = f"(1 - {fraction})"
        value = promql.rounded(promql.scale(fraction, unit_factor("ratio", self.unit)))
        return and_scraped(spec, value, (*self.numerator, *self.denominator), self.window)

    def _parts(self, spec: "Spec", *, tiled: bool = False) -> tuple[str, str]:
        """The numerator and the denominator."""
        part, whole = (
            promql.total(self.by, [self._summed(spec, one, tiled) for one in side])
            for side in (self.numerator, self.denominator)
        )
        return part, whole

    def _or_nothing(self, part: str, whole: str) -> str:
        """``part``, or nothing of a ``whole`` that is there.

        What is exposed, and is no number or too young for a rate, is not nothing.
        """
        there = promql.aggregate("group", self.by, " or ".join(map(promql.select, self.numerator)))
        return f"({part} or 0 * {whole} unless {there})"

    def _summed(self, spec: "Spec", series: Selector, tiled: bool) -> str:
        if self.window is None:
            return promql.aggregate("sum", self.by, last_level(spec, series))
        overlap = sampled_each(spec, series.metric) if tiled else 0
        summed = promql.aggregate("sum", self.by, grown(series, self.window, overlap=overlap))
        return share_of_overlap(summed, self.window, overlap)

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The fraction of all that happened."""
        return self.model_copy(update={"window": seconds}).measured(spec) if self.window else None

    @property
    def counts_events(self) -> bool:
        """Those of its counters."""
        return self.window is not None

    @property
    def bad_part(self) -> Literal["numerator", "rest"] | None:
        """Which part of the events is bad, by its objective; None without one."""
        if self.good is None:
            return None
        return "numerator" if self.good.upward == self.complement else "rest"

    def outcomes(self) -> Iterator[tuple[str, dict[str, str], bool]]:
        """Series to tell good events from bad ones by: the metric, labels, and whether it counts bad ones."""
        bad = (self.budget.errors if self.budget else None) or self.bad_part
        for one in self.numerator:
            yield one.metric, series_labels(one, {}), bad == "numerator"
            for whole in self.denominator:
                if _covers(whole, one):
                    yield whole.metric, _beside(whole, one), bad == "rest"
        if set(map(_key, self.numerator)) <= set(map(_key, self.denominator)):
            for one in self.denominator:
                if one not in self.numerator:
                    yield one.metric, series_labels(one, {}), bad == "rest"

    def events(self, spec: "Spec", seconds: int, *, tiled: bool = False) -> Events | None:
        """The numerator is bad, or all else is."""
        if self.window is None:
            return None
        part, whole = self.model_copy(update={"window": seconds})._parts(spec, tiled=tiled)
        part = self._or_nothing(part, whole)
        stated = self.budget.errors if self.budget else None
        if (stated or self.bad_part) == "rest":
            part = f"clamp_min({whole} - {part}, 0)"
        # Errors of a job that is not scraped are not none.
        return Events(and_scraped(spec, part, (*self.numerator, *self.denominator), seconds), whole)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """A part that was never counted, such as errors, is no series at all."""
        return (tuple(usable(spec, one) for one in self.denominator),)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The whole."""
        return present(self.denominator, seconds)

    def no_number(self, spec: "Spec", record: str) -> Iterator[str]:
        """A part may be absent, and not anything else."""
        bad = " or ".join(map(unusable, self.numerator))
        numbers = " or ".join(usable(spec, one) for one in self.numerator)
        yield f"group({bad}) unless group({numbers})"

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """So many of enough."""
        fraction = value * unit_factor(self.unit, "ratio")
        total = max(EVENTS, 2 * (self.minimum_traffic or 0))
        return self._events((1 - fraction if self.complement else fraction) * total, total, clock, by)

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """Half of the traffic that it needs; then so many in the numerator that this is enough."""
        if not self.minimum_traffic:
            return
        total, enough, share = self.minimum_traffic / 2, self.unless_numerator, clock.share_of(self.window)
        stray = total if enough is None else min(enough / 2, total)
        series = self._events(stray * share, total * share, clock, by)
        yield "too little traffic is no data, and quiet", series, None
        if enough is not None and 2 * enough <= total:
            fraction = 2 * enough / total
            value = (1 - fraction if self.complement else fraction) / unit_factor(self.unit, "ratio")
            series = self._events(2 * enough * share, total * share, clock, by)
            yield "many in the numerator are seen at little traffic", series, round(value, 6)

    def _events(self, part: float, total: float, clock: Clock, by: Labels) -> Inputs:
        """Series whose numerators add up to ``part`` and denominators to ``total``, a sample or at all."""
        draw = line if self.window is not None else flat
        wanted = {exposed(one, "", by).series: 0.0 for one in (*self.numerator, *self.denominator)}
        first = self.numerator[0]
        wanted[exposed(first, "", by).series] = part
        others = [one for one in self.denominator if one not in self.numerator]
        covering = next((one for one in others if _covers(one, first)), None)
        if covering is not None:
            del wanted[exposed(covering, "", by).series]
            wanted[promql.selector(covering.metric, {**_beside(covering, first), **by})] = total - part
        elif first in self.denominator:
            wanted[exposed(others[0], "", by).series] = total - part
        else:
            wanted[exposed(others[0], "", by).series] = total
        return tuple(InputSeries(series, draw(amount, clock)) for series, amount in wanted.items())

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """So many of a hundred, if it is made of gauges."""
        if self.window is not None:
            return ()
        part = 100 * self.well(spec) * unit_factor(self.unit, "ratio")
        part = 100 - part if self.complement else part
        first, *more = self.numerator
        others = [one for one in self.denominator if one not in self.numerator]
        rest = 100 - part if first in self.denominator else 100.0
        stands = [Stand(first, part), *(Stand(one, 0.0) for one in more)]
        return (*stands, *(Stand(one, 0.0 if place else rest) for place, one in enumerate(others)))

    def steady(self, spec: "Spec", growth: OfSeries, level: OfSeries) -> float | None:
        """The fraction of what happens."""
        if self.window is None:
            return None
        part, whole = (sum(map(growth, side)) for side in (self.numerator, self.denominator))
        share = 1 - part / whole if self.complement else part / whole
        return share * unit_factor("ratio", self.unit)

    @property
    def of_capacity(self) -> bool:
        """What is left of something, where little of it is good."""
        return self.complement and not self.more_is_better

    def noise(self, spec: "Spec") -> Floor | None:
        """A few events."""
        if self.window is None:
            return None
        traffic = Decimal(repr(self.minimum_traffic or 1.0))
        events = _CHANCE * Decimal(repr(unit_factor("ratio", self.unit))) / traffic
        return Floor(events, f"{_CHANCE} bad events in the least traffic that is judged")


def _key(series: Selector) -> tuple[str, frozenset[Matcher]]:
    return series.metric, frozenset(series.conditions)


def _covers(wide: Selector, narrow: Selector) -> bool:
    """Whether ``wide`` selects the test series of ``narrow``, and others beside it."""
    labels = series_labels(narrow, {})
    selected = all(one.matches(labels.get(one.label, "")) for one in wide.conditions)
    return wide.metric == narrow.metric and selected and bool(_beside(wide, narrow))


def _beside(wide: Selector, narrow: Selector) -> dict[str, str]:
    """Labels of a series that ``wide`` selects and ``narrow`` does not; empty if none is found."""
    for one in narrow.conditions:
        same_label = [other for other in wide.conditions if other.label == one.label]
        values = (one.opposite.example(), "other", *(other.example() for other in same_label))
        for value in values:
            if value and not one.matches(value) and all(other.matches(value) for other in same_label):
                return {**series_labels(wide, {}), one.label: value}
    return {}
