"""``rollout plan``, ``verdict`` and ``attest`` as a user runs them, against a real Prometheus."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.sandbox import Answer, run
from icalendar import Calendar
from published import check, published

from genesis_monitoring.clients.server import Server
from genesis_monitoring.rollout.ledger import append_entry, read_ledger
from genesis_monitoring.rollout.window import format_iso

from .conftest import sign
from .history import load_spec_text, window_of
from .judging import FEW

START = datetime(2025, 10, 23, 20, 56, tzinfo=UTC)
PLACE = {case.name: index for index, case in enumerate(FEW)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands run: nothing but the spec."""
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    return tmp_path


def verdict(folder: Path, server: Server, case: str, *more: str) -> Answer:
    start = format_iso(window_of(PLACE[case]).start)
    line = f"genesis-mon rollout verdict --prometheus {server.url} --start {start} {' '.join(more)}"
    return run(line, folder)


def attest(folder: Path, case: str, *more: str) -> Answer:
    start = format_iso(window_of(PLACE[case]).start)
    line = "genesis-mon rollout attest memory_compression --by 'Ann Other' --evidence 'run 12: ratio 8.1'"
    return run(f"{line} --start {start} {' '.join(more)}", folder)


def test_from_hold_to_go_by_attesting(folder: Path, server: Server) -> None:
    before = verdict(folder, server, "healthy")
    assert before.code == 4, before.stderr
    first = (
        "HOLD  of 35 criteria 1 to be attested; GO waits for checkpoint 28 (Mid-rollout review) to be taken"
    )
    assert before.stdout.startswith(first)
    assert f"a HOLD is no leave to go on\n\n{first}" in before.stdout
    sign(folder, server, format_iso(window_of(PLACE["healthy"]).start))
    said = attest(folder, "healthy")
    first, second = said.stdout.splitlines()
    assert first == "attest: memory_compression holds, says Ann Other; line 5 of rollout/ledger.jsonl"
    assert second == f"the ledger ends with {read_ledger(folder / 'rollout' / 'ledger.jsonl').digest}"
    after = verdict(folder, server, "healthy", "--all")
    assert after.code == 0
    assert after.stdout.startswith("GO  all 35 criteria pass\n")
    assert "Ann Other at" in after.stdout
    assert "queries, " in after.stdout
    assert "What to do next\n  1. Archive the rollout" in after.stdout
    # It counts for this rollout and no other.
    assert "1 to be attested" in verdict(folder, server, "hole").stdout.splitlines()[0]


def test_no_go_says_which_and_what_to_do(folder: Path, server: Server) -> None:
    answer = verdict(folder, server, "six-p1")
    assert answer.code == 1
    assert answer.stdout.startswith("NO-GO  met: More than 5 P1 alerts in the window (too_many")
    assert "MonthlyCostProjectionHigh (cost) for 10 minutes" in answer.stdout
    assert "What to do next\n  1. Stop the rollout" in answer.stdout


def test_while_it_goes_on(folder: Path, server: Server) -> None:
    start = window_of(PLACE["healthy"]).start
    at = f"--all --at {format_iso(start + 20 * 3600)}"
    well = verdict(folder, server, "healthy", at).stdout
    assert "T+20:00:00\nGO is still reachable, 1 day 4 hours to go" in well
    assert "30 minutes left" in well
    bad = verdict(folder, server, "retrieval-slow", f"--at {format_iso(window_of(1).start + 20 * 3600)}")
    assert bad.code == 1
    assert "NO-GO is already certain" in bad.stdout


