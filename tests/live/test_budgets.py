"""Error budgets on a real Prometheus with a month of the past: what is recorded, and what is said of it."""

import json
import re
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import backfill
import pytest
import yaml
from plan.specs import as_text, compiled, every_kind, rendered, rules_of, without_budgets
from typer.testing import CliRunner

from genesis_monitoring.cli.main import app
from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.rollout.collect import Moment, collect
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.results import Status
from genesis_monitoring.rollout.window import Window, format_iso

pytestmark = pytest.mark.live

DAY, COUNT = 86400, 300
PERIOD = 30 * DAY
IDS = 'sloth_id="shop-errors",sloth_service="shop",sloth_slo="errors"'
ALL = 'requests_total{{job="shop",instance="a",code="{}"}}'
BY_DAY, BY_NIGHT = (5.0, 30_000.0), (25.0, 50.0)
"""Errors and requests in five minutes. A mean of both ratios is 25 %, and 0.1 % of the requests fail."""
BUDGET = {"objective": 99.5, "period": "30d", "page": "P0", "ticket": "P2", "exhausted": "P2"}


_RESENT = ("--storage.tsdb.retention.time=20y", "--rules.alert.resend-delay=2s")


def spec(**changes: Any) -> dict[str, Any]:
    data = without_budgets(every_kind())
    data["slis"]["errors"]["budget"] = {**BUDGET, **changes}
    data["prometheus"]["retention"] = "90d"
    return data


