"""How long it is until something has run out, or is full."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from genesis_monitoring.conventions import TARGET_LABELS
from genesis_monitoring.durations import format_duration
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import (
    EVENTS,
    Clock,
    Inputs,
    InputSeries,
    Labels,
    flat,
    line,
    series_labels,
)
from genesis_monitoring.slis.provable import Stand
from genesis_monitoring.slis.reading import last_level, usable
from genesis_monitoring.slis.values import Bounds, Probes, more_left_is_better, same_dimension, unit_bounds
from genesis_monitoring.spec.base import Number, PositiveSeconds, TimeUnit
from genesis_monitoring.spec.metrics import MetricRef, Selector
from genesis_monitoring.units import UNITS, format_level, format_number, unit_factor

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter

_STILL = 1e-12
"""What falls by less in a second stands still: it lasts for ever, or is 0 s if nothing is left."""
_EARLY = 4
"""There is a sample in this part of the window, at its beginning: over less of it a slope says little."""


class RunsOutSli(SliKind):
    """Time until what is ``left`` has run out, or what is ``used`` has reached its ``total``.

    It is the last level over its slope in ``window`` (a linear regression, as in ``predict_linear``), of each
    series; the least of them counts. It is at most ``horizon``, which is also the value of what does not
    fall. With ``only_below``, in percent of ``total``, it is the horizon as long as more than that is left.
    """

    parts = ("left", "used", "total")
    takes = ("gauge",)
    unobservable = "how early somebody must know follows from how long they need"

    kind: Literal["runs_out"]
    unit: TimeUnit
    left: MetricRef | None = None
    used: MetricRef | None = None
    total: MetricRef | None = None
    only_below: Annotated[Number, Field(gt=0, lt=100)] | None = None
    window: Annotated[PositiveSeconds, Field(examples=["6h"])]
    horizon: Annotated[PositiveSeconds, Field(examples=["7d"])]

    @model_validator(mode="after")
    def _of_one_level(self) -> "RunsOutSli":
        if (self.left is None) == (self.used is None):
            raise ValueError("one of left and used is given: what runs out, or what fills up; keep one")
        return self

    @property
    def _level(self) -> Selector:
        level = self.left or self.used
        if level is None:
            raise AssertionError("the model let neither of the two pass")
        return level

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """It is a time."""
        if UNITS[self.unit].dimension == "time":
            return None
        return f"a time is not in {self.unit}", f"use a unit of time: {same_dimension('seconds')}"

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """More time is better, all levels are within the horizon, and the total is that of each series."""
        more_left_is_better(self.objective, reporter, path)
        horizon = self._horizon
        for name, value in self.objective.levels if self.objective else ():
            if UNITS[self.unit].dimension == "time" and value >= horizon:
                reporter.contradiction(
                    (*path, "objective", name),
                    f"{name} {format_level(value, self.unit)} is not within the horizon, "
                    f"{format_duration(self.horizon)}, and no longer time is ever told",
                    "lengthen the horizon, or shorten the level",
                    (*path, "horizon"),
                )
        if self.total is None:
            for key in ("used", "only_below"):
                if getattr(self, key) is not None:
                    reporter.contradiction(
                        (*path, key),
                        "how much there is in all is not said",
                        "add total, with a metric for it",
                    )
        elif self.left is not None and self.only_below is None:
            reporter.contradiction(
                (*path, "total"),
                "nothing asks how much there is in all",
                "remove total, or say by only_below how many percent of it have to be left",
            )
        else:
            self._of_each_series(spec, reporter, path, self.total)

    def _of_each_series(self, spec: "Spec", reporter: "Reporter", path: "Path", total: Selector) -> None:
        level, whole = spec.metrics[self._level.metric], spec.metrics[total.metric]
        if level.job != whole.job:
            reporter.contradiction(
                (*path, "total"),
                f"{total.metric} is of the job {whole.job}, {self._level.metric} of {level.job}: their "
                "series do not belong together",
                f"use a metric of {level.job}",
            )
        unmatched = [one for one in whole.labels if one not in (*level.labels, *total.labels)]
        if unmatched:
            reporter.contradiction(
                (*path, "total"),
                f"{total.metric} has a series for each {', '.join(unmatched)}, which {self._level.metric} "
                "has not",
                f"choose one of them, as in {{metric: {total.metric}, labels: {{{unmatched[0]}: …}}}}",
                ("metrics", total.metric, "labels"),
            )

    @property
    def _horizon(self) -> float:
        return self.horizon * unit_factor("seconds", self.unit) if self._is_time else float(self.horizon)

    @property
    def _is_time(self) -> bool:
        return UNITS[self.unit].dimension == "time"

    def bounds(self, spec: "Spec") -> Bounds:
        """From nothing left to the horizon."""
        return Bounds(0.0, self._horizon)

    def level_bounds(self, spec: "Spec") -> Bounds:
        """Those of its unit; of the horizon is told apart."""
        return unit_bounds(self.unit)

    def measured(self, spec: "Spec") -> str:
        """The time that is left by the slope, of what was there for most of the window."""
        slope = self._slope()
        fall = slope if self.used else f"-{slope}"
        left = f"{self._left(spec)} / clamp_min({fall}, {_STILL})"
        early = self.window // _EARLY
        there = (
            f"present_over_time({promql.select(self._level, early)} offset "
            f"{format_duration(self.window - early)})"
        )
        time = promql.finite(f"clamp({left} and {there}, 0, {self.horizon})")
        if self.only_below is not None:
            share = f"100 * {self._left(spec)} / {self._matching(spec)} ({self._whole(spec)} > 0)"
            enough = f"({share} >= bool {format_number(self.only_below)})"
            time = f"clamp_max(({time}) + {self.horizon} * {enough}, {self.horizon})"
        least = promql.aggregate("min", self.by, time)
        return promql.rounded(promql.scale(least, unit_factor("seconds", self.unit)))

    def _slope(self) -> str:
        return f"deriv({promql.select(self._level, self.window)})"

    def _left(self, spec: "Spec") -> str:
        level = last_level(spec, self._level)
        return f"-({level} - {self._matching(spec)} {self._whole(spec)})" if self.used else level

    def _whole(self, spec: "Spec") -> str:
        return last_level(spec, self.total) if self.total else ""

    def _matching(self, spec: "Spec") -> str:
        return f"on ({', '.join(self._shared(spec))}) group_left ()"

    def _shared(self, spec: "Spec") -> tuple[str, ...]:
        """The labels by which a series finds its total: all that the total has and that are not chosen."""
        if self.total is None:
            return ()
        labels = (*TARGET_LABELS, *spec.metrics[self.total.metric].labels)
        return tuple(one for one in labels if one not in self.total.labels)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """The level and the total, both."""
        return tuple((usable(spec, one),) for one in self.metrics_named)

    def no_number(self, spec: "Spec", record: str) -> Iterator[str]:
        """A slope over what was no number once."""
        slope = self._slope()
        bad, known = (promql.aggregate("group", self.by, one) for one in (f"{slope} - {slope} != 0", record))
        yield f"{bad} unless {known}"

    def look_back(self, spec: "Spec") -> int:
        """Over a part of its window it has no value."""
        return self.window

    # How it is tested

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """Enough is left, and stays."""
        whole = 1e11 if spec.metrics[self._level.metric].unit == "bytes" else 100.0
        total = (Stand(self.total, whole),) if self.total else ()
        return (Stand(self._level, whole * (0.4 if self.used else 0.6)), *total)

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """A level that comes there at the end; nothing, or one that stays, at either end of what is told."""
        if value <= 0 or value >= self._horizon:
            return self._series(spec, 0.0 if value <= 0 else EVENTS, 0.0, clock, by)
        return self._series(spec, value / unit_factor("seconds", self.unit), -1.0, clock, by)

    def held_before(self, spec: "Spec", value: float, seconds: int) -> float:
        """The time that is left gets shorter."""
        if value <= 0:
            return value
        return min(value + seconds * unit_factor("seconds", self.unit), self._horizon)

    def _series(
        self, spec: "Spec", end: float, slope: float, clock: Clock, by: Labels, *, much: bool = False
    ) -> Inputs:
        """``end`` of it is left at the end, and it changes by ``slope`` a second; ``much`` of it is left."""
        begin = end - slope * clock.count * clock.step
        level, share = self._level, (self.only_below or 100.0) / 100
        whole = 2 * (max(begin, end) or EVENTS) / share
        if much:
            whole = end * 2 / (1 + share)
        first, change = (whole - begin, -slope) if self.used else (begin, slope)
        own = series_labels(level, by)
        values = line(change * clock.step, clock, start=first) if slope else flat(first, clock)
        if self.total is None:
            return (InputSeries(promql.selector(level.metric, own), values),)
        others = series_labels(self.total, by)
        shared = {k: v for k, v in {**others, **own}.items() if k in self._shared(spec)}
        return (
            InputSeries(promql.selector(level.metric, {**own, **shared}), values),
            InputSeries(promql.selector(self.total.metric, {**others, **shared}), flat(whole, clock)),
        )

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """What does not fall, and what falls where enough is left."""
        factor, far = unit_factor("seconds", self.unit), self._horizon
        yield "what stays never runs out", self._series(spec, EVENTS, 0.0, clock, by), far
        rising = self._series(spec, 2 * EVENTS + clock.count * clock.step, 1.0, clock, by)
        yield "what grows never runs out", rising, far
        if self.only_below is not None:
            soon = self._series(spec, self.horizon / 1000, -1.0, clock, by, much=True)
            yield "what falls is quiet while enough is left", soon, far
        low = min((value for _, value in self.objective.levels), default=far) if self.objective else far
        near = round(low / 2, 6)
        if near:
            yield "what falls is told in time", self._series(spec, near / factor, -1.0, clock, by), near

    def probes(self, spec: "Spec", alerting: Predicate) -> Probes:
        """Nothing is left for as long as one likes; any other time passes."""
        return Probes(super().probes(spec, alerting).good, 0.0)
