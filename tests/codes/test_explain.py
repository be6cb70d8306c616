"""``genesis-mon explain``: a code's page; all about a name of the spec, with lines that are really there."""

import json
import re
from pathlib import Path

import pytest
from cli.sandbox import REPOSITORY
from published import check
from scratch import ROLLOUT_SPEC

from genesis_monitoring.code_pages import page
from genesis_monitoring.commands.explain import run_explain, run_list
from genesis_monitoring.commands.explain_spec import explain_name, known_names
from genesis_monitoring.commands.init import run_init
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console

SHOP = (REPOSITORY / "docs/examples/shop/slo.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Inputs:
    spec = tmp_path_factory.mktemp("explain") / "slo.yaml"
    run_init(spec, Console())
    return Inputs(spec, Path("out"), None, None)


@pytest.fixture(scope="module")
def project(inputs: Inputs) -> Project:
    return load_project(inputs)


def say(name: str, inputs: Inputs, capsys: pytest.CaptureFixture[str]) -> str:
    assert run_explain(name, inputs, Console()) is ExitCode.OK
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def facts(project: Project, name: str) -> dict[str, tuple[str, ...]]:
    (one,) = explain_name(project, name)
    return {fact.label: fact.lines for fact in one.facts}


def line_of(project: Project, place: str) -> str:
    """The line of an artifact that ``out/path:line`` names."""
    path, _, number = place.removeprefix("out/").partition(":")
    (text,) = (artifact.text for artifact in project.artifacts if artifact.path == path)
    return text.splitlines()[int(number) - 1].strip()


@pytest.mark.parametrize("code", ["GM401", "gm401"])
def test_a_code_needs_no_spec(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert say(code, Inputs(Path("/nowhere/slo.yaml"), None, None, None), capsys) == page("GM401").text


def test_everything_known_is_explained(
    project: Project, inputs: Inputs, capsys: pytest.CaptureFixture[str]
) -> None:
    names = known_names(project.plan)
    assert set(project.plan.spec.alerts) | set(project.plan.slis) | set(project.plan.spec.severities) < set(
        names
    )
    for name in names:
        said = say(name, inputs, capsys)
        heading, *rest = said.splitlines()
        assert re.fullmatch(rf"{name}: (alert|SLI|SLO|severity|panel), .*slo\.yaml:[0-9]+:[0-9]+", heading)
        assert all(line.startswith("  ") and line.strip() for line in rest)


def test_a_metric_that_is_recorded_tells_its_rule_and_who_uses_it() -> None:
    golden = Path(__file__).parents[1] / "golden" / "every-kind" / "slo.yaml"
    said = facts(load_project(Inputs(golden, Path("out"), None, None)), "code:requests:rate5m")
    assert said["value"] == ("code:requests:rate5m = sum by (code) (rate(requests_total[5m]))",)
    assert said["used by"] == ("busiest_code",)
    assert said["comes out as"][0].startswith("out/prometheus/rules/shop.metrics.yml:")


def test_every_line_named_is_about_the_name(project: Project) -> None:
    for name in known_names(project.plan):
        places = facts(project, name)["comes out as"]
        assert places
        for place in places:
            assert line_of(project, place), place


def test_as_json_it_says_the_same(
    project: Project, inputs: Inputs, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("RequestLatencyHigh", "request_latency_p95", "P1", "1"):
        (one,) = explain_name(project, name)
        assert run_explain(name, inputs, Console(), as_json=True) is ExitCode.OK
        document = json.loads(capsys.readouterr().out)
        check("explanation", document, "version")
        (page_,) = document["pages"]
        assert {fact["label"]: tuple(fact["lines"]) for fact in page_["facts"]} == facts(project, name)
        assert (page_["kind"], page_["name"], page_["text"]) == (one.kind, name, None)
        assert one.location is not None
        assert page_["location"]["line"] == one.location.line
    nowhere = Inputs(Path("/nowhere/slo.yaml"), None, None, None)
    for name, kind in (("gm401", "code"), ("ratio", "SLI kind")):
        assert run_explain(name, nowhere, Console(), as_json=True) is ExitCode.OK
        document = json.loads(capsys.readouterr().out)
        check("explanation", document, "pages")
        (page_,) = document["pages"]
        assert (page_["kind"], page_["facts"], page_["location"]) == (kind, [], None)
        assert say(name, nowhere, capsys) == page_["text"]


def test_the_list_as_json_names_all_that_has_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    run_list(Console(), as_json=True)
    document = json.loads(capsys.readouterr().out)
    check("explanation", document, "pages")
    named = {(one["kind"], one["name"]) for one in document["pages"]}
    assert {("code", "GM401"), ("SLI kind", "ratio"), ("receiver", "email"), ("product", "grafana")} <= named
    run_list(Console())
    said = capsys.readouterr().out
    assert all(one["name"] in said for one in document["pages"])


def test_an_alert(project: Project) -> None:
    name = "RequestLatencyHigh"
    told = facts(project, name)
    rule = next(r for g in project.plan.rule_groups for r in g.alerting if r.alert == name)
    alert = project.plan.spec.alerts[name]
    assert told["says"] == (alert.summary,)
    assert told["expression"] == (rule.expr,)
    assert "Good is" in " ".join(told["fires"])
    assert told["watches"][0].startswith(f"{alert.sli}: ")
    assert told["value"][0].startswith(f"{project.plan.slis[alert.sli].record} = ")
    assert told["runbook"] == (f"out/docs/runbooks/{name}.md",)
    assert "out/prometheus/tests/shop-1m.yml" in told["tests"]
    assert "- a bad value fires" in told["tests"]
    lines = [line_of(project, place) for place in told["comes out as"]]
    assert f"- alert: {name}" in lines
    routes = [r for r in project.plan.alertmanager.routes if r.origin == f"severities.{alert.severity}"]
    assert [route.split(" ")[0] for route in told["goes to"]] == [route.receiver for route in routes]


def test_an_alert_that_has_a_route_of_its_own(project: Project) -> None:
    watchdog = project.plan.spec.meta_alerts.watchdog
    told = facts(project, watchdog.name)
    (route,) = told["goes to"]
    assert route.startswith(f"{watchdog.receiver} (")
    assert told["expression"] == ("vector(1)",)


def test_who_is_told_is_said_by_team_time_and_series(tmp_path: Path) -> None:
    """The web shop: its teams have receivers of their own, and its nights are quiet."""
    text = SHOP.replace(
        "components: [postgres, redis, orders], ",
        'components: [postgres, redis, orders], series: {instance: ["https://pay.example.com"]}, ',
    )
    spec = tmp_path / "slo.yaml"
    spec.write_text(text)
    shop = load_project(Inputs(spec, Path("out"), None, None))

    def told(name: str) -> list[str]:
        return [one.partition(", grouped by")[0] for one in facts(shop, name)["goes to"]]

    data, web = "data-mail (email data@shop.internal)", "web-mail (email web@shop.internal)"
    quiet, where = "except nights + weekends", "where instance is https://pay.example.com"
    assert told("PostgresDown") == ["data-pager (PagerDuty)", data]
    assert told("CertificateEnds") == [f"{web} {quiet}", f"{data} {quiet} {where}"]
    assert told("ErrorBudgetBurnPageQuick") == ["web-pager (PagerDuty)", web]
    assert told("P2") == [f"of team data: {data} {quiet}", f"of all others: {web} {quiet}"]
    rows = {row.alert: row.receivers for row in shop.plan.alert_rows}
    assert rows["CertificateEnds"] == f"web-mail {quiet}, data-mail {quiet} {where}"
    (budget,) = (one for one in shop.plan.slos if one.id == "shop-availability")
    assert {tier.told for tier in budget.tiers if tier.severity == "P2"} == {f"web-mail {quiet}"}


def test_an_sli(project: Project) -> None:
    (name,) = {project.plan.spec.alerts["RequestLatencyHigh"].sli}
    told = facts(project, name)
    plan = project.plan.slis[name]
    assert told["value"] == (f"{plan.record} = {plan.expr}",)
    assert [metric.split(" ")[0] for metric in told["metrics"]] == [m.metric for m in plan.metrics]
    assert told["levels"][0].startswith("good ")
    assert told["alerts"][0].startswith("RequestLatencyHigh (")
    lines = [line_of(project, place) for place in told["comes out as"]]
    assert f"- record: '{plan.record}'" in lines
    assert any(line.startswith('"id": ') for line in lines)


def test_a_severity(project: Project) -> None:
    told = facts(project, "P1")
    assert any(line.startswith("RequestLatencyHigh: ") for line in told["alerts"])
    assert {line_of(project, place).split(":")[0] for place in told["comes out as"]} == {"- receiver"}


def test_a_panel(project: Project) -> None:
    board = project.plan.dashboards[0]
    panel = next(panel for panel in board.panels if panel.queries)
    told = facts(project, str(panel.id))
    assert told["queries"][0].endswith(panel.queries[0].expr)
    assert [line_of(project, place) for place in told["comes out as"]] == [f'"id": {panel.id},']


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("RequestLatencyHihg", 'did you mean "RequestLatencyHigh"?'),
        ("p1", 'did you mean "P1"?'),
        ("no such thing", "has no alert, SLI, severity or panel id"),
        ("999999", "has no alert"),
        ("GM000", "there is no code GM000"),
        ("gm499", "there is no code GM499"),
        ("x\x1b[2J", "\\x1b[2J"),
    ],
)
def test_a_name_that_stands_for_nothing(name: str, said: str, inputs: Inputs) -> None:
    with pytest.raises(UsageError) as caught:
        run_explain(name, inputs, Console())
    assert said in caught.value.message
    assert caught.value.message.isprintable()
    assert caught.value.hint
    assert caught.value.exit_code is ExitCode.USAGE


BUDGETED = """\
    budget:
      objective: 99.9
      period: 30d
      minimum_errors: 7
      owner: The web team
      page: P1
      exhausted: P2
      shadow: true
      exclude:
        - {reason: New racks, start: "2026-12-01T02:00:00Z", lasts: 2h}
"""


@pytest.fixture(scope="module")
def budgeted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The rollout's spec with all that may be said of a budget."""
    text = ROLLOUT_SPEC.read_text("utf-8")
    changed, number = re.subn(r" +budget: \{objective: 99.9.*\n", BUDGETED, text, count=1)
    assert number == 1
    spec = tmp_path_factory.mktemp("budget") / "slo.yaml"
    spec.write_text(changed.replace("retention: 15d", "retention: 90d"), "utf-8")
    return load_project(Inputs(spec, Path("out"), None, None))


def test_a_budget_is_explained_each_value_with_its_line(budgeted: Project) -> None:
    said = facts(budgeted, "rag_error_rate")
    for key, value in (
        ("objective", "objective 99.9 %"),
        ("period", "period 30 days"),
        ("minimum_errors", "quiet with fewer than 7 errors in a long window"),
        ("owner", "owner The web team"),
        ("shadow", "in shadow: its alerts are told to nobody"),
    ):
        (line,) = (one for one in said["budget"] if one.startswith(value))
        place = re.search(r"slo\.yaml:(\d+):\d+", line)
        assert place, line
        assert budgeted.source.line_text(int(place[1])).strip().startswith(f"{key}:")
    assert any(
        one.startswith("not counted: 2026-12-01 02:00 UTC, 2 hours: New racks (") for one in said["budget"]
    )
    tiers = said["tiers"]
    assert tiers[0].startswith(
        "page-quick (P1): burns 14.4 times over 1 hour and 5 minutes (the SRE workbook, "
    )
    assert tiers[1].endswith("if 7 events have failed by then; to nobody: in shadow")
    assert re.match(r"exhausted \(P2\): nothing left of 30 days \(.*slo\.yaml:\d+:\d+\)", tiers[-2])


def test_what_is_left_out_of_a_budget_is_said_to_be_the_default(budgeted: Project) -> None:
    said = facts(budgeted, "request_error_rate")["budget"]
    assert "quiet with fewer than 3 errors in a long window (by default)" in said
    assert "owner genesis (its team)" in said


def test_an_slo_is_known_by_the_id_that_its_alerts_have(budgeted: Project) -> None:
    slo, sli = facts(budgeted, "system-request-error-rate"), facts(budgeted, "request_error_rate")
    assert slo["budget"] == sli["budget"]
    assert slo["tiers"] == sli["tiers"]
    assert "system-request-error-rate" in known_names(budgeted.plan)


def test_an_alert_in_shadow_goes_to_nobody_and_names_its_slos(budgeted: Project) -> None:
    said = facts(budgeted, "ErrorBudgetBurnPageQuick")
    assert said["goes to"] == ("nobody: in shadow",)
    assert [one.partition(":")[0] for one in said["SLOs"]] == [
        "hybrid-rag-rag-error-rate",
        "system-request-error-rate",
    ]
