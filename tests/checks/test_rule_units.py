"""Units through expressions, thresholds within reach, bucket edges."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.promql.rule_units import check_rule_units

from .rule_tree import BILL, RuleTree, rule_tree


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def codes(tree: RuleTree) -> list[str]:
    return [finding.code for finding in tree.lint(check_rule_units)]


def test_the_good_tree_is_clean(tree: RuleTree) -> None:
    assert codes(tree) == []


@pytest.mark.parametrize(
    ("record", "expression", "words"),
    [
        (
            "sli:boot_time:milliseconds",
            "max(boot_seconds)",
            "is in seconds, and the series is named for milliseconds",
        ),
        ("sli:boot_time:milliseconds", "max(boot_seconds) / 1000", "the series is named for milliseconds"),
        (
            "sli:disk_used:percent",
            "1 - max(disk_free_bytes) / max(disk_size_bytes)",
            "is in ratio, and the series is named for percent",
        ),
        ("sli:disk_used:percent", "100 * max(disk_free_bytes)", "the series is named for percent"),
        (
            "sli:cpu_used:ratio",
            "100 * avg(rate(cpu_seconds_total[5m]))",
            "percent, and the series is named for ratio",
        ),
        ("sli:errors:percent", "sum(increase(requests_total[5m]))", "is in count"),
        ("sli:errors:percent", "100 * sum(rate(requests_total[5m]))", "named for percent"),
        ("sli:backup_age:hours", "time() - max(backup_timestamp_seconds)", "is in seconds"),
        ("sli:queued:count", "sum(rate(requests_total[5m]))", "is in per_second"),
        ("sli:database_up:state", "max(queue_length)", "is in count"),
        (
            "sli:latency:milliseconds",
            "histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[5m])))",
            "is in seconds",
        ),
        ("sli:queue_share:ratio", "queue_length + boot_seconds", "adds count and seconds"),
        ("sli:queue_share:ratio", "disk_free_bytes - cpu_seconds_total", "subtracts bytes and seconds"),
        (
            "sli:queue_share:ratio",
            "boot_seconds > sli:boot_time:milliseconds",
            "compares seconds and milliseconds",
        ),
        ("sli:queue_share:ratio", "boot_seconds > bool disk_size_bytes", "compares seconds and bytes"),
        ("sli:queue_share:ratio", "100 - sli:cpu_used:ratio", "from 100: 100 - sli:cpu_used:ratio"),
        ("sli:queue_share:ratio", "1 - sli:disk_used:percent", "subtracts percent from 1"),
    ],
)
def test_a_wrong_unit(tree: RuleTree, record: str, expression: str, words: str) -> None:
    tree.write_expr(record, expression)
    finding = tree.linted(check_rule_units, "GM415")
    assert words in finding.message
    assert (finding.location,) == tree.spec_place(f"slis.{record.split(':')[1]}")


@pytest.mark.parametrize(
    ("record", "expression"),
    [
        ("sli:boot_time:milliseconds", "max(boot_seconds) * 1e3"),
        (
            "sli:boot_time:milliseconds",
            "1000 * sum(rate(request_seconds_sum[5m])) / sum(rate(request_seconds_count[5m]))",
        ),
        ("sli:disk_used:percent", "100 * (1 - max(disk_free_bytes) / max(disk_size_bytes))"),
        ("sli:disk_used:percent", "100 - 100 * max(disk_free_bytes) / max(disk_size_bytes)"),
        ("sli:cpu_used:ratio", "avg(rate(cpu_seconds_total[5m]))"),
        ("sli:cpu_used:ratio", "sli:disk_used:percent / 100"),
        ("sli:cpu_used:ratio", "sum(queue_length) / 250"),
        ("sli:cpu_used:ratio", "avg(up)"),
        ("sli:cpu_used:ratio", "avg_over_time(up[5m])"),
        ("sli:queued:count", "sum(part_up)"),
        ("sli:queued:count", "count(queue_length)"),
        ("sli:queued:count", "sum(increase(requests_total[5m]))"),
        ("sli:backup_age:hours", "(timestamp(up) - max(backup_timestamp_seconds)) / 3600"),
        ("sli:queue_share:ratio", "nobody_knows + 5"),
        ("sli:queue_share:ratio", "ln(boot_seconds)"),
    ],
)
def test_a_right_unit(tree: RuleTree, record: str, expression: str) -> None:
    tree.write_expr(record, expression)
    assert codes(tree) == []


@pytest.mark.parametrize(
    "expression",
    [
        "disk_free_bytes > 0.9 * disk_size_bytes and up",
        "boot_seconds > queue_length * 0.25",
        "queue_length > sli:queued:count + 5",
        "absent(boot_seconds) or absent(queue_length)",
    ],
)
def test_units_that_can_be_compared(tree: RuleTree, expression: str) -> None:
    tree.write_expr("QueueLong", expression)
    assert codes(tree) == []


@pytest.mark.parametrize(
    ("record", "expression", "words"),
    [
        ("sli:cost:usd_per_month", "sum(rate(cost_total[10m]))", "and the series is named for usd_per_month"),
        ("sli:cost:usd_per_month", "sum(increase(cost_total[10m]))", "is in usd, and"),
        ("sli:tokens:tokens_per_second", "sum(increase(tokens_in_total[5m]))", "is in tokens"),
        (
            "sli:cost_trend:usd_per_month_per_day",
            "deriv(sli:cost:usd_per_month[10m])",
            "usd_per_month_per_day",
        ),
    ],
)
def test_a_wrong_rate(tree: RuleTree, record: str, expression: str, words: str) -> None:
    tree.write_expr(record, expression, BILL)
    finding = tree.linted(check_rule_units, "GM415")
    assert words in finding.message


@pytest.mark.parametrize(
    ("alert", "expression", "words"),
    [
        ("CpuBusy", "sli:cpu_used:ratio >= 90", "in ratio, go from 0 to 1"),
        ("DiskFull", "sli:disk_used:percent > 850", "in percent, go from 0 to 100"),
        ("QueueLong", "-1 > sli:queued:count", "in count, go from 0 to ∞"),
        ("DatabaseDown", "part_up > 2", "in state, go from 0 to 1"),
    ],
)
def test_a_threshold_out_of_reach(tree: RuleTree, alert: str, expression: str, words: str) -> None:
    tree.write_expr(alert, expression)
    finding = tree.linted(check_rule_units, "GM415")
    assert words in finding.message
    assert (finding.location,) == tree.spec_place(f"alerts.{alert}")


def test_a_threshold_between_two_edges(tree: RuleTree) -> None:
    tree.write_expr("RequestsSlow", "sli:latency:milliseconds >= 260")
    finding = tree.linted(check_rule_units, "GM416")
    assert (
        "no bucket of request_seconds ends at the threshold of sli:latency:milliseconds, 0.26 s"
        in finding.message
    )
    assert "0.05, 0.1, 0.25, 0.5, 1" in finding.message
    tree.write_expr("RequestsSlow", "sli:latency:milliseconds >= 500")
    assert codes(tree) == []


def test_a_bucket_that_does_not_exist(tree: RuleTree) -> None:
    tree.write_expr("sli:queue_share:ratio", 'sum(rate(request_seconds_bucket{le="0.3"}[5m]))')
    finding = tree.linted(check_rule_units, "GM416")
    assert 'request_seconds_bucket has no bucket le="0.3"' in finding.message
    for edge in ("0.25", "0.50", "1.0", "+Inf"):
        tree.write_expr(
            "sli:queue_share:ratio", f'sum(rate(request_seconds_bucket{{le="{edge}"}}[5m])) / 250'
        )
        assert codes(tree) == []
