"""The synthetic application, its test results and its history: one deterministic function of time."""

import math
import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen
from xml.etree import ElementTree

import pytest
from plan.specs import ROOT, every_kind_plan, genesis_plan, rendered, write
from prometheus_client.parser import text_string_to_metric_families

from genesis_monitoring.stack.history import history_needed, write_history
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.stack.synthetic_app import SyntheticApp, load_module
from genesis_monitoring.stack.synthetic_load import ORIGIN
from genesis_monitoring.stack.synthetic_results import SyntheticResults
from genesis_monitoring.stack.timeline import Timeline
from genesis_monitoring.units import SECONDS_PER_MONTH

STARTED = ORIGIN + 90_000_000
Values = dict[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(rendered(genesis_plan()), tmp_path_factory.mktemp("tree"))


def started(tree: Path, scenario: str, at: float = STARTED) -> SyntheticApp:
    (module,) = genesis_plan().instrumentation
    timeline = Timeline(load_scenario(scenario), at)
    return SyntheticApp(load_module(tree / module.path), module, genesis_plan(), timeline, at)


def values(app: SyntheticApp, now: float) -> Values:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in app.collect(now)
        for sample in family.samples
    }


def total(found: Values, name: str, **labels: str) -> float:
    return sum(value for (own, pairs), value in found.items() if own == name and labels.items() <= pairs)


def test_every_metric_of_the_application_is_there_and_marked(tree: Path) -> None:
    found = values(started(tree, "healthy"), STARTED)
    assert all(("synthetic", "true") in labels for _, labels in found)
    for name, metric in genesis_plan().spec.metrics.items():
        if metric.job == "genesis-app":
            series = f"{name}_count" if metric.type == "histogram" else name
            assert total(found, series) > 0, name
    assert not [name for name, _ in found if name.endswith("_created")]


def test_health_is_what_the_objectives_ask_for(tree: Path) -> None:
    app = started(tree, "healthy")
    before, now = values(app, STARTED), values(app, STARTED + 300)

    def grown(name: str, **labels: str) -> float:
        return total(now, name, **labels) - total(before, name, **labels)

    month = grown("total_system_cost_total") / 300 * SECONDS_PER_MONTH
    parts = ("llm_api_cost_total", "memory_storage_cost_total", "vector_db_cost_total")
    assert month == pytest.approx(98.7, abs=0.01)
    assert sum(map(grown, parts)) == pytest.approx(grown("total_system_cost_total"))
    hits = grown("redis_cache_hits_total")
    assert hits / (hits + grown("redis_cache_misses_total")) == pytest.approx(0.85, abs=0.01)
    latency = "hybrid_rag_retrieval_latency_seconds"
    below = grown(f"{latency}_bucket", le="0.05") / grown(f"{latency}_count")
    assert below == pytest.approx(0.95, abs=0.005)
    assert grown("genesis_requests_total") == 20 * 300
    assert total(now, "hybrid_rag_top3_accuracy_percent") == pytest.approx(94.8, abs=0.1)
    assert total(now, "genesis_service_up") == 3


@pytest.mark.parametrize("scenario", ["healthy", "error-burst", "restart", "latency-regression"])
def test_when_it_is_asked_makes_no_difference(tree: Path, scenario: str) -> None:
    one, other = started(tree, scenario), started(tree, scenario)
    for second in (0.7, 13, 21.3, 28.1):
        values(one, STARTED + second)
    first, second_ = values(one, STARTED + 60), values(other, STARTED + 60)
    assert first.keys() == second_.keys()
    for key, value in first.items():
        assert value == pytest.approx(second_[key], rel=1e-12)


def test_a_clock_that_is_set_back_takes_nothing_away(tree: Path) -> None:
    app, other = started(tree, "healthy"), started(tree, "healthy")
    before = values(app, STARTED + 30)
    back = values(app, STARTED + 20)
    for name in ("genesis_requests_total", "genesis_request_duration_seconds_count"):
        assert total(back, name) == total(before, name)
    assert values(app, STARTED + 60) == pytest.approx(values(other, STARTED + 60))


def test_a_restart_sets_counters_to_zero_and_they_go_on(tree: Path) -> None:
    app = started(tree, "restart")
    assert total(values(app, STARTED + 19), "genesis_requests_total") > 1e9
    assert total(values(app, STARTED + 30), "genesis_requests_total") == pytest.approx(200, abs=1)
    assert total(values(app, STARTED + 40), "genesis_request_duration_seconds_count") == pytest.approx(
        400, abs=12
    )


def test_history_goes_on_in_the_live_process(tree: Path, tmp_path: Path) -> None:
    plan, end = genesis_plan(), STARTED
    instances = {job.job: job.targets[0] for job in plan.prometheus.scrape_configs}
    count = write_history(
        plan, load_scenario("healthy"), tmp_path / "past", start=end - 100, end=end, instances=instances
    )
    lines = (tmp_path / "past").read_text().splitlines()
    assert lines[-1] == "# EOF"
    assert len(lines) == count + 1
    last: Values = {}
    for line in lines[:-1]:
        series, written, moment = line.rsplit(" ", 2)
        assert (int(moment) - end) % 15 == 0
        assert math.isfinite(float(written))
        if int(moment) == end and 'synthetic="true"' in series:
            (family,) = text_string_to_metric_families(f"{series} {written}\n")
            (sample,) = family.samples
            labels = {k: v for k, v in sample.labels.items() if k not in ("job", "instance")}
            last[(sample.name, frozenset(labels.items()))] = sample.value
    live = values(started(tree, "healthy", end), end)
    assert last.keys() == live.keys()
    for key, value in live.items():
        assert value == pytest.approx(last[key], rel=1e-12), key
    exported = {name for name, metric in plan.spec.metrics.items() if metric.status == "exported"}
    assert exported <= {line.partition("{")[0] for line in lines}
    recorded = {line.split()[0] for line in lines if line.startswith("sli:")}
    assert recorded == {"sli:llm_tokens:tokens_per_second", "sli:memory_storage_cost:usd_per_month"}


