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
look back at what it recorded itself.

GM414 (warning): a regular expression where plain equality does. It is slower and hides what is meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.rule_files import Rule, RuleFile, no_plan, read_rule_files
from genesis_monitoring.findings import Finding, Severity
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


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where a series is recorded: file and group, and the rule's number there."""

    group: tuple[str, str]
    number: int


def check_rule_semantics(context: CheckContext) -> Iterator[Finding]:
    """GM402, GM403, GM410, GM413 and GM414, for every rule that can be parsed."""
    files = read_rule_files(context)
    yield from files.findings
    if context.plan is None:
        yield no_plan(context)
        return
    catalogue = Catalogue(context.plan)
    watchdog = context.plan.spec.meta_alerts.watchdog.name
    recorded: dict[str, Recorded] = {}
    for place, rule in _placed(files.files):
        if not rule.alerting:
            recorded.setdefault(rule.name, place)
    for place, rule in _placed(files.files):
        if rule.tree is None:
            continue
        if rule.alerting and rule.name != watchdog:
            yield from _condition(context, rule, rule.tree)
        yield from _unknown(context, catalogue, rule, rule.tree)
        yield from _fractions(context, catalogue, rule, rule.tree)
        yield from _order(context, rule, rule.tree, place, recorded)
        yield from _regular(context, rule, rule.tree)


def _placed(files: Iterable[RuleFile]) -> Iterator[tuple[Recorded, Rule]]:
    for file in files:
        for group in file.groups:
            for number, rule in enumerate(group.rules):
                yield Recorded((file.file.path, group.name), number), rule


def _condition(context: CheckContext, rule: Rule, tree: Node) -> Iterator[Finding]:
    if is_scalar(tree):
        fault = "is a number, which is there always"
    elif not filters(tree):
        fault = "compares nothing, so it fires for every value"
    else:
        return
    message = (
        f"alert {rule.name}: {show(tree)} {fault}; allowed is a comparison with a threshold, or absent()"
    )
    yield context.finding("GM402", rule.file, rule.expr.place, message)


def _unknown(context: CheckContext, catalogue: Catalogue, rule: Rule, tree: Node) -> Iterator[Finding]:
    for message, _ in unknown_metrics(catalogue, tree):
        text = f"{rule.name}: {message}"
        yield context.finding("GM403", rule.file, rule.expr.place, text, hint=UNKNOWN_HINT)


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


def _fractions(context: CheckContext, catalogue: Catalogue, rule: Rule, tree: Node) -> Iterator[Finding]:
    sli = catalogue.sli(rule.name) if not rule.alerting else None
    own_words = sli is not None and bool(sli.sli.query)
    for fraction in unguarded(tree):
        severity = Severity.INFO if own_words and not fraction.aggregated else Severity.ERROR
        message = f"{rule.name}: {fraction_message(fraction)}"
        hint = fraction_hint(fraction)
        yield context.finding("GM410", rule.file, rule.expr.place, message, hint=hint, severity=severity)


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


def _order(
    context: CheckContext, rule: Rule, tree: Node, own: Recorded, recorded: Mapping[str, Recorded]
) -> Iterator[Finding]:
    for name in dict.fromkeys(selector.metric for selector in selectors(tree)):
        source = recorded.get(name)
        if source is None or (source.group == own.group and source.number < own.number):
            continue
        if source == own and all(isinstance(one, Range) for one in _readers(tree, name)):
            continue
        if source.group == own.group:
            message = f"{rule.name}: reads {name}, which its group records only after it"
        else:
            message = (
                f"{rule.name}: reads {name}, which the group {source.group[1]} records; this one is in "
                f"{rule.group}"
            )
        hint = "give both one component in the spec, then run genesis-mon render"
        yield context.finding("GM413", rule.file, rule.expr.place, message, hint=hint)


def _readers(tree: Node, name: str) -> Iterator[Node]:
    """What reads a series: a range of it, or its value of this moment."""
    if isinstance(tree, Range | Selector):
        if name in {one.metric for one in selectors(tree)}:
            yield tree
        return
    for below in children(tree):
        yield from _readers(below, name)


def _regular(context: CheckContext, rule: Rule, tree: Node) -> Iterator[Finding]:
    for matcher in dict.fromkeys(matcher for selector in selectors(tree) for matcher in selector.matchers):
        written = f"{matcher.label}{matcher.operator}{quote(matcher.value)}"
        better = _SIMPLER.get((matcher.operator, matcher.value), "")
        if not better and not _REGULAR.search(matcher.value):
            better = f"write {matcher.label}{_PLAIN.get(matcher.operator, '=')}{quote(matcher.value)}"
        if better and matcher.operator in _PLAIN:
            message = f"{rule.name}: {written} needs no regular expression"
            yield context.finding(
                "GM414", rule.file, rule.expr.place, message, hint=better, severity=Severity.WARNING
            )
