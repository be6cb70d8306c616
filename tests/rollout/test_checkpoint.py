"""``rollout checkpoint`` as a user runs it: read, compared, written down once, signed off."""

import json
import math
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast

import pytest
import yaml
from cli.sandbox import Answer, environment, run
from published import check

from genesis_monitoring.clients.protocols import AlertmanagerReader, PrometheusReader
from genesis_monitoring.clients.samples import Series, SeriesAnswer, Silence
from genesis_monitoring.clients.server import Server
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.checkpoint import Checkpoint, Due, read_checkpoint, take_checkpoint
from genesis_monitoring.rollout.logs import SAMPLED_BYTES, LogSample, sample_logs
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.rollout import Logs

from .history import load_spec_text, window_of
from .judging import FEW

NOBODY = "http://127.0.0.1:9"
PLACE = {case.name: index for index, case in enumerate(FEW)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "agents.log").write_text("INFO all well\nERROR no tool 'x'\x1b[2J\nINFO done\n")
    return tmp_path


def line_of(server: Server, case: str, *more: str) -> str:
    start = format_iso(window_of(PLACE[case]).start)
    servers = f"--prometheus {server.url} --alertmanager {NOBODY} --timeout 5"
    return f"genesis-mon rollout checkpoint --start {start} {servers} {' '.join(more)}"


def checkpoint(folder: Path, server: Server, case: str, *more: str) -> Answer:
    return run(line_of(server, case, *more), folder)


def entries(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "rollout" / "ledger.jsonl").read_text().splitlines()]


def test_taken_once_then_shown_and_signed_off(folder: Path, server: Server) -> None:
    first = checkpoint(folder, server, "healthy", "28", "--note 'all quiet'")
    assert first.code == 4, first.stderr
    lines = first.stdout.splitlines()
    assert lines[0] == "CRITICAL Checkpoint 28 of 55: Mid-rollout review, reviewed by Hudson (Code Review)"
    assert lines[1].startswith("14 of 20 alerts are blind until Phase 5.5: ")
    assert "○ planned: " in first.stdout
    assert "(T+24:26:11), taken" in lines[2]
    assert lines[2].endswith(" late")
    assert "missed so far: 1, 2, 3" in first.stdout
    assert "cost_reduction: 80.2 %, on target (at least 80 %)" in first.stdout
    assert "4. Alerts firing: none" in first.stdout
    assert "? silences: http://127.0.0.1:9 could not be reached" in first.stdout
    assert r"agents.log: 1 error, the last: ERROR no tool 'x'\x1b[2J" in first.stdout
    assert "1 error in 1 file, 13 not readable" in first.stdout
    assert "all quiet" in first.stdout
    assert lines[-2] == "still to be signed off: genesis-mon rollout checkpoint 28 --sign-off NAME"

    signed = checkpoint(folder, server, "healthy", "28", "--sign-off Hudson", "--note 'all quiet'")
    assert signed.stdout.splitlines()[-2] == "signed off by Hudson"
    assert "recorded already, line 1" in signed.stdout
    # Neither the checkpoint nor the note that is there is written again.
    assert [entry["kind"] for entry in entries(folder)] == ["checkpoint", "note", "sign-off"]

    later = checkpoint(folder, server, "healthy", "29")
    assert "unchanged since checkpoint 28" in later.stdout
    assert "27, 28" not in later.stdout


def test_the_latest_that_is_due_and_what_fires_then(folder: Path, server: Server) -> None:
    at = format_iso(window_of(PLACE["six-p1"]).start + 6.5 * 3600)
    answer = checkpoint(folder, server, "six-p1", f"--at {at}")
    assert answer.code == 1
    assert answer.stdout.startswith("Checkpoint 7 of 55\n")
    assert "4. Alerts firing: P1 MonthlyCostProjectionHigh (cost)" in answer.stdout


