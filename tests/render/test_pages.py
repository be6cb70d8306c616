"""The generated pages as a person uses them: lines to copy, links into Prometheus, and what is blind."""

import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from plan.specs import Data, compiled, every_kind, every_kind_plan, genesis, genesis_plan, rendered

_FENCED = re.compile(
    r"\[[^\]]+\]\((?P<url>http://localhost:9090/graph\S+)\):\n\n```promql\n(?P<expr>(?:.|\n)*?)\n```"
)
_COMPOSE = "docker compose -f generated/docker-compose.yml"


@cache
def pages() -> dict[str, str]:
    return {path.removeprefix("docs/"): text for path, text in rendered(genesis_plan()).items()}


def runbook(name: str, data: Data | None = None) -> str:
    return rendered(compiled(data))[f"docs/runbooks/{name}.md"] if data else pages()[f"runbooks/{name}.md"]


def lines(text: str) -> list[str]:
    """Everything that stands in a block of shell."""
    return [
        line for block in re.findall(r"```sh\n(.*?)\n```", text, re.DOTALL) for line in block.splitlines()
    ]


def test_every_query_of_every_page_has_its_link_into_prometheus() -> None:
    seen = 0
    for tree in (pages(), rendered(every_kind_plan())):
        for path, text in tree.items():
            if path.endswith(".md"):
                found = list(_FENCED.finditer(text))
                assert len(found) == text.count("```promql"), path
                for match in found:
                    asked = parse_qs(urlsplit(match["url"]).query, strict_parsing=True)
                    assert asked == {"g0.expr": [match["expr"]], "g0.tab": ["0"]}, path
                seen += len(found)
    assert seen > 100


def test_a_command_of_the_rollback_stays_in_its_block() -> None:
    data = genesis()
    data["rollout"]["rollback"]["steps"][0] = {"text": "Stop", "command": "```"}
    text = rendered(compiled(data))["docs/rollback.md"]
    assert "````sh\n```\n````\n" in text


def test_a_suite_is_looked_at_and_run_again_by_lines_to_copy() -> None:
    assert lines(runbook("TestPassRateLow")) == [
        f"{_COMPOSE} ps --all genesis-metrics",
        "curl -s http://127.0.0.1:8000/metrics | grep -E '^(genesis_regression_pass_rate)'",
        f"{_COMPOSE} logs --since 15m genesis-metrics",
        "tail -n 100 logs/benchmark_runner.log",
        "tail -n 100 logs/tests_test_hybrid_rag_retriever.log",
        "tail -n 100 logs/tests_test_memory_store.log",
        "tail -n 100 logs/tests_test_visual_memory_compressor.log",
        "tail -n 100 logs/metrics_exporter.log",
        "tail -n 100 logs/continuous_monitoring.log",
        "pytest --genesis-results results/regression.xml",
    ]


def test_the_log_files_that_the_steps_name_and_those_of_the_sli_come_alone() -> None:
    assert lines(runbook("MemoryStoreServiceDown")) == ["tail -n 100 logs/infrastructure_memory_store.log"]
    assert lines(runbook("GraphDBServiceDown")) == ["tail -n 100 logs/infrastructure_graph_database.log"]
    assert lines(runbook("MonthlyCostProjectionHigh")) == ["tail -n 100 logs/agents.log"]
    tails = [line for line in lines(runbook("TestResultsStale")) if line.startswith("tail")]
    assert tails == [
        "tail -n 100 logs/metrics_exporter.log",
        "tail -n 100 logs/continuous_monitoring.log",
    ]


def test_all_suites_that_a_value_is_made_of_are_run_again() -> None:
    tests = [line for line in lines(runbook("SystemHealthScoreDegrading")) if line.startswith("pytest")]
    suites = ("regression", "orchestration", "waltzrl", "hybrid_rag")
    assert tests == [f"pytest --genesis-results results/{suite}.xml" for suite in suites]


@pytest.mark.parametrize(
    ("flag", "line"),
    [
        ((), f"{_COMPOSE} kill -s HUP prometheus"),
        (("--web.enable-lifecycle",), "curl -X POST http://localhost:9090/-/reload"),
        (("--web.enable-lifecycle=false",), f"{_COMPOSE} kill -s HUP prometheus"),
    ],
)
def test_a_server_is_reloaded_in_the_way_that_it_knows(flag: tuple[str, ...], line: str) -> None:
    data = genesis()
    data["stack"]["services"]["prometheus"]["command"] = list(flag)
    reloads = lines(runbook("Watchdog", data))[-2:]
    assert reloads == [line, "curl -X POST http://localhost:9093/-/reload"]


