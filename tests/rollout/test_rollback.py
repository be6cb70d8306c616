"""`rollout rollback`: the steps with their commands, who did which, what is next; restated where needed."""

import json
from pathlib import Path

import pytest
import yaml
from cli.sandbox import run
from published import check

from genesis_monitoring.clients.server import Server
from genesis_monitoring.rollout.window import format_iso

from .history import load_spec_text, window_of
from .judging import FEW

STEPS = 6


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(load_spec_text())
    return tmp_path


def say(folder: Path, number: int, more: str = "") -> int:
    said = f"genesis-mon rollout rollback {number} --by Ann --evidence 'change 4711' {more}"
    return run(said, folder).code


def test_it_shows_every_step_with_its_command_and_what_is_next(folder: Path) -> None:
    answer = run("genesis-mon rollout rollback", folder)
    assert answer.code == 4
    lines = answer.stdout.splitlines()
    assert lines[0] == "Rollback: 0 of 6 steps done"
    assert next(line for line in lines if line.startswith("☐")).startswith("☐ 1. Stop the rollout")
    assert "     $ pytest --genesis-results results/regression.xml" in lines
    assert "Next: genesis-mon rollout rollback 1 --by NAME --evidence TEXT" in lines
    assert not (folder / "rollout").exists()


def test_each_step_is_somebodys_word_and_the_last_one_counts(folder: Path) -> None:
    assert say(folder, 1) == 4
    assert say(folder, 2, "--failed") == 1
    text = run("genesis-mon rollout rollback", folder).stdout
    assert "✓ 1. Stop the rollout" in text
    assert "     done, says Ann at " in text
    assert "     did not work, says Ann at " in text
    assert "Next: genesis-mon rollout rollback 2 " in text
    assert [say(folder, number) for number in range(2, STEPS + 1)] == [4, 4, 4, 4, 0]
    assert "All steps are done" in run("genesis-mon rollout rollback", folder).stdout


def test_a_word_is_of_one_rollout_and_of_the_step_as_it_was(folder: Path) -> None:
    say(folder, 1)
    say(folder, 2)
    other = run("genesis-mon rollout rollback --start 2026-01-01T00:00:00Z", folder).stdout
    assert "rollback 1 --by NAME --evidence TEXT --start 2026-01-01T00:00:00Z\n" in other
    assert other.startswith("Rollback: 0 of 6 steps done")
    file = folder / "slo.yaml"
    file.write_text(file.read_text().replace("Restore the baseline: go back", "Restore: go back"))
    text = run("genesis-mon rollout rollback", folder).stdout
    assert text.startswith("Rollback: 1 of 6 steps done")
    assert "The ledger has 1 word on steps that the spec has no more" in text


def test_its_json_is_as_its_schema_says(folder: Path) -> None:
    say(folder, 1)
    document = json.loads(run("genesis-mon rollout rollback --format json", folder).stdout)
    check("rollback", document)
    assert document["next"] == 2
    assert document["steps"][0]["word"]["by"] == "Ann"
    assert [step["command"] is None for step in document["steps"]] == [True, True, False, False, True, False]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("0 --by A --evidence B", "there is no step 0"),
        ("7 --by A --evidence B", "use 1 to 6"),
        ("1 --by A", "--evidence is missing"),
        ("1 --evidence B", "--by is missing"),
        ("--by A", "it is not said which step is done"),
        ("--failed", "it is not said which step is done"),
        ("1 --by '' --evidence B", "--by is not one line of text"),
    ],
)
def test_what_is_not_said_is_asked_for(folder: Path, more: str, said: str) -> None:
    answer = run(f"genesis-mon rollout rollback {more}", folder)
    assert (answer.code, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert not (folder / "rollout").exists()


def test_a_ledger_that_was_changed_is_told(folder: Path) -> None:
    say(folder, 1)
    ledger = folder / "rollout" / "ledger.jsonl"
    ledger.write_text(ledger.read_text().replace("Ann", "Eve"))
    answer = run("genesis-mon rollout rollback", folder)
    assert (answer.code, answer.stdout) == (3, "")


def test_a_verdict_of_no_go_restates_the_steps(folder: Path, server: Server) -> None:
    window = window_of(next(i for i, case in enumerate(FEW) if case.name == "retrieval-slow"))
    times = f"--start {format_iso(window.start)} --at {format_iso(window.start + 20 * 3600)}"
    text = run(f"genesis-mon rollout verdict {times} --prometheus {server.url}", folder).stdout
    assert "Stop the rollout" in text
    assert "genesis-mon rollout rollback N" in text


def test_the_page_has_every_command(folder: Path) -> None:
    assert run("genesis-mon render", folder).code == 0
    page = (folder / "generated" / "docs" / "rollback.md").read_text()
    steps = yaml.safe_load((folder / "slo.yaml").read_text())["rollout"]["rollback"]["steps"]
    for number, step in enumerate(steps, 1):
        assert f"genesis-mon rollout rollback {number} --by NAME --evidence TEXT" in page
        assert isinstance(step, str) or step["command"] in page
