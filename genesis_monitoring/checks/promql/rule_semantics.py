"""What a rule's expression says, beyond that it can be parsed: rule files and the catalogue in, findings out.

GM402 (error): an alert without a comparison, or on a bare number. Prometheus fires for every series that an
expression returns, so it would fire always. Compare the value with a threshold; for absence use ``absent``.

GM403 (error): a metric that neither the spec's catalogue nor an SLI knows. The rule would see nothing, for
ever, and say nothing. Correct the name, or add the metric to ``metrics`` in the spec.

GM410 (error; information in an ``expr`` SLI, if not inside an aggregation): a division whose divisor can be
zero, or a quantile of a histogram without traffic. The result is NaN or infinite: one such series spoils a
whole sum, and a comparison with it is false or true for no good reason. Keep the divisor above zero.

GM413 (error): a rule reads what another group, or a later rule of its own, records. Groups are evaluated on
their own clocks, so it sees a value of some time ago. Put both into one group, the reader last. A rule may
look back at what it recorded itself, and an error budget at its two groups and at its SLI: what is measured
over a window is none the worse for the last value of it. An alert on missing data asks whether its SLI was
recorded at all. A metric of the catalogue that is recorded is read
as any metric, with the age of a sample.

GM414 (warning): a regular expression where plain equality does. It is slower and hides what is meant.
"""

import re
from collections.abc import Iterator

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rules import Rule, Rules, on_the_plan
from genesis_monitoring.conventions import MISSING_PART, SLI_LABEL
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.budgets import ID
from genesis_monitoring.promql.building import quote
from genesis_monitoring.promql.guards import Fraction, unguarded
from genesis_monitoring.promql.syntax import Node, Range, Selector, children, selectors
from genesis_monitoring.promql.text import show
from genesis_monitoring.promql.types import filters, is_scalar
from genesis_monitoring.words import suggest

CODES: tuple[str, ...] = ("GM402", "GM403", "GM410", "GM413", "GM414")
UNKNOWN_HINT = "correct the name, or add the metric to metrics in the spec; then run genesis-mon render"

_REGULAR = re.compile(r"[.*+?()|\[\]{}^$\\]")
_PLAIN = {"=~": "=", "!~": "!="}
_SIMPLER = {
    ("=~", ".*"): "it matches everything: leave the matcher out",
    ("=~", ".+"): 'write !=""',
    ("!~", ".+"): 'write =""',
    ("!~", ""): 'write !=""',
}


@on_the_plan
def check_rule_semantics(given: Rules) -> Iterator[Finding]:
    """GM402, GM403, GM410, GM413 and GM414, for every rule that can be parsed."""
    watchdog = given.catalogue.plan.spec.meta_alerts.watchdog.name
    recorded = _Recorded(given)
    for rule in given.rules:
        if rule.tree is None:
            continue
        if rule.alerting and rule.name != watchdog:
            yield from _condition(rule, rule.tree)
        for message, _ in unknown_metrics(given.catalogue, rule.tree):
            yield rule.finding("GM403", message, hint=UNKNOWN_HINT)
        yield from _fractions(given.catalogue, rule, rule.tree)
        yield from _order(rule, rule.tree, recorded)
        yield from _regular(rule, rule.tree)


def _condition(rule: Rule, tree: Node) -> Iterator[Finding]:
    if is_scalar(tree):
        fault = "is a number, which is there always"
    elif not filters(tree):
        fault = "compares nothing, so it fires for every value"
    else:
        return
    message = f"{show(tree)} {fault}; allowed is a comparison with a threshold, or absent()"
    yield rule.finding("GM402", message)


def unknown_metrics(catalogue: Catalogue, tree: Node) -> Iterator[tuple[str, Selector]]:
    """GM403 of one expression: what is wrong, and the first selector that it is about."""
    for name, selector in {one.metric: one for one in reversed(tuple(selectors(tree)))}.items():
        if catalogue.find(name) is not None:
            continue
        if not name:
            message = f"{show(selector)} names no metric, so nobody knows what it selects"
        elif catalogue.histogram(name):
            message = f"{name} is a histogram, and its series are {name}_bucket, _count and _sum"
        else:
            message = (
                f"{name} is neither in the metric catalogue nor recorded by an SLI"
                f"{suggest(name, catalogue.names())}"
            )
        yield message, selector


