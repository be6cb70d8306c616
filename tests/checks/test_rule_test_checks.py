"""Rule tests: every alert proven from all sides, no test hollow, all as the spec makes them."""

import re
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.rule_tests.conformance import check_test_conformance
from genesis_monitoring.checks.rule_tests.coverage import check_test_coverage
from genesis_monitoring.checks.rule_tests.validity import check_test_validity

from .rule_tree import QUEUE_LONG, Check, RuleTree, rule_tree, tree_of, without_plan

SLI = "prometheus/tests/sli-boot_time.yml"
WATCHDOG = "prometheus/tests/Watchdog.yml"
NO_DATA = "prometheus/tests/SliDataMissing-shop.yml"
ALL: tuple[Check, ...] = (check_test_coverage, check_test_validity, check_test_conformance)


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def found(tree: RuleTree, check: Check) -> list[str]:
    return [finding.code for finding in tree.run(check)]


def without_test(tree: RuleTree, path: str, title: str) -> None:
    """Take one test, known by the comment above it, out of a file."""
    text = tree.text(path)
    begin = text.index(f"  # {title}\n")
    end = text.find("\n  # ", begin) + 1 or len(text)
    (tree.out / path).write_text(text[:begin] + text[end:], "utf-8")


@pytest.mark.parametrize("check", ALL)
def test_the_good_tree_is_clean(tree: RuleTree, check: Check) -> None:
    assert found(tree, check) == []


@pytest.mark.parametrize("check", [check_test_coverage, check_test_conformance])
def test_without_a_plan_nothing_counts_as_checked(tree: RuleTree, check: Check) -> None:
    assert [finding.code for finding in check(without_plan(tree))] == ["GM004"]


@pytest.mark.parametrize("check", ALL)
def test_a_test_file_that_is_gone_is_said(tree: RuleTree, check: Check) -> None:
    (tree.out / QUEUE_LONG).unlink()
    assert found(tree, check) == ["GM004"]


def empty_expectations(tree: RuleTree, path: str) -> None:
    text = re.sub(r"exp_alerts:\n(?: {10,}.*\n)+", "exp_alerts: []\n", tree.text(path))
    (tree.out / path).write_text(text, "utf-8")


def test_an_alert_that_no_test_fires(tree: RuleTree) -> None:
    empty_expectations(tree, QUEUE_LONG)
    finding = tree.one(check_test_coverage, "GM503")
    assert finding.message == "QueueLong (queued): no test in which it fires with its labels"
    assert finding.location.file.endswith(QUEUE_LONG)
    assert finding.location.line == tree.line(QUEUE_LONG, "tests:")
    assert finding.related == tree.spec_place("alerts.QueueLong")


def test_an_alert_that_fires_only_with_other_labels(tree: RuleTree) -> None:
    text = tree.text(QUEUE_LONG).replace("severity: P2", "severity: P3")
    (tree.out / QUEUE_LONG).write_text(text, "utf-8")
    assert "GM503" in found(tree, check_test_coverage)


def test_an_alert_that_no_test_keeps_quiet(tree: RuleTree) -> None:
    for title in ("fires after its time", "exactly on the threshold", "a good value is quiet"):
        full = next(line for line in tree.text(QUEUE_LONG).splitlines() if line.startswith(f"  # {title}"))
        without_test(tree, QUEUE_LONG, full.removeprefix("  # "))
    finding = tree.one(check_test_coverage, "GM504")
    assert "no test in which there is data, late enough for it to fire" in finding.message


def test_silence_before_it_can_fire_proves_nothing(tree: RuleTree) -> None:
    without_test(tree, QUEUE_LONG, "fires after its time, not before, and resolves")
    text = re.sub(r"eval_time: 6m(\n.*\n *exp_alerts: \[\])", r"eval_time: 3m\1", tree.text(QUEUE_LONG))
    (tree.out / QUEUE_LONG).write_text(text, "utf-8")
    assert {"GM504", "GM505", "GM506"} <= {*found(tree, check_test_coverage)}
    lines = [one.location.line for one in tree.run(check_test_validity) if one.code == "GM508"]
    assert lines == [number for number, line in enumerate(text.splitlines(), 1) if "eval_time: 3m" in line]


def test_an_alert_whose_threshold_no_test_holds(tree: RuleTree) -> None:
    without_test(tree, QUEUE_LONG, "exactly on the threshold is still quiet")
    finding = tree.one(check_test_coverage, "GM505")
    assert "no test with sli:queued:count exactly on 100, its threshold" in finding.message


