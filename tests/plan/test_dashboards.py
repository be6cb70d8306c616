"""Dashboards: threshold colours, layout on the grid, queries and units."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from genesis_monitoring.plan.dashboards import GRID_COLUMNS, RowPlan, threshold_steps
from plan.specs import Data, compiled, every_kind, every_kind_plan, load


def steps(objective: Data | None) -> list[tuple[float | None, str]]:
    data = every_kind()
    data["alerts"].pop("CostTrendUp")
    if objective is None:
        data["slis"]["cost_trend"].pop("objective")
    else:
        data["slis"]["cost_trend"]["objective"] = objective
    return [(step.value, step.color) for step in threshold_steps(load(data).slis["cost_trend"])]


@pytest.mark.parametrize(
    ("objective", "wanted"),
    [
        (None, [(None, "green")]),
        ({"good": "<", "target": 5}, [(None, "green"), (5, "red")]),
        ({"good": "<=", "target": 5, "alert": 7}, [(None, "green"), (5, "yellow"), (7, "red")]),
        (
            {"good": "<", "target": -1, "alert": 7, "no_go": 9},
            [(None, "green"), (-1, "yellow"), (7, "red"), (9, "dark-red")],
        ),
        ({"good": "<", "target": 5, "no_go": 9}, [(None, "green"), (5, "red"), (9, "dark-red")]),
        ({"good": ">", "target": 5}, [(None, "red"), (5, "green")]),
        (
            {"good": ">=", "target": 9, "alert": 7, "no_go": -1},
            [(None, "dark-red"), (-1, "red"), (7, "yellow"), (9, "green")],
        ),
        (
            {"good": ">=", "target": 9, "alert": 7, "no_go": 7},
            [(None, "dark-red"), (7, "yellow"), (9, "green")],
        ),
        ({"good": ">=", "target": 9, "no_go": 9}, [(None, "dark-red"), (9, "green")]),
    ],
)
def test_colours_get_worse_away_from_the_target(objective: Data | None, wanted: list[Any]) -> None:
    assert steps(objective) == wanted


def laid_out(widths_and_heights: list[tuple[int, int]], rows: int = 1) -> tuple[RowPlan, ...]:
    data = every_kind()
    number = iter(range(1, 1000))
    data["dashboards"]["shop"]["rows"] = [
        {
            "id": next(number),
            "title": f"Row {row}",
            "panels": [
                {
                    "id": (id_ := next(number)),
                    "title": f"Panel {id_}",
                    "type": "stat",
                    "description": "-",
                    "width": width,
                    "height": height,
                    "queries": [{"sli": "errors", "legend": "-"}],
                }
                for width, height in widths_and_heights
            ],
        }
        for row in range(rows)
    ]
    for alert in data["alerts"].values():
        alert.pop("panel", None)
    return compiled(data).dashboards[0].rows


def test_panels_wrap_at_the_edge_below_the_highest_of_their_line() -> None:
    (row,) = laid_out([(12, 8), (10, 6), (3, 4), (24, 2), (6, 3)])
    assert (row.grid.x, row.grid.y) == (0, 0)
    assert [(p.grid.x, p.grid.y) for p in row.panels] == [(0, 1), (12, 1), (0, 9), (0, 13), (0, 15)]


def test_the_next_row_begins_below_the_last_panel() -> None:
    rows = laid_out([(12, 8), (12, 9)], rows=2)
    assert [(row.grid.y, [p.grid.y for p in row.panels]) for row in rows] == [(0, [1, 1]), (10, [11, 11])]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 24), st.integers(2, 12)), min_size=1, max_size=9))
def test_no_two_panels_overlap_and_none_leaves_the_grid(sizes: list[tuple[int, int]]) -> None:
    taken: set[tuple[int, int]] = set()
    for grid in (g for row in laid_out(sizes, rows=2) for g in (row.grid, *(p.grid for p in row.panels))):
        assert 0 <= grid.x <= grid.x + grid.width <= GRID_COLUMNS
        cells = {
            (x, y) for x in range(grid.x, grid.x + grid.width) for y in range(grid.y, grid.y + grid.height)
        }
        assert not cells & taken
        taken |= cells


def test_a_panel_draws_records_and_rates_of_counters() -> None:
    found = {panel.id: panel for panel in every_kind_plan().dashboards[0].panels}
    assert [query.expr for query in found[2].queries] == ["sli:errors:percent", "sli:cache_hit_rate:percent"]
    assert [query.expr for query in found[4].queries] == [
        "rate(requests_total[$__rate_interval])",
        'sum(rate(requests_total{code="500"}[$__rate_interval]))',
    ]
    assert [query.ref for query in found[4].queries] == ["A", "B"]
    assert [query.instant for query in found[2].queries] == [True, True]
    assert [query.instant for query in found[1].queries] == [False]


def test_units_limits_and_links_come_from_the_sli() -> None:
    found = {panel.id: panel for panel in every_kind_plan().dashboards[0].panels}
    assert (found[5].unit, found[5].minimum, found[5].maximum) == ("percent", 0.0, 100.0)
    assert (found[7].unit, found[7].minimum, found[7].maximum) == ("currencyUSD", None, None)
    assert (found[8].unit, found[8].minimum, found[8].maximum) == ("percent", 0.0, 100.0)
    assert found[4].unit == "cps"
    assert found[4].stacked
    assert [link.title for link in found[1].links] == ["Runbook QueueLong", "Runbook QueueEndless"]
    assert found[6].time_from == "90m"


@pytest.mark.parametrize(
    ("profile", "refresh", "since"), [("watched", "30s", "now-36h"), ("quiet", "5m", "now-90m")]
)
def test_a_profile_sets_refresh_and_range(profile: str, refresh: str, since: str) -> None:
    board = compiled(every_kind(), profile).dashboards[0]
    assert (board.refresh, board.time_from, board.time_to) == (refresh, since, "now")


def test_the_header_names_the_aims_and_the_gate() -> None:
    header = next(panel for panel in every_kind_plan().dashboards[0].panels if panel.id == 101)
    assert header.text.splitlines() == [
        "- **Failed requests**: at most 0 %",
        "- **Request latency P95**: below 250 ms",
        "- **Saving**: at least 80 % (alert below 75 %)",
    ]
