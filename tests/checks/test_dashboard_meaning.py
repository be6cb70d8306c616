"""Each way in which a dashboard can say something else than the spec has its code, its line and its place."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from plan.specs import ROOT

from genesis_monitoring.checks.context import TreeFile
from genesis_monitoring.checks.dashboards.files import InvalidDashboard, load_dashboard
from genesis_monitoring.checks.dashboards.meaning import CODES, check_dashboard_meaning, dashboard_faults
from genesis_monitoring.checks.promql.types import Catalogue
from genesis_monitoring.findings import Finding, Severity

from .stack_tree import DASHBOARD, StackTree, genesis_project, stack_tree, stack_tree_of, without_plan

P1 = ("panels", 3)  # 1 "Overall Test Pass Rate", a gauge
P3 = ("panels", 5)  # 3 "Error Rate", a stat with two queries
P10 = ("panels", 8)  # 10 "Hybrid RAG Retrieval Latency", a time series with three
P12 = ("panels", 10)  # 12 "Query Throughput", of metrics
HEADER = ("panels", 1)
ORIGINS = {
    1: "rows.0.panels.0",
    3: "rows.1.panels.0",
    5: "rows.1.panels.2",
    8: "rows.2.panels.0",
    10: "rows.2.panels.2",
}


@pytest.fixture
def tree(tmp_path: Path) -> StackTree:
    return stack_tree(tmp_path / "generated")


def run(tree: StackTree) -> list[Finding]:
    return tree.run(check_dashboard_meaning)


def put(*path: str | int, to: Any) -> Callable[[Any], None]:
    """A change that puts ``to`` at the path; ``...`` removes what is there."""

    def change(data: Any) -> None:
        for key in path[:-1]:
            data = data[key]
        if to is ...:
            del data[path[-1]]
        else:
            data[path[-1]] = to

    return change


def swap(one: int, other: int) -> Callable[[Any], None]:
    def change(data: Any) -> None:
        panels = data["panels"]
        panels[one], panels[other] = panels[other], panels[one]

    return change


def line_at(tree: StackTree, path: tuple[str | int, ...]) -> int:
    """Where the value at ``path`` begins in the file; counted by the JSON itself."""
    data = json.loads(tree.text(DASHBOARD))
    owner = data
    for key in path[:-1]:
        owner = owner[key]
    marker = "\u2063marker\u2063"
    if isinstance(owner, dict):
        value = owner[path[-1]]
        items = [(marker if key == path[-1] else key, inner) for key, inner in owner.items()]
        owner.clear()
        owner.update(items)
        assert owner[marker] is value
    else:
        owner[path[-1]] = marker
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return text[: text.index(marker)].count("\n") + 1


def test_the_rendered_dashboard_is_clean(tree: StackTree) -> None:
    assert run(tree) == []


UNIT = ("fieldConfig", "defaults", "unit")
STEPS = ("fieldConfig", "defaults", "thresholds", "steps")


@pytest.mark.parametrize(
    ("path", "to", "code", "message"),
    [
        ((*P1, "gridPos", "h"), "7", "GM707", 'h is "7", and must be a whole number'),
        ((*P1, "options", "sizing"), "big", "GM707", 'sizing is "big", and may be one of auto, manual'),
        ((*P10, "options", "legend", "placement"), "top", "GM707", "may be one of bottom, right"),
        ((*P10, "fieldConfig", "defaults", "custom", "drawStyle"), "lines", "GM707", "one of line, bars"),
        ((*HEADER, "options", "mode"), "text", "GM707", "may be one of html, markdown, code"),
        (("graphTooltip",), 7, "GM707", "may be one of 0, 1, 2"),
        ((*P1, "id"), 5, "GM708", 'panel 5 "Overall Test Pass Rate": the id of this panel is 1'),
        ((*P1, "title"), "Pass Rate", "GM708", 'title is "Pass Rate", and must be "Overall Test Pass Rate"'),
        ((*P1, "gridPos", "x"), 1, "GM708", "gridPos, x is 1, and must be 0"),
        ((*P1, "type"), "stat", "GM708", 'type is "stat", and must be "gauge"'),
        ((*P1, "type"), "bargauge", "GM708", 'type is "bargauge", and must be "gauge"'),
        (
            (*P12, "targets", 0, "expr"),
            "sum(rate(hybrid_rag_queries_total[$__rate_intervall]))",
            "GM709",
            'the variable $__rate_intervall is not defined; did you mean "__rate_interval"?',
        ),
        ((*P1, "targets", 0, "expr"), 'sli:test_pass_rate:percent{a="$job"}', "GM709", "variable $job is"),
        ((*P1, "targets", 0, "legendFormat"), "${host:raw}", "GM709", "variable ${host:raw} is not defined"),
        ((*P1, "title"), "Rate of [[job]]", "GM709", "the variable [[job]] is not defined"),
        ((*P1, "targets", 0, "expr"), "sli:test_pas_rate:percent", "GM710", "did you mean"),
        (
            (*P10, "targets", 0, "expr"),
            "sum(hybrid_rag_retrieval_latency_seconds)",
            "GM710",
            "its series are hybrid_rag_retrieval_latency_seconds_bucket, _count and _sum",
        ),
        ((*P1, "targets", 0, "expr"), '{job="a"}', "GM710", "a selector names no metric"),
        ((*P1, "timeFrom"), None, "GM711", "timeFrom is null"),
        ((*P1, "span"), 6, "GM711", "span is no key of Grafana's here"),
        ((*P1, "fieldConfig", "defaults", "thresholds", "steps", 0, "op"), "gt", "GM711", "op is no key"),
        (("__inputs",), [], "GM711", "__inputs is no key of Grafana's here"),
        ((*P1, *UNIT), "percents", "GM712", 'Grafana knows no unit "percents"; did you mean "percent"?'),
        ((*P1, *UNIT), "percentunit", "GM713", 'unit is "percentunit", and must be "percent"'),
        ((*P1, "fieldConfig", "defaults", "max"), 1, "GM713", "max is 1, and must be 100"),
        ((*P1, "fieldConfig", "defaults", "decimals"), 0, "GM713", "decimals is 0, and must not be there"),
        ((*P1, "fieldConfig", "overrides"), [{"matcher": {"id": "byName"}, "properties": []}], "GM713", ""),
        ((*P1, *STEPS, 1, "value"), 98.1, "GM713", "threshold 2, value is 98.1, and must be 98"),
        ((*P1, *STEPS, 0, "color"), "green", "GM713", 'threshold 1, color is "green", and'),
        ((*P1, *STEPS, 0, "value"), 5, "GM713", "threshold 1, value is 5, and must be 0"),
        ((*P1, *STEPS, 1), ..., "GM713", "steps is a list of 1, and must be a list of 2"),
        ((*P1, "targets", 0, "expr"), "sli:system_health:score", "GM713", 'must be "sli:test_pass'),
        (
            (*P12, "targets", 0, "expr"),
            "sum(rate(hybrid_rag_queries_total[$__interval]))",
            "GM713",
            "query 1, expr is",
        ),
        ((*P12, "targets", 0, "expr"), "sum(rate(hybrid_rag_queries_total[5m]))", "GM713", "query 1, expr"),
        ((*P3, "targets", 1), ..., "GM713", "targets is a list of 1, and must be a list of 2"),
        ((*P3, "targets", 0, "instant"), False, "GM713", "query 1, instant is false, and must be true"),
        ((*P3, "targets", 0, "hide"), True, "GM713", "query 1, hide is true, and must not be there"),
        ((*P3, "targets", 0, "legendFormat"), "Tests", "GM713", 'query 1, legendFormat is "Tests"'),
        (("refresh",), "1m", "GM714", 'refresh is "1m", and must be "30s"'),
        (("time", "from"), "now-4h", "GM714", 'time, from is "now-4h", and must be "now-48h"'),
        (("uid",), "phase5", "GM714", 'uid is "phase5", and must be "phase5-rollout"'),
        (("tags", 0), "genesys", "GM714", 'tags 1 is "genesys", and must be "genesis"'),
        (("editable",), True, "GM714", "editable is true, and must be false"),
        (("templating", "list"), [], "GM714", "list is [], and must be a list of 1"),
        (("templating", "list", 0, "current", "value"), "other", "GM714", 'must be "genesis-prometheus"'),
        (("annotations", "list", 1, "enable"), False, "GM714", "entry 2, enable is false, and must be true"),
        (("annotations", "list", 1, "target", "expr"), "ALERTS", "GM714", 'expr is "ALERTS", and must be'),
        ((*P10, "fieldConfig", "defaults", "custom", "spanNulls"), True, "GM714", "spanNulls is true"),
        ((*P10, "fieldConfig", "defaults", "custom", "stacking", "mode"), "normal", "GM714", '"none"'),
        ((*P1, "fieldConfig", "defaults", "noValue"), "0", "GM714", 'noValue is "0", and must be "no data"'),
        ((*P1, "options", "reduceOptions", "calcs", 0), "mean", "GM714", 'must be "lastNotNull"'),
        ((*P1, "transformations"), [], "GM714", "transformations is [], and must not be there"),
        ((*P1, "description"), "Tests.", "GM714", 'description is "Tests.", and must be'),
        ((*HEADER, "options", "content"), "Aims", "GM714", 'content is "Aims", and must be'),
        ((*P1, "links"), [], "GM715", "links is [], and must be a list of 1"),
        ((*P1, "links", 0, "url"), "https://git.example.com/a.md", "GM715", "link 1, url is"),
        ((*P1, "links", 0, "title"), "Runbook", "GM715", 'link 1, title is "Runbook", and must be'),
    ],
)  # fmt: skip
def test_a_fault_is_told_once_at_its_line(
    tree: StackTree, path: tuple[str | int, ...], to: Any, code: str, message: str
) -> None:
    tree.change_dashboard(put(*path, to=to))
    (finding,) = run(tree)
    assert (finding.code, finding.severity) == (code, Severity.ERROR)
    assert message in finding.message
    place = path[:-1] if to is ... else path
    assert finding.location.line == line_at(tree, place)
    assert finding.location.file.endswith(DASHBOARD)
    assert finding.hint == "run genesis-mon render"
    origin = "dashboards.phase5-rollout"
    if path[0] == "panels":
        origin += f".{ORIGINS[int(path[1])]}"
    assert [location.line for location in finding.related] == [tree.spec_line(origin)]


@pytest.mark.parametrize("key", ["uid", "templating", "annotations", "schemaVersion", "refresh", "panels"])
def test_a_key_of_the_dashboard_that_is_gone_is_told(tree: StackTree, key: str) -> None:
    tree.change_dashboard(put(key, to=...))
    assert run(tree)


def test_a_panel_that_is_gone_is_told(tree: StackTree) -> None:
    tree.change_dashboard(put(*P10, to=...))
    (finding,) = run(tree)
    assert (finding.code, finding.message) == (
        "GM708",
        'panel 10 "Hybrid RAG Retrieval Latency" is missing',
    )
    assert finding.location.line == tree.line(DASHBOARD, '"panels": [')
    assert finding.related[0].line == tree.spec_line("dashboards.phase5-rollout.rows.2.panels.0")


def test_a_panel_that_the_spec_does_not_have_is_told(tree: StackTree) -> None:
    def change(data: Any) -> None:
        data["panels"].append(copy.deepcopy(data["panels"][8]) | {"id": 500, "title": "Mine"})

    tree.change_dashboard(change)
    (finding,) = run(tree)
    assert finding.code == "GM708"
    assert finding.message == 'panel 500 "Mine" is not in the spec'
    assert finding.location.line == tree.line(DASHBOARD, '"id": 500')


def test_ids_that_were_exchanged_are_told_as_two_other_panels(tree: StackTree) -> None:
    def change(data: Any) -> None:
        data["panels"][8]["id"], data["panels"][9]["id"] = 11, 10

    tree.change_dashboard(change)
    found = run(tree)
    assert {finding.code for finding in found} >= {"GM708"}
    assert any('must be "Hybrid RAG Retrieval Latency"' in finding.message for finding in found)


def test_a_panel_below_another_row_is_told(tree: StackTree) -> None:
    tree.change_dashboard(swap(6, 7))  # panel 4 and the row behind it
    (finding,) = run(tree)
    assert finding.code == "GM708"
    assert finding.message.endswith("stands below row 103, and must stand below row 102")


def test_the_order_of_panels_below_one_row_does_not_matter(tree: StackTree) -> None:
    tree.change_dashboard(swap(8, 9))
    assert run(tree) == []


def keys_backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: keys_backwards(value[key]) for key in reversed(list(value))}
    return [keys_backwards(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "change",
    [
        put(*P1, *STEPS, 0, "value", to=None),
        put(*P1, *STEPS, 1, "value", to=98.0),
        put(*P1, "targets", 0, "expr", to="( sli:test_pass_rate:percent )"),
        put(*P12, "targets", 0, "expr", to="sum  (rate(\n hybrid_rag_queries_total [${__rate_interval}]))"),
        put(*P1, "datasource", "uid", to="$datasource"),
        put(*P1, "title", to="Overall \u2060Test Pass Rate"),
        lambda data: data["panels"][3]["links"][0].update(
            url=data["panels"][3]["links"][0]["url"].replace("runbooks", "%72unbooks")
        ),
        lambda data: data.update(keys_backwards(data)),
    ],
)
def test_other_ways_to_say_the_same_are_clean(tree: StackTree, change: Callable[[Any], object]) -> None:
    tree.change_dashboard(change)
    assert run(tree) == []


def test_text_that_looks_like_a_variable_is_clean(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        dashboard = data["dashboards"]["phase5-rollout"]
        dashboard["title"] = "Costs ${HOME} $150"
        panel = dashboard["rows"][1]["panels"][0]
        panel["title"] = "Pay $month or [[x]] <b>"
        panel["description"] = "Of {{ $labels.x }} &amp; `$value`"
        panel["queries"][0]["legend"] = "{{job}} ${a}"

    assert run(stack_tree_of(tmp_path / "spec", change)) == []


def test_a_dashboard_that_cannot_be_read_is_not_checked(tree: StackTree) -> None:
    tree.write(DASHBOARD, '{"panels": [,]}')
    (finding,) = run(tree)
    assert finding.code == "GM004"


def test_without_a_plan_nothing_was_checked(tree: StackTree) -> None:
    (finding,) = check_dashboard_meaning(without_plan(tree))
    assert finding.code == "GM004"
    assert "no plan" in finding.message


KEPT = (0, 1, 2, 3, 5, 7, 8)


def every_change(data: Any) -> Iterator[tuple[str, Any]]:
    """Every key: removed, null, or of another value; of a panel as a whole, removed."""

    def walk(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, Any]]:
        if path and path != ("panels",):
            panel = len(path) == 2 and path[0] == "panels"
            for to in (...,) if panel else (..., None, 5 if isinstance(value, str) else "odd"):
                other = copy.deepcopy(data)
                put(*path, to=to)(other)
                yield f"{'.'.join(map(str, path))} = {to!r}", other
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for key, one in inner:
            yield from walk(one, (*path, key))

    yield from walk(data, ())


def test_no_single_fault_goes_unseen(tree: StackTree) -> None:
    whole = tree.project.plan.dashboards[0]
    plan = replace(whole, panels=tuple(whole.panels[index] for index in KEPT))
    data = json.loads(tree.text(DASHBOARD))
    data["panels"] = [data["panels"][index] for index in KEPT]
    catalogue = Catalogue(tree.project.plan)
    unseen, count = [], 0
    for name, changed in every_change(data):
        count += 1
        try:
            dashboard = load_dashboard(TreeFile(DASHBOARD, json.dumps(changed)))
        except InvalidDashboard:
            continue
        if not any(dashboard_faults(dashboard, plan, catalogue)):
            unseen.append(name)
    assert count > 600
    assert [name for name in unseen if not name.endswith("steps.0.value = None")] == []


def test_every_code_is_reached_here() -> None:
    text = Path(__file__).read_text("utf-8")
    assert [code for code in CODES if f'"{code}"' not in text] == []


def test_the_committed_tree_is_clean() -> None:
    tree = StackTree(ROOT / "generated", genesis_project())
    assert run(tree) == []


def test_a_panel_of_slow_samples_has_a_least_step(tmp_path: Path) -> None:
    """Else its rates are over less than two samples, and Grafana shows nothing at all."""

    def slowly(data: Any) -> None:
        data["prometheus"]["targets"]["genesis-app"]["interval"] = "1m"

    tree = stack_tree_of(tmp_path / "slow", slowly)
    panels = json.loads(tree.text(DASHBOARD))["panels"]
    assert {panel["title"]: panel["interval"] for panel in panels if "interval" in panel} == {
        "Query Throughput": "1m"
    }
    assert run(tree) == []
    tree.change_dashboard(put(*P12, "interval", to=...))
    (finding,) = run(tree)
    assert "interval" in finding.message
    assert not any("interval" in panel for panel in json.loads(genesis_text())["panels"])


def test_a_panel_of_slow_rules_has_a_least_step(tmp_path: Path) -> None:
    tree = stack_tree_of(tmp_path / "slow", lambda data: data["prometheus"].update(evaluation_interval="30s"))
    panels = json.loads(tree.text(DASHBOARD))["panels"]
    steps = {
        panel["title"]: panel.get("interval") for panel in panels if panel["type"] not in ("row", "text")
    }
    assert steps.pop("Query Throughput") is None
    assert set(steps.values()) == {"30s"}


def genesis_text() -> str:
    return next(one.text for one in genesis_project().artifacts if one.path == DASHBOARD)
