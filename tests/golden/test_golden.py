"""Small specs with their whole generated tree: compared byte for byte, and accepted by the real tools."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from plan.specs import ROOT
from plan.tools import assert_accepted

import genesis_monitoring
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.tree.writer import write_tree

HERE = Path(__file__).parent
STARTER = Path(genesis_monitoring.__file__).parent / "commands" / "starter.yaml"


@dataclass(frozen=True, slots=True)
class Golden:
    """A spec, the profile it is rendered in, and its tree."""

    name: str
    spec: Path
    profile: str | None = None

    @property
    def tree(self) -> Path:
        return HERE / self.name / "generated"

    def __str__(self) -> str:
        return self.name


GOLDENS = (
    Golden("starter", STARTER),
    Golden("every-kind", HERE / "every-kind" / "slo.yaml"),
    Golden("slack-off", HERE / "slack-off" / "slo.yaml", "steady-state"),
)


@pytest.mark.parametrize("golden", GOLDENS, ids=str)
def test_tree_is_the_golden_one(golden: Golden, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    project = load_project(Inputs(golden.spec, tmp_path, None, golden.profile))
    if request.config.getoption("--update-golden", default=False):
        write_tree(golden.tree, project.artifacts)
    write_tree(tmp_path, project.artifacts)
    made, wanted = files(tmp_path), files(golden.tree)
    assert sorted(made) == sorted(wanted)
    for path, data in made.items():
        assert data.decode() == wanted[path].decode(), path


@pytest.mark.parametrize("golden", GOLDENS, ids=str)
def test_real_tools_accept_the_golden_tree(golden: Golden) -> None:
    assert_accepted(golden.tree)


def test_golden_trees_have_no_stray_folders() -> None:
    assert {path.parent.name for path in HERE.glob("*/generated")} == {golden.name for golden in GOLDENS}


def test_golden_trees_are_not_rewritten_in_ci() -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(HERE), "--update-golden", "--co"]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"CI": "true"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "not rewritten in CI" in done.stderr


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
