"""PromQL as typed trees: text in, a tree that is equal for all ways to write one expression.

Parentheses, spaces, the order of matchers and of label lists are gone. The parser's own objects are left
at the door: they are untyped in part, and copied at each access.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, TypeAlias

from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.promql.parsing import TooNestedError, parse_promql

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
SET_OPERATORS = frozenset({"and", "or", "unless"})

_MATCHERS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
_DEEPEST = 200


class TooDeepError(Exception):
    """An expression is nested so deep that it is not looked into."""


@dataclass(frozen=True, slots=True)
class Selector:
    """An instant vector selector. ``metric`` is empty if no name is given; ``offset`` is in seconds."""

    metric: str
    matchers: tuple[Matcher, ...] = ()
    offset: float = 0.0
    at: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """``selector[seconds]``."""

    selector: Selector
    seconds: float


@dataclass(frozen=True, slots=True)
class Subquery:
    """``body[seconds:step]``; all times are in seconds, and without a step it is the evaluation interval."""

    body: "Node"
    seconds: float
    step: float | None
    offset: float = 0.0
    at: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Aggregation:
    """``operator by (labels) (parameter, body)``, or ``without``."""

    operator: str
    body: "Node"
    parameter: "Node | None"
    labels: tuple[str, ...]
    without: bool


@dataclass(frozen=True, slots=True)
class Matching:
    """How two vectors are joined. ``group`` is ``left``, ``right`` or empty; ``include`` its labels."""

    on: bool
    labels: tuple[str, ...]
    group: str = ""
    include: tuple[str, ...] = ()
    fill: str = ""


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``; ``matching`` is None where all labels are compared."""

    operator: str
    left: "Node"
    right: "Node"
    returns_bool: bool
    matching: Matching | None


@dataclass(frozen=True, slots=True)
class Negation:
    """``-body``."""

    body: "Node"


@dataclass(frozen=True, slots=True)
class Number:
    """A number. It is kept as text, so that NaN equals itself."""

    text: str

    @property
    def value(self) -> float:
        """As a number."""
        return float(self.text)


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str


Node: TypeAlias = Selector | Range | Subquery | Call | Aggregation | Binary | Negation | Number | Text

_NODES = (Selector, Range, Subquery, Call, Aggregation, Binary, Negation, Number, Text)


def read_expression(text: str) -> Node | None:
    """The tree of ``text``; None if it cannot be parsed. Raises TooDeepError."""
    read = _read(text)
    if read.too_deep:
        raise TooDeepError
    return read.tree


def fault_of(text: str) -> str:
    """What the parser objects to in ``text``; empty if nothing."""
    return _read(text).fault


def tree_or_none(text: str) -> Node | None:
    """As ``read_expression``; None also for what is nested too deep."""
    try:
        return read_expression(text)
    except TooDeepError:
        return None


@dataclass(frozen=True, slots=True)
class _Reading:
    tree: Node | None = None
    fault: str = ""
    too_deep: bool = False


@lru_cache(maxsize=4096)
def _read(text: str) -> _Reading:
    """Each text is parsed once, whoever asks."""
    try:
        return _Reading(_convert(parse_promql(text), 0))
    except TooDeepError:
        return _Reading(too_deep=True)
    except ValueError as error:
        fault = str(error) or "cannot be parsed"
        return _Reading(fault=fault, too_deep=isinstance(error, TooNestedError))


def children(node: Node) -> tuple[Node, ...]:
    """The trees right below ``node``."""
    match node:
        case Range():
            return (node.selector,)
        case Subquery() | Negation():
            return (node.body,)
        case Call():
            return node.arguments
        case Aggregation():
            return (node.body,) if node.parameter is None else (node.parameter, node.body)
        case Binary():
            return (node.left, node.right)
        case _:
            return ()


def walk(node: Node) -> Iterator[Node]:
    """``node`` and all below it, from left to right."""
    to_come = [node]
    while to_come:
        node = to_come.pop()
        yield node
        to_come.extend(reversed(children(node)))


def names(node: Node) -> tuple[str, ...]:
    """Every metric and label that an expression names, each once."""
    found: list[str] = []
    for one in walk(node):
        if isinstance(one, Selector):
            found += [one.metric, *(matcher.label for matcher in one.matchers)]
        elif isinstance(one, Aggregation):
            found += one.labels
        elif isinstance(one, Binary) and one.matching is not None:
            found += [*one.matching.labels, *one.matching.include]
    return tuple(dict.fromkeys(filter(None, found)))


