"""``rollout backtest`` as a user runs it, on a real Prometheus: one has recorded series, one only metrics."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfill import BLOCK_SECONDS, Points, exposition, running, store
from cli.sandbox import Answer, run
from published import check, published

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.window import format_iso

from .history import load_spec_text, window_of
from .judging import FEW, wait_for_rules, write_rules

PLACE = {case.name: index for index, case in enumerate(FEW)}
BEGIN = float(BLOCK_SECONDS * 9000)
HOURS = 8
SLOW, NOT_SLOW = "rag_latency_p95.target=100", "rag_latency_p95.no_go=300 --set rag_latency_p95.target=300"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands run: nothing but the spec."""
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    return tmp_path


@pytest.fixture(scope="module")
def raw(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Eight hours of metrics, of which rules recorded the last; the cost rises after the third."""
    folder = tmp_path_factory.mktemp("raw")
    times = [BEGIN + minute * 60 for minute in range(HOURS * 60 + 1)]
    dollars = [0.0]
    for minute in range(1, len(times)):
        monthly = 140 if minute > 180 else 99
        dollars.append(dollars[-1] + monthly / 730 / 60)
    up = 'up{job="genesis-metrics",instance="exporter"}'
    gone = [(time, 0 if 300 < index <= 310 else 1) for index, time in enumerate(times)]
    tests = [(time, 99.5) for index, time in enumerate(times) if index <= 240]
    series: list[tuple[str, Points]] = [
        ("total_system_cost_total", list(zip(times, dollars, strict=True))),
        (up, gone),
        ("genesis_regression_pass_rate", tests),
    ]
    late = times[420:]
    series += [
        ("sli:monthly_cost:usd_per_month", [(time, 140) for time in late]),
        ("sli:cost_reduction:percent", [(time, 72) for time in late]),
        ("sli:test_pass_rate:percent", tests),
    ]
    store(folder / "data", exposition(series), folder)
    write_rules(plan, folder)
    with running(folder / "data", folder) as server:
        wait_for_rules(server)
        yield server


def backtest(folder: Path, server: Server, case: str, more: str = "") -> Answer:
    start = format_iso(window_of(PLACE[case]).start)
    return run(f"genesis-mon rollout backtest --prometheus {server.url} --start {start} {more}", folder)


def document(answer: Answer) -> dict[str, Any]:
    assert answer.stdout, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    published("backtest").validate(found)
    return found


def alert(side: dict[str, Any], name: str, component: str = "") -> dict[str, Any]:
    return next(one for one in side["alerts"] if one["alert"] == name and component in ("", one["component"]))


def test_it_finds_the_episode_that_prometheus_recorded(folder: Path, server: Server) -> None:
    start = window_of(PLACE["retrieval-slow"]).start
    answer = backtest(folder, server, "retrieval-slow", "--format json")
    found = document(answer)
    place = "current.alerts.0"
    words = (f"{place}.known", f"{place}.source", f"{place}.severity", "current.totals.0.severity", "start")
    check("backtest", found, *words)
    one = alert(found["current"], "HybridRAGLatencyHigh")
    # Slow from 10:00 for 16 evaluations; the history says that it fires from 10:05 for 11.
    first = start + 10 * 3600 + 300
    assert one["episodes"] == [{"from": format_iso(first), "to": format_iso(first + 660), "seconds": 660.0}]
    assert (one["recorded_episodes"], one["source"], one["coverage"], one["worst"]) == (1, "recorded", 1, 201)
    assert (found["changed"], found["change"]) == (None, [])
    assert found["evaluations"] == {"coverage": 1, "watchdog": "Watchdog"}
    # Not everything is in this history, so the answer is not whole.
    assert (answer.code, found["told"]) == (3, False)
    assert alert(found["current"], "LLMTokenUsageSpike")["known"] == "no_data"
    assert alert(found["current"], "LLMTokenUsageSpike")["episodes"] is None


def test_a_changed_threshold_is_compared(folder: Path, server: Server) -> None:
    spec = (folder / "slo.yaml").read_bytes()
    up = backtest(folder, server, "retrieval-slow", f"--set {NOT_SLOW}")
    lines = up.stdout.splitlines()
    assert lines[0] == "P1 episodes 1 → 0"
    assert lines[3] == "Compared with: rag_latency_p95.no_go=300, rag_latency_p95.target=300"
    assert "P1        10        0         0       1 → 0     11 minutes → never" in lines
    assert "  ✗ HybridRAGLatencyHigh         1 episode → did not fire; firing 11 minutes → never" in lines
    assert "      changed: hybrid-rag, at least 300 ms for 5 minutes; worst 201 ms" in lines
    down = backtest(folder, server, "retrieval-slow", "--set test_pass_rate.target=100 --format json")
    found = document(down)
    assert alert(found["current"], "TestPassRateLow")["episodes"] == []
    assert alert(found["changed"], "TestPassRateLow")["firing_seconds"] == 48 * 3600 - 300
    assert [total["episodes"] for total in found["changed"]["totals"]][:2] == [0, 2]
    assert (folder / "slo.yaml").read_bytes() == spec
    # Another threshold asks for nothing more.
    alone = document(backtest(folder, server, "retrieval-slow", "--format json"))
    assert found["cost"]["queries"] == alone["cost"]["queries"]


@pytest.mark.live
def test_for_and_severity_can_be_set_too(folder: Path, server: Server) -> None:
    more = "--set HybridRAGLatencyHigh.for=16m --set MemoryUsageHigh.severity=P1"
    text = backtest(folder, server, "retrieval-slow", more).stdout
    assert "P1        10 → 11   0         0       1 → 0     11 minutes → never\n" in text
    assert "at least 100 ms for 16 minutes" in text
    same = backtest(folder, server, "retrieval-slow", f"--set {SLOW}").stdout
    assert same.startswith("Nothing changes: each severity fires as before\n")


@pytest.mark.live
def test_another_spec_is_compared(folder: Path, server: Server) -> None:
    text = load_spec_text().replace("target: 100, no_go: 200", "target: 300, no_go: 300")
    text = text.replace("  TestPassRateLow:", "  PassRateLow:").replace("[TestPassRateLow]", "[PassRateLow]")
    (folder / "other.yaml").write_text(text)
    answer = backtest(folder, server, "retrieval-slow", "--against other.yaml")
    assert answer.stdout.startswith("P1 episodes 1 → 0\n")
    assert "Compared with: other.yaml\n" in answer.stdout
    assert "TestPassRateLow              did not fire → not in this spec\n" in answer.stdout
    assert "PassRateLow                  not in this spec → did not fire\n" in answer.stdout


def test_a_hole_is_told(folder: Path, server: Server) -> None:
    text = backtest(folder, server, "hole").stdout
    start = window_of(PLACE["hole"]).start
    assert f"largest hole 8 minutes from {format_iso(start + 170340)[:10]}" in text
    assert "99.7 % of the window measured" in text


def test_episodes_that_have_no_cause_are_remarked(folder: Path, server: Server) -> None:
    text = backtest(folder, server, "six-p1").stdout
    said = "MonthlyCostProjectionHigh (cost): 6 episodes were recorded, and the present spec gives 0"
    assert said in text


def of_metrics(folder: Path, raw: Server, more: str = "") -> Answer:
    window = f"--start {format_iso(BEGIN + 3600)} --at {format_iso(BEGIN + HOURS * 3600)}"
    return run(f"genesis-mon rollout backtest --prometheus {raw.url} {window} {more}", folder)


def begins(minute: int) -> dict[str, int]:
    """Times to minutes. Prometheus 3 leaves out the sample at a range's beginning: it sees changes sooner."""
    return {format_iso(BEGIN + one * 60): one for one in (minute, minute - 1)}


@pytest.mark.live
def test_what_was_not_recorded_is_evaluated_from_its_metrics(folder: Path, raw: Server) -> None:
    answer = of_metrics(folder, raw, "--format json")
    found = document(answer)
    missed = alert(found["current"], "CostReductionTargetMissed")
    # $99, and from 3:00 on $140: over an hour that is more than $125 once 38.05 minutes of it are dear.
    (episode,) = missed["episodes"]
    assert episode["from"] in begins(180 + 39 + 30)
    assert episode["to"] == format_iso(BEGIN + HOURS * 3600 + 60)
    assert episode["seconds"] == (HOURS * 60 + 1 - begins(180 + 39 + 30)[episode["from"]]) * 60
    assert missed["source"] == "metrics"
    assert "sli:" not in missed["queries"][0]
    assert missed["worst"] == pytest.approx(72, abs=0.001)
    assert missed["recorded_episodes"] is None
    # Only scrapes show that Prometheus was there.
    assert found["evaluations"] == {"coverage": 1, "watchdog": None}
    down = alert(found["current"], "ScrapeTargetDown")
    assert [one["seconds"] for one in down["episodes"]] == [480]
    gone = alert(found["current"], "SLIDataMissing", "test-suite")
    assert gone["source"] == "absence"
    assert len(gone["episodes"]) == 1
    # The metrics of the tests hold as little as what was recorded of them.
    half = alert(found["current"], "TestPassRateLow")
    text = of_metrics(folder, raw).stdout
    assert "  ~ TestPassRateLow              did not fire where it was measured\n" in text
    assert "42.8 % of the window measured; largest hole 4 hours" in text
    assert half["source"] == "recorded"
    assert half["coverage"] == pytest.approx(180 / 420, abs=0.0001)
    assert answer.code == 3


@pytest.mark.live
def test_a_changed_recording_rule_is_evaluated_anew(folder: Path, raw: Server) -> None:
    found = document(of_metrics(folder, raw, "--set monthly_cost.window=30m --format json"))
    before, after = (alert(found[side], "CostReductionTargetMissed") for side in ("current", "changed"))
    # Over half an hour it is $125 after 19.02 minutes.
    assert after["episodes"][0]["from"] in begins(180 + 20 + 30)
    assert before["episodes"][0]["from"] in begins(180 + 39 + 30)


@pytest.mark.live
def test_another_evaluation_interval_is_evaluated_anew(folder: Path, raw: Server) -> None:
    (folder / "other.yaml").write_text(load_spec_text("30s"))
    found = document(of_metrics(folder, raw, "--against other.yaml --format json"))
    before, after = (alert(found[side], "CostReductionTargetMissed") for side in ("current", "changed"))
    assert [one["source"] for one in (before, after)] == ["metrics", "metrics"]
    assert after["coverage"] == 1
    assert abs(after["firing_seconds"] - before["firing_seconds"]) <= 60
    assert alert(found["changed"], "TestPassRateLow")["source"] == "metrics"


@pytest.mark.live
def test_the_last_hours(folder: Path, raw: Server) -> None:
    at = format_iso(BEGIN + HOURS * 3600)
    line = f"genesis-mon rollout backtest --prometheus {raw.url} --last 2h --at {at} --format json"
    found = document(run(line, folder))
    assert (found["start"], found["end"]) == (format_iso(BEGIN + 6 * 3600), at)
    # It began to fire before the window.
    missed = alert(found["current"], "CostReductionTargetMissed")
    assert missed["firing_seconds"] == 7200


def test_all_is_told_where_everything_is_measured(folder: Path, server: Server) -> None:
    """Of the alerts that this history has an SLI for; the others are taken out of the spec."""
    names = ("VectorDBSlowQueries", "LLMTokenUsageSpike", "ScrapeTargetDown", "MemoryStorageCostTrendingUp")
    text = load_spec_text()
    for name in names:
        text = re.sub(rf"  {name}:\n(    .*\n)+", "", text)
    text = re.sub(r"    budget: .*\n", "", text)
    text = text.replace(", VectorDBSlowQueries]", "]").replace("[ScrapeTargetDown]", "[CPUUsageHigh]")
    text = text.replace("equal: [team, job]", "equal: [team]")
    (folder / "slo.yaml").write_text(text)
    answer = backtest(folder, server, "healthy")
    assert "not told" not in answer.stdout
    assert (answer.stderr, answer.code) == ("", 0)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (
            "--set rag_latncy_p95.target=1",
            2,
            "no SLI or alert 'rag_latncy_p95'; did you mean \"rag_latency_p95\"",
        ),
        ("--set rag_latency_p95.tarjet=1", 2, "no 'tarjet' to set; did you mean \"target\""),
        ("--set HybridRAGLatencyHigh.target=1", 2, "use one of: for, severity, level"),
        ("--set test_failures.target=1", 2, "slo.yaml:255:3: there is no slis.test_failures.objective"),
        ("--set rag_latency_p95=1", 2, "--set is no setting"),
        ("--set 'rag_latency_p95.target=1, q: 2'", 2, "--set is no setting"),
        ("--set rag_latency_p95.target=250ms", 2, "slo.yaml:345:36: error GM112"),
        ("--set HybridRAGLatencyHigh.severity=P7", 2, "P7"),
        ("--set test_pass_rate.alert=94", 2, "no_go 98 % is better than alert 94 %"),
        ("--against none.yaml", 2, "GM101"),
        ("--against slo.yaml --set rag_latency_p95.target=1", 2, "leave one of them out"),
        ("--last soon", 2, "--last is no duration: 'soon'"),
        ("--last 0s", 2, "--last is 0s long"),
        ("--last 2h --start 2025-10-23T20:56:00Z", 2, "leave one of them out"),
        ("--at yesterday", 2, "--at is no time: 'yesterday'"),
        ("--format xml", 2, "use one of: text, json"),
        ("--prometheus http://127.0.0.1:1 --timeout 1", 3, "could not be reached"),
    ],
)
def test_what_goes_wrong_is_told(options: str, code: int, said: str, folder: Path) -> None:
    answer = run(f"genesis-mon rollout backtest {options}", folder)
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert "Traceback" not in answer.stderr
    assert (answer.code, answer.stdout) == (code, "")


def test_a_window_that_is_none(folder: Path, server: Server) -> None:
    late = run(f"genesis-mon rollout backtest --prometheus {server.url} --start 2999-01-01T00:00:00Z", folder)
    assert (late.code, "the window begins at 2999-01-01" in late.stderr) == (3, True)
    to_come = backtest(folder, server, "healthy", "--at 2999-01-01T00:00:00Z")
    assert (to_come.code, "is still to come" in to_come.stderr) == (2, True)


@pytest.mark.live
def test_without_any_data_no_number_is_claimed(folder: Path, raw: Server) -> None:
    line = f"genesis-mon rollout backtest --prometheus {raw.url} --last 1d --at 2011-01-01T00:00:00Z"
    answer = run(line, folder)
    assert answer.stdout.startswith("P0 episodes ? (1 not told); P1 episodes ? (10 not told); ")
    assert "Evaluations: nothing shows any\n" in answer.stdout
    assert "P1        10        10        0       ?         ?\n" in answer.stdout
    assert answer.code == 3
