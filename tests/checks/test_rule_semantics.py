"""What expressions say: comparisons, names, divisions, order, needless patterns."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.promql.rule_semantics import check_rule_semantics
from genesis_monitoring.findings import Severity
from genesis_monitoring.spec.source import SpecError

from .rule_tree import BILL, MONITORING, SHOP, RuleTree, rule_tree, tree_of

RECORD = "sli:queue_share:ratio"


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def codes(tree: RuleTree) -> set[str]:
    return {finding.code for finding in tree.lint(check_rule_semantics)}


def test_the_good_tree_has_only_the_information(tree: RuleTree) -> None:
    finding = tree.linted(check_rule_semantics, "GM410", Severity.INFO)
    assert codes(tree) == {"GM410"}
    assert finding.message.startswith(f"{RECORD}: sum by (instance) (queue_length) can be zero")
    assert (finding.location,) == tree.spec_place("slis.queue_share")


@pytest.mark.parametrize(
    "expression",
    [
        "sli:queued:count",
        "sli:queued:count > bool 100",
        "sli:queued:count + 1",
        "sum(sli:queued:count)",
        "sli:queued:count or sli:queued:count > 1",
        "1 > bool 2",
        "time()",
        "vector(1)",
        "absent(up) or up",
    ],
)
def test_an_alert_without_a_comparison(tree: RuleTree, expression: str) -> None:
    tree.write_expr("QueueLong", expression)
    finding = tree.linted(check_rule_semantics, "GM402")
    assert finding.message.startswith("QueueLong: ")
    assert (finding.location,) == tree.spec_place("alerts.QueueLong")


@pytest.mark.parametrize(
    "expression",
    [
        "sli:queued:count > 1",
        "100 < sli:queued:count",
        "sum(sli:queued:count > 1)",
        "sli:queued:count and sli:queued:count > 1",
        "sli:queued:count unless sli:queued:count < 1",
        "(sli:queued:count > 1) * 100",
        "absent(sli:queued:count)",
        "absent_over_time(sli:queued:count[5m]) or sli:queued:count > 1",
        "round(sli:queued:count) != 1",
        'ALERTS{alertname="DiskFull"}',
    ],
)
def test_an_alert_with_a_condition(tree: RuleTree, expression: str) -> None:
    tree.write_expr("QueueLong", expression)
    assert codes(tree) == {"GM410"}


def test_only_the_watchdog_may_fire_always(tree: RuleTree) -> None:
    assert "expr: 'vector(1)'" in tree.text(MONITORING)
    tree.spoil(MONITORING, "alert: Watchdog", "alert: Catdog")
    assert tree.linted(check_rule_semantics, "GM402").message.startswith("Catdog: ")


def test_a_number_alone_as_an_alert(tree: RuleTree) -> None:
    tree.write_expr("QueueLong", "1")
    assert "1 is a number, which is there always" in tree.linted(check_rule_semantics, "GM402").message


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("max by (instance) (queue_lenght)", "queue_lenght is neither in the metric catalogue nor"),
        ("sli:queued:counts", 'did you mean "sli:queued:count"?'),
        ("max(request_seconds)", "request_seconds is a histogram, and its series are request_seconds_bucket"),
        ('max({queue="a"})', "names no metric"),
        ("max(queue_length_count)", "queue_length_count is neither"),
        ("absent(nothing)", "nothing is neither"),
    ],
)
def test_a_metric_that_nothing_exposes(tree: RuleTree, expression: str, words: str) -> None:
    tree.write_expr(RECORD, expression)
    finding = tree.linted(check_rule_semantics, "GM403")
    assert words in finding.message
    assert (finding.location,) == tree.spec_place("slis.queue_share")


@pytest.mark.parametrize(
    "expression",
    [
        "sum(rate(request_seconds_sum[5m])) / (sum(rate(request_seconds_count[5m])) > 0)",
        "max by (instance) (up)",
        "max(scrape_duration_seconds)",
        '{__name__="queue_length"}',
    ],
)
def test_a_metric_that_is_known(tree: RuleTree, expression: str) -> None:
    tree.write_expr(RECORD, expression)
    assert codes(tree) == set()


@pytest.mark.parametrize(
    ("expression", "severity"),
    [
        ("sum(queue_length) / sum(queue_delayed)", Severity.INFO),
        ("queue_length % queue_delayed", Severity.INFO),
        ("sum(queue_length) / 0", Severity.INFO),
        ("sum(queue_length) / (sum(queue_delayed) >= 0)", Severity.INFO),
        ("sum(queue_length) / (sum(queue_delayed) > -1)", Severity.INFO),
        ("histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[5m])))", Severity.INFO),
        ("sum(queue_length / queue_delayed)", Severity.ERROR),
        ("avg_over_time((queue_length / queue_delayed)[5m:15s])", Severity.ERROR),
    ],
)
def test_a_division_that_can_give_nan(tree: RuleTree, expression: str, severity: Severity) -> None:
    tree.write_expr(RECORD, expression)
    assert tree.linted(check_rule_semantics, "GM410", severity).location in tree.spec_place(
        "slis.queue_share"
    )


@pytest.mark.parametrize(
    "expression",
    [
        "sum(queue_length) / (sum(queue_delayed) > 0)",
        "sum(queue_length) / (0 < sum(queue_delayed))",
        "sum(queue_length) / (sum(queue_delayed) >= 1)",
        "sum(queue_length) / (sum(queue_delayed) != 0)",
        "sum(queue_length) / sum(queue_delayed) and sum(queue_delayed) > 0",
        "sum(queue_length) / clamp_min(sum(queue_delayed), 1)",
        "sum(queue_length) / count(queue_delayed)",
        "sum(queue_length) / sum(queue_delayed > 0)",
        "sum(queue_length) / ((sum(queue_delayed) > 0) or (sum(queue_length) >= 1))",
        "sum(queue_length) / 12",
        "sum(queue_length) / time()",
        "sum(queue_length / (queue_delayed > 0))",
        "histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[5m])))"
        " and sum(increase(request_seconds_count[5m])) > 0",
        "histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[5m]))) > 1",
    ],
)
def test_a_division_that_is_guarded(tree: RuleTree, expression: str) -> None:
    tree.write_expr(RECORD, expression)
    assert codes(tree) == set()


def test_a_guard_that_a_generated_rule_lost(tree: RuleTree) -> None:
    total = "sum by (instance) (last_over_time((disk_size_bytes > -Inf < Inf)[15s:1s]))"
    tree.spoil(SHOP, f"({total} > 0)", total)
    finding = next(one for one in tree.lint(check_rule_semantics) if one.severity is Severity.ERROR)
    assert (finding.code, finding.location) == ("GM410", *tree.spec_place("slis.disk_used"))


def test_a_rule_that_reads_another_group(tree: RuleTree) -> None:
    tree.write_expr("QueueLong", "sli:tokens:tokens_per_second > 1")
    finding = tree.linted(check_rule_semantics, "GM413")
    assert "which the group bill records; this one is in shop" in finding.message


def test_an_alert_on_missing_data_reads_its_own_sli_of_another_group(tree: RuleTree) -> None:
    own, other = "(sli:carts_left:minutes)", "(sli:queue_share:ratio)"
    assert "GM413" not in {one.code for one in tree.lint(check_rule_semantics)}
    tree.spoil("prometheus/rules/shop.missing.yml", own, other)
    finding = tree.linted(check_rule_semantics, "GM413")
    assert "reads sli:queue_share:ratio, which the group shop records" in finding.message


def test_a_rule_that_reads_what_comes_later(tree: RuleTree) -> None:
    before = tree.text(BILL)
    head, after = before.split("      # from: slis.tokens\n")
    first, rest = after.split("      # from: ", 1)
    (tree.out / BILL).write_text(f"{head}      # from: {rest}      # from: slis.tokens\n{first}", "utf-8")
    found = [one for one in tree.lint(check_rule_semantics) if one.code == "GM413"]
    assert found
    assert all("which its group records only after it" in one.message for one in found)


@pytest.mark.parametrize(
    ("matcher", "better"),
    [
        ('queue=~"a"', 'write queue="a"'),
        ('queue!~"a-b"', 'write queue!="a-b"'),
        ('queue=~".*"', "it matches everything: leave the matcher out"),
        ('queue=~".+"', 'write !=""'),
        ('queue!~".+"', 'write =""'),
    ],
)
def test_a_needless_regular_expression(tree: RuleTree, matcher: str, better: str) -> None:
    tree.write_expr(RECORD, f"sum by (instance) (queue_length{{{matcher}}})")
    finding = tree.linted(check_rule_semantics, "GM414", Severity.WARNING)
    assert (finding.location, finding.hint) == (*tree.spec_place("slis.queue_share"), better)


@pytest.mark.parametrize("matcher", ['queue=~"a|b"', 'queue=~"a.*"', 'queue!~"a+"', 'queue="a"', 'queue!=""'])
def test_a_matcher_that_has_to_be_so(tree: RuleTree, matcher: str) -> None:
    tree.write_expr(RECORD, f"sum by (instance) (queue_length{{{matcher}}})")
    assert codes(tree) == set()


def test_an_expression_too_deep_is_said(tree: RuleTree) -> None:
    tree.write_expr(RECORD, " + ".join(["queue_length"] * 500))
    assert tree.linted(check_rule_semantics, "GM004").location in tree.spec_place("slis.queue_share")


def test_faults_in_the_spec_itself_are_found(tmp_path: Path) -> None:
    def change(data: dict[str, object]) -> None:
        slis = data["slis"]
        assert isinstance(slis, dict)
        slis["queue_share"]["expr"] = "sum by (instance) (queue_length / queue_size)"

    with pytest.raises(SpecError) as refused:
        tree_of(tmp_path / "spec", change)
    assert {finding.code for finding in refused.value.findings} == {"GM403", "GM410"}
