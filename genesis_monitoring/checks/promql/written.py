"""PromQL that a person wrote in the spec, judged before anything is made of it: findings at its characters.

That is the query of an ``expr`` SLI, the series of its fixtures, and the query of a panel. The codes are
those of the checks on generated files (GM401, GM403 to GM410, GM415, GM416), which judge what is loaded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.promql.catalogue import Catalogue
from genesis_monitoring.checks.promql.expressions import NOT_READ, NOT_READ_HINT
from genesis_monitoring.checks.promql.promtool_opinion import (
    Opinion,
    ask_about_expressions,
    ask_about_series,
)
from genesis_monitoring.checks.promql.rule_ranges import range_faults
from genesis_monitoring.checks.promql.rule_semantics import (
    UNKNOWN_HINT,
    fraction_hint,
    fraction_message,
    unknown_metrics,
)
from genesis_monitoring.checks.promql.rule_units import edge_faults, out_of_reach
from genesis_monitoring.clients.protocols import PromtoolClient
from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.promql.guards import unguarded
from genesis_monitoring.promql.labels import LabelFlow
from genesis_monitoring.promql.places import Places
from genesis_monitoring.promql.syntax import (
    Node,
    Range,
    Selector,
    Subquery,
    Text,
    TooDeepError,
    names,
    read_expression,
    selectors,
    tree_or_none,
)
from genesis_monitoring.promql.text import show
from genesis_monitoring.promql.types import is_scalar
from genesis_monitoring.promql.units import UnitFlow, describe
from genesis_monitoring.spec.exposed_names import METRIC
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.text_places import place_in_text
from genesis_monitoring.spec.written import WrittenQuery, WrittenSeries, written_queries, written_series

Path = tuple[str | int, ...]

_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_VALUES = re.compile(
    rf"\s*(?:(?:{_NUMBER}(?:(?:[+-]{_NUMBER.removeprefix('[+-]?')})?x[0-9]+)?|_(?:x[0-9]+)?|stale)(?:\s+|$))+"
)
"""Test values that promtool surely takes; for others it is asked."""
_HINT = "correct it; if promtool is too old for it, name a newer one by GENESIS_MON_PROMTOOL"


@dataclass(frozen=True, slots=True)
class _Unread:
    """A text that our parser refuses, of the value at ``path``; with ``key``, of its key and the value."""

    owner: str
    path: Path
    text: str
    key: str = ""


def check_written(plan: Plan, source: Source, promtool: PromtoolClient) -> tuple[Finding, ...]:
    """What is wrong, or could not be looked at. promtool is asked only of what our parser refuses.

    Raises ToolCrashed or ToolTimedOut if promtool gives no answer then.
    """
    catalogue = Catalogue(plan)
    findings: list[Finding] = []
    queries: list[_Unread] = []
    series: list[_Unread] = []
    for query in written_queries(plan.spec):
        try:
            tree = read_expression(query.text)
            if tree is None:
                queries.append(_Unread(query.owner, query.path, query.text))
            else:
                findings += _Query(catalogue, source, query, tree).findings()
        except TooDeepError:
            message = f"{query.owner}: the query is nested too deep, so nobody looked into it"
            place = place_in_text(source, query.path, 0)
            findings.append(Finding("GM401", Severity.WARNING, place, message, "nest it less"))
    for given in written_series(plan.spec):
        if not _is_series(given.series) or not _VALUES.fullmatch(given.values):
            text = f"{given.series} {given.values}"
            series.append(_Unread(given.owner, given.path, text, given.series))
        findings += _of_no_metric(catalogue, source, given)
    pairs = [(one.key, one.text[len(one.key) + 1 :]) for one in series]
    opinions = (
        *ask_about_expressions(promtool, [one.text for one in queries]),
        *ask_about_series(promtool, pairs),
    )
    for unread, opinion in zip((*queries, *series), opinions, strict=True):
        findings += _judged(source, unread, opinion)
    return sort_findings(findings)


def _is_series(text: str) -> bool:
    """Whether ``text`` surely names one series: a metric, and labels with equal signs."""
    tree = tree_or_none(text)
    if not isinstance(tree, Selector) or tree.offset or tree.at:
        return False
    return all(one.operator == "=" for one in tree.matchers)


def _of_no_metric(catalogue: Catalogue, source: Source, given: WrittenSeries) -> Iterator[Finding]:
    tree = tree_or_none(given.series)
    for message, _ in unknown_metrics(catalogue, tree) if isinstance(tree, Selector) else ():
        place = place_in_text(source, given.path, 0, key=True)
        yield Finding("GM403", Severity.ERROR, place, f"{given.owner}: {message}", UNKNOWN_HINT)


def _judged(source: Source, unread: _Unread, opinion: Opinion) -> Iterator[Finding]:
    what = f"{unread.owner}: the {'series of a test' if unread.key else 'query'}"
    if opinion.missing is not None:
        place = place_in_text(source, unread.path, 0, key=bool(unread.key))
        message = f"{what} could not be checked: our parser cannot read it, and {opinion.missing.message}"
        yield Finding("GM001", Severity.WARNING, place, message, opinion.missing.hint)
    elif opinion.fault:
        in_key = opinion.offset < len(unread.key)
        offset = opinion.offset - (0 if in_key or not unread.key else len(unread.key) + 1)
        place = place_in_text(source, unread.path, offset, key=in_key)
        message = f"{what} is refused by promtool: {opinion.fault}"
        yield Finding("GM401", Severity.ERROR, place, message, _HINT)
    elif not unread.key:
        place = place_in_text(source, unread.path, 0)
        yield Finding("GM401", Severity.WARNING, place, f"{what}: {NOT_READ}", NOT_READ_HINT)


@dataclass(frozen=True, slots=True)
class _Query:
    """One query, as our parser reads it."""

    catalogue: Catalogue
    source: Source
    query: WrittenQuery
    tree: Node

    def findings(self) -> Iterator[Finding]:
        """All that is an error."""
        if isinstance(self.tree, Range | Subquery | Text):
            part: Node = self.tree.selector if isinstance(self.tree, Range) else self.tree
            kind = "a text" if isinstance(self.tree, Text) else "a range of samples"
            message = f"{show(self.tree)} is {kind}, and what is wanted is one value a series"
            yield self._finding("GM401", message, "take a function of it, as avg_over_time()", part)
            return
        if is_scalar(self.tree) or next(selectors(self.tree), None) is None:
            message = f"{show(self.tree)} is a number whatever the metrics are, also where there are none"
            yield self._finding("GM401", message, "take the series themselves, as in max(metric)", self.tree)
            return
        beyond = tuple(name for name in names(self.tree) if not METRIC.fullmatch(name))
        for name in beyond:
            message = (
                f'"{name}" is a name in UTF-8, which needs Prometheus 3.0 and its promtool; what is made '
                "here is for 2.42 and later"
            )
            hint = f"use the name that it has by default: {re.sub('[^a-zA-Z0-9_:]', '_', name)}"
            yield self._at(self._place(max(0, self.query.text.find(name) - 1)), "GM401", message, hint)
        if beyond:
            return
        for message, selector in unknown_metrics(self.catalogue, self.tree):
            yield self._finding("GM403", message, UNKNOWN_HINT, selector)
        for code, message, hint, node in range_faults(self.catalogue, self.tree):
            yield self._finding(code, message, hint, node)
        for fraction in unguarded(self.tree):
            if fraction.aggregated:
                part = fraction.node if fraction.divisor is None else fraction.divisor
                yield self._finding("GM410", fraction_message(fraction), fraction_hint(fraction), part)
        for message, hint, selector in edge_faults(self.catalogue, self.tree):
            yield self._finding("GM416", message, hint, selector, "le")
        yield from self._labels()
        yield from self._units()

    def _labels(self) -> Iterator[Finding]:
        flow = LabelFlow(self.catalogue, self.tree)
        for message, (node, label) in flow.culprits.items():
            hint = "name a label that is there, or keep this one on the way"
            yield self._finding("GM409", message, hint, node, label)
        for index, label in enumerate(() if flow.problems else self.query.by):
            if not flow.result.can_have(label):
                place = self.source.locate((*self.query.by_path, index))
                key = self.query.by_path[-1]
                message = f"{key} has {label}, and the query returns {flow.result}"
                hint = f"keep the label in the query, or leave it out of {key}"
                yield self._at(place, "GM409", message, hint, (self._place(0),))
        more = flow.result.may - {*self.query.by} if self.query.closed and not flow.problems else ()
        for label in sorted(more):
            message = f"the query returns the label {label}, which labels does not have"
            hint = "add it to labels, or aggregate it away"
            yield self._at(self._place(0), "GM409", message, hint)

    def _units(self) -> Iterator[Finding]:
        flow = UnitFlow(self.catalogue, self.tree)
        hint = "convert one of them, or correct the unit in the spec"
        for message, node in flow.culprits.items():
            yield self._finding("GM415", message, hint, node)
        for message, selector in out_of_reach(self.catalogue, self.tree):
            yield self._finding("GM415", message, hint, selector)
        if not flow.problems and not flow.fits(self.query.unit):
            place = self.source.locate(self.query.unit_path)
            message = f"the query is in {describe(flow.result)}, and unit says {self.query.unit}"
            yield self._at(place, "GM415", message, hint, (self._place(0),))

    def _finding(self, code: str, message: str, hint: str, node: Node, label: str = "") -> Finding:
        places = Places(self.query.text, self.tree)
        offset = places.word(label, node) if label else places.of(node)
        return self._at(self._place(offset), code, message, hint)

    def _place(self, offset: int) -> Location:
        return place_in_text(self.source, self.query.path, offset)

    def _at(
        self, place: Location, code: str, message: str, hint: str, related: tuple[Location, ...] = ()
    ) -> Finding:
        return Finding(code, Severity.ERROR, place, f"{self.query.owner}: {message}", hint, related)
