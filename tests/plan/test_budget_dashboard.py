"""The dashboard of error budgets: fixed ids, no larger for many SLOs than for one, links that lead to it."""

import json
from copy import deepcopy
from typing import Any

from genesis_monitoring.plan.budgets import LEFT
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.render.grafana import render_dashboard

from .specs import compiled, every_kind, genesis_plan, without_budgets

BUDGET = {"objective": 99.9, "period": "30d", "page": "P0", "ticket": "P2"}


def several(count: int, **changes: Any) -> Plan:
    """``count`` budgets alike, the last one with ``changes``."""
    data = without_budgets(every_kind())
    data["prometheus"]["retention"] = "90d"
    base = data["slis"]["errors"]
    for number in range(count):
        own = deepcopy(base)
        own["budget"] = dict(BUDGET)
        data["slis"][f"errors_{number}"] = own
    data["slis"][f"errors_{count - 1}"]["budget"] |= changes
    return compiled(data)


def drawn(plan: Plan) -> dict[str, Any]:
    data = json.loads(render_dashboard(plan.dashboards[-1]).text)
    assert isinstance(data, dict)
    return data


def ids(board: dict[str, Any]) -> list[int]:
    return [panel["id"] for panel in board["panels"]]


def test_a_dashboard_of_budgets_does_not_grow_and_its_ids_stay() -> None:
    one, many = drawn(several(1)), drawn(several(60))
    assert ids(one) == ids(many) == [900001, 900002, 900010, 900011, 900012, 900013]
    assert len(json.dumps(many)) < 1.1 * len(json.dumps(one))
    (row,) = (panel for panel in many["panels"] if panel.get("repeat"))
    assert (row["repeat"], row["title"]) == ("sloth_id", "SLO: $sloth_id")
    chosen = [board["templating"]["list"][1]["current"]["value"] for board in (one, many)]
    assert chosen == [["$__all"], ["shop-errors-0"]]


def test_each_panel_below_a_row_asks_for_the_slo_that_is_chosen() -> None:
    for panel in drawn(several(2))["panels"][3:]:
        for target in panel["targets"]:
            assert 'sloth_id=~"$sloth_id"' in target["expr"], target


def test_a_limit_is_drawn_for_the_budgets_that_have_it() -> None:
    def limits(plan: Plan) -> list[tuple[str, str]]:
        burn = next(panel for panel in drawn(plan)["panels"] if panel["id"] == 900012)
        dashed = [
            one["matcher"]["options"]
            for one in burn["fieldConfig"]["overrides"]
            if "custom.lineStyle" in {each["id"] for each in one["properties"]}
        ]
        return [(one["legendFormat"], one["expr"]) for one in burn["targets"] if one["refId"] in dashed]

    alike = limits(several(3))
    assert alike[0][0] == "page-quick 1h+5m"
    assert "} + 14.4 and" in alike[0][1]
    assert len(alike) == 4
    assert not any("errors-0" in expr for _, expr in alike)
    mixed = [expr for name, expr in limits(several(3, period="28d")) if name == "page-quick 1h+5m"]
    (quicker,) = (expr for expr in mixed if "} + 13.44 and" in expr)
    assert 'sloth_id=~"shop-errors-2"' in quicker
    (slower,) = (expr for expr in mixed if "} + 14.4 and" in expr)
    assert 'sloth_id=~"shop-errors-0|shop-errors-1"' in slower


def test_windows_are_drawn_from_short_to_long_and_none_is_of_the_colour_of_another() -> None:
    burn = next(panel for panel in drawn(several(1))["panels"] if panel["id"] == 900012)
    names = [one["legendFormat"] for one in burn["targets"]]
    assert names[:8] == ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"]
    config = burn["fieldConfig"]
    colours = [config["defaults"]["color"]["fixedColor"]]
    changed = [one["properties"][0] for one in config["overrides"]]
    colours += [one["value"]["fixedColor"] for one in changed if one["id"] == "color"]
    assert len(set(colours[:8])) == 8
    assert set(colours[8:]) == {"#A67C52"}


def test_what_has_no_data_has_a_line_in_the_table_and_no_limit_to_be_compared_with() -> None:
    panels = {panel["id"]: panel["targets"] for panel in drawn(several(1))["panels"] if "targets" in panel}
    for target in panels[900002]:
        assert " or on (sloth_id) NaN * max by (" in target["expr"]
    for target in panels[900012][8:]:
        assert target["expr"].endswith(
            ' and on (sloth_id) slo:current_burn_rate:ratio{sloth_id=~"$sloth_id"}'
        )


def test_nothing_left_is_red_and_no_data_is_of_no_state() -> None:
    plan = genesis_plan()
    left = next(panel for panel in plan.dashboards[-1].panels if panel.queries[0].expr == LEFT)
    assert [(step.value and step.value > 0, step.color) for step in left.steps] == [
        (None, "red"),
        (True, "green"),
    ]
    assert left.no_data.short == "planned"


def test_what_is_no_number_in_the_table_is_of_no_state() -> None:
    table = next(panel for panel in drawn(several(1))["panels"] if panel["id"] == 900002)
    columns = {one["matcher"]["options"]: one["properties"] for one in table["fieldConfig"]["overrides"]}
    for name in ("Left", "Burn rate"):
        (shown,) = (one["value"] for one in columns[name] if one["id"] == "mappings")
        result = {"text": "no data", "color": "text", "index": 0}
        assert shown == [{"type": "special", "options": {"match": "null+nan", "result": result}}]


def test_an_alert_on_a_budget_leads_to_its_panel_with_the_slo_chosen() -> None:
    plan = genesis_plan()
    found = {
        str(annotation.text)
        for group in plan.rule_groups
        for rule in group.alerting
        if rule.sli == "rag_error_rate" and rule.alert.startswith("ErrorBudget")
        for annotation in rule.annotations
        if annotation.name == "panel_url"
    }
    (one,) = found
    assert one.endswith("/d/genesis-phase5-budgets?var-sloth_id=hybrid-rag-rag-error-rate&viewPanel=900012")


def test_without_a_budget_there_is_no_such_dashboard() -> None:
    data = without_budgets(every_kind())
    plan = compiled(data)
    assert [board.uid for board in plan.dashboards] == ["shop"]
    assert "Error budgets" not in {link.title for link in plan.dashboards[0].links}
