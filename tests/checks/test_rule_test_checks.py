"""Rule tests on disk: all as the spec makes them."""

import re
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.rule_tests.conformance import check_test_conformance

from .rule_tree import SHOP_TESTS, RuleTree, rule_tree, tree_of, without_plan

BAD = "QueueLong: a bad value fires"
TIMING = "QueueLong: fires after its time, not before, and resolves"
NOTHING = "QueueLong: no series is no data, and quiet"


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def found(tree: RuleTree) -> list[str]:
    return [finding.code for finding in tree.run(check_test_conformance)]


def spoil_case(tree: RuleTree, case: str, old: str, new: str, nth: int = 1) -> int:
    """Replace ``old`` in the ``nth`` check below the comment ``case``; the line it began in."""
    text = tree.text(SHOP_TESTS)
    begin = [match.end() for match in re.finditer(rf"      # {re.escape(case)}\n", text)][nth - 1]
    at = text.index(old, begin)
    end = text.find("\n      # from: ", begin)
    assert at < end, f"{old!r} does not stand below {case}"
    (tree.out / SHOP_TESTS).write_text(text[:at] + new + text[at + len(old) :], "utf-8")
    return text[:at].count("\n") + 1


def test_the_good_tree_is_clean(tree: RuleTree) -> None:
    assert found(tree) == []


def test_without_a_plan_nothing_counts_as_checked(tree: RuleTree) -> None:
    assert [finding.code for finding in check_test_conformance(without_plan(tree))] == ["GM004"]


def test_a_test_file_that_is_gone_is_said(tree: RuleTree) -> None:
    (tree.out / SHOP_TESTS).unlink()
    assert found(tree) == ["GM004"]


@pytest.mark.parametrize(
    ("old", "new", "words", "below"),
    [
        ("evaluation_interval: 1m", "evaluation_interval: 2m", "the interval is 2m, and the spec says 1m", 0),
        ("\n    interval: 1m", "\n    interval: 30s", "the interval is 30s, and the spec says 1m", 1),
        ("_x12 50x1 150x6", "_x12 50x1 151x6", "and the spec says _x12 50x1 150x6 50x1 stale", 0),
        ("'queue_length{", "'queue_delays{", "the spec gives no series queue_delays", 0),
        (
            "rule_files: ['../rules/shop.yml']",
            "rule_files: ['../rules/*.yml']",
            "rule_files is ../rules/*.yml",
            0,
        ),
        ("rule_files: ['../rules/shop.yml']", "rule_files: []", "rule_files is empty", 2),
        (
            "evaluation_interval: 1m",
            "evaluation_interval: 1m\nfuzzy_compare: true",
            "fuzzy_compare is set to",
            1,
        ),
    ],
)
def test_a_file_that_differs(tree: RuleTree, old: str, new: str, words: str, below: int) -> None:
    line = tree.spoil(SHOP_TESTS, old, new)
    matching = [one for one in tree.run(check_test_conformance) if words in one.message]
    assert [(one.code, one.location.line) for one in matching] == [("GM511", line + below)]
    assert matching[0].related


@pytest.mark.parametrize(
    ("case", "old", "new", "words", "below"),
    [
        (NOTHING, "eval_time: 6m", "eval_time: 5m", "eval_time is 5m, and the spec says 6m", 0),
        (BAD, "summary: 'Jobs wait'", "summary: 'Jobs weight'", "the annotation summary is not expected", 0),
        (BAD, "component: shop", "part: shop", "the label part is not expected to be what the spec says", 0),
        (BAD, "component: shop", "component: bill", "the label component is not expected to be what", 0),
        (BAD, "alertname: QueueLong", "alertname: QueueLnog", "alertname is QueueLnog, and the spec", -1),
        (NOTHING, "alertname: QueueLong", "alertname: QueueShort", "alertname is QueueShort, and the", -1),
    ],
)
def test_an_expectation_that_differs(
    tree: RuleTree, case: str, old: str, new: str, words: str, below: int
) -> None:
    line = spoil_case(tree, case, old, new)
    matching = [one for one in tree.run(check_test_conformance) if words in one.message]
    assert [(one.code, one.location.line) for one in matching] == [("GM511", line + below)]
    assert matching[0].message.endswith(f', in "{case}"')
    assert matching[0].related == tree.spec_place("alerts.QueueLong")


