"""The mutation harness: a sample of its faults, of which each must be caught."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[2]
SAMPLE = 60


def mutate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mutate", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What a run over a sample writes."""
    file = tmp_path_factory.mktemp("mutate") / "verdicts.json"
    run = mutate("--sample", str(SAMPLE), "--json", str(file))
    assert run.returncode == 0, run.stdout + run.stderr
    return json.loads(file.read_text("utf-8"))


def test_every_fault_of_a_sample_is_caught_and_located(sample: Any) -> None:
    faults = [mutant for mutant in sample["mutants"] if not mutant["no_fault"]]
    assert [mutant for mutant in faults if not mutant["caught"]] == []
    assert sum(mutant["located"] for mutant in faults) >= 0.95 * len(faults)


def test_the_sample_is_spread_over_kinds_and_targets(sample: Any) -> None:
    assert len(sample["mutants"]) == len({mutant["kind"] for mutant in sample["mutants"]}) == SAMPLE
    assert {mutant["target"] for mutant in sample["mutants"]} == {"generated", "template", "spec"}


def test_tree_faults_are_caught_by_other_checks_than_drift(sample: Any) -> None:
    for mutant in sample["mutants"]:
        if mutant["target"] != "spec":
            assert not any(code.startswith("GM2") for code in mutant["codes"]), mutant


def test_the_whole_run_is_large_enough_and_always_the_same() -> None:
    names = mutate("--list").stdout.splitlines()
    kinds = {name.partition(" | ")[0] for name in names}
    assert len(names) == len(set(names)) >= 600
    assert len(kinds) >= 40
    assert mutate("--list").stdout.splitlines() == names
