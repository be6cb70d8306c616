"""What a dashboard shows is what is so: each kind of fault that was seen on it is looked for on the document.

``looks/before.json`` is the dashboard on which they were seen; every check finds its fault there.
"""

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from plan.specs import every_kind_plan, genesis_plan

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.slis.registry import Sli

from .dashboards import rendered
from .grafana_reading import DARK, DARK_PANEL, STATES, Drawn, contrast, every_drawn, every_panel, matchers

BEFORE = json.loads((Path(__file__).parent / "looks" / "before.json").read_text("utf-8"))
Check = Callable[[Drawn, "Sli | None"], None]


def sli_of(plan: Plan, drawn: Drawn) -> Sli | None:
    """The SLI that a query draws."""
    record = drawn.target["expr"].removesuffix(" or on () vector(NaN)").partition("{")[0]
    return next((one.sli for one in plan.slis.values() if one.record == record), None)


def no_data_is_neutral(drawn: Drawn, _: Sli | None) -> None:
    """What is absent, null or no number is of no state, and says so."""
    if drawn.by_value:
        for value in (None, math.nan):
            assert drawn.state(value) not in STATES
            assert drawn.text(value) in ("no data", "planned")


def a_cell_that_says_nothing_is_of_no_state(drawn: Drawn, _: Sli | None) -> None:
    """Text in a coloured column, too: what is neither a word that is known nor a number is not red."""
    if drawn.panel["type"] == "table" and drawn.coloured:
        assert drawn.state(None) not in STATES


def an_override_is_of_something_that_is_there(drawn: Drawn, _: Sli | None) -> None:
    """Of a query of the panel, of a column as it is named at last, or of all fields of a type."""
    panel = drawn.panel
    refs = {target["refId"] for target in panel["targets"]}
    changes = [one["options"] for one in panel.get("transformations", ()) if one["id"] == "organize"]
    columns = {name for one in changes for name in one["renameByName"].values()}
    for kind, known in (("byFrameRefID", refs), ("byName", columns), ("byType", {"string", "number"})):
        assert set(matchers(panel, kind)) <= known
    kinds = {one["matcher"]["id"] for one in panel["fieldConfig"]["overrides"]}
    assert kinds <= {"byFrameRefID", "byName", "byType"}


def colour_says_what_the_level_says(drawn: Drawn, sli: Sli | None) -> None:
    """At each edge of each level, and on both sides of it, green is good and nothing else is."""
    if sli is None or sli.good is None or not drawn.levelled:
        return
    levels = [one.threshold for level in ("target", "alert", "no_go") if (one := sli.beyond(level))]
    for level in levels:
        near = {level, math.nextafter(level, math.inf)} if level else {0.0, 1e-300}
        near |= {math.nextafter(level, -math.inf)} if level else {-1e-300}
        for value in near:
            assert (drawn.state(value) == "green") == sli.good.holds(value), value
            worst = [one for name in ("alert", "no_go") if (one := sli.beyond(name))]
            if worst and worst[-1].holds(value):
                assert drawn.state(value) == drawn.steps[-1 if sli.good.negated.upward else 0][1], value


def an_objective_colours_its_own_series(drawn: Drawn, sli: Sli | None) -> None:
    """What has no level is neither good nor bad, and neither is what has none in a panel of one that has."""
    if drawn.by_value and drawn.target["expr"].startswith("sli:") and (sli is None or sli.good is None):
        assert {drawn.state(value) for value in (0.0, 1.72, 200.0, 1e9)} == {"text"}


def one_of_several_keeps_its_name(drawn: Drawn, _: Sli | None) -> None:
    if drawn.panel["type"] == "stat" and len(drawn.panel["targets"]) > 1:
        assert drawn.panel["options"]["textMode"] == "value_and_name"


def each_level_is_on_the_axis(drawn: Drawn, _: Sli | None) -> None:
    """With room beyond it, whatever the data is; and no end of the unit makes it a line at the edge."""
    if drawn.levelled and drawn.panel["type"] not in ("stat", "table"):
        low, high = drawn.axis
        assert low is not None
        assert high is not None
        levels = [value for value, _ in drawn.steps[1:]]
        assert low < min(levels) <= max(levels) < high
        assert (max(levels) - min(levels)) + 0.1 * (high - low) <= high - low
        assert high - min(levels) >= 0.02 * (high - low)
        assert max(levels) - low >= 0.2 * (high - low)


def the_good_band_can_be_seen(drawn: Drawn, sli: Sli | None) -> None:
    """At least a fifth of an arc."""
    if drawn.panel["type"] == "gauge" and drawn.levelled and sli is not None and sli.good is not None:
        low, high = drawn.axis
        assert low is not None
        assert high is not None
        good = high - sli.good.threshold if sli.good.upward else sli.good.threshold - low
        assert good >= 0.2 * (high - low)


def levels_are_areas(drawn: Drawn, _: Sli | None) -> None:
    if drawn.panel["type"] == "timeseries" and drawn.levelled:
        assert drawn.config["custom"]["thresholdsStyle"]["mode"] == "dashed+area"


def a_line_is_of_no_state(drawn: Drawn, _: Sli | None) -> None:
    """Colour says a state only, and a line is not its own limit."""
    if drawn.panel["type"] == "timeseries":
        assert drawn.colour not in STATES


def every_level_is_drawn(drawn: Drawn, sli: Sli | None) -> None:
    shows_levels = drawn.panel["type"] not in ("heatmap", "histogram")
    if shows_levels and sli is not None and sli.good is not None:
        steps = [value for value, _ in drawn.steps[1:]]
        assert any(math.isclose(sli.good.threshold, step, abs_tol=1e-300) for step in steps)


