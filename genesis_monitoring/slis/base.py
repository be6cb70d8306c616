"""What is asked of an SLI, whatever kind it is: a kind answers what is special about it, the rest is here.

Values are in the SLI's unit, times in seconds. Where a spec goes in, its references have been checked.
"""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from genesis_monitoring.predicates import Predicate, show_state
from genesis_monitoring.promql import building as promql
from genesis_monitoring.slis.budget import Budget
from genesis_monitoring.slis.events import Events
from genesis_monitoring.slis.first_hours import FirstHours
from genesis_monitoring.slis.objectives import Baseline, Objective
from genesis_monitoring.slis.provable import Provable
from genesis_monitoring.slis.reading import present, usable
from genesis_monitoring.slis.values import Bounds, Floor, around, unit_bounds
from genesis_monitoring.spec.base import LabelName, Slug, Text, UnitName
from genesis_monitoring.spec.metrics import Metric, MetricType, Selector
from genesis_monitoring.units import format_value

if TYPE_CHECKING:
    from genesis_monitoring.slis.relative import PastAverage
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


class SliKind(Provable):
    """An SLI. Each kind is a class below this one."""

    parts: ClassVar[tuple[str, ...]] = ()
    """The keys under which it names metrics, one or several."""
    takes: ClassVar[tuple[MetricType, ...]] = ()
    """The types of metrics that this kind is for; none where it asks for no type."""
    needs_traffic: ClassVar[bool] = False
    """Whether it has no value while nothing happens."""
    up_or_down: ClassVar[bool] = False
    """Whether its values are words: 1 is up and 0 is down."""
    since_a_time: ClassVar[bool] = False
    """Whether it is the time since a moment that a metric holds."""
    mixes_units: ClassVar[bool] = False
    """Whether its metrics may be in several units, as it does not only add them up or divide them."""
    reads: ClassVar[tuple[str, ...]] = ("_bucket",)
    """How the names of a histogram's series end that it reads."""
    unobservable: ClassVar[str] = ""
    """Why no level of this kind follows from what was observed; empty if one may."""

    if TYPE_CHECKING:
        kind: str
        """Its name in a spec, which each kind says of itself."""

    title: Text
    unit: UnitName
    component: Slug
    team: Slug | None = None
    by: tuple[LabelName, ...] = ()
    objective: Objective | None = None
    baseline: Baseline | None = None
    budget: Budget | None = None

    # What it is made of

    @property
    def selectors(self) -> "tuple[tuple[Path, Selector], ...]":
        """The metrics it names, each with its path below the SLI."""
        named = ((part, getattr(self, part)) for part in self.parts)
        return tuple(
            ((part,) if one is whole else (part, index), one)
            for part, whole in named
            if whole is not None
            for index, one in enumerate(whole if isinstance(whole, tuple) else (whole,))
        )

    @property
    def metrics_named(self) -> tuple[Selector, ...]:
        """The metrics it names; none if it is made of another SLI."""
        return tuple(selector for _, selector in self.selectors)

    @property
    def of(self) -> str:
        """The SLI that it is made of; empty if it is measured itself."""
        return ""

    @property
    def query(self) -> str:
        """PromQL as a person wrote it, of which nothing is known; empty if the tool writes it."""
        return ""

    @property
    def span(self) -> int | None:
        """The window that it is computed over; None where each value stands for a moment."""
        return getattr(self, "window", None)

    @property
    def fewest_events(self) -> float | None:
        """With fewer events in its window it has no value."""
        return getattr(self, "minimum_traffic", None)

    @property
    def past(self) -> "PastAverage | None":
        """The part of its own past that it is compared with."""
        return None

    def compared_with(self, spec: "Spec") -> FirstHours | None:
        """The first hours of the rollout that it is compared with; None if it is with none."""
        return None

    @property
    def metric_type(self) -> MetricType | None:
        """The type that all of its metrics must have."""
        return self.takes[0] if self.takes else None

    @property
    def counts(self) -> bool:
        """Whether it is made of counters, so that it has a value over any window."""
        return self.metric_type in ("counter", "histogram")

    def root(self, spec: "Spec") -> "SliKind":
        """The SLI that is measured: the one it is made of, or itself."""
        return self

    @property
    def baseline_value(self) -> float:
        """What is compared with it. Raises ValueError while it has not been measured."""
        if self.baseline is None or self.baseline.value is None:
            raise ValueError(f"{self.title} has no baseline value")
        return self.baseline.value

    # Its levels

    @property
    def good(self) -> Predicate | None:
        """When a value is good; None without an objective."""
        wanted = self.objective
        return Predicate(wanted.good, wanted.target, self.unit, self.up_or_down) if wanted else None

    def beyond(self, level: str) -> Predicate | None:
        """When a value is beyond ``level`` (``target``, ``alert``, ``no_go``); None if there is none.

        A level of its own is violated strictly beyond it; where the alert has none, it is the negation
        of what is good.
        """
        good, objective = self.good, self.objective
        if good is None or objective is None:
            return None
        own = dict(objective.levels).get(level) if level != "target" else None
        if own is not None:
            return Predicate("<" if good.upward else ">", own, self.unit, self.up_or_down)
        return None if level == "no_go" else good.negated

    @property
    def more_is_better(self) -> bool:
        """Whether good values are large ones; without an objective they are not."""
        return self.good is not None and self.good.upward

    def well(self, spec: "Spec") -> float:
        """A value that is clearly good; without an objective any one."""
        if self.objective is None:
            return self.sample(spec)
        levels = [level for _, level in self.objective.levels]
        up = self.more_is_better
        return around(max(levels) if up else min(levels), self.bounds(spec))[up]

    def show(self, value: float) -> str:
        """A measured value, so that one sees on which side of its levels it is."""
        if self.up_or_down:
            return show_state(value)
        levels = self.objective.levels if self.objective else ()
        return format_value(value, self.unit, *(level for _, level in levels))

    # What must hold in a spec

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """Reports what contradicts itself in this kind alone."""
        return

    def unit_fault(self, spec: "Spec") -> tuple[str, str] | None:
        """Why it cannot be in its unit, and what to do; its metrics are all in one unit."""
        return None

    def type_hint(self, metric: Metric) -> str:
        """What to do about a metric of another type; empty if only another kind or metric helps."""
        return ""

    def groupable(self, labels: Sequence[set[str]]) -> set[str]:
        """What it can be grouped by: a sum or a quotient has only the labels that all of its metrics have."""
        return set.intersection(*labels) if labels else set()

    def bounds(self, spec: "Spec") -> Bounds:
        """The values it can take at all."""
        return unit_bounds(self.unit)

    def level_bounds(self, spec: "Spec") -> Bounds:
        """As ``bounds``, for its levels; narrower ones may be told of otherwise."""
        return self.bounds(spec)

    @property
    def baseline_bounds(self) -> Bounds:
        """What a baseline can have been, that was measured by other means maybe: what the unit allows."""
        return unit_bounds(self.unit)

    # What it is in PromQL

    @abstractmethod
    def measured(self, spec: "Spec") -> str:
        """The value as far as it is known at the moment, from metrics and from what other SLIs recorded."""

    def recorded(self, spec: "Spec", record: str) -> str:
        """What is recorded as ``record``: the value that is known."""
        return self.measured(spec)

    def over(self, spec: "Spec", seconds: int) -> str | None:
        """The value over the last ``seconds`` at once, from buckets and counters; None without those."""
        return None

    @property
    def counts_events(self) -> bool:
        """Whether its value is a share of events, so that a budget counts them; else it counts minutes."""
        return False

    def events(self, spec: "Spec", seconds: int, *, tiled: bool = False) -> Events | None:
        """Bad events and all events over the last ``seconds``; None where it counts none.

        ``tiled``: each event is in one of such times, one after the other, and only in one.
        """
        return None

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """What has to be usable for it to be measured: of each group one at least.

        A part of a fraction may be absent; what it is a part of may not. Where nothing happens there is no
        value either, and nothing is missing.
        """
        return (tuple(usable(spec, one) for one in self.metrics_named),)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """The series, usable or not, by which its label sets are known, over the last ``seconds``."""
        return present(self.metrics_named, seconds)

    def presence(self, spec: "Spec", seconds: int) -> str | None:
        """1 for each group of whose metrics there was a sample in the last ``seconds``; else as ``over``."""
        if not self.counts:
            return None
        return promql.aggregate("group", self.by, " or ".join(self.seen_within(spec, seconds)))

    def no_number(self, spec: "Spec", record: str) -> Iterator[str]:
        """What is there while something it needs is no number, beside what ``needed`` tells."""
        return iter(())

    @property
    def unusable(self) -> str:
        """What a metric of it can be beside absent, in words."""
        return " or no finite number"

    def look_back(self, spec: "Spec") -> int:
        """Seconds that pass before it can have a value once its metrics begin to be there."""
        return 0

    @property
    def reach(self) -> int:
        """So far back its expression looks."""
        return self.span or 0

    # What observations say about its levels

    @property
    def of_capacity(self) -> bool:
        """Whether it surely is the share of a capacity that is used."""
        return False

    def noise(self, spec: "Spec") -> Floor | None:
        """The closest that a level may be, whatever was observed; None if its unit says."""
        return None

    def edges(self, spec: "Spec") -> tuple[float, ...]:
        """The values at which it is exact, and a guess between them; none if it is exact anywhere."""
        return ()

    def missing_edge(self, spec: "Spec", level: float) -> tuple[str, str] | None:
        """The histogram of which no bucket ends at ``level``, and the edge that it lacks; else None."""
        return None

    @property
    def reduction_of(self) -> str:
        """The SLI that it is a reduction of; empty if it is none."""
        return ""
