"""Where a rollout stands at a moment: what promtool makes of the queries of a dashboard's header."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from genesis_monitoring.clients.tools import PROMTOOL
from genesis_monitoring.plan.rollout_now import rollout_now
from genesis_monitoring.spec.dashboards import RolloutNow
from plan.specs import genesis_plan
from plan.tools import run

START, LENGTH, COUNT = 600, 6000, 7
"""Seconds; promtool's time begins at 0."""
DUE = [START + round(index * LENGTH / COUNT) for index in range(1, COUNT + 1)]
PASS_RATE, ERRORS = "sli:test_pass_rate:percent", "sli:request_error_rate:percent"


def asked(what: RolloutNow, at: int, value: float | None) -> dict[str, object]:
    plan = genesis_plan()
    rollout = plan.spec.rollout
    assert rollout is not None
    checkpoints = rollout.checkpoints.model_copy(update={"count": COUNT})
    begun = datetime.fromtimestamp(START, UTC)
    moved = rollout.model_copy(update={"start": begun, "duration": LENGTH, "checkpoints": checkpoints})
    samples = [] if value is None else [{"labels": "{}", "value": value}]
    return {
        "expr": rollout_now(moved, plan.slis, what),
        "eval_time": f"{at}s",
        "exp_samples": samples,
    }


def test_time_passes(tmp_path: Path) -> None:
    cases = [
        asked("elapsed", 0, 0),
        asked("elapsed", START + 90, 90),
        asked("elapsed", START + LENGTH + 90, LENGTH),
        asked("next_checkpoint", START - 1, None),
        asked("next_checkpoint", DUE[0] - 100, 100),
        asked("next_checkpoint", DUE[2] + 2, DUE[3] - DUE[2] - 2),
        asked("next_checkpoint", DUE[-1] - 1, 1),
        asked("next_checkpoint", DUE[-1] + 1, None),
    ]
    told(tmp_path, {}, cases)


@pytest.mark.parametrize(
    ("series", "counted"),
    [
        ({}, (0, 0, 2, 3)),
        ({PASS_RATE: 98}, (1, 0, 1, 3)),
        ({PASS_RATE: 97.9, ERRORS: 0.05}, (1, 1, 1, 2)),
        ({PASS_RATE: 98.5, ERRORS: 0.1}, (1, 1, 1, 2)),
    ],
)
def test_the_slis_of_go_are_counted(
    tmp_path: Path, series: dict[str, float], counted: tuple[int, int, int, int]
) -> None:
    """Good, beyond their level, without data, and planned: five of them, each counted once."""
    kinds: tuple[RolloutNow, ...] = ("good", "beyond", "no_data", "planned")
    told(tmp_path, series, [asked(kind, 900, number) for kind, number in zip(kinds, counted, strict=True)])
    assert sum(counted) == 5


def told(folder: Path, series: dict[str, float], cases: list[dict[str, object]]) -> None:
    group = {
        "interval": "1m",
        "input_series": [{"series": name, "values": f"{value}x30"} for name, value in series.items()],
        "promql_expr_test": cases,
    }
    (folder / "now.yml").write_text(yaml.safe_dump({"rule_files": [], "tests": [group]}), "utf-8")
    done = run(PROMTOOL, ("test", "rules", "now.yml"), folder)
    assert done.returncode == 0, done.stdout + done.stderr
