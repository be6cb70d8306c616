"""What surrounds the servers: their logs, and the copies of the files that they run."""

from pathlib import Path

import pytest
import yaml

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.clients.prometheus_copy import hurried, hurried_rules
from genesis_monitoring.clients.server_log import read_log_line


@pytest.mark.parametrize(
    ("text", "level", "said"),
    [
        (
            'ts=2026-01-01T00:00:00Z caller=a.go:1 level=warn msg="Not good" err="x \\"y\\""',
            "warn",
            'Not good: x "y"',
        ),
        ("time=2026-01-01T00:00:00Z level=WARN source=a.go:1 msg=Bad", "warn", "Bad"),
        ('time=2026-01-01T00:00:00Z level=ERROR msg="two\\nlines" error=no', "error", "two\nlines: no"),
        ("level=info component=x", "info", "level=info component=x"),
        ("flag provided but not defined", "", "flag provided but not defined"),
        ("", "", ""),
    ],
)
def test_both_generations_of_logs_are_read(text: str, level: str, said: str) -> None:
    line = read_log_line(text)
    assert (line.level, line.said) == (level, said)


@pytest.mark.parametrize(
    "text",
    [
        "global:\n  evaluation_interval: 15s\nscrape_configs: []\n",
        "global:\n  scrape_interval: 15s # often\nscrape_configs: []\n",
        "global: {scrape_interval: 15s}\nscrape_configs: []\n",
        "scrape_configs: []\n",
        "alerting:\n  alertmanagers:\n  - dns_sd_configs: [{names: [é]}]\n\n    # x\n"
        "  alert_relabel_configs: []\n"
        "global:\n  scrape_interval: 15s\n",
        "global:\n  evaluation_interval: 15s\nalerting:\n  alertmanagers:\n    - static_configs:\n"
        "        - targets: [a]\n",
    ],
)
def test_the_copy_for_prometheus_differs_in_two_values(text: str) -> None:
    before, after = yaml.safe_load(text), yaml.safe_load(hurried(text))
    assert after["global"].pop("evaluation_interval") == "100ms"
    before.setdefault("global", {}).pop("evaluation_interval", None)
    if "alerting" in before:
        managers = after["alerting"].pop("alertmanagers")
        assert managers == [{"static_configs": [{"targets": ["127.0.0.1:9"]}]}]
        del before["alerting"]["alertmanagers"]
    assert after == before


def test_the_copy_for_prometheus_keeps_lines() -> None:
    text = (
        "alerting:\n  alertmanagers:\n    - static_configs:\n        - targets: [a]\n"
        "global:\n  evaluation_interval: 1m\nscrape_configs: []\n"
    )
    assert [line for line in hurried(text).split("\n") if line in text.split("\n")] == [
        "alerting:", "  alertmanagers:", "", "global:", "scrape_configs: []", "",
    ]  # fmt: skip
    assert hurried(text).split("\n").index("global:") == text.split("\n").index("global:")


def test_the_copy_of_a_rule_file_waits_for_no_group() -> None:
    text = "groups:\n  - name: slow\n    interval: 2m\n    rules:\n      - record: a\n        expr: '1'\n"
    assert hurried_rules(text) == text.replace("2m", "100ms")


@pytest.mark.parametrize("text", ["", "a: [", "- a\n", "a\n"])
def test_what_is_no_configuration_is_left_to_prometheus(text: str) -> None:
    assert hurried(text) == text


CONFIG = """\
global:
  resolve_timeout: 7m
  smtp_auth_password: secret
  http_config: {proxy_url: 'http://proxy.example.com'}
route:
  receiver: a
  group_by: [x]
  repeat_interval: 9h
  routes: [{receiver: b, matchers: [x=y], group_wait: 5m, continue: true}]
inhibit_rules: [{equal: [z]}]
receivers:
  - name: a
    slack_configs:
      - {api_url: 'https://hooks.slack.com/x', channel: '#c', title: T}
    opsgenie_configs: [{api_key: k}]
  - name: b
    pagerduty_configs: [{service_key: k, url: 'https://events.example.com', http_config: {}}]
    webhook_configs: [{url_file: f, max_alerts: 3}]
"""


def test_the_copy_for_alertmanager_sends_to_one_address_only(tmp_path: Path) -> None:
    text = redirect(CONFIG, {"http": "http://127.0.0.1:1"}.get, tmp_path)
    after = yaml.safe_load(text)
    a, b = after["receivers"]
    slack_file = a["slack_configs"][0].pop("api_url_file")
    assert Path(slack_file).read_text() == "http://127.0.0.1:1/a/slack"
    assert a == {"name": "a", "slack_configs": [{"channel": "#c", "title": "T"}]}
    assert b["pagerduty_configs"][0].pop("routing_key_file").startswith(str(tmp_path))
    assert b["pagerduty_configs"] == [{"url": "http://127.0.0.1:1/b/pagerduty"}]
    assert b["webhook_configs"] == [{"url": "http://127.0.0.1:1/b/webhook", "max_alerts": 3}]
    assert after["global"] == {"resolve_timeout": "7m"}
    assert after["inhibit_rules"] == [{"equal": ["z"]}]
    waits = {"group_wait": "0s", "group_interval": "100ms"}
    assert after["route"] == {
        "receiver": "a", "group_by": ["x"], "repeat_interval": "9h", **waits,
        "routes": [{"receiver": "b", "matchers": ["x=y"], "continue": True, **waits}],
    }  # fmt: skip
    assert "example.com" not in text
    assert "hooks.slack.com" not in text


@pytest.mark.parametrize("text", ["", "a: [", "route: x\n", "- a\n"])
def test_what_is_no_alertmanager_configuration_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it "):
        redirect(text, {"http": "http://127.0.0.1:1"}.get, tmp_path)
