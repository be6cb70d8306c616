"""PromQL trees as text for messages: short, on one line, with no more parentheses than needed."""

from genesis_monitoring.durations import format_duration
from genesis_monitoring.promql.building import quote
from genesis_monitoring.promql.matchers import Matcher
from genesis_monitoring.promql.syntax import (
    Aggregation,
    Binary,
    Call,
    Matching,
    Negation,
    Node,
    Number,
    Range,
    Selector,
    Subquery,
    Text,
)
from genesis_monitoring.units import format_number

_RANKS = (
    ("or",),
    ("and", "unless"),
    ("==", "!=", "<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%", "atan2"),
    ("unary -",),
    ("^",),
)
_SHOWN = 160


def show(node: Node) -> str:
    """``node`` as PromQL, cut where it gets long."""
    text = _text(node)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def seconds_text(seconds: float) -> str:
    """``300`` is ``5m``; what is finer than a second is in milliseconds."""
    if seconds < 0:
        return f"-{seconds_text(-seconds)}"
    return format_duration(int(seconds)) if seconds == int(seconds) else f"{round(seconds * 1000)}ms"


def _text(node: Node) -> str:
    match node:
        case Number():
            return _number(node)
        case Text():
            return quote(node.value)
        case Selector():
            return _selector(node, "")
        case Range():
            return _selector(node.selector, f"[{seconds_text(node.seconds)}]")
        case Subquery():
            step = "" if node.step is None else seconds_text(node.step)
            body = _inside(node.body, len(_RANKS))
            return f"{body}[{seconds_text(node.seconds)}:{step}]{_shift(node.offset, node.at)}"
        case Call():
            return f"{node.function}({', '.join(map(_text, node.arguments))})"
        case Aggregation():
            return _aggregation(node)
        case Negation():
            return f"-{_inside(node.body, _rank(node))}"
        case Binary():
            rank, to_the_right = _rank(node), node.operator == "^"
            operator = f"{node.operator}{' bool' if node.returns_bool else ''}{_matching(node.matching)}"
            left = _inside(node.left, rank + to_the_right)
            return f"{left} {operator} {_inside(node.right, rank + (not to_the_right))}"


def _number(node: Number) -> str:
    text = format_number(node.value) if node.value - node.value == 0 else node.text
    return f"{node.value:.12f}".rstrip("0") if "e-" in text and node.value >= 1e-9 else text


def _inside(node: Node, rank: int) -> str:
    loose = isinstance(node, Binary | Negation) and _rank(node) < rank
    return f"({_text(node)})" if loose else _text(node)


def _rank(node: Binary | Negation) -> int:
    operator = node.operator if isinstance(node, Binary) else "unary -"
    return next((rank for rank, names in enumerate(_RANKS) if operator in names), 0)


def _aggregation(node: Aggregation) -> str:
    inner = _text(node.body) if node.parameter is None else f"{_text(node.parameter)}, {_text(node.body)}"
    if not node.labels and not node.without:
        return f"{node.operator}({inner})"
    return f"{node.operator} {'without' if node.without else 'by'} ({', '.join(node.labels)}) ({inner})"


def _matching(matching: Matching | None) -> str:
    if matching is None:
        return ""
    text = f" {'on' if matching.on else 'ignoring'} ({', '.join(matching.labels)})"
    return text + (f" group_{matching.group} ({', '.join(matching.include)})" if matching.group else "")


def _selector(node: Selector, window: str) -> str:
    matchers = ", ".join(map(_matcher, node.matchers))
    braces = f"{{{matchers}}}" if matchers or not node.metric else ""
    return f"{node.metric}{braces}{window}{_shift(node.offset, node.at)}"


def _matcher(matcher: Matcher) -> str:
    return f"{matcher.label}{matcher.operator}{quote(matcher.value)}"


def _shift(offset: float, at: str) -> str:
    shifted = f" offset {seconds_text(offset)}" if offset else ""
    return shifted + (f" @ {at}" if at else "")
