"""What pictures are made of, without a browser: places of panels, and series of a scene."""

from pathlib import Path
from typing import Any

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.inlined import inlined_expr
from look.pictures import opened, placed
from look.recordings import recordings
from look.repeats import repeated
from look.scenes import FAILING_SECONDS, SCENES, Scene, write_scene
from look.workshop import NOW

HEALTHY, PLANNED, FAILING = SCENES


def panel(number: int, x: int, y: int, w: int, h: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": "stat", "gridPos": {"x": x, "y": y, "w": w, "h": h}, **more}


PANELS = (
    panel(1, 0, 0, 24, 1, type="row", collapsed=False, panels=[]),
    panel(2, 0, 1, 12, 4),
    panel(3, 12, 1, 12, 4),
    panel(4, 0, 5, 24, 1, type="row", collapsed=True, panels=[panel(5, 0, 6, 24, 3)]),
    panel(6, 0, 6, 24, 2),
)


def test_panels_lie_side_by_side_on_a_desktop() -> None:
    places = {place["panel"]["id"]: place for place in placed(PANELS, 1500)}
    assert set(places) == {1, 2, 3, 4, 6}
    assert places[2]["top"] == places[3]["top"] == places[1]["top"] + 30 + 8
    assert places[2]["left"] + places[2]["width"] + 8 == places[3]["left"]
    assert places[3]["left"] + places[3]["width"] == 1500 - 16


def test_panels_lie_below_each_other_on_a_telephone() -> None:
    places = list(placed(PANELS, 500))
    assert {(place["left"], place["width"]) for place in places} == {(16, 468)}
    assert [place["top"] for place in places] == [16, 54, 206, 358, 396]


def test_a_folded_row_is_opened_and_what_follows_moves_down() -> None:
    found = [(one["id"], one["gridPos"]["y"]) for one in opened(PANELS)]
    assert found == [(1, 0), (2, 1), (3, 1), (4, 5), (5, 6), (6, 9)]


def test_a_row_is_repeated_for_each_value_and_what_follows_moves_down() -> None:
    query = {"expr": 'x{slo=~"$slo"}'}
    repeating = (
        panel(1, 0, 0, 24, 1, type="row", panels=[], title="All"),
        panel(2, 0, 1, 24, 4),
        panel(3, 0, 5, 24, 1, type="row", panels=[], title="SLO: $slo", repeat="slo"),
        panel(4, 0, 6, 24, 6, targets=[query]),
        panel(5, 0, 12, 24, 1, type="row", panels=[], title="$slow"),
    )
    found = repeated({"panels": repeating}, {"slo": ["a", 'b"']})["panels"]
    assert [(one["id"], one["gridPos"]["y"]) for one in found] == [
        (1, 0), (2, 1), (3, 5), (4, 6), ("3-1", 12), ("4-1", 13), (5, 19),
    ]  # fmt: skip
    assert [one.get("title") for one in found if one["type"] == "row"] == [
        "All", "SLO: a", 'SLO: b"', "$slow",
    ]  # fmt: skip
    assert found[5]["targets"] == [{"expr": 'x{slo=~"b""}'}]


def test_all_that_rules_record_of_a_budget_is_asked_for_over_metrics(plan: Plan) -> None:
    """So that its pictures have data: no expression asks for what is recorded."""
    of_budgets = {rule.record for group in plan.rule_groups if group.interval for rule in group.recording}
    assert of_budgets
    found = list(recordings(plan, 120))
    assert of_budgets <= {one.record for one in found}
    assert not [one.record for one in found if "slo:" in one.expr or "sli:" in one.expr]
    name, sli = next(iter(plan.slis.items()))
    assert found[0].expr == inlined_expr(plan.slis, name, 120)
    assert found[0].record == sli.record
    labels = {one.record: dict(one.labels).get("sloth_id") for one in found if one.record in of_budgets}
    assert set(labels.values()) <= {budget.id for budget in plan.budgets}


@pytest.fixture(scope="module", name="plan")
def _plan() -> Plan:
    return load_project(Inputs(ROLLOUT_SPEC, None, None, None)).plan


def series(plan: Plan, scene: Scene, folder: Path) -> dict[str, dict[int, float]]:
    file = folder / f"{scene.name}.txt"
    write_scene(plan, scene, FAILING_SECONDS + 600, file)
    found: dict[str, dict[int, float]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            head, value, time = line.rsplit(" ", 2)
            found.setdefault(head, {})[int(time)] = float(value)
    return found


def test_counters_go_on_where_faults_begin(plan: Plan, tmp_path: Path) -> None:
    found = series(plan, FAILING, tmp_path)
    (cost,) = (values for head, values in found.items() if head.startswith("llm_api_cost_total"))
    begins = NOW - FAILING_SECONDS
    healthy = cost[begins - 300] - cost[begins - 315]
    assert cost[begins] - cost[begins - 15] == pytest.approx(healthy * 4)
    assert cost[NOW] - cost[NOW - 15] == pytest.approx(healthy * 4)
    (rate,) = {
        values[NOW] for head, values in found.items() if head.startswith("genesis_regression_pass_rate")
    }
    assert rate == FAILING.levels["genesis_regression_pass_rate"]


def test_what_is_planned_is_not_there(plan: Plan, tmp_path: Path) -> None:
    names = {head.partition("{")[0] for head in series(plan, PLANNED, tmp_path)}
    assert "genesis_regression_pass_rate" in names
    assert not names & set(plan.planned.metrics)
    assert not [name for name in names if name.startswith("sli:")]
