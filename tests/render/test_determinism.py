"""The bytes of the tree depend on the spec alone: not on hash seed, locale, time zone, folder or order."""

import os
from pathlib import Path

import pytest
from plan.specs import GENESIS, genesis_plan, rendered

from .command import genesis_mon, tree_of

C_WITHOUT_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0", **C_WITHOUT_UTF8},
        {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "Pacific/Chatham"},
        {"PYTHONHASHSEED": "random", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
    ],
    ids=["seed 0, C", "seed 1, C.UTF-8", "random seed, Turkish"],
)
def test_the_environment_does_not_matter(environment: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "a b.ü"
    genesis_mon("render", "--spec", str(GENESIS), "--out", str(out), cwd=tmp_path, environment=environment)
    assert tree_of(out) == tree_of(GENESIS.parent / "generated")


def test_the_folders_do_not_matter(tmp_path: Path) -> None:
    spec = tmp_path / "deep" / "er" / "other.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_bytes(GENESIS.read_bytes())
    relative = os.path.relpath(spec, tmp_path / "deep")
    genesis_mon("render", "--spec", relative, "--out", "../tree", cwd=tmp_path / "deep")
    genesis_mon("render", "-s", "other.yaml", cwd=spec.parent)
    wanted = tree_of(GENESIS.parent / "generated")
    assert tree_of(tmp_path / "tree") == wanted
    assert tree_of(spec.parent / "generated") == wanted


def test_a_second_render_in_one_process_gives_the_same() -> None:
    assert rendered(genesis_plan()) == rendered(genesis_plan())


def test_nothing_of_the_machine_is_in_the_tree() -> None:
    words = [str(Path.home()), str(GENESIS.parent), os.uname().nodename]
    for path, data in tree_of(GENESIS.parent / "generated").items():
        assert not [word for word in words if len(word) > 5 and word.encode() in data], path
