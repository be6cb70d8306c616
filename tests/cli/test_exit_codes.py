"""The exit codes that a gate trusts, of commands beside the verdict's, and that the help tells them."""

import shutil
from pathlib import Path

import pytest

from .sandbox import run

INVALID = "metadata: x\n"
GATES = ("render --check", "validate --no-live --only links", "stack status", "stack drill")
CASES: tuple[tuple[str, int], ...] = (
    ("render --check", 0),
    ("render --check --spec invalid.yaml", 1),
    ("render --check --spec absent.yaml", 2),
    ("render --check --spec folder", 2),
    ("render --check --profile nobody", 2),
    ("render --check --templates folder", 2),
    ("render --check --wrong", 2),
    ("validate --no-live --only links", 0),
    ("validate --no-live --spec invalid.yaml", 1),
    ("validate --no-live --spec absent.yaml", 2),
    ("validate --no-live --spec folder", 2),
    ("validate --only nothing", 2),
    ("validate --format nothing", 2),
    ("validate --timeout nan", 2),
    ("validate -o sarif=folder", 2),
    ("validate --no-live --only prometheus-config --promtool /absent", 0),
    ("validate --no-live --only prometheus-config --promtool /absent --strict", 3),
    ("validate --no-live --only prometheus-config --promtool ./broken", 3),
    ("stack status", 1),
    ("stack status --spec absent.yaml", 1),
    ("stack status --format nothing", 2),
    ("stack status --wait nan", 2),
    ("stack status --state slo.yaml", 2),
    ("stack drill --spec invalid.yaml", 1),
    ("stack drill --spec absent.yaml", 2),
    ("stack drill --alert Nobody", 2),
    ("stack drill --format nothing", 2),
    ("stack drill --end-to-end nowhere", 2),
    ("stack drill --end-to-end healthy --alert Watchdog", 2),
)


@pytest.fixture(scope="module", name="project")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("codes")
    (folder / "invalid.yaml").write_text(INVALID)
    (folder / "folder").mkdir()
    (folder / "broken").write_text("#!/bin/sh\nkill -9 $$\n")
    (folder / "broken").chmod(0o755)
    assert run("genesis-mon init && genesis-mon render", folder).code == 0
    return folder


@pytest.mark.parametrize(("line", "code"), CASES)
def test_a_code(line: str, code: int, project: Path) -> None:
    done = run(f"genesis-mon {line}", project)
    assert done.code == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("line", GATES)
def test_a_tree_that_differs_or_does_not_run(line: str, project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "copy")
    shutil.rmtree(tmp_path / "copy" / "generated")
    assert run(f"genesis-mon {line}", tmp_path / "copy").code == 1


def test_a_drill_without_an_alertmanager_cannot_tell(project: Path) -> None:
    assert run("genesis-mon stack drill", project, GENESIS_MON_ALERTMANAGER="/absent").code == 3


@pytest.mark.parametrize("command", ["render", "validate", "stack up", "stack status", "stack drill"])
def test_the_help_says_what_each_code_means(command: str, tmp_path: Path) -> None:
    said = " ".join(run(f"genesis-mon {command} --help", tmp_path).stdout.split())
    codes = said.partition("Exit codes: ")[2].partition(" Options:")[0]
    assert [code for code in "0123" if f"{code} " in codes] == list("0123")
