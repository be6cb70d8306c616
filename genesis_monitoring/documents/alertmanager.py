"""``alertmanager.yml``: routing in, its document out."""

from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.documents.node import Document, Node, Value
from genesis_monitoring.plan.alertmanager import (
    AlertmanagerPlan,
    InhibitRulePlan,
    Matcher,
    ReceiverPlan,
    Route,
)
from genesis_monitoring.promql.building import quote
from genesis_monitoring.spec.nights import TimeInterval


def alertmanager_document(plan: AlertmanagerPlan) -> Document:
    """Receivers, the routing tree and what silences what."""
    return Document(
        ALERTMANAGER_CONFIG,
        Node(
            "routing",
            {
                "global": Node("routing", {"resolve_timeout": plan.resolve_timeout}),
                "templates": plan.templates,
                "route": Node(
                    "routing",
                    {
                        "receiver": plan.default_receiver,
                        "group_by": plan.group_by,
                        "routes": [_route(route) for route in plan.routes],
                    },
                ),
                "time_intervals": [_named(name, own) for name, own in plan.time_intervals.items()] or None,
                "inhibit_rules": [_inhibit_rule(rule) for rule in plan.inhibit_rules] or None,
                "receivers": [_receiver(receiver) for receiver in plan.receivers],
            },
        ),
    )


def _route(route: Route) -> Node:
    return Node(
        route.origin,
        {
            "receiver": route.receiver,
            "matchers": _matchers(route.matchers),
            "group_by": route.group_by,
            "group_wait": route.group_wait,
            "group_interval": route.group_interval,
            "repeat_interval": route.repeat_interval,
            "mute_time_intervals": route.mute or None,
            "active_time_intervals": route.active or None,
            "continue": route.hands_on,
        },
    )


def _named(name: str, intervals: tuple[TimeInterval, ...]) -> Node:
    origin = f"time_intervals.{name}"
    return Node(origin, {"name": name, "time_intervals": [_interval(origin, one) for one in intervals]})


def _interval(origin: str, one: TimeInterval) -> Node:
    times = [{"start_time": part.start_time, "end_time": part.end_time} for part in one.times]
    return Node(
        origin,
        {
            "times": times or None,
            "weekdays": one.weekdays or None,
            "days_of_month": one.days_of_month or None,
            "months": one.months or None,
            "years": one.years or None,
            "location": one.zone,
        },
    )


def _inhibit_rule(rule: InhibitRulePlan) -> Node:
    return Node(
        rule.origin,
        {
            "source_matchers": _matchers(rule.source),
            "target_matchers": _matchers(rule.target),
            "equal": rule.equal,
        },
        note=rule.reason,
    )


def _receiver(receiver: ReceiverPlan) -> Node:
    integrations: dict[str, Value] = {f"{one.kind.key}_configs": [one.node] for one in receiver.integrations}
    return Node(receiver.origin, {"name": receiver.name, **integrations})


def _matchers(matchers: tuple[Matcher, ...]) -> list[Value]:
    return [f"{one.label}{one.operator}{quote(one.value)}" for one in matchers]
