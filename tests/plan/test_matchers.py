"""Matchers of the spec: what the rules select, and whether their generated tests prove it."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from checks.rule_tree import tree_of

from genesis_monitoring.checks.promql.literal_patterns import check_literal_patterns
from genesis_monitoring.findings import Severity
from genesis_monitoring.plan.compile import compile_plan

from .specs import Data, compiled, every_kind, keeping, load
from .tools import assert_accepted


def selecting(sli: str, key: str, selector: Data) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        data["slis"][sli][key] = selector if key in ("histogram", "metric") else [selector]

    return change


SELECTED = (
    (
        ("errors", "numerator", "requests_total", "code", "=~5.."),
        ("cpu_used", "numerator", "cpu_seconds_total", "mode", "=~idle|iowait"),
        ("latency", "histogram", "request_seconds", "route", "!~/health.*"),
        ("backup_age", "metric", "backup_timestamp_seconds", "store", "=~eu-.+"),
        ("queued", "metrics", "queue_length", "queue", "!=dead"),
        ("database_up", "metric", "part_up", "part", "=~data(base|store)"),
    ),
    (
        ("errors", "numerator", "requests_total", "code", "!~2..|3.."),
        ("cpu_used", "numerator", "cpu_seconds_total", "mode", "!=idle"),
    ),
)


@pytest.mark.parametrize("selected", SELECTED, ids=["each kind", "the other operators"])
def test_rules_select_and_their_tests_pass(
    selected: Sequence[tuple[str, str, str, str, str]], tmp_path: Path
) -> None:
    def change(data: Data) -> None:
        keeping(data, *(one[0] for one in selected), "latency", "latency_multiple")
        for sli, key, metric, label, matcher in selected:
            selecting(sli, key, {"metric": metric, "matchers": {label: matcher}})(data)

    tree = tree_of(tmp_path / "project", change)
    assert tree.project.plan is not None
    exprs = {r.record: r.expr for group in tree.project.plan.rule_groups for r in group.recording}
    for sli, _, _, label, matcher in selected:
        assert f'{label}{matcher[:2]}"{matcher[2:]}"' in exprs[tree.project.plan.slis[sli].record]
    assert_accepted(tree.out, compose=False, component="shop")


IN_LABELS: tuple[tuple[str, str, str, str, object, str], ...] = (
    ("errors", "numerator", "requests_total", "code", [500, 502], 'code=~"500|502"'),
    (
        "cpu_used",
        "numerator",
        "cpu_seconds_total",
        "mode",
        {"not": ["idle", "io.wait"]},
        'mode!~"idle|io\\\\.wait"',
    ),
    ("latency", "histogram", "request_seconds", "route", {"not_matches": "/health.*"}, 'route!~"/health.*"'),
    ("backup_age", "metric", "backup_timestamp_seconds", "store", {"matches": "eu-.+"}, 'store=~"eu-.+"'),
    ("queued", "metrics", "queue_length", "queue", {"not": "dead"}, 'queue!="dead"'),
    (
        "database_up",
        "metric",
        "part_up",
        "part",
        {"matches": "(?i)\\bdb\\b", "examples": ["DB"]},
        'part=~"(?i)',
    ),
)


def in_labels(data: Data) -> None:
    keeping(data, *(one[0] for one in IN_LABELS))
    for sli, key, metric, label, wanted, _ in IN_LABELS:
        selecting(sli, key, {"metric": metric, "labels": {label: wanted}})(data)


def test_what_labels_say_is_selected_and_their_tests_pass(tmp_path: Path) -> None:
    tree = tree_of(tmp_path / "project", in_labels)
    exprs = {r.record: r.expr for group in tree.project.plan.rule_groups for r in group.recording}
    for sli, *_, matcher in IN_LABELS:
        assert matcher in exprs[tree.project.plan.slis[sli].record]
    assert_accepted(tree.out, compose=False, component="shop")


@pytest.mark.parametrize(
    ("sli", "matcher"),
    [("errors", '{code=~"500|502"}'), ("latency", '{route!~"/health.*"}'), ("queued", '{queue!="dead"}')],
)
def test_generated_tests_have_series_that_are_not_selected(sli: str, matcher: str, tmp_path: Path) -> None:
    def change(data: Data) -> None:
        in_labels(data)
        keeping(data, sli)

    tree = tree_of(tmp_path / "project", change)
    rules = tree.out / "prometheus/rules/shop.yml"
    text = rules.read_text("utf-8")
    spoilt = text.replace(matcher, "").replace(f"{matcher[1:-1]}, ", "")
    assert spoilt != text
    rules.write_text(spoilt, "utf-8")
    with pytest.raises(AssertionError):
        assert_accepted(tree.out, compose=False, component="shop")


@pytest.mark.parametrize(
    ("value", "mend"),
    [
        ("5..", 'matches: "5.."'),
        ("500|502", 'matches: "500|502"'),
        (".*", 'matches: ".*"'),
        ("5[0-9]+", 'matches: "5[0-9]+"'),
        ("=~5..", 'matches: "5.."'),
        ("!~2..", 'not_matches: "2.."'),
        ("!=200", 'not: "200"'),
        ("^5", 'matches: "^5"'),
    ],
)
def test_a_pattern_as_an_exact_value_is_warned_of_at_its_line(value: str, mend: str, tmp_path: Path) -> None:
    tree = tree_of(
        tmp_path / "project",
        selecting("errors", "numerator", {"metric": "requests_total", "labels": {"code": value}}),
    )
    found = tree.one(check_literal_patterns, "GM419", Severity.WARNING)
    lines = (tmp_path / "project" / "slo.yaml").read_text("utf-8").splitlines()
    assert json.dumps(value) in lines[found.location.line - 1]
    assert f"labels: {{code: {{{mend}}}}}" in found.hint


@pytest.mark.parametrize("value", ["500", "10.0.0.1:8000", "/api/v1", "web.prod", "a+b", "GET /", "x (y)"])
def test_what_is_meant_literally_is_not_warned_of(value: str, tmp_path: Path) -> None:
    selector = {"metric": "requests_total", "labels": {"code": value}}
    tree = tree_of(tmp_path / "project", selecting("errors", "numerator", selector))
    assert not tree.run(check_literal_patterns)


def test_a_panel_takes_matchers() -> None:
    data = every_kind()
    panels = data["dashboards"]["shop"]["rows"][0]["panels"]
    panels[4]["queries"][1]["metric"] = {"metric": "requests_total", "matchers": {"code": "=~5.."}}
    plan = compiled(data)
    assert any('code=~"5.."' in q.expr for panel in plan.dashboards[0].panels for q in panel.queries)


def test_an_alert_is_kept_firing_as_its_severity_says_unless_it_says_so_itself(tmp_path: Path) -> None:
    def change(data: Data) -> None:
        data["severities"]["P2"]["keep_firing_for"] = "4m"
        data["severities"]["P0"]["keep_firing_for"] = "20m"
        data["alerts"]["DiskFull"]["keep_firing_for"] = "0s"
        data["alerts"]["RequestsFail"]["keep_firing_for"] = "0s"
        data["alerts"]["DatabaseDown"]["keep_firing_for"] = "90s"
        keeping(data, "disk_used", "errors", "database_up", "queued", "answered_in_time")

    tree = tree_of(tmp_path / "project", change)
    text = tree.text("prometheus/rules/shop.yml")
    kept = {
        block.split("\n")[0].strip(): block.split("keep_firing_for: ")[1].split("\n")[0]
        for block in text.split("- alert:")[1:]
        if "keep_firing_for" in block
    }
    assert kept["QueueLong"] == "4m"
    assert kept["ErrorBudgetBurnTicketQuick"] == kept["ErrorBudgetExhausted"] == "4m"
    assert kept["DatabaseDown"] == "1m30s"
    assert "DiskFull" not in kept
    assert "RequestsFail" not in kept
    assert_accepted(tree.out, compose=False, component="shop")


def test_a_profile_caps_how_long_an_alert_is_kept_firing() -> None:
    data = every_kind()
    data["severities"]["P2"]["keep_firing_for"] = "4m"
    data["alerts"]["DatabaseDown"]["keep_firing_for"] = "90s"
    data["profiles"]["watched"]["for_at_most"] = "10s"
    plan = compile_plan(load(data), "watched")
    kept = {rule.alert: rule.keep_firing_for for group in plan.rule_groups for rule in group.alerting}
    assert kept["QueueLong"] == kept["DatabaseDown"] == 10
    assert kept["RequestsFail"] == 0