def test_a_threshold_given_as_the_recorded_series_will_do(tree: RuleTree) -> None:
    without_test(tree, QUEUE_LONG, "exactly on the threshold is still quiet")
    extra = (
        "  - interval: 1m\n    input_series:\n"
        "      - {series: 'sli:queued:count{queue=\"a\"}', values: '100x15'}\n"
        "    alert_rule_test:\n      - {eval_time: 6m, alertname: QueueLong, exp_alerts: []}\n"
    )
    (tree.out / QUEUE_LONG).write_text(tree.text(QUEUE_LONG) + extra, "utf-8")
    assert found(tree, check_test_coverage) == []


@pytest.mark.parametrize(
    ("old", "new"), [("eval_time: 9m", "eval_time: 8m"), ("eval_time: 10m", "eval_time: 11m")]
)
def test_an_alert_whose_time_no_test_holds(tree: RuleTree, old: str, new: str) -> None:
    line = tree.spoil(QUEUE_LONG, old, new)
    finding = tree.one(check_test_coverage, "GM505")
    assert "quiet one step before its for of 5 minutes is over and fires then" in finding.message
    assert tree.one(check_test_conformance, "GM511").location.line == line


def test_an_alert_never_tested_without_data(tree: RuleTree) -> None:
    without_test(tree, QUEUE_LONG, "no series is no data, and quiet")
    assert "no test without any series" in tree.one(check_test_coverage, "GM506").message


def test_the_watchdog_has_to_fire_and_nothing_else(tree: RuleTree) -> None:
    empty_expectations(tree, WATCHDOG)
    assert found(tree, check_test_coverage) == ["GM503"]


def test_each_of_the_alerts_of_one_name_is_tested(tree: RuleTree) -> None:
    text = tree.text(NO_DATA)
    (tree.out / NO_DATA).write_text(text.replace("sli: disk_used", "sli: disk_use"), "utf-8")
    names = {one.message.partition(":")[0] for one in tree.run(check_test_coverage)}
    assert names == {"SliDataMissing (disk_used)"}


def test_a_recording_rule_that_no_test_checks(tree: RuleTree) -> None:
    text = re.sub(r"exp_samples:\n(?: {10,}.*\n)+", "exp_samples: []\n", tree.text(SLI))
    (tree.out / SLI).write_text(text, "utf-8")
    finding = tree.one(check_test_coverage, "GM509")
    assert finding.message == "no test checks the value of sli:boot_time:milliseconds, made of raw series"
    assert finding.location.file.endswith(SLI)
    assert finding.related == tree.spec_place("slis.boot_time")


def test_a_recorded_value_that_is_given_is_not_checked(tree: RuleTree) -> None:
    tree.spoil(SLI, "- series: boot_seconds", "- series: 'sli:boot_time:milliseconds'")
    assert found(tree, check_test_coverage) == ["GM509"]


def test_an_unknown_alert(tree: RuleTree) -> None:
    line = tree.spoil(QUEUE_LONG, "alertname: QueueLong", "alertname: QueueLnog")
    finding = tree.one(check_test_validity, "GM507")
    assert finding.message == 'there is no alert QueueLnog; did you mean "QueueLong"?'
    assert finding.location.line == line - 1


@pytest.mark.parametrize(
    ("old", "new", "words", "below"),
    [
        ("eval_time: 15m", "eval_time: 60m", "the data of the test ends at 19m, long before this", 0),
        ("        exp_alerts: []\n", "", "what QueueLong is to do is not said", -2),
        ("        exp_samples: []\n", "", "what sli:queued:count is to be is not said", -2),
    ],
)
def test_a_test_that_cannot_fail(tree: RuleTree, old: str, new: str, words: str, below: int) -> None:
    line = tree.spoil(QUEUE_LONG, old, new)
    finding = tree.one(check_test_validity, "GM508")
    assert words in finding.message
    assert finding.location.line == line + below


def test_a_test_that_expects_nothing(tree: RuleTree) -> None:
    (tree.out / SLI).write_text(f"{tree.text(SLI)}  - interval: 1m\n", "utf-8")
    finding = tree.one(check_test_validity, "GM508")
    assert finding.message == "the test expects nothing"
    assert finding.location.line == tree.text(SLI).count("\n")


def test_nothing_expected_of_a_series_that_nobody_makes(tree: RuleTree) -> None:
    line = tree.spoil(SLI, "expr: 'sli:boot_time:milliseconds'", "expr: 'sli:boot_tim:milliseconds'", nth=2)
    finding = tree.one(check_test_validity, "GM508")
    assert (
        "of sli:boot_tim:milliseconds, which no rule records and the test does not give; did"
        in finding.message
    )
    assert finding.location.line == line


@pytest.mark.parametrize(
    ("new", "words"),
    [
        ("rule_files: []", "the test file loads no rules"),
        ("rule_files: [copy.yml]", "loads copy.yml, which is no rule file of this tree"),
        ("rule_files: [../rules/bill.yml]", "the file does not load prometheus/rules/shop.yml"),
    ],
)
def test_a_test_file_that_does_not_load_the_rules(tree: RuleTree, new: str, words: str) -> None:
    tree.spoil(QUEUE_LONG, "rule_files: ['../rules/shop.yml']", new)
    messages = [one.message for one in tree.run(check_test_validity) if one.code == "GM510"]
    assert any(words in message for message in messages)
    assert {"GM503", "GM504", "GM505", "GM506"} <= {*found(tree, check_test_coverage)}


