"""Which values a panel shows: a unit and the levels drawn in it in, both ends of an axis or arc out."""

from dataclasses import dataclass

from genesis_monitoring.units import Unit

Limits = tuple[float | None, float | None]
"""The lowest and the highest value that an axis or a scale shows; None where the data says."""

_BEYOND = 0.25
"""How much of the way from the lower end to the last level is shown above it, where large values are bad."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The level at which good ends and the one at which worst begins. ``upward``: large values are bad."""

    target: float
    worst: float
    upward: bool


def scale(unit: Unit, levels: Levels | None) -> Limits:
    """Ends between which each level can be seen, whatever the data is; those of the unit without a level.

    Where small values are bad and the unit ends above, as far below the worst level as good reaches above the
    target: 98 % of 100 % is in the middle.
    """
    if levels is None:
        return unit.lower, unit.upper
    if levels.upward:
        low = _lowest(unit, levels)
        high = levels.worst + _BEYOND * ((levels.worst - low) or abs(levels.worst) or 1.0)
        return _tidy(low), _tidy(high if unit.upper is None else min(high, unit.upper))
    if unit.upper is None or unit.upper <= levels.target:
        high, low = levels.target + (abs(levels.target) or 1.0), levels.worst - (abs(levels.worst) or 1.0)
    else:
        high, low = unit.upper, levels.worst - (unit.upper - levels.target)
    return _tidy(low if unit.lower is None else max(low, unit.lower)), _tidy(high)


def scale_from_zero(unit: Unit, levels: Levels | None) -> Limits:
    """For bars, whose length is their value: they begin at nothing."""
    low, high = scale(unit, levels)
    return min(0.0, low or 0.0), high


def _lowest(unit: Unit, levels: Levels) -> float:
    if unit.lower is not None:
        return unit.lower
    return 0.0 if levels.target > 0 else levels.target - (abs(levels.target) or 1.0)


def _tidy(value: float) -> float:
    """Without the digits that arithmetic leaves behind."""
    return float(f"{value:.6g}")