def test_short_looks_come_before_the_steps_and_the_steps_are_the_specs_own() -> None:
    text = runbook("VectorDBServiceDown")
    assert text.index("## First look") < text.index("## Diagnosis")
    steps = re.findall(r"^[0-9]+\. (.*)$", text.partition("## Diagnosis")[2].partition("##")[0], re.MULTILINE)
    assert [step.replace("\\", "") for step in steps] == genesis()["alerts"]["VectorDBServiceDown"][
        "response"
    ]


def test_what_is_down_is_said_to_be_down() -> None:
    for path, text in {**pages(), **rendered(every_kind_plan())}.items():
        if path.endswith(".md"):
            prose = re.sub(r"```.*?```|\(http[^)]*\)", "", text, flags=re.DOTALL)
            assert not re.search(r"\b(below|at least) 1\b(?![.\d]| [%$a-z])", prose), path
    assert "- Graph database (MongoDB) has been down for 1 minute." in runbook("GraphDBServiceDown")


def test_what_an_alert_keeps_quiet_is_on_its_page() -> None:
    text = runbook("CostReductionTargetMissed")
    assert "While it fires, Alertmanager keeps these quiet:\n\n- MonthlyCostProjectionHigh: " in text
    assert "while one of these fires:\n\n- CostReductionTargetMissed: " in runbook(
        "MonthlyCostProjectionHigh"
    )
    # A rule that names no component or severity is told of every component that it takes.
    assert "\n- ScrapeTargetDown: A target that cannot be scraped has no data.\n" in runbook("SLIDataMissing")


def test_an_alert_is_blind_as_long_as_its_metrics_are_planned_and_says_so_on_top() -> None:
    plan = genesis_plan()
    blind = set(plan.planned.alerts)
    assert len(blind) > 5
    if all(plan.slis[budget.sli].planned for budget in plan.budgets):
        blind |= {
            rule.alert for group in plan.rule_groups for rule in group.alerting if "Budget" in rule.alert
        }
    for page in plan.runbooks:
        top = pages()[f"runbooks/{page.alert}.md"].partition("##")[0]
        assert ("**Blind until " in top) == (page.alert in blind), page.alert
    for row in pages()["alerts.md"].splitlines():
        name = re.match(r"\| \[(\w+)\]", row)
        if name:
            assert ("(blind)" in row) == (name[1] in blind)
    for index in ("README.md", "alerts.md", "queries.md", "panels.md", "checkpoints.md"):
        assert f"**{plan.planned.line}.**" in pages()[index]


def test_a_spec_without_anything_planned_says_nothing_of_it() -> None:
    data = every_kind()
    for metric in data["metrics"].values():
        metric["status"] = "exported"
    for path, text in rendered(compiled(data)).items():
        if path.endswith(".md"):
            assert not re.search(r"planned|blind", text, re.IGNORECASE), path


def test_every_sli_has_its_query_and_every_page_is_in_the_index() -> None:
    plan, queries = genesis_plan(), pages()["queries.md"]
    for name, sli in plan.slis.items():
        section = queries.partition(f"\n### {sli.sli.title}\n")[2].partition("\n###")[0]
        assert f"`{name}` in " in section.replace("\\", "")
        assert f"[`{sli.record}`](" in section
        assert f"```promql\n{sli.expr}\n```" in section
    listed = re.findall(r"\| \[[^\]]+\]\((\S+)\)", pages()["README.md"])
    assert set(listed) == {path for path in pages() if re.fullmatch(r"\w+\.md", path)} - {"README.md"}


def test_an_alert_whose_metrics_are_planned_in_part_is_not_said_to_be_unable_to_fire() -> None:
    data = genesis()
    data["metrics"]["redis_cache_hits_total"]["status"] = "exported"
    assert "Nobody exposes it yet, so what this alert measures is not whole." in runbook(
        "CacheHitRateLow", data
    )
    assert "Nobody exposes them yet, so this alert cannot fire." in runbook("CacheHitRateLow")
