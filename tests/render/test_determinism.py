"""The bytes of the tree depend on the spec alone: not on hash seed, locale, time zone, folder or order."""

import os
from pathlib import Path

import pytest
from plan.specs import GENESIS, ROOT, genesis_plan, rendered

from genesis_monitoring.tree.paths import MANIFEST

from .command import genesis_mon, tree_of

C_WITHOUT_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def files_of(out: Path) -> dict[str, str]:
    """The rendered files, without their list."""
    tree = {path: data.decode() for path, data in tree_of(out).items()}
    del tree[MANIFEST]
    return tree


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
    assert files_of(out) == rendered(genesis_plan())


def test_the_folders_do_not_matter(tmp_path: Path) -> None:
    spec = tmp_path / "deep" / "er" / "other.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_bytes(GENESIS.read_bytes())
    relative = os.path.relpath(spec, tmp_path / "deep")
    genesis_mon("render", "--spec", relative, "--out", "../tree", cwd=tmp_path / "deep")
    genesis_mon("render", "-s", "other.yaml", cwd=spec.parent)
    assert files_of(tmp_path / "tree") == rendered(genesis_plan())
    assert tree_of(spec.parent / "generated") == tree_of(tmp_path / "tree")


def test_a_second_render_in_one_process_gives_the_same() -> None:
    assert rendered(genesis_plan()) == rendered(genesis_plan())


def test_nothing_of_the_machine_is_in_the_tree() -> None:
    words = [str(Path.home()), str(GENESIS.parent), str(ROOT), os.uname().nodename]
    for path, data in tree_of(ROOT / "generated").items():
        assert not [word for word in words if len(word) > 5 and word.encode() in data], path
