"""The example of a whole team's spec: short, and its tree is what it renders to."""

import shutil
from pathlib import Path

import pytest
from cli.sandbox import run
from scratch import REPOSITORY
from stack.runs import genesis_mon

SHOP = REPOSITORY / "docs" / "examples" / "shop"
MOST_LINES = 100


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHOP, tmp_path / "shop"))


def test_it_is_short() -> None:
    assert len((SHOP / "slo.yaml").read_text().splitlines()) <= MOST_LINES


def test_its_tree_is_what_it_renders_to(copy: Path) -> None:
    done = run("genesis-mon render --check", copy)
    assert done.code == 0, done.stdout + done.stderr


def test_its_environments_render(copy: Path) -> None:
    done = run("genesis-mon render --all-envs", copy)
    assert done.code == 0, done.stdout + done.stderr
    assert {path.name for path in copy.iterdir() if path.is_dir()} >= {
        "generated-prod",
        "generated-staging",
        "generated-load",
    }


@pytest.mark.live
def test_it_is_proven_right_in_every_environment_and_every_alert_arrives(copy: Path) -> None:
    spec = copy / "slo.yaml"
    assert genesis_mon("render", "--all-envs", "--spec", spec).code == 0
    checked = genesis_mon("validate", "--strict", "--spec", spec)
    assert checked.code == 0, checked.out + checked.err
    assert ", 0 errors, 0 warnings" in checked.out
    drilled = genesis_mon("stack", "drill", "--brief", "--spec", spec)
    assert drilled.code == 0, drilled.out + drilled.err
