"""Alertmanager's own rules, by hand: which routes take an alert, and which alerts silence which."""

import re
from collections.abc import Iterator, Mapping, Sequence

from genesis_monitoring.checks.alertmanager.model import InhibitRule, RouteNode
from genesis_monitoring.plan.alertmanager import Matcher

Labels = Mapping[str, str]
"""The labels of an alert; one that it does not have counts as empty."""


def matches(matchers: Sequence[Matcher], labels: Labels) -> bool:
    """Whether all of them match."""
    return all(_matches(matcher, labels.get(matcher.label, "")) for matcher in matchers)


def walk(node: RouteNode, labels: Labels) -> tuple[RouteNode, ...]:
    """The routes that take an alert, in order; none if ``node`` does not match."""
    if not matches(node.matchers, labels):
        return ()
    taken: list[RouteNode] = []
    for inner in node.children:
        found = walk(inner, labels)
        taken.extend(found)
        if found and not inner.hands_on:
            break
    return tuple(taken) or (node,)


def entered(node: RouteNode, labels: Labels) -> Iterator[RouteNode]:
    """Every route that an alert comes into, those that hand it down included."""
    if not matches(node.matchers, labels):
        return
    yield node
    for inner in node.children:
        within = tuple(entered(inner, labels))
        yield from within
        if within and not inner.hands_on:
            break


def all_routes(node: RouteNode) -> Iterator[RouteNode]:
    """The route and all below it."""
    yield node
    for inner in node.children:
        yield from all_routes(inner)


def implies(matchers: Sequence[Matcher], other: Matcher) -> bool:
    """Whether what matches all ``matchers`` surely matches ``other``."""
    for matcher in matchers:
        if matcher == other:
            return True
        if matcher.label == other.label and matcher.operator == "=" and _matches(other, matcher.value):
            return True
    return False


def silenced_by(rules: Sequence[InhibitRule], alerts: Sequence[Labels]) -> dict[int, frozenset[int]]:
    """For each alert that is silenced (by its index), those that silence it."""
    found: dict[int, frozenset[int]] = {}
    for number, target in enumerate(alerts):
        sources = frozenset(
            other
            for rule in rules
            if matches(rule.target, target)
            for other, source in enumerate(alerts)
            if other != number and _silences(rule, source, target)
        )
        if sources:
            found[number] = sources
    return found


def _silences(rule: InhibitRule, source: Labels, target: Labels) -> bool:
    if not matches(rule.source, source):
        return False
    # What matches both sides never silences what matches both sides.
    if matches(rule.target, source) and matches(rule.source, target):
        return False
    return all(source.get(label, "") == target.get(label, "") for label in rule.equal)


def _matches(matcher: Matcher, value: str) -> bool:
    match matcher.operator:
        case "=":
            return value == matcher.value
        case "!=":
            return value != matcher.value
        case "=~":
            return _fits(matcher.value, value)
        case _:
            return not _fits(matcher.value, value)


def _fits(pattern: str, value: str) -> bool:
    try:
        return re.fullmatch(pattern, value, re.DOTALL) is not None
    except re.error:
        return False