def _fractions(catalogue: Catalogue, rule: Rule, tree: Node) -> Iterator[Finding]:
    sli = catalogue.sli(rule.name) if not rule.alerting else None
    own_words = sli is not None and bool(sli.sli.query)
    for fraction in unguarded(tree):
        severity = Severity.INFO if own_words and not fraction.aggregated else Severity.ERROR
        hint = fraction_hint(fraction)
        yield rule.finding("GM410", fraction_message(fraction), hint=hint, severity=severity)


def fraction_hint(fraction: Fraction) -> str:
    """What mends GM410."""
    if fraction.divisor is not None:
        return f"keep the divisor above zero: {show(fraction.divisor)} > 0"
    return "add: and a count of the same histogram that is above zero"


def fraction_message(fraction: Fraction) -> str:
    """What is wrong with a fraction without a guard, in words."""
    inside = ", and one such series spoils the whole aggregation" if fraction.aggregated else ""
    if fraction.divisor is None:
        return f"{show(fraction.node)} is NaN without traffic{inside}"
    return f"{show(fraction.divisor)} can be zero, and dividing by it gives NaN or infinity{inside}"


class _Recorded:
    """Who records a series; those of error budgets have one name, and an id for each."""

    def __init__(self, given: Rules) -> None:
        self._rules: dict[tuple[str, str], Rule] = {}
        for rule in reversed(given.rules):
            if not rule.alerting:
                self._rules[rule.name, ""] = rule
                self._rules[rule.name, dict(rule.labels).get(ID, "")] = rule
        plan = given.catalogue.plan
        self._metrics, self._slis = plan.spec.metrics, plan.slis
        self._budgets = {group: budget for budget in plan.budgets for group in budget.groups}
        self._on_missing = {group.name for group in plan.rule_groups if group.part == MISSING_PART}

    def source(self, selector: Selector) -> Rule | None:
        """The rule that records what is selected, the first of them if there are several."""
        ids = (one.value for one in selector.matchers if (one.label, one.operator) == (ID, "="))
        return self._rules.get((selector.metric, next(ids, "")))

    def counted(self, rule: Rule, source: Rule) -> bool:
        """Whether it is a metric of the catalogue, what the groups of its budget count, or its SLI."""
        if source.name in self._metrics:
            return True
        if rule.group in self._on_missing:
            return source.name == self._slis[dict(rule.labels)[SLI_LABEL]].record
        budget = self._budgets.get(rule.group)
        return budget is not None and (source.group in budget.groups or source.name == budget.record)


def _order(rule: Rule, tree: Node, recorded: _Recorded) -> Iterator[Finding]:
    found = ((one.metric, recorded.source(one)) for one in selectors(tree))
    sources = {id(source): (name, source) for name, source in found if source is not None}
    for name, source in sources.values():
        if source.group == rule.group and source.number < rule.number:
            continue
        if source.group != rule.group and recorded.counted(rule, source):
            continue
        if source is rule and all(isinstance(one, Range) for one in _readers(tree, name)):
            continue
        if source.group == rule.group:
            message = f"reads {name}, which its group records only after it"
        else:
            message = f"reads {name}, which the group {source.group} records; this one is in {rule.group}"
        yield rule.finding(
            "GM413", message, hint="give both one component in the spec, then run genesis-mon render"
        )


def _readers(tree: Node, name: str) -> Iterator[Node]:
    """What reads a series: a range of it, or its value of this moment."""
    if isinstance(tree, Range | Selector):
        if name in {one.metric for one in selectors(tree)}:
            yield tree
        return
    for below in children(tree):
        yield from _readers(below, name)


def _regular(rule: Rule, tree: Node) -> Iterator[Finding]:
    for matcher in dict.fromkeys(matcher for selector in selectors(tree) for matcher in selector.matchers):
        written = f"{matcher.label}{matcher.operator}{quote(matcher.value)}"
        better = _SIMPLER.get((matcher.operator, matcher.value), "")
        if not better and not _REGULAR.search(matcher.value):
            better = f"write {matcher.label}{_PLAIN.get(matcher.operator, '=')}{quote(matcher.value)}"
        if better and matcher.operator in _PLAIN:
            message = f"{written} needs no regular expression"
            yield rule.finding("GM414", message, hint=better, severity=Severity.WARNING)
