"""Dashboards: what is rendered is what is planned, and nothing that Grafana 12.2 would not save itself."""

import dataclasses
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Literal

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.panels.budgettable import BudgetTable
from genesis_monitoring.panels.keys import Key
from genesis_monitoring.panels.panel import Link, ThresholdStep
from genesis_monitoring.panels.registry import PANEL_TYPES, PANELS
from genesis_monitoring.plan.budget_queries import panel_budgets
from genesis_monitoring.plan.budgets import compile_budgets
from genesis_monitoring.plan.dashboards import DashboardPlan, compile_dashboards
from genesis_monitoring.plan.slis import compile_slis
from genesis_monitoring.render.grafana import dashboard_document, render_dashboard
from genesis_monitoring.render.grafana_normalise import DASHBOARD_KEYS, ROW_KEYS, normalise_dashboard
from genesis_monitoring.spec.load import load_spec

from .dashboards import (
    BASE,
    HEADER,
    PLAN,
    comparable,
    every_panel,
    one,
    panel,
    query,
    read_back,
    rendered,
    row,
)

SPEC = ROLLOUT_SPEC
PANEL_KEYS = {"row": ROW_KEYS} | {one.name: one.keys for one in (*PANELS, BudgetTable())}
PROMETHEUS = {"type": "prometheus", "uid": "${datasource}"}

LEGACY = frozenset(
    (
        *(
            "__inputs",
            "rows",
            "span",
            "minSpan",
            "sharedCrosshair",
            "hideControls",
            "style",
            "gnetId",
            "version",
        ),
        *("height", "error", "cacheTimeout", "repeat", "repeatDirection", "maxPerRow", "metric"),
        *("intervalFactor", "step", "auto", "auto_min", "auto_count", "useTags", "tagsQuery"),
        *("tagValuesQuery", "op", "yaxis", "line", "limit", "override"),
    )
)
"""What grafanalib 0.7.1 writes and Grafana 12 does not."""


@pytest.fixture(scope="module")
def genesis() -> tuple[DashboardPlan, ...]:
    """The dashboards of the committed spec, in every profile."""
    spec = load_spec(SPEC).spec
    assert spec is not None
    slis, budgets = compile_slis(spec), panel_budgets(spec, compile_budgets(spec))
    return tuple(
        plan
        for profile in spec.profiles.values()
        for plan in compile_dashboards(spec, profile, slis, budgets)
    )


