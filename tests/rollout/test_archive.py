"""``rollout archive`` as a user runs it: it is whole, it proves itself, and what is not final is not kept."""

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.sandbox import Answer, run
from published import check, published

from genesis_monitoring.clients.server import Server
from genesis_monitoring.rollout.window import format_iso

from .history import window_of
from .judging import FEW


def archive(folder: Path, line: str) -> Answer:
    return run(f"genesis-mon rollout archive {line}", folder)


def name_of(case: str) -> str:
    index = next(index for index, one in enumerate(FEW) if one.name == case)
    return f"rollout-archive-{format_iso(window_of(index).start)[:10]}"


@pytest.fixture(scope="module")
def kept(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the archive of the healthy rollout."""
    folder = tmp_path_factory.mktemp("kept")
    shutil.copytree(records, folder, dirs_exist_ok=True)
    assert run("genesis-mon render", folder).code == 0
    answer = archive(folder, "--replay healthy.json.gz --out first")
    assert answer.code == 0, answer.stderr
    files = sum(path.is_file() for path in (folder / "first").rglob("*"))
    assert answer.stdout.startswith(f"archive: GO, all 35 criteria pass; first, {files} files, ")
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    shutil.copytree(kept, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_what_is_in_it(kept: Path) -> None:
    first = kept / "first"
    assert {path.name for path in first.iterdir()} == {
        *("SHA256SUMS", "archive.json", "dashboards", "evidence.json.gz", "generated", "ledger.jsonl"),
        *("report.html", "report.md", "slo.yaml", "verdict.json"),
    }
    facts = json.loads((first / "archive.json").read_text())
    words = ("kind", "verdict", "start", "end", "at", "spec", "ledger", "dashboards.0.uid")
    check("archive", facts, *words)
    assert facts["verdict"] == json.loads((first / "verdict.json").read_text())["verdict"] == "GO"
    assert (first / "slo.yaml").read_bytes() == (kept / "slo.yaml").read_bytes()
    assert (first / "ledger.jsonl").read_bytes() == (kept / "rollout" / "ledger.jsonl").read_bytes()
    checked = run("sha256sum --check --strict --quiet SHA256SUMS && genesis-mon render --check", first)
    assert checked.code == 0, checked.stderr
    # The archive alone is enough to judge it again, and to report on it.
    line = "genesis-mon rollout verdict --replay evidence.json.gz --format json | cmp - verdict.json"
    report = (
        "genesis-mon rollout report --replay evidence.json.gz --ledger ledger.jsonl -o - --format markdown"
    )
    again = run(f"{line} && {report} | cmp - report.md", first)
    assert (again.code, again.stdout, again.stderr) == (0, "", "")


def test_the_dashboard_stays_what_it_was_beside_the_live_one(kept: Path) -> None:
    facts = json.loads((kept / "first" / "archive.json").read_text())
    told = next(one for one in facts["dashboards"] if one["live_uid"] == "phase5-rollout")
    live = json.loads((kept / "generated/grafana/dashboards" / f"{told['live_uid']}.json").read_text())
    fixed = json.loads((kept / "first" / told["file"]).read_text())
    assert fixed["time"] == {"from": facts["start"], "to": facts["end"]}
    assert (fixed["refresh"], fixed["liveNow"], fixed["uid"]) == ("", False, told["uid"])
    assert fixed["uid"] != live["uid"]
    assert fixed["title"] != live["title"]
    assert "now" not in json.dumps(fixed["time"])
    assert [panel["id"] for panel in fixed["panels"]] == [panel["id"] for panel in live["panels"]]
    assert any("timeFrom" in panel for panel in live["panels"])
    for panel in live["panels"]:
        panel.pop("timeFrom", None)
    # What these tell is when the window was, and it did not begin when the spec says.
    pairs = zip(fixed["panels"], live["panels"], strict=True)
    assert [one["title"] for one, other in pairs if one != other] == ["Window and Objectives", "Window"]


@pytest.mark.live
def test_again_it_is_the_same_to_the_byte_and_never_overwritten(folder: Path) -> None:
    again = archive(folder, "--replay healthy.json.gz --out first")
    assert again.code == 0, again.stderr
    assert "; first, is there already, the same\n" in again.stdout
    sums = hashlib.sha256((folder / "first" / "SHA256SUMS").read_bytes()).hexdigest()
    assert again.stdout.endswith(f"sha256 of its SHA256SUMS: {sums}\n")
    (folder / "first" / "report.md").write_text("edited")
    other = archive(folder, "--replay healthy.json.gz --out first")
    assert (other.code, other.stdout) == (1, "")
    assert "holds something else" in other.stderr
    assert (folder / "first" / "report.md").read_text() == "edited"


@pytest.mark.live
@pytest.mark.parametrize(("case", "verdict"), [("hole", "HOLD"), ("retrieval-slow", "NO-GO")])
def test_any_verdict_is_kept(folder: Path, case: str, verdict: str) -> None:
    answer = archive(folder, f"--replay {case}.json.gz --ledger none.jsonl")
    assert answer.code == 0, answer.stderr
    assert answer.stdout.startswith(f"archive: {verdict}, ")
    assert "there is no ledger" in answer.stderr
    assert not (folder / name_of(case) / "ledger.jsonl").exists()
    checked = archive(folder, f"--check {name_of(case)}")
    assert (checked.code, checked.stderr) == (0, "")
    assert f"judged again it is {verdict}, " in checked.stdout
    facts = json.loads((folder / name_of(case) / "archive.json").read_text())
    published("archive").validate(facts)
    dashboard = json.loads((folder / name_of(case) / facts["dashboards"][0]["file"]).read_text())
    assert dashboard["time"] == {"from": facts["start"], "to": facts["at"]}
    # A NO-GO is final before the end, and the evidence goes no further.
    assert (facts["at"] == facts["end"]) == (verdict == "HOLD")


@pytest.mark.live
def test_of_a_server_and_without_its_secrets(folder: Path, server: Server) -> None:
    start = format_iso(window_of(next(i for i, case in enumerate(FEW) if case.name == "healthy")).start)
    secret = "s3cr3t-bearer-t0ken"
    line = f"genesis-mon rollout archive --prometheus {server.url} --start {start} --out live"
    answer = run(line, folder, GENESIS_MON_BEARER_TOKEN=secret)
    assert answer.stdout.startswith("archive: GO, "), answer.stderr
    for path in (folder / "live").rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert secret.encode() not in (gzip.decompress(data) if path.suffix == ".gz" else data)
    assert archive(folder, "--check live").code == 0


def test_what_is_not_final_is_not_kept(folder: Path) -> None:
    answer = archive(folder, "--replay underway.json.gz --out none")
    assert (answer.code, answer.stdout) == (4, "")
    assert "the rollout is not over: it ends at " in answer.stderr
    assert not (folder / "none").exists()


def test_a_tree_that_is_not_as_the_spec_says_is_refused(folder: Path) -> None:
    (folder / "generated" / "docker-compose.yml").write_text("")
    answer = archive(folder, "--replay healthy.json.gz --out none")
    assert (answer.code, answer.stdout) == (1, "")
    assert "genesis-mon render --diff, then genesis-mon render\n" in answer.stderr
    assert run("genesis-mon render", folder).code == 0
    other = archive(folder, "--replay healthy.json.gz --profile steady-state --out none")
    assert "genesis-mon render --profile steady-state\n" in other.stderr
    assert not (folder / "none").exists()


def _rehash(first: Path) -> None:
    """As one does who wants the change to be found by nothing."""
    command = "find . -type f ! -name SHA256SUMS | sed 's,^./,,' | LC_ALL=C sort | xargs -d '\\n' sha256sum"
    run(f"{command} > ../sums && mv ../sums SHA256SUMS", first)


def _verdict(first: Path) -> None:
    text = (first / "verdict.json").read_text()
    (first / "verdict.json").write_text(text.replace('"status": "PASS"', '"status": "FAIL"', 1))


def _facts(first: Path) -> None:
    text = (first / "archive.json").read_text()
    (first / "archive.json").write_text(text.replace('"verdict": "GO"', '"verdict": "HOLD"'))


def _ledger(first: Path) -> None:
    text = (first / "ledger.jsonl").read_text()
    (first / "ledger.jsonl").write_text(text.replace("run 12", "run 13"))


def _threshold(first: Path) -> None:
    text = (first / "slo.yaml").read_text()
    (first / "slo.yaml").write_text(text.replace("target: 100, no_go: 200", "target: 75, no_go: 200"))


def _without(first: Path) -> None:
    (first / "report.html").unlink()


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_verdict, "verdict.json: judged again it is GO, with other words"),
        (_facts, "archive.json: says HOLD, and judged again it is GO"),
        (_ledger, "ledger.jsonl:5: was changed after it was written"),
        (_threshold, "slo.yaml: is not the spec of which archive.json speaks"),
        (_without, "report.html: is missing"),
    ],
)
def test_a_change_is_found_even_with_new_digests(
    folder: Path, tamper: Callable[[Path], None], said: str
) -> None:
    tamper(folder / "first")
    _rehash(folder / "first")
    assert run("sha256sum -c --quiet SHA256SUMS", folder / "first").code == 0
    answer = archive(folder, "--check first")
    assert (answer.code, answer.stdout) == (1, "")
    assert f"first/{said}\n" in answer.stderr


def test_one_of_another_version_is_not_called_wrong(folder: Path) -> None:
    text = (folder / "first" / "archive.json").read_text()
    (folder / "first" / "archive.json").write_text(text.replace('"tool": "', '"tool": "9'))
    _verdict(folder / "first")
    _rehash(folder / "first")
    answer = archive(folder, "--check first")
    assert (answer.code, answer.stdout) == (3, "")
    assert "it was made by genesis-mon 9" in answer.stderr
    (folder / "first" / "evidence.json.gz").write_bytes(b"{}")
    _rehash(folder / "first")
    unread = archive(folder, "--check first")
    assert (unread.code, unread.stdout) == (3, "")
    assert "first cannot be judged again: " in unread.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('  "kind": "genesis-mon/archive",\n', "", "kind: Field required"),
        ('"version": 1', '"version": 2', "version: Input should be 1"),
        ('"tool": "', '"tool": 5, "was": "', "tool: Input should be a valid string"),
        ("{", "[", "it: Invalid JSON"),
    ],
)
def test_facts_that_are_none_are_not_read(folder: Path, old: str, new: str, said: str) -> None:
    text = (folder / "first" / "archive.json").read_text()
    assert old in text
    (folder / "first" / "archive.json").write_text(text.replace(old, new))
    _rehash(folder / "first")
    answer = archive(folder, "--check first")
    assert (answer.code, answer.stdout) == (3, "")
    assert f"first/archive.json is none that this genesis-mon reads: {said}" in answer.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("--check none", 3, "has no SHA256SUMS"),
        ("--check first --out x", 2, "leave the other options out"),
        ("--replay none.json", 3, "cannot be replayed"),
        ("--prometheus http://127.0.0.1:1 --timeout 1", 3, "could not be reached"),
        ("--replay healthy.json.gz --out slo.yaml", 2, "is not a folder"),
    ],
)
def test_what_goes_wrong_is_told(kept: Path, line: str, code: int, said: str) -> None:
    before = sorted(kept.rglob("*"))
    answer = archive(kept, line)
    assert (answer.code, answer.stdout) == (code, "")
    assert said in answer.stderr
    assert "mend: " in answer.stderr
    assert sorted(kept.rglob("*")) == before


@pytest.mark.live
def test_an_archive_says_which_environment_it_is_of(records: Path, tmp_path: Path) -> None:
    shutil.copytree(records, tmp_path, dirs_exist_ok=True)
    with (tmp_path / "slo.yaml").open("a") as spec:
        override = "rag_latency_p95.target: {value: 150, reason: half as large}"
        spec.write(f"\nenvironments: {{staging: {{set: {{{override}}}}}}}\n")
    shutil.copytree(tmp_path / "rollout", tmp_path / "rollout-staging")
    assert run("genesis-mon render --env staging", tmp_path).code == 0
    done = run("genesis-mon rollout archive --env staging --replay healthy.json.gz --out kept", tmp_path)
    assert done.code == 0, done.stderr
    assert json.loads((tmp_path / "kept/archive.json").read_text())["environment"] == "staging"
    assert "in environment staging, sha256:" in (tmp_path / "kept/report.md").read_text()
    assert run("genesis-mon rollout archive --check kept", tmp_path).code == 0


def test_a_spec_in_two_files_is_kept_and_proven_with_both(folder: Path) -> None:
    text = (folder / "slo.yaml").read_text()
    begin, end = text.index("\nslis:"), text.index("\nalerts:")
    (folder / "teams").mkdir()
    (folder / "teams/slis.yaml").write_text(text[begin:end] + "\n")
    (folder / "slo.yaml").write_text(f"{text[:begin]}\ninclude: [teams/slis.yaml]\n{text[end:]}")
    answer = archive(folder, "--replay healthy.json.gz --out two")
    assert answer.code == 0, answer.stderr
    kept = folder / "two" / "teams/slis.yaml"
    assert kept.read_bytes() == (folder / "teams/slis.yaml").read_bytes()
    assert archive(folder, "--check two").code == 0
    kept.write_bytes(kept.read_bytes() + b"# later\n")
    sums = folder / "two/SHA256SUMS"
    lines = [line for line in sums.read_text().splitlines(keepends=True) if "teams/slis.yaml" not in line]
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    sums.write_text("".join(sorted([*lines, f"{digest}  teams/slis.yaml\n"], key=lambda line: line[66:])))
    checked = archive(folder, "--check two")
    assert checked.code == 1
    assert "slo.yaml: is not the spec of which archive.json speaks" in checked.stderr
