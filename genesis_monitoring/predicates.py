"""A value compared with a level: whether it holds, what is its negation, in PromQL and in words.

Who asks on which side of a level a value is asks it here, so that nobody works out anew what is strict.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt

from genesis_monitoring.units import format_level, format_number, format_value

NEGATION = {"<": ">=", "<=": ">", ">=": "<", ">": "<="}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">=": ge, ">": gt}
_WORDS = {"<": "below", "<=": "at most", ">=": "at least", ">": "above"}


@dataclass(frozen=True, slots=True)
class Predicate:
    """``value operator threshold``, in the unit of both. ``up``: of a thing that is up or down."""

    operator: str
    threshold: float
    unit: str
    up: bool = False

    def holds(self, value: float) -> bool:
        """Whether it holds for ``value``, as PromQL would compare it."""
        return COMPARISONS[self.operator](value, self.threshold)

    def can_hold(self, lower: float | None, upper: float | None) -> bool:
        """Whether it holds for some value between two ends; None where there is no end."""
        end = upper if self.upward else lower
        return end is None or self.holds(end)

    @property
    def upward(self) -> bool:
        """Whether it holds for large values."""
        return self.operator in (">", ">=")

    @property
    def negated(self) -> "Predicate":
        """What holds where this one does not."""
        return replace(self, operator=NEGATION[self.operator])

    def expr(self, series: str) -> str:
        """The samples of ``series`` for which it holds, as PromQL."""
        return f"{series} {self.operator} {format_number(self.threshold)}"

    def show(self, value: float) -> str:
        """A measured value, so that one sees on which side of the threshold it is."""
        return show_state(value) if self.up else format_value(value, self.unit, self.threshold)

    @property
    def level(self) -> str:
        """The threshold, to the last digit."""
        return show_state(self.threshold) if self.up else format_level(self.threshold, self.unit)

    def __str__(self) -> str:
        if self.up:
            return "up" if self.upward else "down"
        return f"{_WORDS[self.operator]} {self.level}"


def show_state(value: float) -> str:
    """1 is up and 0 is down."""
    return {0.0: "down", 1.0: "up"}.get(value, f"between down and up ({value:.4g})")