@dataclass(frozen=True, slots=True)
class Told:
    """Says the same whatever is asked."""

    series: tuple[Series, ...]
    warnings: tuple[str, ...] = ()
    age: float = 0.0

    def instant(self, query: str, at: float) -> SeriesAnswer:
        if query.startswith("timestamp("):
            return SeriesAnswer(query, (Series((), (at,), (at - self.age,)),))
        return SeriesAnswer(query, self.series, self.warnings)

    def silences(self) -> tuple[Silence, ...]:
        return (Silence("1", ('alertname="Slow"',), "ann", "known", 0.0),)


def found(plan: Plan, values: dict[str, float], *warnings: str, age: float = 0.0) -> Checkpoint:
    records = [(plan.slis[name].record, value) for name, value in values.items()]
    series = tuple(Series((("__name__", record),), (0.0,), (value,)) for record, value in records)
    watchdog = next(rule for group in plan.rule_groups for rule in group.alerting if rule.alert == "Watchdog")
    beats = {"alertname": "Watchdog", "alertstate": "firing", **dict(watchdog.labels)}
    told = Told((*series, Series(tuple(beats.items()), (0.0,), (1.0,))), warnings, age)
    due = Due(3, 1000.0, 5000.0, 3140.0)
    return take_checkpoint(cast(PrometheusReader, told), cast(AlertmanagerReader, told), plan, due, (), None)


def test_each_level_an_sli_is_beyond(plan: Plan) -> None:
    values = {"rag_latency_p95": 100.0, "memory_usage": 86.0, "cpu_usage": 91.0, "cost_reduction": 78.0}
    checkpoint = found(
        plan, {**values, "test_pass_rate": 98.0, "system_health": math.nan, "halo_latency_p95": math.inf}
    )
    levels = {reading.sli: reading.level for reading in checkpoint.readings}
    assert levels["rag_latency_p95"] == "alert"
    assert levels["memory_usage"] == "alert"
    assert levels["cpu_usage"] == "no_go"
    assert levels["test_pass_rate"] == "good"
    assert {levels[name] for name in ("system_health", "halo_latency_p95")} == {"no data"}
    # Nobody exposes it yet, which is not that it has gone; what is there and no number is no data.
    assert levels["rag_error_rate"] == "planned"
    assert levels["mongodb_connections"] == "no level"
    assert checkpoint.cost == ("cost_reduction: 78 %, short of its target (at least 80 %)",)
    assert (checkpoint.late, checkpoint.missed, checkpoint.unknown) == (4000.0, True, ())
    assert checkpoint.silences == ('alertname="Slow" by ann: known',)
    assert read_checkpoint(json.loads(json.dumps(checkpoint.data()))) == checkpoint


def test_what_the_server_warns_of_is_unknown(plan: Plan) -> None:
    assert "Prometheus warns: a store is down" in found(plan, {}, "a store is down").unknown


@pytest.mark.parametrize(("age", "old"), [(240.0, False), (241.0, True)])
def test_values_from_before_an_outage_are_told_as_old(plan: Plan, age: float, old: bool) -> None:
    said = ("rules were last evaluated 4 minutes 1 second before, so the values are old",)
    assert found(plan, {}, age=age).unknown == (said if old else ())


def test_as_json(folder: Path, server: Server) -> None:
    answer = checkpoint(folder, server, "healthy", "28", "--note 'all quiet'", "--format json")
    assert answer.code == 4, answer.stderr
    first = json.loads(answer.stdout)
    check("checkpoint", first, "slis.0.level", "slis.0.value", "due", "taken", "start", "ledger_digest")
    assert (first["index"], first["of"], first["ledger_line"], first["notes"]) == (28, 55, 1, ["all quiet"])
    assert (first["recorded_now"], first["to_be_signed_off"]) == (True, True)
    levels = {one["sli"]: one["level"] for one in first["slis"]}
    assert levels["cpu_usage"] == "good"
    assert [one["last_error"] for one in first["logs"] if one["errors"]] == ["ERROR no tool 'x'\x1b[2J"]
    again = checkpoint(folder, server, "healthy", "28", "--sign-off Ann", "--format json")
    signed = first | {"recorded_now": False, "to_be_signed_off": False, "signed_off_by": ["Ann"]}
    after = json.loads(again.stdout)
    assert after == signed | {"ledger_digest": after["ledger_digest"]}
    assert after["ledger_digest"] != first["ledger_digest"]


