"""What the proof of an SLI's rules asks of its kind: series that make it a value, and which value that is.

``base`` asks what it is. ``plan.scenarios`` makes rule tests of the answers, ``stack.history`` a past.
Values are in the SLI's unit, times in seconds.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from genesis_monitoring.predicates import Predicate
from genesis_monitoring.slis.input_series import Clock, Inputs, Labels, OfSeries
from genesis_monitoring.slis.values import Bounds, Probes, around
from genesis_monitoring.spec.base import Model
from genesis_monitoring.spec.metrics import Selector

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a gauge stands, in its unit; with ``from_now`` a timestamp, so many seconds from now."""

    of: Selector
    value: float
    from_now: bool = False


class Provable(Model, ABC):
    """An SLI as far as its rules are proven."""

    if TYPE_CHECKING:
        unit: str
        """Of its values, which each SLI says of itself."""

    @abstractmethod
    def bounds(self, spec: "Spec") -> Bounds:
        """The values it can take at all."""

    @abstractmethod
    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """Series that hold it at ``value`` once its window is full: ``measured`` solved backwards.

        ``by`` are the labels that it is grouped by. What is made of another SLI is fed what that one records.
        """

    def written_at(self, value: float) -> "Path":
        """Where a person wrote the series that hold it at ``value``, below the SLI; empty if nobody did."""
        return ()

    def held_before(self, spec: "Spec", value: float, seconds: int) -> float:
        """What it was so many seconds before those series hold it at ``value``: the same, if they can."""
        return value

    def scarce(self, spec: "Spec", clock: Clock, by: Labels) -> Iterator[tuple[str, Inputs, float | None]]:
        """What is tested where little happens: in words, the series and the value that they come to."""
        return iter(())

    @property
    def given_labels(self) -> Mapping[str, str]:
        """Labels of its test series that a person chose."""
        return {}

    def probes(self, spec: "Spec", alerting: Predicate) -> Probes:
        """Values on both sides of where it alerts, inside what it can take at all."""
        low, high = self._sides(spec, alerting.threshold)
        return Probes(low, high) if alerting.upward else Probes(high, low)

    def _sides(self, spec: "Spec", threshold: float) -> tuple[float, float]:
        return around(threshold, self.bounds(spec))

    def sample(self, spec: "Spec") -> float:
        """A value to test its recording rule with, where no alert stands on it."""
        bounds = self.bounds(spec)
        value = {"ratio": 0.5, "state": 1.0, "multiple": 1.5}.get(self.unit, 50.0)
        for limit, outside in ((bounds.lower, value.__lt__), (bounds.upper, value.__gt__)):
            if limit is not None and outside(limit):
                value = limit if bounds.lower is None or bounds.upper is None else bounds.middle
        return value

    def at_ease(self, spec: "Spec") -> tuple[Stand, ...]:
        """Where its gauges stand while all is well; none where it is made of anything else."""
        return ()

    def steady(self, spec: "Spec", growth: OfSeries, level: OfSeries) -> float | None:
        """What it is, ungrouped, while its counters grow and its gauges stand like this; None if not known.

        ``growth`` is per second.
        """
        return None

    @property
    def written_series(self) -> "tuple[tuple[Path, str, str], ...]":
        """Series that a person wrote to test it with: the path below the SLI, the series and its values."""
        return ()

    @property
    def written_samples(self) -> int:
        """How many samples of those a person wrote."""
        return 0
