"""``genesis-mon render`` killed at random moments: no half file, and the next render mends the tree."""

import random
import subprocess
import time
from pathlib import Path

import pytest
from plan.specs import EVERY_KIND

from genesis_monitoring.tree.paths import JOURNAL

from .command import ENVIRONMENT, command, genesis_mon, tree_of

MOST_KILLS = 64
"""Until one came while files were being written."""


@pytest.mark.parametrize("kills", [3, pytest.param(60, marks=pytest.mark.live)])
def test_killed_again_and_again(tmp_path: Path, kills: int) -> None:
    dice = random.Random(5)
    text = EVERY_KIND.read_text("utf-8")
    specs = (tmp_path / "one/slo.yaml", tmp_path / "two/slo.yaml")
    for spec in specs:
        spec.parent.mkdir()
    specs[0].write_text(text, "utf-8")
    # A contact stands in every alert, so nearly every file changes.
    specs[1].write_text(text.replace("name: Ada", "name: Eve"), "utf-8")
    wanted = []
    for spec in specs:
        out = tmp_path / f"of-{spec.parent.name}"
        genesis_mon("render", "--spec", str(spec), "--out", str(out), cwd=tmp_path)
        wanted.append(tree_of(out))
    assert sum(wanted[0][path] != wanted[1][path] for path in wanted[0]) > 25

    out = tmp_path / "out"
    genesis_mon("render", "--spec", str(specs[0]), "--out", str(out), cwd=tmp_path)
    torn = 0
    for kill in range(MOST_KILLS):
        if kill >= kills and torn:
            break
        _render_killed(specs[(kill + 1) % 2], out, dice)
        torn += (out / JOURNAL).exists()
        for path, data in tree_of(out).items():
            if ".genesis-mon." not in path:
                assert data in [tree.get(path) for tree in wanted], f"kill {kill}: {path} is half a file"
        if kill % 3 == 2:
            turn = dice.randrange(2)
            said = genesis_mon("render", "--spec", str(specs[turn]), "--out", str(out), cwd=tmp_path)
            assert tree_of(out) == wanted[turn], said
            genesis_mon("render", "--check", "--spec", str(specs[turn]), "--out", str(out), cwd=tmp_path)
    assert torn, "no kill came while files were being written"


def _render_killed(spec: Path, out: Path, dice: random.Random) -> None:
    """Kill a render: one in four at any time, the others soon after they begin to write."""
    arguments = ("render", "--spec", str(spec), "--out", str(out))
    before = _journal(out)
    process = subprocess.Popen(
        command(arguments),
        cwd=spec.parent,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if dice.random() < 0.25:
        time.sleep(dice.uniform(0, 0.8))
    else:
        while _journal(out) == before and process.poll() is None:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.012))
    process.kill()
    process.wait()


def _journal(out: Path) -> tuple[int, int] | None:
    """Which journal there is: a new one is another file."""
    try:
        seen = (out / JOURNAL).stat()
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_mtime_ns
