"""Ranges and counters: whether a rule looks over the right time, with the right function.

GM404 (error): a range holds fewer than four samples of its series. One scrape that fails leaves too few for
a rate, and the rule loses its value. Lengthen the window, or scrape more often. Where one sample is enough,
as for ``last_over_time`` and ``present_over_time``, any range does.

GM405 (error): a range, with its offset, begins before what Prometheus keeps. Its first part is never there.
Shorten it, or lengthen ``prometheus.retention``.

GM406 (error): ``rate``, ``irate`` or ``increase`` over a gauge. Each fall counts as a restart, so the result
is far too high. Use ``deriv`` or ``delta``, or correct the metric's type in the catalogue.

GM407 (error): a rate over an aggregation or a recorded series. When one instance restarts, the sum falls,
and the rate takes that for a restart of all. Take the rate of each series first, then aggregate.

GM408 (error): a counter without a rate. It only says how much there was since the last restart. Take the
``rate`` or ``increase`` of it.
"""

from collections.abc import Iterator

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rules import Rules, on_the_plan
from genesis_monitoring.durations import format_duration
from genesis_monitoring.findings import Finding
from genesis_monitoring.promql.syntax import (
    Aggregation,
    Binary,
    Call,
    Node,
    Range,
    Selector,
    Subquery,
    children,
    selectors,
    walk,
)
from genesis_monitoring.promql.text import seconds_text, show
from genesis_monitoring.promql.types import RATES

CODES: tuple[str, ...] = ("GM404", "GM405", "GM406", "GM407", "GM408")

_SAMPLES = 4
_OF_COUNTERS = RATES | {"resets", "changes"}
_OF_GAUGES = frozenset({"delta", "idelta", "deriv", "predict_linear"})
_PRESENCE = frozenset({"absent", "absent_over_time", "present_over_time", "count_over_time", "timestamp"})
_COUNTING = frozenset({"count", "group"})


@on_the_plan
def check_rule_ranges(given: Rules) -> Iterator[Finding]:
    """GM404 to GM408, for every rule that can be parsed."""
    for rule in given.rules:
        faults = range_faults(given.catalogue, rule.tree) if rule.tree is not None else ()
        for code, message, hint in dict.fromkeys(fault[:3] for fault in faults):
            yield rule.finding(code, message, hint=hint)


Fault = tuple[str, str, str, Node]
"""Code, message, hint, and the part of the expression that it is about."""


def range_faults(catalogue: Catalogue, tree: Node) -> Iterator[Fault]:
    """GM404 to GM408 of one expression."""
    newest = {id(call.arguments[0]) for call in walk(tree) if isinstance(call, Call) and _asks_newest(call)}
    for node in walk(tree):
        if isinstance(node, Range | Subquery) and id(node) not in newest:
            yield from _short(catalogue, node)
        if isinstance(node, Call) and node.function in RATES:
            yield from _rate(catalogue, node)
    yield from _long(catalogue, tree, 0.0)
    yield from _bare(catalogue, tree, presence=False)


def _asks_newest(call: Call) -> bool:
    """Whether one sample of a range is enough."""
    return call.function in _PRESENCE or call.function == "last_over_time"


def _short(catalogue: Catalogue, node: Range | Subquery) -> Iterator[Fault]:
    if isinstance(node, Subquery):
        interval = node.step or float(catalogue.plan.spec.prometheus.evaluation_interval)
        source = "the subquery's step"
    else:
        series = catalogue.find(node.selector.metric)
        if series is None:
            return
        interval = float(catalogue.interval(node.selector) or 0)
        source = "the evaluation interval" if series.sli else "the scrape interval"
    if node.seconds < _SAMPLES * interval:
        needed = seconds_text(_SAMPLES * interval)
        yield (
            "GM404",
            f"{show(node)} is shorter than {_SAMPLES} samples: {source} is {seconds_text(interval)}, so the "
            f"range is {needed} or longer",
            f"make the window in the spec {needed} or longer, then run genesis-mon render",
            node,
        )


