"""Routes, receivers and inhibition, with Slack on and off."""

import pytest

from genesis_monitoring.plan.alertmanager import AlertmanagerPlan, Matcher
from genesis_monitoring.plan.notifications import compile_notifications
from genesis_monitoring.spec.told import effective_receiver
from plan.specs import Data, compiled, every_kind, genesis, load


def plan(data: Data) -> AlertmanagerPlan:
    return compiled(data).alertmanager


def test_each_receiver_of_a_severity_has_a_route_and_all_but_the_last_hand_on() -> None:
    routes = [(route.receiver, route.matchers, route.hands_on) for route in plan(every_kind()).routes]
    assert routes == [
        ("watchdog", (Matcher("alertname", "=", "Watchdog"),), False),
        ("pager", (Matcher("severity", "=", "P0"),), True),
        ("chat", (Matcher("severity", "=", "P0"),), False),
        ("chat", (Matcher("severity", "=", "P2"),), False),
    ]


def test_timing_comes_from_the_severity() -> None:
    route = plan(every_kind()).routes[1]
    timing = (route.group_wait, route.group_interval, route.repeat_interval)
    assert timing == ("0s", "1m", "15m")
    assert route.group_by == ("alertname", "component")


@pytest.mark.parametrize(
    ("slack", "name", "who"),
    [
        (True, "chat", "chat"),
        (True, "pager", "pager"),
        (False, "chat", "hook"),
        (False, "pager", "pager"),
        (False, "watchdog", "watchdog"),
    ],
)
def test_effective_receiver(slack: bool, name: str, who: str) -> None:
    data = every_kind()
    data["slack"]["enabled"] = slack
    assert effective_receiver(load(data), name) == who


def test_a_receiver_with_something_besides_slack_keeps_its_alerts_while_slack_is_off() -> None:
    data = every_kind()
    data["slack"]["enabled"] = False
    data["receivers"]["chat"]["webhook"] = {"url": "https://example.com/hook"}
    assert effective_receiver(load(data), "chat") == "chat"
    chat = next(one for one in plan(data).receivers if one.name == "chat")
    assert [one.says for one in chat.integrations] == ["webhook https://example.com/hook"]


def test_fallbacks_are_followed_to_their_end_and_nobody_is_told_twice() -> None:
    data = every_kind()
    data["slack"]["enabled"] = False
    data["receivers"]["other"] = {"description": "Another channel", "slack": "chat", "fallback": "chat"}
    data["severities"]["P0"]["receivers"] = ["pager", "other", "chat", "hook"]
    routes = [route for route in plan(data).routes if route.matchers[0].value == "P0"]
    assert [(route.receiver, route.hands_on) for route in routes] == [("pager", True), ("hook", False)]
    assert {one.name for one in plan(data).receivers} == {"pager", "hook", "watchdog"}


def test_receivers_read_their_secrets_from_files() -> None:
    receivers = {one.name: one for one in plan(every_kind()).receivers}
    (page,), (slack,) = receivers["pager"].integrations, receivers["chat"].integrations
    assert page.node["routing_key_file"] == "/run/secrets/pager_key"
    assert slack.node["api_url_file"] == "/run/secrets/slack_api_url"
    assert slack.node["channel"] == "#shop"


def test_inhibit_matchers() -> None:
    rules = {rule.origin: rule for rule in plan(every_kind()).inhibit_rules}
    down = rules["routing.inhibit.database-down"]
    assert down.source == (Matcher("alertname", "=", "DatabaseDown"),)
    assert down.target == (Matcher("alertname", "=~", "RequestsFail|RequestsSlow"),)
    assert down.equal == ("team", "component")
    blocker = rules["routing.inhibit.blocker"]
    assert blocker.target == (Matcher("severity", "=", "P2"), Matcher("component", "=", "bill"))


def test_a_blocking_cost_alert_silences_the_milder_one_of_its_component() -> None:
    rule = next(r for r in plan(genesis()).inhibit_rules if r.origin == "routing.inhibit.cost-blocker")
    assert rule.source == (Matcher("severity", "=", "P0"), Matcher("component", "=", "cost"))
    assert rule.target == (Matcher("severity", "=", "P1"), Matcher("component", "=", "cost"))
    assert "component" in rule.equal


def test_the_pager_weighs_severities_in_their_order() -> None:
    data = every_kind()
    one = data["severities"].pop("P0")
    data["severities"] = {f"P{rank}": one for rank in range(6)}
    notifications = compile_notifications(load(data))
    assert {name: notifications.weight("pager_severity", name) for name in data["severities"]} == {
        "P0": "critical", "P1": "error", "P2": "warning", "P3": "info", "P4": "info", "P5": "info"
    }  # fmt: skip
