"""Grouping, timing, inhibition and receivers against the spec, at the key that differs."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.alertmanager.settings import check_alertmanager_settings as check
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG as FILE
from genesis_monitoring.findings import Severity

from .rule_tree import RuleTree, rule_tree, without_plan


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


def test_what_means_the_same_is_the_same(tree: RuleTree) -> None:
    tree.spoil(FILE, "RequestsFail|RequestsSlow", "RequestsSlow|RequestsFail")
    tree.spoil(FILE, "repeat_interval: 1d", "repeat_interval: 24h")
    tree.spoil(FILE, "equal: [team, component]", "equal: [component, team]")
    tree.spoil(FILE, "'severity=\"P2\"'", "severity = P2")
    tree.spoil(FILE, "templates/*.tmpl", "templates/genesis.tmpl")
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "words", "origin"),
    [
        ("resolve_timeout: 5m", "resolve_timeout: 5h", "resolve_timeout is 5h", "routing.resolve_timeout"),
        ("group_by: [component]", "group_by: [team]", "is team; the spec says component", "severities.P2"),
        ("group_wait: 1m", "group_wait: 2m", "is 2m; the spec says 1m", "severities.P2"),
        ("group_interval: 10m", "group_interval: 20m", "is 20m; the spec says 10m", "severities.P2"),
        ("repeat_interval: 6h", "repeat_interval: 600ms", "is 600ms; the spec says 6h", "severities.P2"),
        ("continue: false", "continue: true", "continue of the route to watchdog", "meta_alerts.watchdog"),
        ("'severity=\"P2\"'", "'severity=\"P3\"'", "matchers of the route to chat", "severities.P2"),
        ("equal: [team, component]", "equal: [team]", "equal of", "routing.inhibit.database-down"),
        ("|RequestsSlow", "|RequestsSlw", "target of", "routing.inhibit.database-down"),
        ("'component=\"bill\"'", "'component=\"shop\"'", "source of", "routing.inhibit.blocker"),
        ("'#shop'", "'#shp'", "is #shp; the spec says #shop", "receivers.chat"),
        ("/run/secrets/pager_key", "/run/secrets/x", "routing_key_file of pager", "receivers.pager"),
        ("send_resolved: true", "send_resolved: false", "pager is not told when", "receivers.pager"),
        ("templates/*.tmpl", "template/*.tmpl", "templates loads no file", "routing"),
    ],
)
def test_a_setting_that_differs(tree: RuleTree, old: str, new: str, words: str, origin: str) -> None:
    line = tree.spoil(FILE, old, new)
    finding = tree.one(check, "GM613")
    assert words in finding.message
    assert line - 1 <= finding.location.line <= line
    assert finding.related == tree.spec_place(origin)


@pytest.mark.parametrize(
    ("start", "end", "words", "line_of"),
    [
        ("    # from: severities.P2", "inhibit_rules:", 'to chat for severity="P2" is missing', "  routes:"),
        ("  # The blocker says", "receivers:", "the inhibit rule blocker is missing", "inhibit_rules:"),
        ("  # from: receivers.watchdog", "", "the receiver watchdog is missing", "receivers:"),
        ("    slack_configs:", "  # from: receivers.watchdog", "chat has no slack", "- name: chat"),
    ],
)
def test_something_that_is_missing(tree: RuleTree, start: str, end: str, words: str, line_of: str) -> None:
    text = tree.text(FILE)
    tail = text[text.index(end) :] if end else ""
    (tree.out / FILE).write_text(text[: text.index(start)] + "\n" + tail, "utf-8")
    finding = tree.one(check, "GM613")
    assert words in finding.message
    assert finding.location.line == tree.line(FILE, line_of)


@pytest.mark.parametrize(
    ("before", "new", "words"),
    [
        ("inhibit_rules:\n", "    - receiver: chat\n      matchers: ['team=\"x\"']\n\n", "no route to chat"),
        (
            "receivers:\n",
            "  - {source_matchers: [a=b], target_matchers: [c=d], equal: [e]}\n\n",
            "no inhibit rule",
        ),
        ("  # from: receivers.watchdog", "  - name: spare\n", "no receiver spare"),
        ("  # from: receivers.watchdog", "    webhook_configs:\n      - url: http://x/\n", "no such webhook"),
    ],
)
def test_something_that_the_spec_does_not_have(tree: RuleTree, before: str, new: str, words: str) -> None:
    line = tree.spoil(FILE, before, new + before)
    finding = tree.one(check, "GM613")
    assert words in finding.message
    assert line <= finding.location.line <= line + 1


def test_routes_in_another_order(tree: RuleTree) -> None:
    text = tree.text(FILE)
    p0, p2, rules = (
        text.index(words) for words in ("    # from: severities.P0", "    # from: severities.P2", "inh")
    )
    spoiled = text[:p0] + text[p2:rules].rstrip("\n") + "\n" + text[p0:p2] + "\n" + text[rules:]
    (tree.out / FILE).write_text(spoiled, "utf-8")
    findings = tree.run(check)
    assert {finding.code for finding in findings} == {"GM613"}
    assert "the first that takes an alert decides" in findings[0].message


def test_an_inhibit_rule_without_equal(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "    equal: [team, component]\n", "", nth=2)
    assert line - 7 <= tree.one(check, "GM606").location.line < line
    assert tree.one(check, "GM613").related == tree.spec_place("routing.inhibit.blocker")


def test_an_alert_that_silences_itself(tree: RuleTree) -> None:
    line = tree.spoil(FILE, '"RequestsFail|', '"RequestsFail|DatabaseDown|')
    finding = tree.one(check, "GM607")
    assert finding.message.startswith("DatabaseDown matches the source and the target")
    assert finding.location.line == line - 1


@pytest.mark.parametrize(
    ("old", "new", "severity", "words"),
    [
        ("repeat_interval: 6h", "repeat_interval: 6m", Severity.ERROR, "make it 10m or longer"),
        ("group_wait: 1m", "group_wait: 11m", Severity.WARNING, "waits 11m for its first message"),
        ("group_by: [component]", "group_by: ['...']", Severity.ERROR, "groups by every label"),
        ("group_by: [component]", "group_by: []", Severity.ERROR, "all alerts are one message"),
    ],
)
def test_timings_that_defeat_grouping(
    tree: RuleTree, old: str, new: str, severity: Severity, words: str
) -> None:
    line = tree.spoil(FILE, old, new)
    finding = tree.one(check, "GM610", severity)
    assert words in finding.message
    assert finding.location.line == line


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("routing_key_file: /run/secrets/pager_key", "routing_key: 0123456789abcdef", "routing_key"),
        ("api_url_file: /run/secrets/slack_api_url", "api_url: https://example.com/x", "slack_api_url"),
        ("client: genesis-mon", "client: https://me:pass@example.com/", "client"),
        ("  resolve_timeout", "  smtp_auth_password: hunter2\n  resolve_timeout", "smtp_auth_password"),
    ],
)
def test_a_secret_in_plain_text(tree: RuleTree, old: str, new: str, key: str) -> None:
    line = tree.spoil(FILE, old, new)
    finding = tree.one(check, "GM609")
    assert finding.message.startswith(f"{key} is a secret in plain text")
    assert finding.location.line == line
    assert "hunter2" not in finding.message
    assert "pass@" not in finding.message


def test_what_cannot_be_read_is_not_right(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "group_wait: 1m", "group_wait: soon")
    assert tree.one(check, "GM004").location.line == line
    assert [finding.code for finding in check(without_plan(tree))] == ["GM004"]