def selectors(node: Node) -> Iterator[Selector]:
    """Every selector in it, those of ranges included."""
    return (found for found in walk(node) if isinstance(found, Selector))


def first_difference(one: Node, other: Node) -> tuple[Node, Node] | None:
    """The smallest pair of trees in which all that differs lies; None for equal trees."""
    if one == other:
        return None
    if type(one) is type(other):
        differing = [
            (getattr(one, field.name), getattr(other, field.name))
            for field in fields(one)
            if getattr(one, field.name) != getattr(other, field.name)
        ]
        if len(differing) == 1:
            first, second = differing[0]
            if isinstance(first, _NODES) and isinstance(second, _NODES):
                return first_difference(first, second)
            if isinstance(one, Call) and isinstance(other, Call) and len(first) == len(second):
                pairs = [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]]
                if len(pairs) == 1:
                    return first_difference(*pairs[0])
    return one, other


def _convert(parsed: Any, depth: int) -> Node:
    import promql_parser as parser

    while isinstance(parsed, parser.ParenExpr):
        parsed = parsed.expr
    if depth > _DEEPEST:
        raise TooDeepError
    below = depth + 1
    if isinstance(parsed, parser.VectorSelector):
        return _selector(parsed)
    if isinstance(parsed, parser.MatrixSelector):
        return Range(_selector(parsed.vector_selector), _seconds(parsed.range))
    if isinstance(parsed, parser.SubqueryExpr):
        step = _seconds(parsed.step) if parsed.step is not None else None
        body, seconds = _convert(parsed.expr, below), _seconds(parsed.range)
        return Subquery(body, seconds, step, _seconds(parsed.offset), _at(parsed.at))
    if isinstance(parsed, parser.Call):
        return Call(parsed.func.name, tuple(_convert(argument, below) for argument in parsed.args))
    if isinstance(parsed, parser.AggregateExpr):
        grouping = parsed.modifier
        return Aggregation(
            str(parsed.op),
            _convert(parsed.expr, below),
            _convert(parsed.param, below) if parsed.param is not None else None,
            tuple(sorted(set(grouping.labels))) if grouping is not None else (),
            grouping is not None and grouping.type == parser.AggModifierType.Without,
        )
    if isinstance(parsed, parser.BinaryExpr):
        joining = parsed.modifier
        return Binary(
            str(parsed.op),
            _convert(parsed.lhs, below),
            _convert(parsed.rhs, below),
            joining is not None and joining.return_bool,
            _matching(joining),
        )
    if isinstance(parsed, parser.UnaryExpr):
        return Negation(_convert(parsed.expr, below))
    return Number(repr(parsed.val)) if isinstance(parsed, parser.NumberLiteral) else Text(parsed.val)


def _selector(parsed: Any) -> Selector:
    name = parsed.name or ""
    matchers = []
    for group in (parsed.matchers.matchers, *parsed.matchers.or_matchers):
        for matcher in group:
            operator = _MATCHERS[str(matcher.op).rpartition(".")[2]]
            if matcher.name == "__name__" and operator == "=" and not name:
                name = matcher.value
            else:
                matchers.append(Matcher(matcher.name, operator, matcher.value))
    return Selector(name, tuple(sorted(set(matchers))), _seconds(parsed.offset), _at(parsed.at))


def _matching(modifier: Any) -> Matching | None:
    if modifier is None:
        return None
    import promql_parser as parser

    side = str(modifier.card).rpartition(".")[2]
    group = {"ManyToOne": "left", "OneToMany": "right"}.get(side, "")
    fill = modifier.fill_values
    filled = "" if fill is None or (fill.lhs is None and fill.rhs is None) else f"{fill.lhs}, {fill.rhs}"
    on, labels = False, ()
    if modifier.matching is not None:
        on = modifier.matching.type == parser.LabelModifierType.Include
        labels = tuple(sorted(set(modifier.matching.labels)))
    if not (on or labels or group or filled):
        return None
    return Matching(on, labels, group, tuple(sorted(set(modifier.group_labels or ()))), filled)


def _seconds(duration: Any) -> float:
    return float(duration.total_seconds()) if duration is not None else 0.0


def _at(modifier: Any) -> str:
    if modifier is None:
        return ""
    if modifier.at is not None:
        return f"{modifier.at.timestamp():.3f}"
    return f"{str(modifier.type).rpartition('.')[2].lower()}()"
