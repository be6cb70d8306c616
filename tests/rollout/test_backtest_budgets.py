"""Alerts on error budgets over a past window, on a real Prometheus: from metrics, recorded, and changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from backfill import BLOCK_SECONDS, Points, exposition, running, store
from cli.sandbox import run

from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.load import parse_spec

from .history import load_spec_text
from .judging import wait_for_rules, write_rules
from .test_backtest_command import document

BEGIN = float(BLOCK_SECONDS * 9100)
HOURS = 8
SCRAPE, MINUTE = 15, 60
JOB = 'job="genesis-metrics",instance="exporter"'
BAD = range(5 * 3600, 5 * 3600 + 600)
"""A twentieth of all requests fails for ten minutes: 50 times as many as may."""
RECORDED_BAD = range(3 * 3600, 3 * 3600 + 1200)
"""What was recorded of the retrieval's budget is as bad, at another time."""
QUICK, SLOW = "ErrorBudgetBurnPageQuick", "ErrorBudgetBurnTicketSlow"
SHADOW = "exhausted: P2, shadow: true}"


def spec_text() -> str:
    """The first budget, of retrieval, is told; the second, of requests, stays in shadow."""
    return load_spec_text().replace(SHADOW, "exhausted: P2}", 1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(spec_text())
    return tmp_path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Requests as metrics alone, and of retrieval what its fast tier reads, as recorded alone."""
    folder = tmp_path_factory.mktemp("burning")
    spec = parse_spec(spec_text(), "slo.yaml").spec
    times = [BEGIN + offset for offset in range(0, HOURS * 3600 + 1, SCRAPE)]
    failed = [0.0]
    for time in times[1:]:
        failed.append(failed[-1] + (7.5 if time - BEGIN - 1 in BAD else 0.0))
    ids = 'sloth_id="hybrid-rag-rag-error-rate",sloth_service="hybrid-rag",sloth_slo="rag-error-rate"'
    minutes = [BEGIN + offset for offset in range(0, HOURS * 3600 + 1, MINUTE)]
    share: Points = [(time, 0.05 if time - BEGIN in RECORDED_BAD else 0.0) for time in minutes]
    series: list[tuple[str, Points]] = [
        (f"up{{{JOB}}}", [(time, 1) for time in times]),
        (f"genesis_requests_total{{{JOB}}}", [(time, 10 * (time - BEGIN)) for time in times]),
        (f"genesis_request_errors_total{{{JOB}}}", list(zip(times, failed, strict=True))),
        (f"slo:total:increase5m{{{ids}}}", [(time, 3000) for time in minutes]),
        (f"slo:errors:increase4m{{{ids}}}", [(time, 120) for time in minutes]),
        *((f'slo:sli_error:ratio_rate{one}{{{ids},sloth_window="{one}"}}', share) for one in ("4m", "1m")),
    ]
    store(folder / "data", exposition(series), folder)
    write_rules(compile_plan(spec, spec.profile_in_force), folder)
    with running(folder / "data", folder) as server:
        wait_for_rules(server)
        yield server


def backtest(folder: Path, server: Server, more: str = "--format json") -> Any:
    window = f"--start {format_iso(BEGIN + 3600)} --at {format_iso(BEGIN + HOURS * 3600)}"
    return run(f"genesis-mon rollout backtest --prometheus {server.url} {window} {more}", folder)


def of(side: dict[str, Any], name: str, slo: str = "system-request-error-rate") -> dict[str, Any]:
    return next(one for one in side["alerts"] if (one["alert"], one["slo"]) == (name, slo))


def test_tiers_are_replayed_from_metrics_and_a_period_that_is_not_counted_is_no_data(
    folder: Path, server: Server
) -> None:
    answer = backtest(folder, server)
    side = document(answer)["current"]
    quick = of(side, QUICK)
    # Over 4 minutes 1.44 % may fail: a twentieth for 69 seconds. A minute after the last one it is over.
    first = BEGIN + BAD.start
    assert quick["episodes"] == [
        {"from": format_iso(first + 120), "to": format_iso(first + 660), "seconds": 540.0}
    ]
    assert (quick["source"], quick["known"], quick["coverage"]) == ("metrics", "told", 1)
    assert quick["shadow"]
    assert quick["condition"] == "Request error rate: the error budget burns 14.4 times too fast"
    # Its window of four hours was not counted until then.
    slow = of(side, SLOW)
    assert len(slow["episodes"]) == 1
    assert 0.5 < slow["coverage"] < 0.7
    # Of 48 hours not even eight are there.
    exhausted = of(side, "ErrorBudgetExhausted")
    assert (exhausted["known"], exhausted["episodes"]) == ("no_data", None)
    assert answer.code == 3


def test_a_tier_is_replayed_as_it_was_recorded_and_in_shadow_it_is_in_no_total(
    folder: Path, server: Server
) -> None:
    side = document(backtest(folder, server))["current"]
    quick = of(side, QUICK, "hybrid-rag-rag-error-rate")
    first = BEGIN + RECORDED_BAD.start
    assert quick["episodes"] == [
        {"from": format_iso(first), "to": format_iso(first + 1200), "seconds": 1200.0}
    ]
    assert (quick["source"], quick["coverage"], quick["shadow"]) == ("recorded", 1, False)
    # Nothing was recorded of the others, and no metric is there.
    assert of(side, SLOW, "hybrid-rag-rag-error-rate")["known"] == "no_data"
    (total,) = [one for one in side["totals"] if one["severity"] == "P1"]
    told = [one for one in side["alerts"] if one["severity"] == "P1" and not one["shadow"]]
    assert (total["alerts"], len({one["slo"] for one in told})) == (len(told), 2)
    assert total["episodes"] == sum(len(one["episodes"] or ()) for one in told)


def test_another_objective_and_severity_are_compared(folder: Path, server: Server) -> None:
    more = "--set request_error_rate.budget.objective=99 --set rag_error_rate.budget.objective=99"
    found = document(backtest(folder, server, f"{more} --format json"))
    for slo, source in (("system-request-error-rate", "metrics"), ("hybrid-rag-rag-error-rate", "recorded")):
        before, after = (of(found[side], QUICK, slo) for side in ("current", "changed"))
        # 14.4 times as many as may are 14.4 %, and 5 % failed.
        assert (len(before["episodes"]), after["episodes"]) == (1, [])
        assert (after["source"], after["coverage"]) == (source, 1)
    less = "--set rag_error_rate.budget.page=P2"
    found = document(backtest(folder, server, f"{less} --format json"))
    sides = [of(found[side], QUICK, "hybrid-rag-rag-error-rate") for side in ("current", "changed")]
    assert [(one["severity"], len(one["episodes"])) for one in sides] == [("P1", 1), ("P2", 1)]
    ticket = backtest(folder, server, less).stdout
    assert "Request error rate: the error budget burns 14.4 times too fast, in shadow" in ticket


def test_a_verdict_wants_proof_that_alerts_on_budgets_could_have_fired(folder: Path, server: Server) -> None:
    line = f"--start {format_iso(BEGIN)} --at {format_iso(BEGIN + HOURS * 3600)} --format json"
    answer = run(f"genesis-mon rollout verdict --prometheus {server.url} {line}", folder)
    found = json.loads(answer.stdout)
    evidence = next(one for one in found["criteria"] if one["name"] == "too_many_critical_alerts")["evidence"]
    told = {one["subject"]: one for one in evidence if one["subject"].startswith("ErrorBudget")}
    # The one in shadow is told to nobody, and is no alert of a verdict.
    assert list(told) == [QUICK, "ErrorBudgetBurnPageSlow"]
    assert {one["status"] for one in told.values()} == {"NO_DATA"}
    assert told[QUICK]["reason"].startswith("had cause and was not seen to fire, for 20 minutes from")
    assert told["ErrorBudgetBurnPageSlow"]["reason"] == "no sample of slo:errors:increase20m"


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("request_error_rate.budget.objektive=99", "no 'objektive' to set; did you mean \"objective\""),
        ("request_error_rate.budget.for=5m", "no 'for': the windows of a tier say how long"),
        ("request_error_rate.budget.tiers.fast.factor=9", "no tier 'fast' of its own"),
        (f"{QUICK}.severity=P2", "is an alert of every error budget"),
        ("rag_latency_p95.budget.objective=99", "SLI rag_latency_p95 has no error budget"),
        ("request_error_rate.budget.objective=100", "a number above 0 and below 100"),
        ("request_error_rate.budget.page=P3", "what burns faster is at least as urgent"),
    ],
)
def test_what_cannot_be_set_says_so(setting: str, said: str, folder: Path) -> None:
    answer = run(f"genesis-mon rollout backtest --set {setting}", folder)
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert (answer.code, answer.stdout) == (2, "")