def words_and_units_are_those_of_people(drawn: Drawn, sli: Sli | None) -> None:
    unit = drawn.config["unit"]
    assert unit not in ("cps", "bool_on_off")
    if sli is not None and sli.up_or_down:
        assert (drawn.text(0.0), drawn.text(1.0)) == ("Down", "Up")
    if unit == "m":
        assert drawn.config["decimals"] == 0
    if unit == "currencyUSD":
        assert drawn.config["decimals"] == 2
        if sli is not None and "month" in sli.unit and drawn.panel["type"] == "timeseries":
            assert "month" in drawn.config["custom"]["axisLabel"]


def the_worst_is_seen_best(drawn: Drawn, _: Sli | None) -> None:
    """Each colour of a state can be read as text on a dark panel: 4.5 to 1, as WCAG 2 has it."""
    for color in dict(drawn.steps).values():
        assert contrast(DARK.get(color, color), DARK_PANEL) >= 4.5, color


NEW_CHECKS: tuple[Check, ...] = (
    a_cell_that_says_nothing_is_of_no_state,
    an_override_is_of_something_that_is_there,
)
CHECKS: tuple[tuple[Check, set[int]], ...] = (
    (no_data_is_neutral, {1, 2, 3, 4, 21, 105, 111, 115, 116}),
    (colour_says_what_the_level_says, {11, 13, 105, 113, 116}),
    (an_objective_colours_its_own_series, {2, 3}),
    (one_of_several_keeps_its_name, {3, 111}),
    (each_level_is_on_the_axis, {10, 11, 13, 14, 33, 110, 112, 113, 114}),
    (the_good_band_can_be_seen, {1, 4}),
    (levels_are_areas, {10, 11, 13, 14, 30, 31, 33, 110, 112, 113, 114}),
    (a_line_is_of_no_state, {11, 13, 33}),
    (every_level_is_drawn, {114}),
    (words_and_units_are_those_of_people, {12, 20, 22, 105, 111, 115, 116}),
    (the_worst_is_seen_best, {1, 10, 21, 30, 31, 33}),
)
"""With the panels on which people saw the fault."""


def faults(check: Check, board: Any, plan: Plan) -> Iterator[tuple[int, str]]:
    for drawn in every_drawn(board):
        try:
            check(drawn, sli_of(plan, drawn))
        except (AssertionError, KeyError) as fault:
            yield drawn.panel["id"], f"{drawn.name}: {fault!r}"


@pytest.mark.parametrize("make", [genesis_plan, every_kind_plan], ids=["rollout", "every-kind"])
@pytest.mark.parametrize(
    "check", [*(check for check, _ in CHECKS), *NEW_CHECKS], ids=lambda check: check.__name__
)
def test_what_is_shown_is_so(check: Check, make: Callable[[], Plan]) -> None:
    plan = make()
    found = [text for one in plan.dashboards for _, text in faults(check, rendered(one), plan)]
    assert found == []


@pytest.mark.parametrize(("check", "panels"), CHECKS, ids=lambda one: getattr(one, "__name__", ""))
def test_the_fault_is_found_where_it_was(check: Check, panels: set[int]) -> None:
    found = {panel for panel, _ in faults(check, BEFORE, genesis_plan())}
    assert panels <= found


BROKEN: tuple[tuple[Check, Any], ...] = (
    (no_data_is_neutral, {"id": "mappings", "value": []}),
    (a_cell_that_says_nothing_is_of_no_state, {"id": "mappings", "value": []}),
    (
        the_worst_is_seen_best,
        {"id": "thresholds", "value": {"mode": "absolute", "steps": [{"value": 0, "color": "dark-red"}]}},
    ),
)


@pytest.mark.parametrize(("check", "broken"), BROKEN, ids=lambda one: getattr(one, "__name__", ""))
def test_the_fault_is_found_in_a_column_of_a_table(check: Check, broken: Any) -> None:
    """As the table of error budgets once was: a budget without data in red."""
    plan = genesis_plan()
    board = rendered(plan.dashboards[-1])
    (table,) = (panel for panel in every_panel(board) if panel["type"] == "table")
    assert list(faults(check, board, plan)) == []
    for override in table["fieldConfig"]["overrides"]:
        changed = [broken if one["id"] == broken["id"] else one for one in override["properties"]]
        override["properties"] = changed
    assert {panel for panel, _ in faults(check, board, plan)} == {table["id"]}


def test_an_override_of_a_column_that_nothing_is_called_is_found() -> None:
    plan = genesis_plan()
    board = rendered(plan.dashboards[-1])
    (table,) = (panel for panel in every_panel(board) if panel["type"] == "table")
    table["fieldConfig"]["overrides"][0]["matcher"]["options"] = "Left over"
    found = {panel for panel, _ in faults(an_override_is_of_something_that_is_there, board, plan)}
    assert found == {table["id"]}


def test_nobody_scrolls_for_what_blocks_go() -> None:
    """The first screen of 1500 by 900 pixels has the P0 number, and the P95 of retrieval."""
    board = rendered(genesis_plan().dashboards[0])
    first = [item for item in board["panels"] if item["gridPos"]["y"] + item["gridPos"]["h"] <= 22]
    drawn = {target["expr"] for item in first for target in item.get("targets", ())}
    assert {"sli:cost_reduction:percent", "sli:rag_latency_p95:milliseconds"} <= drawn


def test_a_fresh_outage_is_seen() -> None:
    """Five minutes are at least a hundredth of the range, and no panel repeats the title of its row."""
    for plan in genesis_plan().dashboards:
        hours = int(plan.time_from.removeprefix("now-").removesuffix("h"))
        assert 5 / (hours * 60) >= 0.01
        for row in plan.rows:
            assert not any(row.title.casefold() in panel.title.casefold() for panel in row.panels)
