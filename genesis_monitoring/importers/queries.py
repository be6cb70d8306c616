"""PromQL that counts events: text in; the counters that are added up out, or why it is something else.

Understood is ``sum(rate(counter{…}[window]))``, also with ``increase`` and ``by``; several of them added up;
a whole minus a part of it; ``or vector(0)`` behind one. Everything else is refused, never guessed at.
"""

import re
from dataclasses import dataclass, replace

from genesis_monitoring.importers.slo import Counted
from genesis_monitoring.promql.syntax import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Range,
    Selector,
    TooDeepError,
    fault_of,
    read_expression,
)
from genesis_monitoring.words import shorten

SUPPORTED = (
    "write it as sum(rate(a_counter{…}[{{.window}}])), several of these added up, or for the errors the "
    "total minus the good ones; docs/import.md has each form that is read"
)
_WINDOW = re.compile(r"\{\{-? *\.window *-?\}\}")
_STAND_IN, _STAND_IN_SECONDS = "7m13s", 433.0
"""A window that nobody writes."""
_COUNTING = ("rate", "increase")


class NotCountedError(Exception):
    """The text of a finding: what a query does that no count of events does."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Counters added up, less others."""

    terms: tuple[Selector, ...]
    by: tuple[str, ...]
    function: str
    window: float
    minus: "_Side | None" = None
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read. ``notes`` say what of it has no counterpart, and changes nothing."""

    counted: Counted
    notes: tuple[str, ...] = ()


def of_errors(errors: str, total: str, *, any_window: bool = False, raw: bool = False) -> Query:
    """Of bad events and of all. ``any_window``: both have a window of their own, in place of ``{{.window}}``;
    ``raw``: they are counters without one. Raises NotCountedError."""
    return _joined(_read(errors, any_window, raw), _read(total, any_window, raw), good=False)


def of_good(good: str, total: str, *, any_window: bool = False, raw: bool = False) -> Query:
    """Of good events and of all; as ``of_errors``."""
    return _joined(_read(good, any_window, raw), _read(total, any_window, raw), good=True)


def of_ratio(text: str, *, any_window: bool = False, good: bool = False) -> Query:
    """Of one query for the ratio: ``errors / total``, or ``1 - good / total``. Raises NotCountedError."""
    tree = _tree(text)
    if isinstance(tree, Binary) and tree.operator == "-" and tree.left in (Number("1.0"), Number("1")):
        good, tree = not good, tree.right
    if not isinstance(tree, Binary) or tree.operator != "/" or tree.matching is not None:
        raise NotCountedError("is no quotient of two sums of rates, so its events cannot be counted")
    return _joined(_side(tree.left, any_window, False), _side(tree.right, any_window, False), good=good)


def _tree(text: str) -> Node:
    filled = _WINDOW.sub(_STAND_IN, text)
    if "{{" in filled:
        raise NotCountedError("has a template other than {{.window}}")
    try:
        tree = read_expression(filled)
    except TooDeepError:
        raise NotCountedError("is nested too deep to be read") from None
    if tree is None:
        raise NotCountedError(f"is no PromQL: {shorten(fault_of(filled), 120)}")
    return tree


def _read(text: str, any_window: bool, raw: bool) -> _Side:
    return _side(_tree(text), any_window, raw)


def _side(tree: Node, any_window: bool, raw: bool) -> _Side:
    match tree:
        case Aggregation(operator="sum", parameter=None, without=False, body=body):
            return replace(_inside(body, any_window, raw), by=tree.labels)
        case Selector() if raw:
            raise NotCountedError("is many series; put sum(…) around it")
        case Binary(
            operator="or", left=left, right=Call(function="vector", arguments=(Number(text=number),))
        ):
            side = _side(left, any_window, raw)
            if float(number) or side.by or side.minus:
                raise NotCountedError('has an "or vector(…)" that is not the zero of a plain sum')
            return replace(side, zero=True)
        case Binary(operator="+" | "-", matching=None, left=left, right=right):
            one, other = _side(left, any_window, raw), _side(right, any_window, raw)
            if one.minus or other.minus:
                raise NotCountedError("subtracts more than once")
            _alike(one, other)
            zero = one.zero or other.zero
            if tree.operator == "-":
                return replace(one, minus=other, zero=zero)
            return replace(one, terms=(*one.terms, *other.terms), zero=zero)
    raise _refusal(tree)


def _inside(body: Node, any_window: bool, raw: bool) -> _Side:
    if raw:
        if not isinstance(body, Selector):
            raise NotCountedError(
                "is said to be a counter, and is more than one; leave rate() and windows out"
            )
        return _Side((_plain(body),), (), "counter", 0.0)
    if isinstance(body, Call) and body.function in _COUNTING and len(body.arguments) == 1:
        within = body.arguments[0]
        if isinstance(within, Range):
            own = within.seconds != _STAND_IN_SECONDS
            if own and not any_window:
                raise NotCountedError(
                    "has a window of its own in place of [{{.window}}]: all tiers would measure the same"
                )
            return _Side((_plain(within.selector),), (), body.function, within.seconds)
    raise _refusal(body)


def _plain(selector: Selector) -> Selector:
    if not selector.metric:
        raise NotCountedError("selects series without the name of a metric")
    if selector.offset or selector.at:
        raise NotCountedError(f"looks at another time (offset, @) of {selector.metric}")
    return selector


def _refusal(tree: Node) -> NotCountedError:
    what = "is no sum of rates"
    match tree:
        case Aggregation():
            what = f"has {tree.operator}{' without' if tree.without else ''} where a sum is counted"
        case Call():
            what = f"has {tree.function}() where sum(rate(…)) is counted"
        case Binary():
            what = f'has the operator "{tree.operator}"'
        case Selector():
            what = "has series without sum(rate(…)) around them"
        case Number():
            what = "has a number where events are counted"
    return NotCountedError(f"{what}, and what it counts cannot be told from it")


def _alike(one: _Side, other: _Side) -> None:
    if one.by != other.by:
        raise NotCountedError("has parts that are grouped by different labels")
    if (one.function, one.window) != (other.function, other.window):
        raise NotCountedError("has parts that differ in their window, or one has rate and the other increase")


def _joined(part: _Side, whole: _Side, *, good: bool) -> Query:
    _alike(part, whole)
    if whole.minus is not None:
        raise NotCountedError("has a total that something is subtracted from")
    rest, terms = good, part.terms
    if part.minus is not None:
        if set(part.terms) != set(whole.terms):
            raise NotCountedError("subtracts from something else than the total")
        rest, terms = not good, part.minus.terms
    if set(terms) >= set(whole.terms):
        raise NotCountedError("counts the same events in the part and in the total")
    chosen = {one.label for term in terms for one in term.matchers}.intersection(part.by)
    chosen -= {one.label for term in whole.terms for one in term.matchers}
    if chosen:
        raise NotCountedError(
            f"is grouped by {min(chosen)}, which selects its part, so each group is all good or all bad"
        )
    notes = []
    if part.zero or whole.zero:
        notes.append('"or vector(0)" is not needed: a part that is absent counts none')
    if len(terms) > 1 or len(whole.terms) > 1:
        notes.append(
            "of counters that are added up one may be absent; in the original the sum then has no value"
        )
    if part.function == "increase":
        notes.append("increase and rate come to the same ratio")
    return Query(Counted(terms, whole.terms, rest, part.by), tuple(notes))