def test_a_record_is_judged_again_to_the_same_words(folder: Path, server: Server) -> None:
    name = "evidence.json.gz"
    attest(folder, "hole")
    first = verdict(folder, server, "hole", "--record", name)
    again = run(f"genesis-mon rollout verdict --replay {name}", folder)
    assert (again.stdout, again.code) == (first.stdout, first.code) != ("", 0)
    as_json = run(f"genesis-mon rollout verdict --replay {name} --format json", folder)
    document = json.loads(as_json.stdout)
    place = "criteria.0"
    words = (f"{place}.kind", f"{place}.status", f"{place}.evidence.0.status", f"{place}.evidence.0.value")
    check("verdict", document, *words, "verdict", "start", "end", "at")
    assert document["verdict"] == "HOLD"
    hole = next(one for one in document["criteria"] if one["name"] == "rag_latency")
    assert hole["evidence"][0]["largest_gap"]["seconds"] == 480
    assert document["cost"]["queries"] == len(document_of(folder / name)["exchanges"])
    other = run(
        f"sed -i 's/hold: 5m/hold: 6m/' slo.yaml; genesis-mon rollout verdict --replay {name}", folder
    )
    assert "the record was made with another slo.yaml" in other.stdout


def document_of(path: Path) -> dict[str, list[object]]:
    loaded: dict[str, list[object]] = json.loads(gzip.decompress(path.read_bytes()))
    return loaded


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        (
            "verdict --prometheus http://127.0.0.1:1 --timeout 1",
            3,
            "could not be reached: Connection refused",
        ),
        ("verdict --prometheus nowhere", 2, "not an http or https address"),
        ("verdict --at yesterday", 2, "--at is no time: 'yesterday'"),
        ("verdict --start 2025-10-23T20:56:00", 2, "--start is no time"),
        ("verdict --format xml", 2, "use one of: text, json"),
        ("verdict --replay none.json", 3, "cannot be replayed: No such file or directory"),
        ("verdict --replay slo.yaml", 3, "it is no record of evidence"),
        ("verdict --replay slo.yaml --at 2025-10-23T20:56:00Z", 2, "leave --at out"),
        ("attest memory_compresion --by A --evidence B", 2, 'did you mean "memory_compression"'),
        ("attest rag_latency --by A --evidence B", 2, "is measured, so nobody attests it"),
        ("attest memory_compression --by A --evidence ''", 2, "--evidence is not one line"),
        ("plan --format csv", 2, "use one of: text, json, ical"),
    ],
)
def test_what_goes_wrong_is_told(line: str, code: int, said: str, folder: Path) -> None:
    answer = run(f"genesis-mon rollout {line}", folder)
    assert answer.code == code
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert "Traceback" not in answer.stderr
    assert answer.stdout == ""


@pytest.fixture
def ready(folder: Path, server: Server) -> Path:
    """A ledger with which the healthy rollout is GO; its last line is the attestation."""
    sign(folder, server, format_iso(window_of(PLACE["healthy"]).start))
    attest(folder, "healthy", "--failed")
    attest(folder, "healthy")
    return folder / "rollout" / "ledger.jsonl"


def test_a_changed_ledger_gives_no_verdict(ready: Path, folder: Path, server: Server) -> None:
    assert verdict(folder, server, "healthy").code == 0
    attest(folder, "healthy", "--failed")
    assert verdict(folder, server, "healthy").code == 4
    whole = ready.read_bytes()
    first, _, last = whole[:-1].rpartition(b"\n")
    for changed, said in (
        (last.replace(b"false", b"true"), "ledger.jsonl:7: was changed after it was written"),
        (last.replace(b'"passed"', b'"passed":true,"passed"'), "ledger.jsonl:7: has the key 'passed' twice"),
        (last.replace(b'"attestation"', b'"nothing"'), "ledger.jsonl:7: was changed after it was written"),
        (b"{}", "ledger.jsonl:7: is no entry of a ledger"),
    ):
        ready.write_bytes(first + b"\n" + changed + b"\n")
        answer = verdict(folder, server, "healthy")
        assert (answer.code, answer.stdout) == (3, ""), changed
        assert said in answer.stderr


