"""What is rendered is what Grafana publishes as the types of its dashboards, panels and units."""

import json
from dataclasses import replace
from typing import Any

import pytest
from grafana_foundation_sdk.models import common, dashboard
from plan.specs import artifacts, every_kind_plan, genesis_plan

from genesis_monitoring.documents.node import Path
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.plan.compile import Plan

from .dashboards import PLAN, panel, rendered, row
from .grafana_types import dashboard_faults, faults

pytestmark = pytest.mark.filterwarnings("ignore:Prefer using dashboardv2")

GRID = {"h": 8, "w": 12, "x": 0, "y": 0}


@pytest.mark.parametrize(
    ("value", "cls", "path", "message"),
    [
        (GRID | {"h": "8"}, dashboard.GridPos, ("h",), '"8" must be a whole number'),
        (GRID | {"h": 8.5}, dashboard.GridPos, ("h",), "8.5 must be a whole number"),
        (GRID | {"h": True}, dashboard.GridPos, ("h",), "true must be a whole number"),
        (GRID | {"h": None}, dashboard.GridPos, ("h",), "null must be a whole number"),
        (GRID | {"z": 1}, dashboard.GridPos, ("z",), "z is no key of Grafana's here"),
        ({"h": 8, "w": 12, "x": 0}, dashboard.GridPos, ("y",), "y is missing"),
        ("12", dashboard.GridPos, (), '"12" stands where an object must'),
        ({"title": "a", "tags": "a"}, dashboard.DashboardLink, ("tags",), '"a" must be a list'),
        ({"title": "a", "tags": [1]}, dashboard.DashboardLink, ("tags", 0), "1 must be text"),
        ({"mode": "log", "steps": []}, dashboard.ThresholdsConfig, ("mode",), "may be one of absolute"),
        ({"barAlignment": "1"}, common.GraphFieldConfig, ("barAlignment",), "may be one of -1, 0, 1"),
        ({"barAlignment": True}, common.GraphFieldConfig, ("barAlignment",), "may be one of -1, 0, 1"),
        ({"spanNulls": "no"}, common.GraphFieldConfig, ("spanNulls",), "must be a flag"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(value: object, cls: type, path: Path, message: str) -> None:
    found = list(faults(value, cls))
    assert [at for at, said in found if message in said] == [path], found


@pytest.mark.parametrize(
    ("value", "cls"),
    [
        (GRID, dashboard.GridPos),
        ({"barAlignment": -1, "spanNulls": 3600, "insertNulls": False}, common.GraphFieldConfig),
        ({"text": ["a"], "value": "a"}, dashboard.VariableOption),
        ({"title": "Runbook", "url": "https://a.example", "targetBlank": True}, dashboard.DashboardLink),
    ],
)
def test_what_fits_is_let_through(value: object, cls: type) -> None:
    assert list(faults(value, cls)) == []


def boards(plan: Plan) -> list[Any]:
    return [json.loads(a.text) for a in artifacts(plan) if a.path.startswith("grafana/dashboards/")]


@pytest.mark.parametrize("plan", [every_kind_plan(), genesis_plan()], ids=["every-kind", "genesis"])
def test_what_is_rendered_is_what_grafana_publishes(plan: Plan) -> None:
    assert boards(plan)
    assert [fault for drawn in boards(plan) for fault in dashboard_faults(drawn)] == []


@pytest.mark.parametrize("type_", PANEL_TYPES)
def test_a_fault_in_a_panel_of_any_type_is_seen(type_: str) -> None:
    drawn = rendered(replace(PLAN, rows=(row(100, "Row", 0, panel(type_)),)))
    assert list(dashboard_faults(drawn)) == []
    drawn["panels"][1]["options"]["unheardOf"] = 1
    assert [path for path, _ in dashboard_faults(drawn)] == [("panels", 1, "options", "unheardOf")]


def test_panels_have_ids_of_their_own_and_lie_side_by_side() -> None:
    for drawn in boards(every_kind_plan()):
        panels = drawn["panels"]
        assert len({panel["id"] for panel in panels}) == len(panels)
        cells = [
            (x, y)
            for grid in (panel["gridPos"] for panel in panels)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        ]
        assert len(set(cells)) == len(cells)
        assert {x for x, _ in cells} <= set(range(24))