def test_an_expectation_that_is_emptied(tree: RuleTree) -> None:
    text = tree.text(SHOP_TESTS)
    begin = text.index(f"# {BAD}\n")
    emptied = re.sub(r"exp_alerts:\n(?: {10,}.*\n)+", "exp_alerts: []\n", text[begin:], count=1)
    (tree.out / SHOP_TESTS).write_text(text[:begin] + emptied, "utf-8")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == f'QueueLong is to fire for queued, and is not expected to, in "{BAD}"'


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("value: 150", "value: 151", "other samples are expected of sli:queued:count than in the spec"),
        ("expr: 'sli:queued:count'", "expr: 'sli:errors:percent'", "the expression is sli:errors:percent"),
    ],
)
def test_a_value_that_differs(tree: RuleTree, old: str, new: str, words: str) -> None:
    line = spoil_case(tree, BAD, old, new, nth=2)
    finding = tree.one(check_test_conformance, "GM511")
    assert words in finding.message
    assert finding.location.line in (line, line - 1)
    assert finding.related == tree.spec_place("alerts.QueueLong")


def test_another_way_to_write_the_same_is_clean(tree: RuleTree) -> None:
    spoil_case(tree, NOTHING, "eval_time: 6m", "eval_time: 360s")
    tree.spoil(SHOP_TESTS, "_x12 50x1 150x6", "_x12   50x1 150x6")
    tree.spoil(
        SHOP_TESTS, "'queue_length{queue=\"test-queue\"}'", "\"queue_length { queue = 'test-queue' }\""
    )
    spoil_case(tree, BAD, "value: 150", "value: 1.5e2", nth=2)
    tree.spoil(SHOP_TESTS, "- name: 'one time line'\n    interval: 1m", "- name: mine\n    interval: 60s")
    assert found(tree) == []


def test_a_test_that_is_missing(tree: RuleTree) -> None:
    text = tree.text(SHOP_TESTS)
    begin = text.index("  # from: components.shop\n  - name: 'absent, there")
    end = text.index("  # from: components.shop\n", begin + 1)
    (tree.out / SHOP_TESTS).write_text(text[:begin] + text[end:], "utf-8")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == 'the test "absent, there, gone and back" is missing'
    assert finding.related


def test_a_test_that_the_spec_does_not_have(tree: RuleTree) -> None:
    extra = "  - alert_rule_test: [{eval_time: 9m, alertname: QueueLong, exp_alerts: []}]\n"
    (tree.out / SHOP_TESTS).write_text(tree.text(SHOP_TESTS) + extra, "utf-8")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == "the spec has no such test"
    assert finding.location.line == tree.text(SHOP_TESTS).count("\n")


def test_an_expectation_that_is_missing(tree: RuleTree) -> None:
    gone = "      - eval_time: 6m\n        alertname: QueueLong\n        exp_alerts: []\n"
    spoil_case(tree, NOTHING, gone, "")
    finding = tree.one(check_test_conformance, "GM511")
    assert finding.message == f'what QueueLong at 6m does is not tested, in "{NOTHING}"'


def test_an_expectation_that_the_spec_does_not_have(tree: RuleTree) -> None:
    extra = "      - {eval_time: 9m, alertname: QueueLong, exp_alerts: []}\n"
    line = tree.spoil(SHOP_TESTS, "    alert_rule_test:\n", f"    alert_rule_test:\n{extra}") + 1
    finding = tree.one(check_test_conformance, "GM511")
    assert (finding.message, finding.location.line) == ("the spec does not test QueueLong here", line)


def test_tests_that_a_changed_template_makes(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["slis"]["queue_share"]["fixtures"]["bad"]["value"] = 0.95

    assert found(tree_of(tmp_path / "other", change)) == []
