"""Another SLI against what it was."""

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.derived import DerivedSli
from genesis_monitoring.slis.first_hours import FirstHours, first_hours
from genesis_monitoring.slis.input_series import Clock, Inputs, InputSeries, Labels, flat
from genesis_monitoring.slis.values import SCRAPES_IN_A_WINDOW, Bounds, Floor, unit_bounds
from genesis_monitoring.spec.base import Model, Name, PositiveSeconds
from genesis_monitoring.units import format_number

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


_PAST_LEVEL = 100.0


class PastAverage(Model):
    """An SLI's own average over ``window``, ending ``offset`` ago so that a spike is not in it."""

    window: PositiveSeconds
    offset: PositiveSeconds


class RelativeSli(DerivedSli):
    """Another SLI against its baseline: that SLI's ``baseline``, given or observed, or its own past average.

    A past average moves on, so what lasts longer than it becomes its own baseline; one over the first hours
    of the rollout (``baseline.first``) stays.

    ``multiple`` is value / baseline; ``reduction`` is how many percent lower it is; ``deviation`` is
    how many percent it differs, either way.
    """

    kind: Literal["relative"]
    sli: Name
    report: Literal["multiple", "reduction", "deviation"]
    past_average: PastAverage | None = None

    @property
    def of(self) -> str:
        """The SLI that is compared."""
        return self.sli

    @property
    def past(self) -> PastAverage | None:
        """Its past average; None where it is compared with a baseline that stands in the spec."""
        return self.past_average

    def compared_with(self, spec: "Spec") -> FirstHours | None:
        """The first hours of the other one, if its baseline is observed; else what that is compared with."""
        return self._hours(spec) or super().compared_with(spec)

    def _hours(self, spec: "Spec") -> FirstHours | None:
        return None if self.past_average is not None else first_hours(spec, self.sli)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """Beside what the other one needs: its baseline, once that can be known."""
        hours = self._hours(spec)
        return (*super().needed(spec), *(((hours.record, hours.not_yet),) if hours else ()))

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """Beside what holds for all that is made of another SLI: there is something to compare with."""
        super().check(spec, reporter, path)
        base = spec.slis[self.sli]
        if self.past_average is not None:
            _past_average(spec, reporter, (*path, "past_average"), self.past_average)
        wanted = "multiple" if self.report == "multiple" else "percent"
        if self.unit != wanted:
            reporter.contradiction((*path, "unit"), f"a {self.report} is not in {self.unit}", f"use {wanted}")
        if self.past_average is not None or (base.baseline is not None and base.baseline.first is not None):
            return
        if base.baseline is None or base.baseline.value is None:
            reporter.contradiction(
                (*path, "sli"),
                f"SLI {self.sli} has no baseline value to compare with",
                "give it baseline.value or baseline.first, or give past_average here",
                ("slis", self.sli),
            )
        elif base.baseline.value <= float(RESOLUTION):
            reporter.contradiction(
                ("slis", self.sli, "baseline", "value"),
                f"a baseline that something is compared with is above {RESOLUTION}, "
                "to which values are rounded",
                "correct the value",
                (*path, "sli"),
            )

    def bounds(self, spec: "Spec") -> Bounds:
        """Those of the other one, as they compare."""
        base = spec.slis[self.sli]
        past = None if self.past_average else base.baseline
        # One that rounds to nothing is told elsewhere.
        reference = past.value if past and past.value and past.value > float(RESOLUTION) else None
        return self._compared(base.bounds(spec) if reference else Bounds(0.0, None), reference or 1.0)

    def _compared(self, base: Bounds, reference: float) -> Bounds:
        unit = unit_bounds(self.unit)
        lowest = None if base.lower is None else base.lower / reference
        highest = None if base.upper is None else base.upper / reference
        match self.report:
            case "multiple":
                return Bounds(unit.lower if lowest is None else lowest, highest)
            case "reduction":
                return Bounds(
                    None if highest is None else 100 * (1 - highest),
                    unit.upper if lowest is None else 100 * (1 - lowest),
                )
            case "deviation":
                if lowest is None or highest is None:
                    return Bounds(0.0, None)
                return Bounds(0.0, 100 * max(abs(highest - 1), abs(lowest - 1)))

    @property
    def baseline_bounds(self) -> Bounds:
        """What is compared may have been anything."""
        return Bounds(None, None)

    def measured(self, spec: "Spec") -> str:
        """The comparison."""
        record = self.record(spec)
        if self.past_average is not None:
            window, offset = self.past_average.window, self.past_average.offset
            past = f"{promql.selector(record, window=window)} offset {format_duration(offset)}"
            base = f"(avg_over_time({past}) > 0)"
        elif hours := self._hours(spec):
            base = f"({hours.record} > 0)"
        else:
            base = format_number(spec.slis[self.sli].baseline_value)
        fraction = f"{record} / {base}"
        match self.report:
            case "multiple":
                return promql.rounded(fraction)
            case "reduction":
                return promql.rounded(f"100 * (1 - {fraction})")
            case "deviation":
                return promql.rounded(f"100 * abs({fraction} - 1)")

    def look_back(self, spec: "Spec") -> int:
        """There is nothing to compare with before there is a past."""
        past = self.past_average.offset if self.past_average else 0
        return past + spec.slis[self.sli].look_back(spec)

    @property
    def reach(self) -> int:
        """To where its past begins."""
        return self.past_average.window + self.past_average.offset if self.past_average else 0

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """What comes to it; after a past, where it is compared with that."""
        share = {"multiple": value, "reduction": 1 - value / 100, "deviation": 1 + value / 100}[self.report]
        if self.past_average is not None:
            before, now = format_number(_PAST_LEVEL), format_number(_PAST_LEVEL * share)
            values = f"{before}x{clock.onset - 1} {now}x{clock.count - clock.onset}"
        elif hours := self._hours(spec):
            return (
                InputSeries(promql.selector(self.record(spec), by), flat(_PAST_LEVEL * share, clock)),
                InputSeries(promql.selector(hours.record, by), flat(_PAST_LEVEL, clock)),
            )
        else:
            base = spec.slis[self.sli]
            level, highest = share * base.baseline_value, base.bounds(spec).upper
            if self.report == "deviation" and highest is not None and level > highest:
                level = (1 - value / 100) * base.baseline_value
            values = flat(level, clock)
        return (InputSeries(promql.selector(self.record(spec), by), values),)

    def noise(self, spec: "Spec") -> Floor | None:
        """The course of a day and of a week."""
        match self.report:
            case "multiple":
                return Floor(Decimal(2), "less than double is the course of a day or a week")
            case "deviation":
                return Floor(Decimal(10), "less than 10 % off is the course of a day or a week")
            case "reduction":
                return None

    @property
    def reduction_of(self) -> str:
        """The one that is compared."""
        return self.sli if self.report == "reduction" else ""


def _past_average(spec: "Spec", reporter: "Reporter", path: "Path", past: PastAverage) -> None:
    shortest = SCRAPES_IN_A_WINDOW * spec.prometheus.evaluation_interval
    if past.window < shortest:
        reporter.contradiction(
            (*path, "window"),
            f"an average over {format_duration(past.window)} holds fewer than {SCRAPES_IN_A_WINDOW} "
            "evaluations",
            f"make it {format_duration(shortest)} or longer",
            ("prometheus", "evaluation_interval"),
        )
    if past.window + past.offset > spec.prometheus.retention:
        reporter.contradiction(
            (*path, "window"),
            f"the average begins {format_duration(past.window + past.offset)} ago, and Prometheus keeps "
            f"{format_duration(spec.prometheus.retention)}",
            "shorten the window or the offset, or lengthen the retention",
            ("prometheus", "retention"),
        )
