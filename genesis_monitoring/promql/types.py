"""What an expression is made of: numbers or vectors, and series of which a few things are known."""

from dataclasses import dataclass
from typing import Literal, Protocol

from genesis_monitoring.promql.syntax import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Selector,
    Text,
)

SCALAR_FUNCTIONS = frozenset({"scalar", "time", "pi"})
RATES = frozenset({"rate", "irate", "increase"})
"""The functions that make something of a counter's growth."""


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of series. ``labels`` is None where they are not known; ``interval`` (s) is between samples.

    ``histogram`` names the metric whose buckets these are; ``sli`` the SLI that is recorded here.
    """

    name: str
    kind: Literal["counter", "gauge"]
    unit: str
    labels: frozenset[str] | None
    interval: int
    histogram: str = ""
    sli: str = ""


class KnownSeries(Protocol):
    """Who knows series by name."""

    def find(self, name: str) -> Series | None:
        """The series of that name; None if nothing exposes or records it."""


def is_scalar(node: Node) -> bool:
    """Whether ``node`` is a number or a string rather than a vector."""
    match node:
        case Number() | Text():
            return True
        case Call():
            return node.function in SCALAR_FUNCTIONS
        case Negation():
            return is_scalar(node.body)
        case Binary():
            return is_scalar(node.left) and is_scalar(node.right)
        case _:
            return False


def vector_argument(node: Call) -> Node | None:
    """The first argument that is a vector; None if there is none."""
    return next((argument for argument in node.arguments if not is_scalar(argument)), None)


def filters(node: Node) -> bool:
    """Whether ``node`` is empty at times by its own doing, as a comparison is: what makes an alert."""
    match node:
        case Binary():
            if node.operator in ("and", "or", "unless"):
                sides = (filters(node.left), filters(node.right))
                return node.operator == "unless" or (all if node.operator == "or" else any)(sides)
            if node.operator in COMPARISONS and not node.returns_bool and not is_scalar(node):
                return True
            return filters(node.left) or filters(node.right)
        case Call():
            if node.function in ("absent", "absent_over_time"):
                return True
            inner = None if node.function in SCALAR_FUNCTIONS else vector_argument(node)
            return inner is not None and filters(inner)
        case Aggregation() | Negation():
            return filters(node.body)
        case Selector():
            return node.metric == "ALERTS"
        case _:
            return False
