"""A baseline over the first hours of a rollout, on a real Prometheus: fixed, and that of one start alone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from backfill import exposition, running, store
from cli.sandbox import run
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.plan.inlined import inlined_expr
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.load import parse_spec

from .history import window_of
from .judging import wait_for_rules, write_rules

WINDOW = window_of(0)
HOUR, STEP = 3600.0, 60
TOKENS, DEVIATION = "sli:llm_tokens:tokens_per_second", "sli:llm_token_deviation:percent"
CONFIG = "global: {evaluation_interval: 60s}\nrule_files: ['rules/*.yml']\n"


@dataclass(frozen=True, slots=True)
class Doubled:
    """A rollout whose tokens are 100 a second for 8 hours, and 240 from then on."""

    server: Server
    folder: Path
    plan: Plan

    def judged(self, start: float, at: float) -> dict[str, str]:
        """Status and reason of the criterion on tokens."""
        times = f"--start {format_iso(start)} --at {format_iso(at)}"
        line = f"genesis-mon rollout verdict {times} --prometheus {self.server.url} --format json"
        verdict = json.loads(run(line, self.folder).stdout)
        (found,) = [one for one in verdict["criteria"] if one["name"] == "token_usage"]
        return {"status": found["status"], "reason": found["evidence"][0]["reason"]}


@pytest.fixture(scope="module")
def doubled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doubled]:
    folder = tmp_path_factory.mktemp("doubled")
    text = ROLLOUT_SPEC.read_text().replace("evaluation_interval: 15s", f"evaluation_interval: {STEP}s")
    text = text.replace("2025-10-23T20:56:00Z", format_iso(WINDOW.start))
    text = text.replace("level: target, hold: 15m, final: 1h}", "level: target, hold: 15m}")
    for what in ("Tokens sent to LLMs", "Tokens received from LLMs"):
        text = text.replace(
            f"{what}, job: genesis-app, status: planned", f"{what}, job: genesis-app, status: exported"
        )
    (folder / "slo.yaml").write_text(text)
    spec = parse_spec(text, "slo.yaml").spec
    plan = compile_plan(spec, spec.profile_in_force)
    times = [WINDOW.start + index * STEP for index in range(1, 48 * 60 + 1)]
    rates = [(time, 100.0 if time <= WINDOW.start + 8 * HOUR else 240.0) for time in times]
    told = [(time, abs(rate - 100)) for time, rate in rates if time >= WINDOW.start + 6 * HOUR]
    write_rules(plan, folder)
    (folder / "scratch").mkdir()
    store(folder / "data", exposition([(TOKENS, rates), (DEVIATION, told)]), folder / "scratch")
    with running(folder / "data", folder, CONFIG) as server:
        wait_for_rules(server)
        yield Doubled(server, folder, plan)


def test_it_is_there_once_the_hours_are_over_and_stays(doubled: Doubled) -> None:
    reader = HttpPrometheus(HttpTransport(HttpSettings(doubled.server.url)))
    base = doubled.plan.slis["llm_tokens"]
    baseline = base.recordings[1].expr
    multiple = doubled.plan.slis["llm_token_multiple"].expr.replace(
        base.recordings[1].record, f"({baseline})"
    )
    until = WINDOW.start + 6 * HOUR
    (series,) = reader.range(baseline, WINDOW.start, WINDOW.end, STEP).series
    assert series.times[0] == until
    assert set(series.values) == {100.0}
    (series,) = reader.range(multiple, WINDOW.start, WINDOW.end, STEP).series
    assert series.times[0] == until
    told = dict(zip(series.times, series.values, strict=True))
    assert {told[WINDOW.start + hours * HOUR] for hours in (9, 16, 24, 32, 48)} == {2.4}


def test_a_backtest_asks_for_it_where_nothing_was_recorded(doubled: Doubled) -> None:
    expr = inlined_expr(doubled.plan.slis, "llm_token_multiple", STEP)
    assert "_baseline" not in expr
    reader = HttpPrometheus(HttpTransport(HttpSettings(doubled.server.url)))
    assert reader.range(expr, WINDOW.start, WINDOW.end, 3600).series == ()


def test_nothing_is_due_before_the_hours_are_over(doubled: Doubled) -> None:
    said = doubled.judged(WINDOW.start, WINDOW.start + 5 * HOUR)
    assert said["status"] == "NOT_DUE"
    assert said["reason"].startswith("is judged from")
    assert doubled.judged(WINDOW.start, WINDOW.start + 7 * HOUR)["status"] == "PASS"


def test_a_doubling_that_lasts_is_never_its_own_baseline(doubled: Doubled) -> None:
    said = doubled.judged(WINDOW.start, WINDOW.end)
    assert said["status"] == "FAIL"
    assert "for 1 day 16 hours" in said["reason"]


def test_another_start_has_another_baseline_and_the_rules_of_this_one_prove_nothing(doubled: Doubled) -> None:
    said = doubled.judged(WINDOW.start + 2 * HOUR, WINDOW.start + 40 * HOUR)
    assert said["status"] == "NO_DATA"
    assert "loaded for a rollout with another start; set rollout.start in the spec" in said["reason"]