def test_a_torn_end_of_the_ledger_is_no_go_until_it_is_said_again(
    ready: Path, folder: Path, server: Server
) -> None:
    attest(folder, "healthy", "--failed")
    whole = ready.read_bytes()
    for torn in (whole[:-1], whole[:-20], whole[:-1] + b"garbage\n", whole[:-100] + b"\n"):
        ready.write_bytes(torn)
        answer = verdict(folder, server, "healthy")
        assert answer.code == 4, answer.stderr
        assert "line 7 of the ledger, its last, which is torn" in answer.stdout
    ready.write_bytes(whole[:-20])
    # Whatever comes next, what was attested before the torn line may have been withdrawn by it.
    note = f"--note seen --start {format_iso(window_of(PLACE['healthy']).start)}"
    run(f"genesis-mon rollout checkpoint 55 {note} --prometheus {server.url}", folder)
    answer = verdict(folder, server, "healthy")
    assert answer.code == 4
    assert "line 7 of the ledger is torn and may have withdrawn what Ann Other attested" in answer.stdout
    attest(folder, "healthy")
    answer = verdict(folder, server, "healthy")
    assert answer.code == 0
    assert "the ledger has a torn line, 7" in answer.stdout


def test_the_digest_proves_the_end_of_the_ledger(ready: Path, folder: Path, server: Server) -> None:
    said = attest(folder, "healthy", "--failed").stdout
    digest = said.split()[-1]
    proven = verdict(folder, server, "healthy", f"--ledger-digest {digest}", "--record e.json")
    assert proven.code == 4
    assert f"ends with {digest}, as --ledger-digest says" in proven.stdout
    ready.write_bytes(b"".join(ready.read_bytes().splitlines(keepends=True)[:-1]))
    unproven = verdict(folder, server, "healthy")
    assert unproven.code == 0
    assert "not compared with a --ledger-digest" in unproven.stdout
    start = format_iso(window_of(PLACE["healthy"]).start)
    asking = f"--start {start} --prometheus {server.url} --ledger-digest {digest}"
    for command in (
        f"verdict {asking}",
        f"report {asking}",
        f"watch {asking}",
        f"report --replay e.json --ledger-digest {digest}",
        f"verdict --replay e.json --ledger-digest {digest[:-4]}0000",
    ):
        answer = run(f"genesis-mon rollout {command}", folder)
        assert (answer.code, answer.stdout) == (3, ""), command
        assert "does not end with sha256:" in answer.stderr
    again = run(f"genesis-mon rollout verdict --replay e.json --ledger-digest {digest}", folder)
    assert (again.code, again.stdout) == (4, proven.stdout)


@pytest.mark.parametrize("missing", ["28", "55"])
def test_without_a_name_on_a_checkpoint_there_is_no_go(
    missing: str, ready: Path, folder: Path, server: Server
) -> None:
    """Whatever else is in the ledger: the name has to be on this checkpoint of this rollout, once taken."""
    kept = folder / "other.jsonl"
    start = format_iso(window_of(PLACE["healthy"]).start)
    for entry in read_ledger(ready).entries:
        if entry.data.get("index") != int(missing):
            append_entry(kept, entry.kind, entry.rollout, entry.time, entry.data)
    answer = verdict(folder, server, "healthy", "--ledger other.jsonl")
    assert answer.code == 4
    assert f"GO waits for checkpoint {missing} (" in answer.stdout.splitlines()[0]
    assert f"genesis-mon rollout checkpoint {missing} --sign-off NAME --start {start}" in answer.stdout
    document = json.loads(verdict(folder, server, "healthy", "--ledger other.jsonl --format json").stdout)
    published("verdict").validate(document)
    assert [one["step"].split("checkpoint ")[1][:2] for one in document["waits_for"]] == [missing]
    # A name on a checkpoint that nobody took, and names in other rollouts, are none.
    append_entry(kept, "sign-off", start, start, {"index": int(missing), "text": "Hudson"})
    for entry in read_ledger(ready).entries:
        append_entry(kept, entry.kind, "2020-01-01T00:00:00Z", entry.time, entry.data)
        append_entry(kept, entry.kind, f"rehearsal at speed 2 from {start}", entry.time, entry.data)
    assert verdict(folder, server, "healthy", "--ledger other.jsonl").code == 4
    signing = f"{missing} --sign-off 'Nobody Known' --ledger other.jsonl --start {start}"
    run(f"genesis-mon rollout checkpoint {signing} --prometheus {server.url}", folder)
    answer = verdict(folder, server, "healthy", "--ledger other.jsonl", "--record e.json.gz")
    assert answer.code == 0
    assert f"checkpoint {missing} is signed off by 'Nobody Known', who is not among" in answer.stdout
    assert "have neither a note nor a name on them: 1, 14, 42" in answer.stdout
    again = run("genesis-mon rollout verdict --replay e.json.gz", folder)
    assert (again.code, again.stdout) == (0, answer.stdout)


