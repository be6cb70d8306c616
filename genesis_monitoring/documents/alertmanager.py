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
            "continue": route.hands_on,
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
    return Node(
        receiver.origin,
        {
            "name": receiver.name,
            "slack_configs": _slack(receiver),
            "pagerduty_configs": _pagerduty(receiver),
            "webhook_configs": _webhook(receiver),
        },
    )


def _slack(receiver: ReceiverPlan) -> list[Value] | None:
    if receiver.slack_channel is None or receiver.slack_url_file is None:
        return None
    return [
        {
            "channel": receiver.slack_channel,
            "api_url_file": receiver.slack_url_file,
            "send_resolved": True,
            "color": _template("color"),
            "title": _template("title"),
            "title_link": _template("link"),
            "text": _template("text"),
            "fallback": _template("title"),
        }
    ]


def _pagerduty(receiver: ReceiverPlan) -> list[Value] | None:
    if receiver.pagerduty_key_file is None:
        return None
    return [
        {
            "routing_key_file": receiver.pagerduty_key_file,
            "send_resolved": True,
            "severity": _template("pager_severity"),
            "description": _template("plain.title"),
            "client": "genesis-mon",
            "client_url": _template("link"),
            "details": {"alerts": _template("plain.text"), "firing": "", "resolved": ""},
        }
    ]


def _webhook(receiver: ReceiverPlan) -> list[Value] | None:
    if receiver.webhook_url is None:
        return None
    return [{"url": receiver.webhook_url, "send_resolved": True}]


def _template(name: str) -> str:
    return f'{{{{ template "genesis.{name}" . }}}}'


def _matchers(matchers: tuple[Matcher, ...]) -> list[Value]:
    return [f"{one.label}{one.operator}{quote(one.value)}" for one in matchers]
