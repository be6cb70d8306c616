"""Alertmanager's own rules, by hand: which routes take an alert, and which alerts silence which."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring.durations import parse_duration
from genesis_monitoring.plan.alertmanager import AlertmanagerPlan, Matcher

Labels = Mapping[str, str]
"""The labels of an alert; one that it does not have counts as empty."""


@dataclass(frozen=True, slots=True)
class RouteNode:
    """A route with all that holds for it, and the spec value that it comes from. Durations are in seconds."""

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait: float = 30
    group_interval: float = 300
    repeat_interval: float = 14400
    hands_on: bool = False
    children: tuple["RouteNode", ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class InhibitRule:
    """While ``source`` fires, ``target`` with equal labels is silenced."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    name: str = ""
    origin: str = ""


def planned_routes(plan: AlertmanagerPlan) -> RouteNode:
    """The tree of routes as the spec has it."""
    return RouteNode(
        receiver=plan.default_receiver,
        group_by=plan.group_by,
        origin="routing",
        children=tuple(
            RouteNode(
                receiver=route.receiver,
                matchers=route.matchers,
                group_by=route.group_by,
                group_wait=parse_duration(route.group_wait),
                group_interval=parse_duration(route.group_interval),
                repeat_interval=parse_duration(route.repeat_interval),
                hands_on=route.hands_on,
                origin=route.origin,
            )
            for route in plan.routes
        ),
    )


def planned_inhibit_rules(plan: AlertmanagerPlan) -> tuple[InhibitRule, ...]:
    """The inhibit rules as the spec has them."""
    return tuple(
        InhibitRule(rule.source, rule.target, rule.equal, rule.name, rule.origin)
        for rule in plan.inhibit_rules
    )


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