def test_a_record_of_the_version_before_knows_no_names(ready: Path, folder: Path, server: Server) -> None:
    assert verdict(folder, server, "healthy", "--record e.json").code == 0
    document = json.loads((folder / "e.json").read_text())
    del document["ledger"], document["sha256"]
    (folder / "e.json").write_text(json.dumps(document | {"version": 1, "torn": []}))
    answer = run("genesis-mon rollout verdict --replay e.json", folder)
    assert answer.code == 4
    assert "checkpoint 28 (Mid-rollout review) to be taken and signed off" in answer.stdout
    assert "made by an earlier version" in answer.stdout


def test_a_time_to_come_and_a_rollout_to_come(folder: Path, server: Server) -> None:
    late = verdict(folder, server, "healthy", "--at 2999-01-01T00:00:00Z")
    assert (late.code, "is still to come" in late.stderr) == (2, True)
    line = f"genesis-mon rollout verdict --prometheus {server.url} --start 2999-01-01T00:00:00Z"
    early = run(line, folder)
    assert (early.code, "begins at 2999-01-01" in early.stderr) == (3, True)


def test_the_schedule(folder: Path) -> None:
    text = run("genesis-mon rollout plan", folder).stdout
    assert "!   14  2025-10-24 09:09:05  T+12:13:05   Half-day review: Forge (Testing Agent)" in text
    assert "Hudson (Code Review), signs off" in text
    document = json.loads(run("genesis-mon rollout plan --format json", folder).stdout)
    check("rollout-plan", document, "start", "end", "checkpoints.0.due")
    assert [c["index"] for c in document["checkpoints"] if c["critical"]] == [1, 14, 28, 42, 55]
    assert document["checkpoints"][-1]["due"] == document["end"] == "2025-10-25T20:56:00Z"
    planned = {one["name"]: one["planned"] for one in document["criteria"] if one["planned"]}
    assert planned["halo"] == ["halo_routing_duration_seconds"]
    assert text.splitlines()[1].startswith("14 of 20 alerts are blind until Phase 5.5: ")
    assert "  HALO routing on target (halo)\n" in text
    assert text.count("cannot be judged while planned: ") == len(planned)


def test_a_schedule_that_is_over_and_that_nobody_kept_says_how_to_begin_now(folder: Path) -> None:
    over = "plan: the rollout was over at 2025-10-25 20:56:00 UTC, and nobody took a checkpoint of it; if it "
    for more in ("", "--format json", "--format ical"):
        said = run(f"genesis-mon rollout plan {more}", folder)
        assert said.code == 0
        assert said.stderr.startswith(f"{over}begins now: genesis-mon rollout plan --start 20")
    assert run("genesis-mon rollout plan --start 2025-10-23T20:56:00Z", folder).stderr == ""
    taken = run("genesis-mon rollout checkpoint --prometheus http://127.0.0.1:1", folder)
    assert (taken.code, taken.stdout) == (2, "")
    assert "begins now: genesis-mon rollout watch --start 20" in taken.stderr


def test_the_calendar(folder: Path) -> None:
    line = "genesis-mon rollout plan --format ical --start 2025-10-23T20:56:00Z"
    text = run(line, folder).stdout
    calendar = Calendar.from_ical(text)
    events = calendar.walk("VEVENT")
    due = [START + timedelta(seconds=round(i * 172800 / 55)) for i in range(1, 56)]
    assert [event.decoded("dtstart") for event in events] == due
    assert len({str(event["uid"]) for event in events}) == 55
    critical = [event for event in events if event.walk("VALARM")]
    assert [str(event["summary"]).split(" of ")[0] for event in critical] == [
        f"CRITICAL Checkpoint {index}" for index in (1, 14, 28, 42, 55)
    ]
    assert run(line, folder).stdout == text
    assert all(len(part) <= 75 for part in text.encode().split(b"\r\n"))