def test_two_shells_at_once_write_one_entry(folder: Path, server: Server) -> None:
    line = line_of(server, "six-p1", "5")
    shells = [
        subprocess.Popen(["bash", "-c", line], cwd=folder, env=environment(folder), stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    said = [shell.communicate(timeout=60)[0].decode() for shell in shells]
    assert len(entries(folder)) == 1
    assert all("line 1 of the ledger" in text for text in said)


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ("56", 2, "there is no checkpoint 56"),
        ("3 --at 2025-10-23T20:56:00Z", 2, "not by both"),
        ("3 --sign-off Ann", 2, "is not critical"),
        ("3 --format xml", 2, "use one of: text, json"),
        ("28 --sign-off ''", 2, "--sign-off is not one line"),
        ("3 --start 2999-01-01T00:00:00Z", 2, "still to come"),
        ("--start 2999-01-01T00:00:00Z", 3, "no checkpoint is due yet"),
        ("3 --prometheus http://127.0.0.1:1", 3, "could not be reached"),
    ],
)
def test_what_goes_wrong_is_told_and_not_recorded(more: str, code: int, said: str, folder: Path) -> None:
    answer = run(f"genesis-mon rollout checkpoint {more}", folder)
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert not (folder / "rollout").exists()


def test_only_the_end_of_a_log_is_sampled(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    text = "ERROR early\n" + "x" * SAMPLED_BYTES + "\nFATAL late\nnot an ERRORS\n"
    (tmp_path / "logs" / "agents.log").write_text(text)
    logs = Logs.model_validate(
        {"folder": "logs", "groups": ({"title": "T", "files": ({"file": "agents.log", "about": "A"},)},)}
    )
    (sample,) = sample_logs(logs, tmp_path)
    assert (sample.errors, sample.last, sample.problem) == (1, "FATAL late", "")


class _Quiet(BaseHTTPRequestHandler):
    """An Alertmanager without silences."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said."""


@pytest.fixture
def quiet() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Quiet)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def test_errors_in_the_logs_and_logs_that_are_not_there_wait_for_a_person(
    folder: Path, server: Server, quiet: str
) -> None:
    logs = folder / "logs"
    rollout = yaml.safe_load((folder / "slo.yaml").read_text())["rollout"]
    for group in rollout["logs"]["groups"]:
        for one in group["files"]:
            (logs / one["file"]).write_text("INFO all well\n")

    def take(index: int) -> Answer:
        return run(line_of(server, "healthy", str(index)).replace(NOBODY, quiet), folder)

    assert "5. Logs: 0 errors in 14 files\n" in take(29).stdout
    with (logs / "agents.log").open("a") as file:
        file.write("Traceback (most recent call last):\n  File\nValueError: no tool\n")
    told = take(30)
    assert "✗ agents.log: 1 error, the last: ValueError: no tool\n" in told.stdout
    assert "✗ agents.log: 1 error" in take(30).stdout, "as it was recorded"
    assert "5. Logs: 0 errors in 14 files\n" in take(31).stdout, "once"
    (logs / "agents.log").unlink()
    absent = take(32)
    assert "5. Logs: 0 errors in 13 files, 1 not readable\n" in absent.stdout
    assert "? not checked: agents.log: No such file or directory\n" in absent.stdout


def test_the_logs_decide_whether_a_person_has_to_look(plan: Plan) -> None:
    good = tuple(replace(one, level="good") for one in found(plan, {}).readings)
    well = replace(found(plan, {}), readings=good, logs=(LogSample("a.log", 3, 0, ""),))
    assert not well.needs_a_look
    assert replace(well, logs=(LogSample("a.log", 3, 1, "ERROR bad"),)).needs_a_look
    assert replace(well, logs=(LogSample("a.log", 0, 0, "", "No such file or directory"),)).needs_a_look
