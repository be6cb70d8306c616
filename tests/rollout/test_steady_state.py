"""``rollout steady-state`` as a user runs it: the diff applies, and nothing is half done."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from cli.sandbox import Answer, run
from published import check, published

from genesis_monitoring.clients.server import Server
from genesis_monitoring.commands.rollout_steady_state import replace_spec
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.rollout.window import format_iso
from genesis_monitoring.spec.load import load_spec

from .history import load_spec_text, window_of
from .judging import FEW
from .replaying import read_document, sealed

REPLAY = "--replay healthy.json.gz"


@pytest.fixture
def folder(records: Path, tmp_path: Path) -> Path:
    shutil.copytree(records, tmp_path, dirs_exist_ok=True)
    return tmp_path


def steady_state(folder: Path, line: str) -> Answer:
    return run(f"genesis-mon rollout steady-state {line}", folder)


@pytest.mark.parametrize("question", ["sli:rag_latency_p95:", "/api/v1/rules"])
def test_nothing_is_proposed_from_what_the_server_warns_of(folder: Path, question: str) -> None:
    document = read_document(folder / "healthy.json.gz")
    for exchange in document["exchanges"]:
        if exchange["parameters"].get("query", exchange["path"]).startswith(question):
            exchange["document"]["warnings"] = ["a store is gone"]
    (folder / "e.json").write_bytes(sealed(document))
    answer = steady_state(folder, "--replay e.json --format json")
    assert answer.code == 0, answer.stderr
    told = json.loads(answer.stdout)
    of_it = [one for one in told["thresholds"] if question[0] == "/" or one["sli"] == "rag_latency_p95"]
    assert of_it
    for one in of_it:
        assert one.get("proposed") is None
        assert "a store is gone" in one["why"]


@pytest.mark.parametrize("command", ["archive", "steady-state"])
@pytest.mark.parametrize("what", ["file", "pipe"])
def test_a_folder_that_cannot_be_is_refused_before_anybody_is_asked(
    folder: Path, command: str, what: str
) -> None:
    there = folder / "there"
    there.touch() if what == "file" else os.mkfifo(there)
    answer = run(f"genesis-mon rollout {command} --out there --prometheus http://127.0.0.1:9", folder)
    assert answer.code == 2
    assert "there is not a folder" in answer.stderr


@pytest.mark.parametrize("how", ["git apply t.patch", "write"])
def test_the_diff_applies(folder: Path, how: str) -> None:
    before = load_spec_text()
    if how == "write":
        answer = steady_state(folder, f"{REPLAY} --write")
        assert answer.stdout == ""
        assert "written to slo.yaml" in answer.stderr
        assert "next: genesis-mon render, then" in answer.stderr
    else:
        line = f"genesis-mon rollout steady-state {REPLAY} > t.patch && git init -q . && {how}"
        answer = run(line, folder)
        assert "proposed for slo.yaml" in answer.stderr
        assert "rag_latency_p95.target               100 ms → 75 ms\n" in answer.stderr
        assert answer.stderr.startswith("Thresholds against what was observed\n"), "a GO has nothing first"
        assert "coverage 100 %" in answer.stderr
    assert answer.code == 0, answer.stderr
    after = (folder / "slo.yaml").read_text()
    assert sum(a != b for a, b in zip(before.split("\n"), after.split("\n"), strict=True)) == 5
    assert '    objective: {good: "<", target: 75, no_go: 200}\n' in after
    assert load_spec(folder / "slo.yaml").spec.profile_in_force == "steady-state"
    if how != "write":
        return
    # It is the profile in force that is rendered and checked from now on.
    done = run("genesis-mon render && genesis-mon render --check", folder)
    assert done.code == 0, done.stderr
    dashboard = json.loads((folder / "generated/grafana/dashboards/phase5-rollout.json").read_text())
    assert dashboard["refresh"] == "5m"
    again = steady_state(folder, REPLAY)
    assert (again.code, again.stdout) == (0, "")
    assert "slo.yaml stays as it is" in again.stderr


def test_a_spec_that_names_no_profile_and_has_a_space_in_its_name(folder: Path) -> None:
    text = load_spec_text()
    lines = [line for line in text.split("\n") if not line.startswith("profile: ")]
    named = folder / "my spec.yaml"
    named.write_text("\n".join(lines))
    (folder / "slo.yaml").unlink()
    line = f"genesis-mon rollout steady-state -s 'my spec.yaml' {REPLAY} > t.patch"
    assert run(f"{line} && git init -q . && git apply t.patch", folder).code == 0
    assert load_spec(named).spec.profile_in_force == "steady-state"
    assert named.read_text().count("\n") == len(lines)


@pytest.mark.parametrize("how", ["git apply t.patch", "write"])
def test_each_threshold_is_changed_in_the_file_that_has_it(folder: Path, how: str) -> None:
    text = load_spec_text()
    begin, end = text.index("\nslis:"), text.index("\nalerts:")
    (folder / "teams").mkdir()
    included = folder / "teams/slis.yaml"
    included.write_text(text[begin:end] + "\n")
    (folder / "slo.yaml").write_text(f"{text[:begin]}\ninclude: [teams/slis.yaml]\n{text[end:]}")
    if how == "write":
        assert steady_state(folder, f"{REPLAY} --write").code == 0
    else:
        line = f"genesis-mon rollout steady-state {REPLAY} > t.patch && git init -q . && {how}"
        assert run(line, folder).code == 0
    assert '    objective: {good: "<", target: 75, no_go: 200}\n' in included.read_text()
    changed = included.read_text().split("\n")
    assert sum(a != b for a, b in zip(f"{text[begin:end]}\n".split("\n"), changed, strict=True)) == 4
    assert load_spec(folder / "slo.yaml").spec.profile_in_force == "steady-state"
    assert "\nprofile: steady-state" in (folder / "slo.yaml").read_text()


def test_a_spec_that_is_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    spec = tmp_path / "slo.yaml"
    spec.write_text("new: 1\n")
    with pytest.raises(CouldNotTellError, match="was changed meanwhile"):
        replace_spec(spec, "old: 1\n", "old: 2\n")
    assert spec.read_text() == "new: 1\n"
    spec.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to("slo.yaml")
    replace_spec(link, "new: 1\n", "new: 2\n")
    assert (spec.read_text(), stat.S_IMODE(spec.stat().st_mode), link.is_symlink()) == (
        "new: 2\n",
        0o640,
        True,
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.yaml", "slo.yaml"]


def test_json_says_all_of_it(folder: Path) -> None:
    answer = steady_state(folder, f"{REPLAY} --format json --out tree")
    document = json.loads(answer.stdout)
    check("steady-state", document, "verdict", "thresholds.0.level", "from", "to")
    assert document["verdict"] == "GO"
    assert document["profile"] == {"now": "rollout", "proposed": "steady-state"}
    assert document["diff"].startswith("--- a/slo.yaml\n")
    found = {(one["sli"], one["level"]): one for one in document["thresholds"]}
    assert found["rag_latency_p95", "target"]["observed"]["p99_9"] == 48
    assert found["test_result_age", "target"]["observed"] is None
    assert (folder / "slo.yaml").read_text() == load_spec_text()
    made = json.loads((folder / "tree/grafana/dashboards/phase5-rollout.json").read_text())
    assert made["refresh"] == "5m"
    written = json.loads(steady_state(folder, f"{REPLAY} --format json --write").stdout)
    published("steady-state").validate(written)
    assert written == document | {"written": True}


def test_of_a_server_every_level_is_measured(folder: Path, server: Server) -> None:
    start = format_iso(window_of(next(i for i, case in enumerate(FEW) if case.name == "healthy")).start)
    answer = steady_state(folder, f"--prometheus {server.url} --start {start} --format json")
    assert answer.code == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert [one["sli"] for one in document["thresholds"] if one["observed"] is None] == []


def test_what_is_missing_is_not_made_up(folder: Path) -> None:
    answer = steady_state(folder, "--replay underway.json.gz")
    assert answer.code == 0
    assert answer.stderr.startswith("The verdict is HOLD\n")
    assert "The rollout is not over, so no level is proposed: propose again when it is." in answer.stderr
    assert "To change" not in answer.stderr
    assert answer.stdout == "", "nor does the profile: who watches wants to see each half minute"
    held = steady_state(folder, "--replay hole.json.gz")
    assert held.stderr.startswith("The verdict is HOLD\nNobody has called this rollout good yet")
    assert "profile: steady-state" not in held.stdout


def test_after_a_no_go_it_says_so_first_and_nothing_moves(folder: Path) -> None:
    answer = steady_state(folder, "--replay retrieval-slow.json.gz --write")
    assert (answer.code, answer.stdout) == (0, "")
    assert answer.stderr.startswith(
        "The verdict is NO-GO\n  Hybrid RAG latency P95 too high for longer\nRoll back. No level is proposed"
    )
    assert "To change" not in answer.stderr
    assert "slo.yaml stays as it is" in answer.stderr
    assert (folder / "slo.yaml").read_text() == load_spec_text()
    document = json.loads(steady_state(folder, "--replay retrieval-slow.json.gz --format json").stdout)
    published("steady-state").validate(document)
    assert (document["verdict"], document["diff"]) == ("NO-GO", "")
    assert {one["proposed"] for one in document["thresholds"]} == {None}
    assert document["profile"]["proposed"] == document["profile"]["now"]


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("--replay none.json", 3, "cannot be replayed"),
        ("--prometheus http://127.0.0.1:1 --timeout 1", 3, "could not be reached"),
        (f"{REPLAY} --profile stedy-state", 2, 'did you mean "steady-state"'),
        (f"{REPLAY} --format xml", 2, "use one of: text, json"),
        (f"{REPLAY} --at 2025-10-23T20:56:00Z", 2, "leave --at out"),
    ],
)
def test_what_goes_wrong_is_told(folder: Path, line: str, code: int, said: str) -> None:
    answer = steady_state(folder, f"{line} --write --out tree")
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert (folder / "slo.yaml").read_text() == load_spec_text()
    assert not (folder / "tree").exists()
    assert not list(folder.glob(".*"))