def _long(catalogue: Catalogue, node: Node, before: float) -> Iterator[Fault]:
    """``before`` is how far back all around ``node`` looks already."""
    retention = catalogue.plan.spec.prometheus.retention
    reach = before
    if isinstance(node, Subquery):
        reach += node.seconds + max(node.offset, 0.0)
    elif isinstance(node, Range):
        reach += node.seconds + max(node.selector.offset, 0.0)
    elif isinstance(node, Selector):
        reach += max(node.offset, 0.0)
    if reach > retention:
        kept = format_duration(retention)
        yield (
            "GM405",
            f"{show(node)} looks back {seconds_text(reach)}, and Prometheus keeps {kept}",
            f"shorten the window or the offset to {kept} in all, or lengthen prometheus.retention",
            node,
        )
        return
    if not isinstance(node, Range):
        for below in children(node):
            yield from _long(catalogue, below, reach)


def _rate(catalogue: Catalogue, node: Call) -> Iterator[Fault]:
    body = node.arguments[0]
    inner = body.body if isinstance(body, Subquery) else body
    found = [series for one in selectors(inner) if (series := catalogue.find(one.metric)) is not None]
    recorded = [series.name for series in found if series.sli]
    aggregated = any(isinstance(one, Aggregation) for one in walk(inner))
    if recorded or aggregated:
        over = f"the recorded series {recorded[0]}" if recorded else "an aggregation"
        yield (
            "GM407",
            f"{show(node)} is a rate over {over}, which falls when one instance restarts",
            f"take the {node.function} of each series of the counter first, then aggregate",
            node,
        )
    elif any(series.kind == "gauge" for series in found) or _changed(inner):
        what = ", ".join(series.name for series in found if series.kind == "gauge") or show(inner)
        yield (
            "GM406",
            f"{show(node)} is a rate over a gauge, {what}, whose every fall counts as a restart",
            "use deriv or delta, or correct the metric's type in the spec",
            node,
        )


def _changed(node: Node) -> bool:
    """Whether something was made of the series already, so that it is no counter any more."""
    return not isinstance(node, Range | Selector)


def _bare(catalogue: Catalogue, node: Node, *, presence: bool) -> Iterator[Fault]:
    """Counters whose bare value is used; where only their ``presence`` matters, that is fine."""
    match node:
        case Selector() if not presence:
            series = catalogue.find(node.metric)
            if series is not None and series.kind == "counter":
                yield (
                    "GM408",
                    f"{show(node)} is a counter used without a rate: it only says how much there was since "
                    "the last restart",
                    "take its rate or increase over a window",
                    node,
                )
        case Range():
            yield from _bare(catalogue, node.selector, presence=presence)
        case Call():
            seen = presence or node.function in _PRESENCE or node.function in _OF_COUNTERS
            if node.function in _OF_GAUGES:
                yield from _of_gauges(catalogue, node)
                seen = True
            for argument in node.arguments:
                yield from _bare(catalogue, argument, presence=seen)
        case Aggregation():
            yield from _bare(catalogue, node.body, presence=presence or node.operator in _COUNTING)
        case Binary() if node.operator in ("and", "unless"):
            yield from _bare(catalogue, node.left, presence=presence)
            yield from _bare(catalogue, node.right, presence=not _compares(node.right) or presence)
        case _:
            for below in children(node):
                yield from _bare(catalogue, below, presence=presence)


def _compares(node: Node) -> bool:
    return any(isinstance(one, Binary) for one in walk(node))


def _of_gauges(catalogue: Catalogue, node: Call) -> Iterator[Fault]:
    body = node.arguments[0]
    series = catalogue.find(body.selector.metric) if isinstance(body, Range) else None
    if series is not None and series.kind == "counter":
        yield (
            "GM408",
            f"{show(node)} is for gauges, and {series.name} is a counter: a restart makes it negative",
            "use rate or increase",
            node,
        )
