"""Dashboards: threshold colours, layout on the grid, queries and units."""

import math
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from genesis_monitoring.panels.panel import NO_LEVEL
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.plan.budget_queries import panel_budgets
from genesis_monitoring.plan.dashboards import GRID_COLUMNS, RowPlan
from genesis_monitoring.plan.level_colours import threshold_steps
from genesis_monitoring.plan.links import top_links
from genesis_monitoring.plan.panel_sources import source_of
from genesis_monitoring.spec.dashboards import Query
from plan.specs import Data, compiled, every_kind, every_kind_plan, genesis_plan, load


def after(value: float) -> float:
    """The next number there is."""
    return math.nextafter(value, math.inf)


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
        (None, [(None, "text")]),
        ({"good": "<", "target": 5}, [(None, "green"), (5, "red")]),
        (
            {"good": "<=", "target": 5, "alert": 7},
            [(None, "green"), (after(5), "yellow"), (after(7), "red")],
        ),
        (
            {"good": "<", "target": -1, "alert": 7, "no_go": 9},
            [(None, "green"), (-1, "yellow"), (after(7), "orange"), (after(9), "red")],
        ),
        ({"good": "<", "target": 5, "no_go": 9}, [(None, "green"), (5, "orange"), (after(9), "red")]),
        ({"good": ">", "target": 5}, [(None, "red"), (after(5), "green")]),
        (
            {"good": ">=", "target": 9, "alert": 7, "no_go": -1},
            [(None, "red"), (-1, "orange"), (7, "yellow"), (9, "green")],
        ),
        (
            {"good": ">=", "target": 9, "alert": 7, "no_go": 7},
            [(None, "red"), (7, "yellow"), (9, "green")],
        ),
        ({"good": ">=", "target": 9, "no_go": 9}, [(None, "red"), (9, "green")]),
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
    data["dashboards"]["shop"].pop("variables")
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


PLANNED = ({"sli": "cache_hit_rate", "legend": "a"}, {"metric": "tokens_in_total", "legend": "b"})
THERE = ({"sli": "errors", "legend": "a"}, {"metric": "requests_total", "legend": "b"})


@pytest.mark.parametrize(
    ("collapsed", "queries", "wanted"),
    [
        (False, (), False),
        (True, (), True),
        ("planned", (), False),
        ("planned", PLANNED[:1], True),
        ("planned", PLANNED[1:], True),
        ("planned", THERE[:1], False),
        ("planned", THERE[1:], False),
        ("planned", (PLANNED[0], THERE[1]), False),
        ("planned", (PLANNED[1], THERE[0]), False),
        (False, PLANNED, False),
    ],
)
def test_a_row_is_folded_where_it_says_so_or_all_that_it_draws_is_planned(
    collapsed: object, queries: tuple[Data, ...], wanted: bool
) -> None:
    data = every_kind()
    panel = {"type": "stat", "description": "-", "width": 12, "height": 5}
    rows = data["dashboards"]["shop"]["rows"]
    rows[:0] = [
        {
            "id": 900,
            "title": "First",
            "collapsed": collapsed,
            "panels": [
                panel | {"id": 901, "title": "Words", "type": "text"},
                *(
                    panel | {"id": 902 + n, "title": f"{n}", "queries": [q]} | unit_of(q)
                    for n, q in enumerate(queries)
                ),
            ],
        }
    ]
    first, second, *_ = compiled(data).dashboards[0].rows
    assert first.collapsed is wanted
    assert second.grid.y == (1 if wanted else 6 if len(queries) < 2 else 11)
    assert [panel.grid.y for panel in first.panels][:2] == [1] * min(2, len(first.panels))


def unit_of(query: Data) -> Data:
    return {
        "tokens_in_total": {"unit": "tokens_per_second"},
        "requests_total": {"unit": "per_second"},
    }.get(query.get("metric", ""), {})


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
    assert [query.expr for query in found[2].queries] == [
        "sli:errors:percent or on () vector(NaN)",
        "sli:cache_hit_rate:percent or on () vector(NaN)",
    ]
    assert [query.expr for query in found[4].queries] == [
        "rate(requests_total[$__rate_interval])",
        'sum(rate(requests_total{code="500"}[$__rate_interval]))',
    ]
    assert [query.ref for query in found[4].queries] == ["A", "B"]
    assert [query.instant for query in found[2].queries] == [True, True]
    assert [query.instant for query in found[1].queries] == [False]