def counts(end: int, begin: int) -> list[tuple[int, tuple[float, float]]]:
    """Of each five minutes, by the time at which they are over."""
    times = range(begin // COUNT * COUNT, end, COUNT)
    return [(at, BY_DAY if at % DAY < DAY // 2 else BY_NIGHT) for at in times]


def past(end: int, begin: int, failing: float) -> str:
    """Counts of the period, and the counters of two hours and a half: ``failing`` requests a second."""
    known = counts(end, begin)
    series: list[tuple[str, backfill.Points]] = [
        (f"slo:errors:increase5m{{{IDS}}}", [(at, errors) for at, (errors, _) in known]),
        (f"slo:total:increase5m{{{IDS}}}", [(at, total) for at, (_, total) in known]),
    ]
    times = range(end - 9000, end, 15)
    for code, rate in (("200", 100.0), ("500", failing)):
        series.append((ALL.format(code), [(at, 1e6 + rate * (at - times[0])) for at in times]))
    return backfill.exposition(series)


@contextmanager
def prometheus(tmp_path: Path, data: dict[str, Any], text: str, *, wait: bool = True) -> Iterator[str]:
    """With the rules of a spec, evaluated every second."""
    document = rules_of(rendered(compiled(data)), "shop")
    groups = [{**group, "interval": "1s"} for group in document["groups"] if group["name"].startswith("slo-")]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yml").write_text(yaml.safe_dump({"groups": groups}), "utf-8")
    backfill.store(tmp_path / "data", text, tmp_path)
    with backfill.running(tmp_path / "data", tmp_path) as server:
        deadline = time.monotonic() + 60
        # The last rules of both groups: then all are evaluated.
        last = "slo:period_error_budget_remaining:ratio and on (sloth_id) sloth_slo_info"
        while wait and not asked(server.url, last):
            assert time.monotonic() < deadline
            time.sleep(0.5)
        yield server.url


def asked(url: str, query: str, at: float | None = None, **more: str) -> Any:
    parameters = {"query": query, **({"time": str(at)} if at else {}), **more}
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode(parameters)}") as answer:
        data = json.load(answer)["data"]
    return data if more else [float(one["value"][1]) for one in data["result"]]


def status(tmp_path: Path, data: dict[str, Any], url: str, *more: str) -> tuple[int, Any]:
    file = tmp_path / "slo.yaml"
    file.write_text(as_text(data), "utf-8")
    arguments = ("budget", "status", "--spec", str(file), "--prometheus", url, "--format", "json", *more)
    until = time.monotonic() + 60
    while True:
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code in (0, 1, 3), done.output
        # It tells of the last moment at which all rules were surely evaluated, and these rules are young.
        if not re.search("(recorded|counted) now", done.stdout) or time.monotonic() > until:
            return done.exit_code, json.loads(done.stdout)
        time.sleep(2)


def test_a_month_is_counted_exactly_and_cheaply(tmp_path: Path) -> None:
    now = round(time.time())
    text = past(now, now - PERIOD - DAY, 0.05)
    raw = [(at, at / 10) for at in range(now - PERIOD, now, 15)]
    text = text.replace("# EOF\n", "") + backfill.exposition([("raw_total", raw)])
    data = spec()
    (period,) = (
        rule["expr"]
        for group in rules_of(rendered(compiled(data)), "shop")["groups"]
        for rule in group["rules"]
        if rule.get("record") == "slo:errors:increase30d"
    )
    with prometheus(tmp_path, data, text) as url:
        # A time between two counts, so that the oldest one is not on the edge of the period.
        at = now // COUNT * COUNT - 17
        known = [both for end, both in counts(at, now - 2 * PERIOD) if end > at - PERIOD]
        errors, total = (Fraction(sum(Fraction(both[side]) for both in known)) for side in (0, 1))
        (found,) = asked(url, f"{period} / {period.replace('slo:errors', 'slo:total')}", at)
        assert found == pytest.approx(float(errors / total), rel=1e-9)
        (mean,) = asked(
            url, f"sum_over_time((slo:errors:increase5m / slo:total:increase5m)[30d:5m]) / {len(known)}", at
        )
        assert 240 < mean / float(errors / total) < 260
        read, of_raw = (
            asked(url, query, at, stats="all")["stats"]["samples"]["totalQueryableSamples"]
            for query in (period, "increase(raw_total[30d])")
        )
        assert read <= of_raw / 10
        code, said = status(tmp_path, data, url)
        group = said["budgets"][0]["groups"][0]
        assert (code, said["state"], group["problem"]) == (0, "kept", "")
        # Rules count on while it is asked.
        assert group["left"] == pytest.approx(1 - float(errors / total) / 0.005, abs=0.01)
        assert group["covered"] > 0.99
        assert not any(tier["firing"] for tier in group["tiers"])


@pytest.mark.parametrize(
    ("begin", "failing", "changes", "code", "state", "problem"),
    [
        (PERIOD, 50.0, {}, 1, "burning", ""),
        (PERIOD, 0.05, {"objective": 99.95}, 1, "exhausted", ""),
        (PERIOD // 2, 0.05, {}, 3, "unknown", r"only (49\.9|50) % of its period was counted"),
    ],
)
def test_it_says_what_is_bad_and_what_is_not_known(
    begin: int,
    failing: float,
    changes: dict[str, Any],
    code: int,
    state: str,
    problem: str,
    tmp_path: Path,
) -> None:
    now = round(time.time())
    data = spec(**changes)
    with prometheus(tmp_path, data, past(now, now - begin, failing)) as url:
        ended, said = status(tmp_path, data, url)
        assert (ended, said["state"]) == (code, state)
        assert re.fullmatch(problem, said["budgets"][0]["groups"][0]["problem"])
        # Another spec's rules say nothing about this one.
        ended, said = status(tmp_path, spec(objective=99.4), url)
        assert ended == 3
        assert "is loaded as another" in said["budgets"][0]["groups"][0]["problem"]


@pytest.mark.parametrize(
    ("failing", "hole", "expected"),
    [(0.05, 0, Status.PASS), (50.0, 0, Status.FAIL), (0.05, 1800, Status.NO_DATA)],
)
def test_a_rollout_may_burn_so_much_of_a_budget(
    failing: float, hole: int, expected: Status, tmp_path: Path
) -> None:
    """In its two hours; a budget of 30 days may lose a thousandth."""
    end = round(time.time()) // 60 * 60 - 60
    data = spec()
    whole = {"kind": "budget", "text": "A part of the budget", "slis": ["errors"], "at_most": 10}
    steps = {"title": "Back", "when": "It is over", "steps": ["Go back."]}
    data["rollout"] = {
        "start": format_iso(end - 7200),
        "duration": "2h",
        "checkpoints": {"count": 2, "actions": ["Look."]},
        "go": {"budget_left": whole},
        "no_go": {"nobody_says_no": {"kind": "manual", "text": "Somebody says no"}},
        "rollback": steps,
        "after": steps,
    }
    plan = compiled(data)
    text = past(end, end - DAY, failing)
    gone = range(end - 5000, end - 5000 + hole)
    lines = [one for one in text.splitlines() if not _between(one, gone)]
    with prometheus(tmp_path, data, "\n".join(lines) + "\n", wait=False) as url:
        transport = HttpTransport(HttpSettings(url))
        window = Window(end - 7200, end)
        evidence = collect(HttpPrometheus(transport), plan, window, Moment(float(end), time.time()), ())
        (proof,) = (one for one in judge(evidence, plan).results if one.name == "budget_left")
    (said,) = proof.proofs
    assert said.status is expected, said.reason
    burnt = failing / (100 + failing) / 0.005 * 7200 / PERIOD * 100
    assert said.number == pytest.approx(burnt, rel=0.2 if hole else 1e-3)


def _between(line: str, gone: range) -> bool:
    return line.startswith("requests_total") and round(float(line.rsplit(" ", 1)[1])) in gone


def test_without_any_rules_nothing_is_known(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    with backfill.running(tmp_path / "data", tmp_path) as server:
        ended, said = status(tmp_path, spec(), server.url)
    assert (ended, said["state"]) == (3, "unknown")
    assert "is not loaded" in said["budgets"][0]["groups"][0]["problem"]


def test_alerts_in_shadow_fire_in_prometheus_and_never_reach_alertmanager(tmp_path: Path) -> None:
    """Beside them one that is told, so that it is seen that alerts are sent at all."""
    now = round(time.time())
    files = rendered(compiled(spec(shadow=True)))
    document = rules_of(files, "shop")
    groups = [{**group, "interval": "1s"} for group in document["groups"] if group["name"].startswith("slo-")]
    groups.append({"name": "told", "interval": "1s", "rules": [{"alert": "Told", "expr": "vector(1)"}]})
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yml").write_text(yaml.safe_dump({"groups": groups}), "utf-8")
    backfill.store(tmp_path / "data", past(now, now - DAY, 50.0), tmp_path)
    with alertmanager() as (port, names):
        alerting = yaml.safe_load(files["prometheus/prometheus.yml"])["alerting"]
        alerting["alertmanagers"] = [{"static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}]
        config = {
            "global": {"evaluation_interval": "1s"},
            "rule_files": ["rules/*.yml"],
            "alerting": alerting,
        }
        with backfill.running(tmp_path / "data", tmp_path, yaml.safe_dump(config), *_RESENT) as server:
            deadline = time.monotonic() + 60
            tier = 'ALERTS{alertname="ErrorBudgetBurnPageQuick", alertstate="firing", shadow_severity="P0"}'
            while not asked(server.url, f"count({tier})") or not names:
                assert time.monotonic() < deadline
                time.sleep(0.5)
            # Both were there at evaluations before the next time that Prometheus sends.
            sent = len(names)
            while len(names) < sent + 2:
                assert time.monotonic() < deadline + 120
                time.sleep(0.5)
        assert set(names) == {"Told"}


@contextmanager
def alertmanager() -> Iterator[tuple[int, list[str]]]:
    """Its port, and the names of all alerts that are sent to it."""
    names: list[str] = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            names.extend(one["labels"]["alertname"] for one in sent)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Taking) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server.server_address[1], names
        finally:
            server.shutdown()