@pytest.mark.parametrize(
    "entry", ["'../rules/*.yml'", "./../rules/shop.yml", "'../../prometheus/rules/shop.yml'"]
)
def test_another_way_to_load_them(tree: RuleTree, entry: str) -> None:
    tree.spoil(QUEUE_LONG, "'../rules/shop.yml'", entry)
    assert found(tree, check_test_validity) == []
    assert found(tree, check_test_coverage) == []


@pytest.mark.parametrize(
    ("old", "new", "words", "below"),
    [
        ("evaluation_interval: 1m", "evaluation_interval: 2m", "the interval is 2m, and the spec says 1m", 0),
        (
            "interval: 1m\n    input",
            "interval: 30s\n    input",
            "the interval is 30s, and the spec says 1m",
            0,
        ),
        (
            "'50x4 150x9 50x4'",
            "'50x4 151x9 50x4'",
            "is 50x4 151x9 50x4, and the spec says 50x4 150x9 50x4",
            0,
        ),
        ("queue_length{", "queue_delays{", "the spec gives no series queue_delays", 0),
        ("eval_time: 15m", "eval_time: 16m", "eval_time is 16m, and the spec says 15m", 0),
        ("summary: 'Jobs wait'", "summary: 'Jobs weight'", "the annotation summary is not expected to be", 0),
        ("component: shop", "part: shop", "the label part is not expected to be what the spec says", 0),
        ("value: 150", "value: 151", "other samples are expected of sli:queued:count than in the spec", -1),
        ("expr: 'sli:queued:count'", "expr: 'sli:errors:percent'", "the expression is sli:errors:percent", 0),
        (
            "rule_files: ['../rules/shop.yml']",
            "rule_files: ['../rules/*.yml']",
            "rule_files is ../rules/*.yml",
            0,
        ),
        (
            "evaluation_interval: 1m",
            "evaluation_interval: 1m\nfuzzy_compare: true",
            "fuzzy_compare is set to",
            1,
        ),
    ],
)
def test_a_test_that_differs(tree: RuleTree, old: str, new: str, words: str, below: int) -> None:
    line = tree.spoil(QUEUE_LONG, old, new)
    matching = [one for one in tree.run(check_test_conformance) if words in one.message]
    assert [(one.code, one.location.line) for one in matching] == [("GM511", line + below)]
    assert matching[0].related == tree.spec_place("alerts.QueueLong")


def test_another_way_to_write_the_same_is_clean(tree: RuleTree) -> None:
    tree.spoil(QUEUE_LONG, "eval_time: 9m", "eval_time: 540s")
    tree.spoil(QUEUE_LONG, "'50x4 150x9 50x4'", "50x4   150x9 50x4")
    tree.spoil(
        QUEUE_LONG, "'queue_length{queue=\"test-queue\"}'", "\"queue_length { queue = 'test-queue' }\""
    )
    tree.spoil(QUEUE_LONG, "value: 150", "value: 1.5e2")
    tree.spoil(QUEUE_LONG, "- interval: 1m", "- name: of mine\n    interval: 60s")
    assert found(tree, check_test_conformance) == []


def test_a_test_that_is_missing(tree: RuleTree) -> None:
    without_test(tree, QUEUE_LONG, "a bad value fires")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == 'the test "a bad value fires" is missing'
    assert finding.location.line == tree.line(QUEUE_LONG, "# exactly on the threshold") + 1


def test_a_test_that_the_spec_does_not_have(tree: RuleTree) -> None:
    extra = "  - alert_rule_test: [{eval_time: 9m, alertname: QueueLong, exp_alerts: []}]\n"
    (tree.out / QUEUE_LONG).write_text(tree.text(QUEUE_LONG) + extra, "utf-8")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == "the spec has no such test"
    assert finding.location.line == tree.text(QUEUE_LONG).count("\n")


def test_an_expectation_that_is_missing(tree: RuleTree) -> None:
    gone = "      - eval_time: 15m\n        alertname: QueueLong\n        exp_alerts: []\n"
    tree.spoil(QUEUE_LONG, gone, "")
    finding = tree.one(check_test_conformance, "GM511")
    assert "what QueueLong at 15m does is not tested" in finding.message


def test_tests_that_a_changed_template_makes(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["slis"]["queue_share"]["fixtures"]["bad"]["value"] = 0.95

    tree = tree_of(tmp_path / "other", change)
    assert [found(tree, check) for check in ALL] == [[], [], []]
