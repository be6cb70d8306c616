"""Units and bucket edges: whether values are compared, added up and recorded in one unit.

GM415 (error): an expression adds up or compares two units, records another unit than the series is named
for, or compares with a threshold that no value of that unit reaches: percent taken for a ratio, seconds for
milliseconds, dollars a second for dollars a month. Convert the value, or correct the unit in the spec.

GM416 (error): a quantile is compared with a threshold at which no bucket of its histogram ends, or a matcher
asks for a bucket that does not exist. Between two edges a quantile is a guess, so the alert fires too early
or too late. Add the edge to the histogram and to ``buckets`` in the spec.
"""

import math
from collections.abc import Iterator

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rules import Rule, Rules, on_the_plan
from genesis_monitoring.findings import Finding
from genesis_monitoring.promql.syntax import (
    COMPARISONS,
    Binary,
    Negation,
    Node,
    Number,
    Selector,
    selectors,
    walk,
)
from genesis_monitoring.promql.units import UnitFlow, describe
from genesis_monitoring.slis.values import Bounds, unit_bounds
from genesis_monitoring.units import UNITS, format_number

CODES: tuple[str, ...] = ("GM415", "GM416")


@on_the_plan
def check_rule_units(given: Rules) -> Iterator[Finding]:
    """GM415 and GM416, for every rule that can be parsed."""
    for rule in given.rules:
        if rule.tree is None:
            continue
        for message in dict.fromkeys(_units(given.catalogue, rule, rule.tree)):
            yield rule.finding("GM415", message)
        for message, hint in dict.fromkeys(fault[:2] for fault in edge_faults(given.catalogue, rule.tree)):
            yield rule.finding("GM416", message, hint=hint)


def _units(catalogue: Catalogue, rule: Rule, tree: Node) -> Iterator[str]:
    flow = UnitFlow(catalogue, tree)
    yield from flow.problems
    series = catalogue.find(rule.name) if not rule.alerting else None
    if series is not None and not flow.problems and not flow.fits(series.unit):
        yield f"the expression is in {describe(flow.result)}, and the series is named for {series.unit}"
    for message, _ in out_of_reach(catalogue, tree):
        yield message


def out_of_reach(catalogue: Catalogue, tree: Node) -> Iterator[tuple[str, Selector]]:
    """Comparisons with what no value of the series can be: the message, and the selector it is about."""
    for selector, threshold in _thresholds(tree):
        known = catalogue.find(selector.metric)
        if known is None or known.unit not in UNITS:
            continue
        bounds = _bounds(catalogue, selector.metric, known.unit)
        low, high = bounds.lower, bounds.upper
        if (low is not None and threshold < low) or (high is not None and threshold > high):
            reach = f"{_bound(low, '-∞')} to {_bound(high, '∞')}"
            yield (
                f"compares {selector.metric} with {format_number(threshold)}, and its values, in "
                f"{known.unit}, go from {reach}",
                selector,
            )


def _bounds(catalogue: Catalogue, name: str, unit: str) -> Bounds:
    plan = catalogue.sli(name)
    if plan is not None:
        return plan.sli.bounds(catalogue.plan.spec)
    # A metric may be aggregated in another place; what it is named for bounds each of its series.
    return unit_bounds(unit)


def edge_faults(catalogue: Catalogue, tree: Node) -> Iterator[tuple[str, str, Selector]]:
    """GM416 of one expression: message, hint, and the selector that it is about."""
    for selector, threshold in _thresholds(tree):
        plan = catalogue.sli(selector.metric)
        missing = plan.sli.missing_edge(catalogue.plan.spec, threshold) if plan is not None else None
        if missing is not None:
            name, wanted = missing
            yield (
                f"no bucket of {name} ends at the threshold of {selector.metric}, {wanted}; "
                f"its edges are {_list(catalogue.edges(name))}",
                f"add the bucket edge {wanted} to the histogram and to the spec, "
                "or move the level to an edge",
                selector,
            )
    for selector in selectors(tree):
        series = catalogue.find(selector.metric)
        edges = catalogue.edges(series.histogram) if series is not None else ()
        for matcher in selector.matchers:
            if not edges or matcher.label != "le" or matcher.operator != "=" or matcher.value == "+Inf":
                continue
            if not _is_edge(matcher.value, edges):
                yield (
                    f'{selector.metric} has no bucket le="{matcher.value}"; its edges are {_list(edges)}',
                    "use one of the edges, or add this one to the histogram and to the spec",
                    selector,
                )


def _thresholds(tree: Node) -> Iterator[tuple[Selector, float]]:
    """A series that is compared with a number, and the number."""
    for node in walk(tree):
        if isinstance(node, Binary) and node.operator in COMPARISONS:
            for one, other in ((node.left, node.right), (node.right, node.left)):
                number = other.body if isinstance(other, Negation) else other
                if isinstance(one, Selector) and isinstance(number, Number) and math.isfinite(number.value):
                    yield one, number.value if number is other else -number.value


def _is_edge(text: str, edges: tuple[float, ...]) -> bool:
    try:
        value = float(text)
    except ValueError:
        return False
    return any(abs(edge - value) <= 1e-9 * abs(edge) for edge in edges)


def _bound(limit: float | None, none: str) -> str:
    return none if limit is None else format_number(limit)


def _list(edges: tuple[float, ...]) -> str:
    return ", ".join(map(format_number, edges))
