"""Ranges against the scrape interval and the retention, rates against the type of their metric."""

from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.promql.rule_ranges import check_rule_ranges

from .rule_tree import BILL, RuleTree, rule_tree, tree_of

RECORD = "sli:queue_share:ratio"


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def codes(tree: RuleTree) -> list[str]:
    return [finding.code for finding in tree.lint(check_rule_ranges)]


def test_the_good_tree_is_clean(tree: RuleTree) -> None:
    assert codes(tree) == []


@pytest.mark.parametrize(
    ("code", "expression", "words"),
    [
        (
            "GM404",
            "sum(rate(requests_total[19s]))",
            "the scrape interval is 5s, so the range is 20s or longer",
        ),
        ("GM404", "avg_over_time(sli:queued:count[45s])", "the evaluation interval is 15s"),
        ("GM404", "max_over_time(queue_length[3m:1m])", "the subquery's step is 1m"),
        ("GM404", "max_over_time(queue_length[30s:])", "the subquery's step is 15s"),
        ("GM404", "max_over_time(up[19s])", "the scrape interval is 5s"),
        ("GM404", 'max_over_time(up{job="alertmanager"}[59s])', "the scrape interval is 15s"),
        ("GM405", "sum(increase(requests_total[31d]))", "looks back 31d, and Prometheus keeps 30d"),
        ("GM405", "sum(increase(requests_total[29d] offset 2d))", "looks back 31d"),
        ("GM405", "queue_length offset 40d", "looks back 40d"),
        ("GM405", "max_over_time(rate(requests_total[1d])[29d:1h] offset 1h)", "looks back 30d1h"),
        ("GM406", "rate(queue_length[5m])", "a rate over a gauge, queue_length"),
        ("GM406", "increase(part_up[5m])", "a rate over a gauge, part_up"),
        ("GM406", "irate(queue_length[5m:15s])", "a rate over a gauge"),
        ("GM406", "rate(rate(requests_total[5m])[10m:15s])", "a rate over a gauge"),
        ("GM407", "rate(sum(requests_total)[5m:15s])", "a rate over an aggregation"),
        ("GM407", "rate(sli:queued:count[5m])", "the recorded series sli:queued:count"),
        ("GM408", "sum(requests_total) > 5", "requests_total is a counter used without a rate"),
        ("GM408", "max_over_time(requests_total[5m])", "requests_total is a counter"),
        ("GM408", "deriv(requests_total[5m])", "is for gauges, and requests_total is a counter"),
        ("GM408", "sum(request_seconds_sum) / 5", "request_seconds_sum is a counter"),
        ("GM408", "histogram_quantile(0.9, sum by (le) (request_seconds_bucket))", "request_seconds_bucket"),
        ("GM408", "queue_length and requests_total > 5", "requests_total is a counter"),
    ],
)
def test_a_wrong_range_or_rate(tree: RuleTree, code: str, expression: str, words: str) -> None:
    tree.write_expr(RECORD, expression)
    finding = tree.linted(check_rule_ranges, code)
    assert words in finding.message
    assert finding.message.startswith(f"{RECORD}: ")
    assert finding.hint
    assert (finding.location,) == tree.spec_place("slis.queue_share")
    assert codes(tree) == [code]


@pytest.mark.parametrize(
    "expression",
    [
        "sum(rate(requests_total[20s]))",
        "sum(increase(requests_total[29d] offset 1d))",
        "max_over_time(queue_length[5m:1m])",
        "rate(requests_total[5m:15s])",
        "max_over_time(rate(requests_total[5m])[1h:1m])",
        "deriv(queue_length[5m])",
        "delta(sli:queued:count[5m])",
        "absent(sum(requests_total))",
        "absent(requests_total)",
        "count(requests_total)",
        "group by (code) (requests_total offset 5m)",
        "changes(requests_total[5m])",
        "resets(requests_total[5m])",
        "queue_length and requests_total",
        "queue_length unless requests_total",
        "timestamp(requests_total)",
        "count_over_time(requests_total[5m])",
        "rate(unknown[5m])",
    ],
)
def test_a_right_range_and_rate(tree: RuleTree, expression: str) -> None:
    tree.write_expr(RECORD, expression)
    assert codes(tree) == []


def test_the_interval_of_the_metrics_own_job(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["stack"]["services"]["shop"]["scrape"]["interval"] = "30s"

    tree = tree_of(tmp_path / "slow", change)
    assert codes(tree) == []
    tree.write_expr("sli:cost:usd_per_month", "2628000 * sum(rate(cost_total[1m]))", BILL)
    finding = tree.linted(check_rule_ranges, "GM404")
    assert "the scrape interval is 30s, so the range is 2m or longer" in finding.message


def test_a_window_that_suits_its_own_job_while_another_one_is_slow(tmp_path: Path) -> None:
    """What tells whether a target was up is asked of the target alone, though ``up`` is of all."""

    def change(data: Any) -> None:
        data["stack"]["services"]["alertmanager"]["scrape"]["interval"] = "30s"
        data["slis"]["cost"]["window"] = "75s"

    assert "GM404" not in codes(tree_of(tmp_path / "fast", change))
