"""The share of requests that are answered in time, from an edge of a histogram's buckets."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from genesis_monitoring.durations import likely_duration
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.events import Events
from genesis_monitoring.slis.input_series import EVENTS, Clock, Inputs, Labels, histogram
from genesis_monitoring.slis.reading import grown, present, sampled_each, share_of_overlap, usable
from genesis_monitoring.slis.values import Bounds, Floor
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import MetricRef
from genesis_monitoring.units import conversion, format_level, format_number, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter

_ALL = 'le="+Inf"'
_WITHIN = r"^[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h)$"
_FACTORS = {"ms": Decimal("0.001"), "s": Decimal(1), "m": Decimal(60), "h": Decimal(3600)}
_LONGEST = 86400
_CHANCE = 3
"""So many bad events in the least traffic that is judged are chance."""


def _time(value: Any) -> Any:
    found = (
        re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h)", value, re.ASCII) if isinstance(value, str) else None
    )
    seconds = Decimal(found[1]) * _FACTORS[found[2]] if found else Decimal(0)
    if not seconds:
        raise ValueError(
            f"a time within which to answer is above zero, with a unit: 300ms, 2.5s, 1m{_meant(value)}"
        )
    if seconds > _LONGEST:
        raise ValueError("a time within which to answer is at most 24h")
    return float(seconds)


def _meant(value: Any) -> str:
    """The end of a message, if ``value`` is a time in another notation, or one that lacks its unit."""
    found = re.fullmatch(r"\s*([0-9]{1,9})(?:[.,]([0-9]{1,9}))?\s*([A-Za-z]*)\s*", str(value), re.ASCII)
    number = f"{found[1]}.{found[2]}" if found and found[2] else found[1] if found else ""
    if found is None or not float(number):
        return ""
    if not found[3]:
        return f"; add its unit: {number}ms or {number}s"
    unit = found[3].lower()
    if unit in ("millisecond", "milliseconds", "msec", "ms"):
        return f'; did you mean "{number}ms"?'
    whole = likely_duration(f"1 {unit}")[1:]
    return f'; did you mean "{number}{whole}"?' if whole in _FACTORS else ""


Within = Annotated[
    float,
    BeforeValidator(_time),
    WithJsonSchema({"type": "string", "pattern": _WITHIN, "examples": ["300ms", "2.5s"]}),
]
"""Seconds, maybe a part of one."""


class LatencySli(SliKind):
    """The share of what a classic histogram counts that took no longer than ``within``.

    ``within`` is an edge of its buckets, so that the share is counted and not guessed. No value below
    ``minimum_traffic`` events in the window.
    """

    parts = ("histogram",)
    takes = ("histogram",)
    needs_traffic = True

    kind: Literal["latency"]
    histogram: MetricRef
    within: Within
    window: PositiveSeconds
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """It is a fraction."""
        if conversion("ratio", self.unit) is not None:
            return None
        return f"a share of requests is not in {self.unit}", "use percent or ratio"

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """What it is counted from is a time, and has a bucket that ends there."""
        metric, good = spec.metrics[self.histogram.metric], self.good
        if good is not None and not good.upward:
            reporter.contradiction(
                (*path, "objective", "good"),
                "this is the share that is answered in time, and less of it is said to be better",
                'use ">=", with the share that is to be answered in time',
            )
        related = ("metrics", self.histogram.metric, "buckets")
        if metric.buckets is None:
            return
        if conversion("seconds", metric.unit) is None:
            reporter.contradiction(
                (*path, "histogram"),
                f"{self.histogram.metric} is in {metric.unit}, and that is no time",
                "use a histogram of times",
                ("metrics", self.histogram.metric, "unit"),
            )
        elif self._edge(spec) is None:
            wanted = self.within * unit_factor("seconds", metric.unit)
            if any(abs(edge - 1000 * wanted) <= 1e-9 * edge for edge in metric.buckets):
                edges = ", ".join(format_number(edge / 1000) for edge in metric.buckets)
                reporter.contradiction(
                    related,
                    f"the buckets of {self.histogram.metric} are in {metric.unit}, and a thousand times what "
                    "is asked for is among them: are they too large?",
                    f"write them in {metric.unit}: [{edges}]",
                    (*path, "within"),
                )
                return
            below = [edge for edge in metric.buckets if edge < wanted][-1:]
            above = [edge for edge in metric.buckets if edge > wanted][:1]
            seconds = [edge * unit_factor(metric.unit, "seconds") for edge in (*below, *above)]
            named = " or ".join(map(_spelled, seconds))
            reporter.contradiction(
                (*path, "within"),
                f"no bucket of {self.histogram.metric} ends at {format_level(wanted, metric.unit)}, so how "
                "many took no longer is not known",
                f"use {named}, or add that edge to the buckets",
                related,
            )

    def _edge(self, spec: "Spec") -> float | None:
        """The edge of its buckets, in the unit of its metric; None where none is."""
        metric = spec.metrics[self.histogram.metric]
        wanted = self.within * unit_factor("seconds", metric.unit)
        return next((edge for edge in metric.buckets or () if abs(edge - wanted) <= 1e-9 * edge), None)

    def _matcher(self, spec: "Spec") -> str:
        edge = self._edge(spec)
        if edge is None:
            raise AssertionError("the checks let a time without a bucket pass")
        spellings = [re.sub("[.+]", r"[\g<0>]", one) for one in _spellings(edge)]
        return f'le=~"{"|".join(spellings)}"' if len(spellings) > 1 else f'le="{format_number(edge)}"'

    def bounds(self, spec: "Spec") -> Bounds:
        """From none to all."""
        return Bounds(0.0, conversion("ratio", self.unit))

    def measured(self, spec: "Spec") -> str:
        """The share, where enough was counted."""
        quick, every = self._counted(spec, self.window)
        fraction = f"{quick} / {promql.at_least(every, self.minimum_traffic)}"
        return promql.rounded(promql.scale(fraction, unit_factor("ratio", self.unit)))

    def _counted(self, spec: "Spec", seconds: int, *, tiled: bool = False) -> tuple[str, str]:
        """How many took no longer, and how many there were; of histograms that tell of both."""
        overlap = sampled_each(spec, self.histogram.metric) if tiled else 0
        edge, whole = (
            grown(self.histogram, seconds, overlap=overlap, suffix="_bucket", within=(one,))
            for one in (self._matcher(spec), _ALL)
        )
        quick, every = (
            share_of_overlap(
                promql.aggregate("sum", self.by, f"{one} and ignoring (le) {other}"), seconds, overlap
            )
            for one, other in ((edge, whole), (whole, edge))
        )
        return quick, every

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The share of all that happened."""
        return self.model_copy(update={"window": seconds}).measured(spec)

    @property
    def counts_events(self) -> bool:
        """Requests."""
        return True

    def events(self, spec: "Spec", seconds: int, *, tiled: bool = False) -> Events | None:
        """What took longer is bad."""
        quick, every = self._counted(spec, seconds, tiled=tiled)
        return Events(f"clamp_min({every} - {quick}, 0)", every)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """The bucket that ends there, and the one of all."""
        edge, whole = (
            usable(spec, self.histogram, suffix="_bucket", within=(one,))
            for one in (self._matcher(spec), _ALL)
        )
        return ((f"{whole} and ignoring (le) {edge}",),)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The bucket that every histogram has."""
        return present((self.histogram,), seconds, suffix="_bucket", within=(_ALL,))

    def presence(self, spec: "Spec", seconds: int) -> str | None:
        """Of any bucket."""
        there = present((self.histogram,), seconds, suffix="_bucket")
        return promql.aggregate("group", self.by, there[0])

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """So many of enough in the first bucket, and the others in the last."""
        return self._events(spec, value * unit_factor(self.unit, "ratio"), self._enough, clock, by)

    @property
    def _enough(self) -> float:
        return max(EVENTS, 2 * (self.minimum_traffic or 0))

    def _events(self, spec: "Spec", share: float, total: float, clock: Clock, by: Labels) -> Inputs:
        edges, last = spec.metrics[self.histogram.metric].buckets or (), self._edge(spec) or 0.0
        slow = tuple(share * total if edge <= last else total for edge in edges)
        return histogram(self.histogram, edges, (*slow, total), clock, by)

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """Half of the traffic that it needs, and all of it slow."""
        if self.minimum_traffic:
            few = self.minimum_traffic / 2 * clock.share_of(self.window)
            yield "too little traffic is no data, and quiet", self._events(spec, 0.0, few, clock, by), None

    def noise(self, spec: "Spec") -> Floor | None:
        """A few events."""
        traffic = Decimal(repr(self.minimum_traffic or 1.0))
        events = _CHANCE * Decimal(repr(unit_factor("ratio", self.unit))) / traffic
        return Floor(events, f"{_CHANCE} slow requests in the least traffic that is judged")


def _spelled(seconds: float) -> str:
    """As ``within`` says it."""
    if seconds < 1:
        return f"{format_number(float(Decimal(repr(seconds)) * 1000))}ms"
    return f"{format_number(seconds)}s"


def _spellings(edge: float) -> Iterator[str]:
    """How an edge is exposed: 1 by Go, 1.0 by Python and in Prometheus 3; and 1e+06 by Go."""
    yield format_number(edge)
    if edge == int(edge):
        yield f"{format_number(edge)}.0"
    if edge >= 1e6:
        digits, power = f"{Decimal(repr(edge)).normalize():e}".split("e+")
        yield f"{digits}e+{int(power):02}"
