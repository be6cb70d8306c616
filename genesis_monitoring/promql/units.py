"""Units of PromQL expressions: what a result is measured in, and where units are mixed.

A unit is a product of powers (seconds, bytes, money…) and a factor, so that multiplying by 1000 makes
milliseconds of seconds. Where an expression allows more than one reading all are kept; an empty set means
that nothing is known, and then nothing is judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from genesis_monitoring.promql.syntax import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Range,
    Selector,
    Subquery,
    selectors,
)
from genesis_monitoring.promql.text import show
from genesis_monitoring.promql.types import KnownSeries, vector_argument
from genesis_monitoring.units import SECONDS_PER_MONTH, UNITS

_DAY = 86400.0
_POWERS: dict[str, tuple[dict[str, int], float]] = {
    "time": ({"time": 1}, 1.0),
    "fraction": ({}, 1.0),
    "multiple": ({}, 1.0),
    "bytes": ({"bytes": 1}, 1.0),
    "byte rate": ({"bytes": 1, "time": -1}, 1.0),
    "temperature": ({"temperature": 1}, 1.0),
    "voltage": ({"voltage": 1}, 1.0),
    "current": ({"current": 1}, 1.0),
    "energy": ({"energy": 1}, 1.0),
    "power": ({"energy": 1, "time": -1}, 1.0),
    "frequency": ({"frequency": 1}, 1.0),
    "count": ({"count": 1}, 1.0),
    "tokens": ({"tokens": 1}, 1.0),
    "count rate": ({"count": 1, "time": -1}, 1.0),
    "token rate": ({"tokens": 1, "time": -1}, 1.0),
    "score": ({"score": 1}, 1.0),
    "state": ({"state": 1}, 1.0),
    "money": ({"money": 1}, 1.0),
    "money rate": ({"money": 1, "time": -1}, 1.0 / SECONDS_PER_MONTH),
    "money trend": ({"money": 1, "time": -2}, 1.0 / SECONDS_PER_MONTH / _DAY),
    "timestamp": ({"timestamp": 1}, 1.0),
}
"""A unit's dimension as powers, and its base unit in theirs (all times in seconds)."""
_CONVERSIONS = frozenset(
    {8.0, 60.0, 100.0, 1000.0, 1024.0, 3600.0, 60000.0, _DAY, 1e6, 1024.0**2, 3.6e6, 1e9, 1024.0**3}
    | {float(SECONDS_PER_MONTH)}
)
"""The numbers that turn one unit into another; any other number may have a unit of its own."""
_COUNTING = frozenset({"count", "count_values"})
_OPAQUE = frozenset({"stdvar", "exp", "ln", "log2", "log10", "sqrt", "sgn", "stdvar_over_time", "info"})
_CALENDAR = ("minute", "hour", "day_of_", "days_in_", "month", "year")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of a unit: its powers by dimension, without zeros, and its factor to the base units."""

    powers: tuple[tuple[str, int], ...]
    factor: float

    def scaled(self, factor: float) -> "Quantity":
        """What a value is in after it was multiplied by ``factor``."""
        return Quantity(self.powers, self.factor / factor)

    def same(self, other: "Quantity") -> bool:
        """Whether both measure alike."""
        return self.powers == other.powers and abs(self.factor / other.factor - 1) < 1e-9

    def clashes(self, other: "Quantity") -> bool:
        """Whether comparing or adding them up is a mistake: other things, or the same in another unit."""
        if self.powers != other.powers:
            return True
        ratio = self.factor / other.factor
        return any(abs(one / known - 1) < 1e-9 for one in (ratio, 1 / ratio) for known in _CONVERSIONS)


Quantities = frozenset[Quantity]
UNKNOWN: Quantities = frozenset()


@cache
def quantity_of(unit: str) -> Quantity | None:
    """A unit of the spec; None for one that cannot be reckoned with."""
    known = UNITS.get(unit)
    powers = _POWERS.get(known.dimension) if known is not None else None
    if known is None or powers is None:
        return None
    return Quantity(tuple(sorted(powers[0].items())), known.factor * powers[1])


class UnitFlow:
    """The units of one expression, worked out from the inside; ``problems`` gathers where they are mixed."""

    def __init__(self, known: KnownSeries, expression: Node) -> None:
        self._known = known
        self._problems: dict[str, Node] = {}
        self.result = self._of(expression)

    @property
    def problems(self) -> tuple[str, ...]:
        """Each once, from the inside to the outside."""
        return tuple(self._problems)

    @property
    def culprits(self) -> Mapping[str, Node]:
        """For each problem the part of the expression that it is about."""
        return self._problems

    def fits(self, unit: str) -> bool:
        """Whether the result can be in ``unit``: also where one of the two is not known."""
        wanted = quantity_of(unit)
        if wanted is None or not self.result:
            return True
        return any(wanted.same(_without_events(one)) or wanted.same(one) for one in self.result)

    def _of(self, node: Node) -> Quantities:
        match node:
            case Selector():
                series = self._known.find(node.metric)
                return _named(series.unit) if series is not None else UNKNOWN
            case Range():
                return self._of(node.selector)
            case Subquery() | Negation():
                return self._of(node.body)
            case Call():
                return self._call(node)
            case Aggregation():
                return self._aggregation(node)
            case Binary():
                return self._binary(node)
            case _:
                return UNKNOWN

    def _call(self, node: Call) -> Quantities:
        name = node.function
        if name == "time":
            return _named("timestamp")
        vector = vector_argument(node)
        inner = {id(argument): self._of(argument) for argument in node.arguments}
        if vector is None or name in _OPAQUE or name.startswith(_CALENDAR):
            return UNKNOWN
        units = inner[id(vector)]
        if name in ("rate", "irate", "deriv"):
            return _each(units, lambda one: _times(one, Quantity((("time", 1),), 1.0), -1))
        if name in ("changes", "resets") or name.startswith("count_over_time"):
            return _named("count")
        if name in ("absent", "absent_over_time", "present_over_time"):
            return _named("state")
        if name == "timestamp":
            return _named("timestamp")
        if name == "histogram_quantile":
            return self._buckets_of(vector)
        if name == "avg_over_time":
            return units | _fraction_of_states(units)
        return units | _count_of_states(units) if name == "sum_over_time" else units

    def _aggregation(self, node: Aggregation) -> Quantities:
        units = self._of(node.body)
        if node.operator in _COUNTING:
            return _named("count")
        if node.operator == "group":
            return _named("state")
        if node.operator in _OPAQUE:
            return UNKNOWN
        if node.operator == "sum":
            return units | _count_of_states(units)
        return units | _fraction_of_states(units) if node.operator == "avg" else units

    def _binary(self, node: Binary) -> Quantities:
        left, right = self._of(node.left), self._of(node.right)
        operator = node.operator
        if operator in ("*", "/"):
            return self._product(node, left, right)
        if operator in ("+", "-"):
            return self._sum(node, left, right)
        if operator in COMPARISONS:
            self._mixed(node, left, right, "compares")
            kept = right if isinstance(node.left, Number) else left
            return _named("state") if node.returns_bool else kept
        if operator == "or":
            return left | right if left and right else UNKNOWN
        return left if operator in ("and", "unless", "%") else UNKNOWN

    def _product(self, node: Binary, left: Quantities, right: Quantities) -> Quantities:
        number = node.right if isinstance(node.right, Number) else node.left
        if not isinstance(number, Number):
            power = 1 if node.operator == "*" else -1
            return frozenset(_times(one, other, power) for one in left for other in right)
        factor, units = number.value, right if number is node.left else left
        if factor == 0 and node.operator == "*":
            return units
        if not _is_conversion(factor) or (number is node.left and node.operator == "/"):
            return UNKNOWN
        if node.operator == "*":
            return _each(units, lambda one: one.scaled(factor))
        return _each(units, lambda one: one.scaled(1 / factor)) | (_named("ratio") if units else UNKNOWN)

    def _sum(self, node: Binary, left: Quantities, right: Quantities) -> Quantities:
        timestamps = _named("timestamp")
        if timestamps == left and node.operator == "-" and right in (timestamps, _named("seconds")):
            return _named("seconds") if right == timestamps else timestamps
        self._mixed(node, left, right, "adds" if node.operator == "+" else "subtracts")
        self._complement(node, right)
        return left or right

    def _complement(self, node: Binary, units: Quantities) -> None:
        """``1 - share`` is right for a ratio, ``100 - share`` for a percentage."""
        wrong = {1.0: "percent", 100.0: "ratio"}
        whole = node.left.value if isinstance(node.left, Number) else 0.0
        if node.operator == "-" and units and whole in wrong and units == _named(wrong[whole]):
            self._problems[f"subtracts {describe(units)} from {whole:g}: {show(node)}"] = node

    def _mixed(self, node: Binary, left: Quantities, right: Quantities, verb: str) -> None:
        if left and right and all(one.clashes(other) for one in left for other in right):
            shown = f"{show(node.left)} {node.operator} {show(node.right)}"
            self._problems[f"{verb} {describe(left)} and {describe(right)}: {shown}"] = node

    def _buckets_of(self, vector: Node) -> Quantities:
        found = [self._known.find(selector.metric) for selector in selectors(vector)]
        names = {series.histogram for series in found if series is not None}
        name = names.pop() if len(names) == 1 else ""
        total = self._known.find(f"{name}_sum") if name else None
        return _named(total.unit) if total is not None else UNKNOWN


def describe(quantities: Quantities) -> str:
    """The names of units, for people."""
    return " or ".join(sorted(_name(one) for one in quantities)) or "an unknown unit"


def _name(quantity: Quantity) -> str:
    for unit in UNITS:
        known = quantity_of(unit)
        if known is not None and known.same(quantity):
            return unit
    parts = [name if power == 1 else f"{name}^{power}" for name, power in quantity.powers]
    shown = " ".join(parts) or "ratio"
    return shown if abs(quantity.factor - 1) < 1e-9 else f"{shown} / {1 / quantity.factor:g}"


def _named(unit: str) -> Quantities:
    known = quantity_of(unit)
    return frozenset({known}) if known is not None else UNKNOWN


def _each(units: Quantities, change: Callable[[Quantity], Quantity]) -> Quantities:
    return frozenset(map(change, units))


def _times(one: Quantity, other: Quantity, power: int) -> Quantity:
    powers = dict(one.powers)
    for name, exponent in other.powers:
        powers[name] = powers.get(name, 0) + power * exponent
    left = tuple(sorted((name, exponent) for name, exponent in powers.items() if exponent))
    return Quantity(left, one.factor * other.factor**power)


def _without_events(quantity: Quantity) -> Quantity:
    """Seconds per request are called seconds."""
    return Quantity(
        tuple((name, power) for name, power in quantity.powers if name != "count" or power > 0),
        quantity.factor,
    )


def _count_of_states(units: Quantities) -> Quantities:
    return _named("count") if units & _named("state") else UNKNOWN


def _fraction_of_states(units: Quantities) -> Quantities:
    return _named("ratio") if units & _named("state") else UNKNOWN


def _is_conversion(factor: float) -> bool:
    if factor <= 0:
        return False
    return any(abs(one / known - 1) < 1e-9 for one in (factor, 1 / factor) for known in (1.0, *_CONVERSIONS))
