"""Where an expression can come to NaN or infinity: divisions and quantiles without a guard.

A divisor is guarded by a comparison that keeps it off zero, at the divisor itself or in an ``and`` around
the division; a quantile by an ``and`` with something that is above zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.promql.syntax import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Subquery,
    children,
    walk,
)
from genesis_monitoring.promql.types import vector_argument

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COUNTS = frozenset({"count", "group", "count_over_time", "time", "pi"})
_KEEPING = frozenset(
    {"vector", "scalar", "sort", "sort_desc", "label_replace", "label_join", "sqrt", "abs"}
    | {f"{name}_over_time" for name in ("min", "max", "avg", "sum", "last", "first", "quantile")}
)
"""Functions that make no zero of what is not zero."""


@dataclass(frozen=True, slots=True)
class Fraction:
    """A division without a guard, or a quantile (then without a divisor)."""

    node: Node
    divisor: Node | None
    aggregated: bool


def unguarded(node: Node) -> tuple[Fraction, ...]:
    """What in ``node`` can come to NaN or infinity, each once."""
    return tuple(dict.fromkeys(_search(node, (), aggregated=False, compared=False)))


def _search(node: Node, guards: tuple[Node, ...], *, aggregated: bool, compared: bool) -> Iterator[Fraction]:
    match node:
        case Binary() if node.operator == "and":
            yield from _search(node.left, (*guards, node.right), aggregated=aggregated, compared=compared)
            yield from _search(node.right, guards, aggregated=aggregated, compared=compared)
            return
        case Binary() if node.operator == "-" and node.left == node.right and compared:
            # It asks whether there is a number at all.
            return
        case Binary() if node.operator in ("/", "%"):
            if not _never_zero(node.right) and not any(_keeps(guard, node.right) for guard in guards):
                yield Fraction(node, node.right, aggregated)
        case Call() if node.function == "histogram_quantile":
            # NaN is never larger or smaller than anything, so a comparison drops it.
            if not compared and not any(map(_never_zero, guards)):
                yield Fraction(node, None, aggregated)
    inside = aggregated or isinstance(node, Aggregation | Subquery)
    if isinstance(node, Binary) and node.operator in COMPARISONS and not node.returns_bool:
        compared = True
    for below in children(node):
        yield from _search(below, guards, aggregated=inside, compared=compared)


def _keeps(guard: Node, divisor: Node) -> bool:
    """Whether ``guard`` compares just this divisor with zero."""
    return any(
        isinstance(part, Binary) and divisor in (part.left, part.right) and _never_zero(part)
        for part in walk(guard)
    )


def _never_zero(node: Node) -> bool:
    """Whether every value that ``node`` returns is other than zero, as far as it can be seen."""
    match node:
        case Number():
            return node.value != 0
        case Negation():
            return _never_zero(node.body)
        case Subquery():
            return _never_zero(node.body)
        case Aggregation():
            return node.operator in _COUNTS or _never_zero(node.body)
        case Call():
            return _call_never_zero(node)
        case Binary():
            return _binary_never_zero(node)
        case _:
            return False


def _call_never_zero(node: Call) -> bool:
    if node.function in _COUNTS or node.function == "exp":
        return True
    if node.function == "clamp_min":
        bound = node.arguments[1]
        return (isinstance(bound, Number) and bound.value > 0) or _never_zero(node.arguments[0])
    inner = node.arguments[0] if node.function == "vector" else vector_argument(node)
    return node.function in _KEEPING and inner is not None and _never_zero(inner)


def _binary_never_zero(node: Binary) -> bool:
    left, right = node.left, node.right
    match node.operator:
        case "and":
            return _never_zero(left) or _never_zero(right)
        case "unless":
            return _never_zero(left)
        case "or" | "+" | "*" | "/" | "^":
            return _never_zero(left) and _never_zero(right)
    if node.operator not in COMPARISONS or node.returns_bool:
        return False
    if isinstance(right, Number):
        return _off_zero(node.operator, right.value) or _never_zero(left)
    if isinstance(left, Number):
        return _off_zero(_MIRRORED.get(node.operator, node.operator), left.value) or _never_zero(right)
    return _never_zero(left)


def _off_zero(operator: str, limit: float) -> bool:
    """Whether ``x operator limit`` rules out that x is zero."""
    return not {
        ">": limit < 0,
        ">=": limit <= 0,
        "<": limit > 0,
        "<=": limit >= 0,
        "==": limit == 0,
        "!=": limit != 0,
    }[operator]