def test_promql_of_a_panel_is_drawn_as_it_is_written() -> None:
    plan = every_kind_plan()
    (panel,) = (one for one in plan.dashboards[0].panels if one.title == "Busiest codes")
    busiest = 'topk(3, sum by (code) (rate(requests_total{code=~"2..|5.."}[%s])))'
    (query,) = panel.queries
    assert query.expr == busiest % "$__rate_interval"
    assert (query.several, query.steps, panel.unit) == (True, NO_LEVEL, "count:/s")
    assert "{{code}}: PromQL, from `requests_total`." in panel.description
    (entry,) = (one for one in plan.queries[-1].entries if one.title.startswith("Busiest codes"))
    # Four samples of the job that is scraped most seldom.
    assert (entry.expr, entry.unit, entry.name) == (busiest % "5m", "per_second", "requests_total")
    (row,) = (row for row in plan.panel_tables[0].rows if row.title == "Busiest codes")
    assert row.metrics == "requests_total"


def test_promql_over_what_an_sli_recorded_is_planned_and_stepped_as_it_is() -> None:
    plan = every_kind_plan()
    spec, budgets = plan.spec, panel_budgets(plan.spec, plan.budgets)
    expr = "max(sli:cache_hit_rate:percent)"
    source = source_of(spec, Query(expr=expr, unit="percent", legend="Best"), plan.slis, budgets)
    assert source.planned == ("cache_hits_total", "cache_misses_total")
    assert (source.slis, source.interval) == (("cache_hit_rate",), spec.prometheus.evaluation_interval)


def test_a_metric_that_is_recorded_stands_on_the_page_of_queries_before_the_slis() -> None:
    (section,) = (one for one in every_kind_plan().queries if one.title == "shop")
    first = section.entries[0]
    assert (first.name, first.record, first.unit) == (*("code:requests:rate5m",) * 2, "per_second")
    assert first.expr == "sum by (code) (rate(requests_total[5m]))"


def test_units_limits_and_links_come_from_the_sli() -> None:
    found = {panel.id: panel for panel in every_kind_plan().dashboards[0].panels}
    assert (found[5].unit, found[7].unit, found[8].unit) == ("percent", "currencyUSD", "percent")
    assert found[4].unit == "count:/s"
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


def test_the_top_of_a_dashboard_leads_to_where_people_read_and_look_further() -> None:
    data = every_kind()
    data["metadata"]["links"] |= {
        "runbooks": "https://git.example.com/docs/runbooks/",
        "prometheus": "https://prom.example.com/",
    }
    data["dashboards"]["second"] = data["dashboards"]["shop"] | {"title": "Second"}
    first, second, budgets = compiled(data).dashboards
    grafana = data["metadata"]["links"]["grafana"].rstrip("/")
    found = {link.title: link.url for link in first.links}
    assert found == {
        "Runbooks": "https://git.example.com/docs/runbooks",
        "Alertmanager": data["metadata"]["links"]["alertmanager"],
        "Rules in Prometheus": "https://prom.example.com/rules",
        "Second": f"{grafana}/d/second",
        "Error budgets": f"{grafana}/d/every-kind-budgets",
    } | ({"Checkpoints": "https://git.example.com/docs/checkpoints.md"} if "rollout" in data else {})
    assert [link.title for link in second.links if link.dashboard] == ["Shop", "Error budgets"]
    assert [link.title for link in budgets.links if link.dashboard] == ["Shop", "Second"]


def test_checkpoints_have_a_link_where_they_stand_beside_the_runbooks() -> None:
    plan = genesis_plan()
    links = {link.title: link.url for link in plan.dashboards[0].links}
    assert links["Checkpoints"].endswith("/generated/docs/checkpoints.md")
    # 2025-10-23 20:56 UTC and 48 hours later.
    assert links["The whole window"].endswith("/d/phase5-rollout?from=1761252960000&to=1761425760000")
    elsewhere = plan.spec.metadata.links.model_copy(update={"runbooks": "https://wiki.example.com/pages"})
    metadata = plan.spec.metadata.model_copy(update={"links": elsewhere})
    spec = plan.spec.model_copy(update={"metadata": metadata})
    assert "Checkpoints" not in {link.title for link in top_links(spec, "phase5-rollout")}


