"""Values of SLIs: between which ends they lie, which of them are tried in tests, how fine they are."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from genesis_monitoring.units import UNITS, conversion

if TYPE_CHECKING:
    from genesis_monitoring.slis.objectives import Objective
    from genesis_monitoring.spec.reporter import Path, Reporter

SCRAPES_IN_A_WINDOW = 4
"""A range of fewer loses its rate as soon as one or two fail (Prometheus: "Best practices")."""


_LEAST_ROOM = 2e-6
"""Twice the resolution at which values are compared."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The lowest and the highest value, in the SLI's unit; None where there is no end."""

    lower: float | None
    upper: float | None

    @property
    def middle(self) -> float:
        """The value between both ends."""
        return round(((self.lower or 0.0) + (self.upper or 0.0)) / 2, 6)


@dataclass(frozen=True, slots=True)
class Probes:
    """Values for rule tests, in the SLI's unit. An alert fires at ``bad``, and is quiet at ``good``."""

    good: float
    bad: float


@dataclass(frozen=True, slots=True)
class Floor:
    """``wrong`` is what a level leaves at least, in the SLI's unit, and ``why``."""

    wrong: Decimal
    why: str


def around(threshold: float, bounds: Bounds) -> tuple[float, float]:
    """A value clearly below a threshold and one clearly above it, within bounds."""
    room = max(abs(threshold) / 2, _LEAST_ROOM) if threshold else 1.0
    return beside(threshold, -room, bounds.lower), beside(threshold, room, bounds.upper)


def beside(threshold: float, room: float, limit: float | None) -> float:
    """A value ``room`` (below zero for downwards) from the threshold, or half way to a nearer limit."""
    value = threshold + room
    if limit is not None and abs(limit - threshold) < 2 * abs(room):
        value = (threshold + limit) / 2
    tidy = round(value, 6)
    if (tidy - threshold) * room > 0:
        return tidy
    return value if limit is None else limit


def unit_bounds(unit: str) -> Bounds:
    """Between which ends a unit's values lie."""
    return Bounds(UNITS[unit].lower, UNITS[unit].upper)


def conversion_fault(metric: str, source: str, target: str) -> tuple[str, str] | None:
    """That a metric's unit does not convert to an SLI's, and what to do."""
    if conversion(source, target) is not None:
        return None
    return (
        f"{metric} is in {source}, which does not convert to {target}",
        f"use a unit of {UNITS[source].dimension}: {same_dimension(source)}",
    )


def same_dimension(unit: str) -> str:
    """All units that convert to ``unit``, for a message."""
    return ", ".join(n for n, known in UNITS.items() if known.dimension == UNITS[unit].dimension)


def more_left_is_better(objective: "Objective | None", reporter: "Reporter", path: "Path") -> None:
    """Reports an objective by which less time that is left is better."""
    if objective is not None and objective.good in ("<", "<="):
        reporter.contradiction(
            (*path, "objective", "good"),
            "this is the time that is left, and less of it is said to be better",
            'use ">", with the least time that is enough',
        )