def walk(value: object) -> Iterator[tuple[str, object]]:
    """Every key with its value, and every list item under an empty key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield "", inner
            yield from walk(inner)


def test_the_hand_made_plan_reads_back_as_it_was() -> None:
    artifact = render_dashboard(PLAN)
    assert artifact.path == PLAN.path
    assert comparable(read_back(json.loads(artifact.text), PLAN.path)) == comparable(PLAN)


def test_the_committed_spec_reads_back_as_it_was(genesis: tuple[DashboardPlan, ...]) -> None:
    assert sum(len(plan.panels) for plan in genesis) > 16
    for plan in genesis:
        assert comparable(read_back(rendered(plan), plan.path)) == comparable(plan)


def test_ids_are_integers_and_unique(genesis: tuple[DashboardPlan, ...]) -> None:
    for plan in genesis:
        ids = [item["id"] for item in every_panel(rendered(plan))]
        assert ids == [id_ for row in plan.rows for id_ in (row.id, *(item.id for item in row.panels))]
        assert all(type(number) is int for number in ids)
        assert len(set(ids)) == len(ids)


def test_a_collapsed_row_holds_its_panels() -> None:
    folded = dataclasses.replace(PLAN.rows[0], collapsed=True)
    plan = dataclasses.replace(PLAN, rows=(folded, PLAN.rows[1]))
    data = rendered(plan)
    assert [item["id"] for item in data["panels"]] == [100, 102, 1, 2, 33, 34]
    assert data["panels"][0]["collapsed"]
    assert [item["id"] for item in data["panels"][0]["panels"]] == [101]
    assert data["panels"][0]["panels"] == [rendered(PLAN)["panels"][1]]
    assert comparable(read_back(data, plan.path)) == comparable(plan)
    assert dashboard_document(plan).origin_of(("panels", 0, "panels", 0, "title")) == HEADER.origin


def test_variables_and_events_know_where_they_come_from(genesis: tuple[DashboardPlan, ...]) -> None:
    document = dashboard_document(genesis[0])
    told = {
        document.origin_of((key, "list", index, "name")).partition(".")[0]
        for key in ("templating", "annotations")
        for index in range(1, len(document.data[key]["list"]))  # type: ignore[index, call-overload, arg-type]
    }
    assert told == {"dashboards", "rollout", "severities"}
    assert document.origin_of(("annotations", "list", 0, "name")) == genesis[0].origin


def test_no_two_panels_share_a_cell(genesis: tuple[DashboardPlan, ...]) -> None:
    for plan in genesis:
        taken: set[tuple[int, int]] = set()
        for item in rendered(plan)["panels"]:
            place = item["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken
            assert max(x for x, _ in cells) < 24
            taken |= cells


def test_there_is_no_null_and_no_legacy_key(genesis: tuple[DashboardPlan, ...]) -> None:
    for plan in (PLAN, *genesis):
        data = rendered(plan)
        pairs = list(walk(data))
        assert [key for key, value in pairs if value is None or value == "null"] == []
        assert {key for key, _ in pairs} & LEGACY == set()
        assert "id" not in data


def paths(value: object, prefix: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{prefix}.{key}"
            yield from paths(inner, f"{prefix}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner, prefix)


def documented(keys: tuple[Key, ...], prefix: str = "") -> Iterator[tuple[str, Key]]:
    for key in keys:
        yield f"{prefix}.{key.name}", key
        yield from documented(key.inner, f"{prefix}.{key.name}")


def test_every_key_is_in_the_tables_and_every_entry_is_used() -> None:
    link = Link("Runbook", "https://runs.example/")
    queries = (query("A", "a", "a"), dataclasses.replace(query("B", "b", "b"), no_data="planned"))
    two = dataclasses.replace(
        panel(queries=queries, minimum=0.0, time_from="1h", interval="1m", links=(link,), decimals=1),
        words=((0.0, "Down"), (1.0, "Up")),
        severities=("P0", "P1"),
    )
    drawn = [
        dataclasses.replace(
            two,
            type=type_,
            queries=(
                queries[0],
                dataclasses.replace(queries[1], steps=(BASE, ThresholdStep(1.0, "red")), limit=True),
            ),
            logarithmic=True,
        )
        for type_ in PANEL_TYPES.values()
    ]
    drawn.append(dataclasses.replace(drawn[0], type=BudgetTable(), queries=(*drawn[0].queries, queries[0])))
    status = dataclasses.replace(row(100, "Status", 0, *drawn), repeat="suite")
    data = rendered(dataclasses.replace(PLAN, rows=(status,)))
    names = ("row", *PANEL_TYPES, BudgetTable.name)
    panels = dict(zip(names, (set(paths(item)) for item in data.pop("panels")), strict=True))
    assert set(paths(data)) == {path for path, _ in documented(DASHBOARD_KEYS)}
    assert panels == {type_: {path for path, _ in documented(keys)} for type_, keys in PANEL_KEYS.items()}


def test_every_key_says_what_it_means_and_stands_once() -> None:
    for keys in (DASHBOARD_KEYS, *PANEL_KEYS.values()):
        found = list(documented(keys))
        assert len({path for path, _ in found}) == len(found)
        assert [path for path, key in found if not key.meaning] == []
    with pytest.raises(dataclasses.FrozenInstanceError):
        DASHBOARD_KEYS[0].name = "id"  # type: ignore[misc]


def test_keys_come_in_the_order_of_the_tables() -> None:
    data = rendered(PLAN)
    assert list(data) == [*(key.name for key in DASHBOARD_KEYS), "panels"]
    for item in data["panels"]:
        allowed = [key.name for key in PANEL_KEYS[item["type"]]]
        assert list(item) == [name for name in allowed if name in item]


def test_the_dashboard_is_of_grafana_12() -> None:
    data = rendered(PLAN)
    fixed = {
        "schemaVersion": 42,
        "editable": False,
        "graphTooltip": 1,
        "liveNow": False,
        "preload": False,
        "fiscalYearStartMonth": 0,
        "timezone": "utc",
        "timepicker": {},
    }
    assert {key: data[key] for key in fixed} == fixed


def test_all_data_comes_through_the_datasource_variable(genesis: tuple[DashboardPlan, ...]) -> None:
    for plan in (PLAN, *genesis):
        data = rendered(plan)
        variable, *others = data["templating"]["list"]
        assert all(one["datasource"] == PROMETHEUS for one in others)
        assert variable["name"] == "datasource"
        assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
        assert variable["current"]["value"] == "genesis-prometheus"
        for item in every_panel(data):
            drawn = item["type"] not in ("row", "text")
            assert item.get("datasource") == (PROMETHEUS if drawn else None)
            assert [t["datasource"] for t in item.get("targets", [])] == [PROMETHEUS] * len(
                item.get("targets", [])
            )


def test_events_are_drawn_on_every_panel() -> None:
    built_in, alerts, rollout = rendered(PLAN)["annotations"]["list"]
    assert (built_in["builtIn"], built_in["name"]) == (1, "Annotations & Alerts")
    assert built_in["datasource"] == {"type": "grafana", "uid": "-- Grafana --"}
    assert alerts == {
        "name": "P0",
        "datasource": PROMETHEUS,
        "enable": True,
        "hide": False,
        "iconColor": "red",
        "target": {"refId": "Anno", "expr": PLAN.events[0].expr, "interval": "1m"},
        "titleFormat": "{{alertname}}",
        "textFormat": "",
        "tagKeys": "severity,component",
        "useValueForTime": False,
    }
    assert (rollout["useValueForTime"], rollout["enable"], rollout["hide"]) == (True, False, False)


@pytest.mark.parametrize("type_", [one.name for one in PANELS if "queries" in one.takes and one.instant])
def test_absent_data_is_said_and_not_drawn_as_zero(type_: str) -> None:
    found = one(type_)
    assert found["fieldConfig"]["defaults"]["noValue"] == "no data"
    reduce = found["options"].get("reduceOptions") or found["transformations"][0]["options"]
    assert reduce in (
        {"calcs": ["lastNotNull"], "fields": "", "values": False},
        {"reducers": ["lastNotNull"]},
    )
    assert found["fieldConfig"]["defaults"]["color"] == {"mode": "thresholds"}


def test_only_the_column_of_times_has_a_unit_of_time() -> None:
    """Grafana reads a text as a time where its unit is one: a severity would be shown as NaN."""
    config = one("alertlist")["fieldConfig"]
    of_columns = {
        rule["matcher"]["options"]: item["value"]
        for rule in config["overrides"]
        for item in rule["properties"]
        if item["id"] == "unit"
    }
    assert (config["defaults"]["unit"], of_columns) == ("none", {"Since": "dateTimeFromNow"})


def test_a_label_that_an_alert_does_not_have_is_no_empty_list() -> None:
    config = one("alertlist")["fieldConfig"]
    texts = next(rule for rule in config["overrides"] if rule["matcher"]["id"] == "byType")
    assert texts == {
        "matcher": {"id": "byType", "options": "string"},
        "properties": [{"id": "noValue", "value": ""}],
    }
    assert config["defaults"]["noValue"] == "no alerts"


def test_a_time_series_draws_thresholds_only_where_there_are_some() -> None:
    plain = one("timeseries")["fieldConfig"]["defaults"]
    judged = one("timeseries", steps=(BASE, ThresholdStep(100.0, "red")))["fieldConfig"]["defaults"]
    assert plain["custom"]["thresholdsStyle"] == {"mode": "off"}
    assert judged["custom"]["thresholdsStyle"] == {"mode": "dashed+area"}
    assert plain["color"] == judged["color"] == {"mode": "fixed", "fixedColor": "blue"}
    assert plain["custom"]["spanNulls"] is False


def test_a_query_asks_for_the_range_or_for_the_latest_value() -> None:
    found = one(
        "timeseries",
        queries=(query("A", "a", "a", instant=True), query("B", "b", "b")),
    )["targets"]
    assert [(t["range"], t["instant"], t["editorMode"]) for t in found] == [
        (False, True, "code"),
        (True, False, "code"),
    ]


def test_a_query_shows_what_is_chosen_and_without_a_choice_all() -> None:
    chosen, plain = one(
        "timeseries",
        queries=(
            dataclasses.replace(query("A", "sli:a:percent", "a"), chosen=("instance", "job")),
            query("B", "sli:c:percent", "c"),
        ),
    )["targets"]
    assert chosen["expr"] == 'sli:a:percent{instance=~"$instance", job=~"$job"}'
    assert plain["expr"] == "sli:c:percent"
    _, instance, job = rendered(PLAN)["templating"]["list"]
    assert instance["definition"] == 'label_values({__name__=~"^(sli:a:percent|sli:b:ratio)$"}, instance)'
    assert job["query"]["query"] == "label_values(sli:a:percent, job)"
    assert (instance["current"], instance["allValue"]) == ({"text": ["All"], "value": ["$__all"]}, ".*")


@pytest.mark.parametrize("worst", ["min", "max"])
def test_what_happened_between_two_steps_is_asked_for(worst: Literal["min", "max"]) -> None:
    queries = (
        dataclasses.replace(query("A", "sli:a:state", "a"), chosen=("job",), worst=worst),
        dataclasses.replace(query("B", "sli:b:state", "b"), worst=worst),
    )
    assert [target["expr"] for target in one("state-timeline", queries=queries)["targets"]] == [
        f'{worst}_over_time(sli:a:state{{job=~"$job"}}[$__rate_interval])',
        f"{worst}_over_time(sli:b:state[$__rate_interval])",
    ]


def test_the_version_keeps_grafana_from_migrating_percentages() -> None:
    """A panel without one is taken for 6.1, and a stat in percent then gets ``min: 0``."""
    found = one(minimum=None, unit="percent")
    assert found["pluginVersion"] == "12.2.0"
    assert "min" not in found["fieldConfig"]["defaults"]


def test_the_base_step_is_written_as_grafana_12_writes_it() -> None:
    steps = (ThresholdStep(None, "red"), ThresholdStep(-5.5, "yellow"), ThresholdStep(3.0, "green"))
    assert one(steps=steps)["fieldConfig"]["defaults"]["thresholds"]["steps"] == [
        {"color": "red", "value": 0},
        {"color": "yellow", "value": -5.5},
        {"color": "green", "value": 3},
    ]


@pytest.mark.parametrize("steps", [(ThresholdStep(1.0, "red"),), (BASE, BASE), ()])
def test_a_plan_without_a_base_step_is_refused(steps: tuple[ThresholdStep, ...]) -> None:
    with pytest.raises(AssertionError):
        one(steps=steps)


def test_whole_numbers_have_no_fraction() -> None:
    assert '"max": 100\n' in render_dashboard(PLAN).text
    assert '"value": 98.5\n' in render_dashboard(PLAN).text


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_number_that_json_does_not_have_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        one(maximum=value)


def test_a_value_that_fits_no_key_is_refused() -> None:
    from grafanalib.core import Dashboard

    with pytest.raises(AssertionError, match=r"dashboard\.uid is not set"):
        normalise_dashboard(Dashboard(title="x"))
    with pytest.raises(AssertionError, match=r"dashboard\.tags"):
        normalise_dashboard(Dashboard(title="x", uid="x", tags=[{"legacy": True}]))


def test_the_text_is_readable_utf_8_and_ends_in_a_newline() -> None:
    text = render_dashboard(PLAN).text
    assert text.startswith('{\n  "uid": "main",\n')
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert "Größe" in text


def test_the_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys; from tests.render.dashboards import PLAN, render_dashboard;"
        "sys.stdout.buffer.write(render_dashboard(PLAN).data)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=SPEC.parent,
            env={**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outputs == {render_dashboard(PLAN).data}