def test_a_variable_chooses_in_the_series_that_have_its_label() -> None:
    board = every_kind_plan().dashboards[0]
    by_instance, by_queue = ("sli:disk_used:percent", "sli:targets:state"), ("sli:queued:count",)
    assert {one.label: one.series for one in board.variables} == {"instance": by_instance, "queue": by_queue}
    chosen = {query.expr: query.chosen for panel in board.panels for query in panel.queries}
    assert {expr: labels for expr, labels in chosen.items() if labels} == {
        **dict.fromkeys(by_instance, ("instance",)),
        **dict.fromkeys(by_queue, ("queue",)),
    }


def test_lanes_ask_for_the_worst_and_heatmaps_for_buckets() -> None:
    found = {panel.id: panel for panel in every_kind_plan().dashboards[0].panels}
    assert [(query.expr, query.worst) for query in found[11].queries] == [
        ("sli:database_up:state", "min"),
        ("sli:targets:state", "min"),
        ("part_up", "min"),
    ]
    assert [query.worst for query in found[12].queries] == ["max"]
    assert {query.worst for panel in found.values() if panel.id < 11 for query in panel.queries} == {None}
    (buckets,) = found[13].queries
    assert buckets.expr == 'sum by (le) (rate(request_seconds_bucket{route="cart"}[$__rate_interval]))'
    assert (buckets.legend, found[13].unit) == ("{{le}}", "s")


@pytest.mark.parametrize("there", [True, False])
def test_exemplars_are_kept_and_asked_for_where_a_histogram_has_them(there: bool) -> None:
    data = every_kind()
    data["metrics"]["request_seconds"]["exemplars"] = there
    plan = compiled(data)
    asked = {query.expr for p in plan.dashboards[0].panels for query in p.queries if query.exemplars}
    assert {expr.partition("(rate(")[2].partition("{")[0] for expr in asked} == (
        {"request_seconds_bucket"} if there else set()
    )
    (prometheus,) = (one for one in plan.stack.services if one.name == plan.spec.prometheus.service)
    assert ("--enable-feature=exemplar-storage" in prometheus.command) is there


@pytest.mark.parametrize(
    ("show", "series", "unit", "colours"),
    [
        (None, "slo:period_error_budget_remaining:ratio", "percentunit", ["red", "green"]),
        ("burn_rate", "slo:current_burn_rate:ratio", "none", ["text"]),
        ("period_burn_rate", "slo:period_burn_rate:ratio", "none", ["green", "red"]),
        ("errors", "slo:errors:increase5m", "short", ["text"]),
        ("events", "slo:total:increase5m", "short", ["text"]),
    ],
)
def test_a_panel_shows_a_budget_with_its_unit_its_levels_and_its_links(
    show: str | None, series: str, unit: str, colours: list[str]
) -> None:
    data = every_kind()
    query = {"budget": "answered_in_time", "legend": "{{route}}", **({"show": show} if show else {})}
    data["dashboards"]["shop"]["rows"][2]["panels"][-2]["queries"] = [query]
    plan = compiled(data)
    (panel,) = (one for one in plan.dashboards[0].panels if one.id == 15)
    (asked,) = panel.queries
    assert asked.expr == f'{series}{{sloth_id="shop-answered-in-time"}}'
    assert asked.several
    assert panel.unit == unit
    assert [step.color for step in asked.steps] == colours
    assert "of `answered_in_time`, 99 % over 7 days." in panel.description
    titles = [link.title for link in panel.links]
    assert titles[:2] == ["Error budgets: Requests answered in time", "Runbook ErrorBudgetBurnPageQuick"]
    assert panel.links[0].url.endswith("/d/every-kind-budgets?var-sloth_id=shop-answered-in-time")


def test_what_is_spent_too_much_is_on_the_axis() -> None:
    (panel,) = (one for one in every_kind_plan().dashboards[0].panels if one.id == 15)
    assert panel.limits == (-1.0, 1.0)


def test_the_list_of_alerts_says_once_which_slo_an_alert_is_about() -> None:
    keys = {key.name: key for key in PANEL_TYPES["alertlist"].keys}
    options = {key.name: key for key in keys["transformations"].inner}["options"]
    shown, hidden = (
        {one.name for one in next(key for key in options.inner if key.name == name).inner}
        for name in ("renameByName", "excludeByName")
    )
    assert "sloth_id" in shown
    assert {"sloth_service", "sloth_slo", "sloth_severity", "tier"} <= hidden
