"""How many samples a test's input has: as promtool counts them."""

import subprocess
from pathlib import Path

import pytest

from genesis_monitoring.checks.rule_tests.files import count_samples
from genesis_monitoring.clients.tools import PROMTOOL, find_tool


@pytest.mark.parametrize(
    ("notation", "count"),
    [
        ("1", 1),
        ("1 2 3", 3),
        ("1x5", 6),
        ("1+2x5", 6),
        ("-1.5-0.5x2 _ stale", 5),
        ("_x3 1x1", 5),
        ("1e3+1e-5x10", 11),
        ("NaN Inf -inf", 3),
        ("stalex2", None),
        ("{{schema:1}}", None),
        ("", 0),
    ],
)
def test_samples_are_counted_as_promtool_does(notation: str, count: int | None) -> None:
    assert count_samples(notation) == count


@pytest.mark.parametrize("notation", ["1+2x5", "_x3 1x1", "stale 7", "1 _ 2"])
def test_promtool_agrees_on_the_last_sample(tmp_path: Path, notation: str) -> None:
    count = count_samples(f"{notation} 42") or 0
    test = (
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n  - interval: 1m\n"
        f"    input_series: [{{series: x, values: '{notation} 42'}}]\n    promql_expr_test:\n"
        f"      - {{eval_time: {count - 1}m, expr: x, exp_samples: [{{labels: x, value: 42}}]}}\n"
        f"      - {{eval_time: {count - 2}m, expr: x == 42, exp_samples: []}}\n"
    )
    (tmp_path / "rules.yml").write_text("groups: []\n", "utf-8")
    (tmp_path / "test.yml").write_text(test, "utf-8")
    command = [*find_tool(PROMTOOL).argv, "test", "rules", "test.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