def test_the_history_is_as_long_as_the_longest_look_back() -> None:
    assert history_needed(genesis_plan()) == 6 * 3600 + 600


def test_a_histogram_of_a_service_of_the_stack_has_a_past(tmp_path: Path) -> None:
    """Else what is computed from it has no data in a preview of a scenario."""
    write_history(
        every_kind_plan(),
        load_scenario("healthy"),
        tmp_path / "past",
        start=STARTED - 30,
        end=STARTED,
        instances={"shop": "shop:8000"},
    )
    found = {line.partition("{")[0] for line in (tmp_path / "past").read_text("utf-8").splitlines()}
    assert {f"request_seconds_{one}" for one in ("bucket", "count", "sum")} <= found


def test_a_job_without_an_instance_has_no_history_and_a_span_is_no_empty_one(tmp_path: Path) -> None:
    plan, scenario = genesis_plan(), load_scenario("healthy")
    file = tmp_path / "past"
    write_history(plan, scenario, file, start=STARTED - 30, end=STARTED, instances={"genesis-app": "a:1"})
    assert {line.partition("{")[0] for line in file.read_text().splitlines() if "node" in line} == set()
    for start, end in ((STARTED, STARTED), (ORIGIN - 1, STARTED)):
        with pytest.raises(ValueError, match="history"):
            write_history(plan, scenario, file, start=start, end=end, instances={})


def outcomes(file: Path) -> tuple[int, int]:
    cases = ElementTree.parse(file).findall("testcase")
    return len(cases), sum(case.find("failure") is not None for case in cases)


def test_results_are_fresh_while_all_is_well(tmp_path: Path) -> None:
    suites = genesis_plan().spec.suites
    results = SyntheticResults(suites, tmp_path / "results", Timeline(load_scenario("healthy"), STARTED))
    assert results.refresh(STARTED)
    assert not results.refresh(STARTED + 1)
    assert results.refresh(STARTED + 40)
    found = {path.stem: outcomes(path) for path in (tmp_path / "results").iterdir()}
    assert found == {
        "regression": (1044, 18),
        "orchestration": (169, 0),
        "waltzrl": (50, 0),
        "hybrid_rag": (55, 0),
    }
    assert (tmp_path / "results/waltzrl.xml").stat().st_mtime == STARTED + 40


def test_results_grow_old_or_fail_as_the_scenario_says(tmp_path: Path) -> None:
    suites = genesis_plan().spec.suites
    stale = SyntheticResults(suites, tmp_path / "results", Timeline(load_scenario("exporter-stale"), STARTED))
    assert stale.refresh(STARTED + 19)
    assert stale.refresh(STARTED + 21)
    assert not stale.refresh(STARTED + 300)
    assert (tmp_path / "results/regression.xml").stat().st_mtime == STARTED + 21 - 65 * 60
    failing = SyntheticResults(suites, tmp_path / "other", Timeline(load_scenario("test-failures"), STARTED))
    failing.refresh(STARTED + 25)
    assert outcomes(tmp_path / "other/regression.xml") == (1044, 200)


def simulate(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "genesis_monitoring", "stack", "simulate", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ)
    )


def test_the_command_serves_until_it_is_stopped(tree: Path, tmp_path: Path) -> None:
    where = ("--out", str(tree), "--listen", "127.0.0.1:0", "--results", str(tmp_path / "results"))
    process = simulate("healthy", *where)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split()[-1]
        assert line.startswith("simulate: All is well, on http://127.0.0.1:")
        with urlopen(url, timeout=10) as answer:
            families = {family.name for family in text_string_to_metric_families(answer.read().decode())}
        assert "genesis_requests" in families
        with urlopen(url.replace("/metrics", "/healthz"), timeout=10) as answer:
            assert answer.status == 200
        assert (tmp_path / "results/regression.xml").is_file()
    finally:
        process.terminate()
        assert process.wait(15) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("helthy",), 2, 'did you mean "healthy"'),
        (("healthy", "--listen", "nowhere"), 2, "HOST:PORT"),
        (("healthy", "--listen", "localhost:99999"), 2, "HOST:PORT"),
        (("healthy", "--out", "/nowhere"), 1, "run genesis-mon render"),
        (("/nowhere/mine.yaml",), 2, "no such scenario file"),
    ],
)
def test_wrong_calls_are_told(arguments: tuple[str, ...], code: int, words: str) -> None:
    process = simulate(*arguments)
    _, told = process.communicate(timeout=30)
    assert (process.returncode, "Traceback" in told) == (code, False), told
    assert words in told


def test_an_address_in_use_could_not_be_told(tree: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = simulate("healthy", "--out", str(tree), "--listen", f"127.0.0.1:{taken.getsockname()[1]}")
        _, told = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "cannot listen" in told


def test_nothing_is_compiled_into_the_tree(tmp_path: Path) -> None:
    module = tmp_path / "made.py"
    module.write_text("VALUE = 1\n")
    assert load_module(module).VALUE == 1
    assert [path.name for path in tmp_path.iterdir()] == ["made.py"]
