"""VictoriaMetrics (in Debian: victoria-metrics) answers as Prometheus does, as far as a verdict reads it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
import requests
from backfill import exposition
from rollout.history import CASES, attestations_of, load_plan, series_of, window_of

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.backtest_results import Known, Origin
from genesis_monitoring.rollout.collect import Moment, collect
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.past import Span, backtest

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(
        shutil.which("victoria-metrics") is None and not os.environ.get("CI"),
        reason="victoria-metrics is not installed",
    ),
]
PATIENCE_SECONDS = 30.0
HOLE = next(case for case in CASES if case.name == "hole")


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan()


@pytest.fixture(scope="module")
def url(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A VictoriaMetrics that has the rollout with a hole in its retrieval latency."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    folder = tmp_path_factory.mktemp("victoria")
    argv = ["victoria-metrics", f"-httpListenAddr={address}", f"-storageDataPath={folder / 'data'}"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([*argv, "-retentionPeriod=100y"], stdout=log, stderr=log)
        try:
            _wait_until_ready(f"http://{address}")
            _import(f"http://{address}", exposition(series_of(HOLE, plan, window_of(0).start)))
            yield f"http://{address}"
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)


def test_raw_samples_and_ranges(url: str, plan: Plan) -> None:
    window = window_of(0)
    reader = HttpPrometheus(HttpTransport(HttpSettings(url)))
    (series,) = reader.samples("sli:rag_latency_p95:milliseconds", window.start, window.end).series
    assert len(series.times) == 2880 - 7
    assert (series.times[0], series.times[-1]) == (window.start + 60, window.end)
    assert set(series.values) == {48.0}
    (ranged,) = reader.range("sli:system_health:score", window.start + 60, window.end, 15).series
    assert ranged.times == tuple(window.start + 60 + i * 15 for i in range((2880 * 60 - 60) // 15 + 1))
    assert abs(reader.info().now - time.time()) < 60


def test_a_verdict_says_that_rules_cannot_be_proven(url: str, plan: Plan) -> None:
    """It evaluates no rules itself: what vmalert evaluates, it does not tell, so nothing is a pass."""
    window = window_of(0)
    reader = HttpPrometheus(HttpTransport(HttpSettings(url)))
    said = attestations_of(HOLE, plan, window.start)
    verdict = judge(collect(reader, plan, window, Moment(window.end, time.time()), said), plan)
    assert verdict.outcome == "HOLD"
    reasons = {proof.reason for result in verdict.results for proof in result.proofs}
    assert any("is not loaded as the spec has it" in reason for reason in reasons)
    suites = [result.status for result in verdict.results if result.kind == "suite"]
    assert suites == ["PASS"] * 3


def test_a_backtest_asks_for_what_it_understands_too(url: str, plan: Plan) -> None:
    """Each SLI is evaluated from its metrics, of which there are none: a claim about nothing."""
    window = window_of(0)
    reader = HttpPrometheus(HttpTransport(HttpSettings(url)))
    outcome = backtest(reader, plan, None, Span(window.start, None), Moment(window.end, time.time()))
    assert outcome.evaluated > 0.99
    origins = {one.alert: (one.origin, one.known) for one in outcome.current.alerts}
    assert origins["LLMTokenUsageSpike"] == (Origin.METRICS, Known.NO_DATA)
    assert origins["MemoryStorageCostTrendingUp"] == (Origin.METRICS, Known.NO_DATA)


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            if requests.get(f"{url}/health", timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("victoria-metrics did not start")


def _import(url: str, text: str) -> None:
    """Its import takes milliseconds, and shows what it took a moment later."""
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    body = "\n".join(f"{sample} {round(float(moment) * 1000)}" for sample, moment in lines)
    requests.post(f"{url}/api/v1/import/prometheus", data=body.encode(), timeout=60).raise_for_status()
    requests.get(f"{url}/internal/force_flush", timeout=60).raise_for_status()
