"""A writer stopped anywhere: no half file, and the next run, whatever it renders, mends the tree."""

import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, in_child, on_disk, put

OLD = {"a": "a1\n", "b/c": "c1\n", "b/d": "d1\n", "gone/x": "x1\n", "turns": "file\n", "back/1/2": "2\n"}
NEW = {"a": "a2\n", "b/c": "c1\n", "b/d": "d2\n", "fresh/1/y": "y2\n", "turns/z": "z2\n", "back": "file\n"}
THIRD = {"b/d": "d3\n", "fresh": "file\n", "gone/x": "x1\n", "other/w": "w3\n", "turns/z/deep": "z3\n"}
FOREIGN = {"mine.txt": "mine\n", "b/mine.txt": "mine\n"}
CHANGES_OF_DISK = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir"}
STOPPED = 77


def stop_at(step: int, stop: Callable[[], None]) -> Callable[[], bool]:
    """Call ``stop`` before the process's ``step``-th look at or change of the disk; tells whether it did."""
    left = step

    def hook(event: str, _: tuple[object, ...]) -> None:
        nonlocal left
        if event in CHANGES_OF_DISK:
            left -= 1
            if left == 0:
                stop()

    sys.addaudithook(hook)
    return lambda: left <= 0


def leave() -> None:
    os._exit(STOPPED)


def refuse() -> None:
    raise OSError(5, "Input/output error")


def interrupt() -> None:
    raise KeyboardInterrupt


def assert_whole(out: Path, *trees: dict[str, str]) -> None:
    """Every file but temporary ones holds one of the contents that it has in ``trees``."""
    for path, text in on_disk(out).items():
        if not path.endswith("/") and ".genesis-mon." not in path:
            assert text in [tree[path] for tree in (*trees, FOREIGN) if path in tree], path


def assert_mended(out: Path, tree: dict[str, str]) -> None:
    write_tree(out, artifacts(tree))
    assert on_disk(out) == tree | FOREIGN
    assert compare_tree(out, artifacts(tree)).is_clean


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.live)])
@pytest.mark.parametrize(
    ("first", "stop", "then"),
    [(1, leave, OLD), (2, leave, NEW), (4, leave, THIRD), (5, refuse, THIRD), (6, interrupt, THIRD)],
    ids=["killed, old", "killed, new", "killed, third", "refused, third", "interrupted, third"],
)
def test_stopped_at_any_step(
    tmp_path: Path, first: int, stop: Callable[[], None], then: dict[str, str], stride: int
) -> None:
    """At each seventh step, each way from another one on; at every step where time does not matter."""
    journals = 0
    for step in range(first if stride > 1 else 1, 1000, stride):
        out = tmp_path / str(step)
        put(out, FOREIGN)
        write_tree(out, artifacts(OLD))

        def work(out: Path = out, step: int = step) -> None:
            stopped = stop_at(step, stop)
            try:
                write_tree(out, artifacts(NEW))
            except KeyboardInterrupt:
                assert stop is interrupt
            except GenesisMonError as error:
                assert re.search(f"{out}.*: Input/output error", str(error))  # noqa: PT017
            if stopped():
                leave()

        code = in_child(work)
        assert_whole(out, OLD, NEW)
        journals += (out / JOURNAL).exists()
        if stop is not leave:
            assert not list(out.rglob(".genesis-mon.*.tmp"))
        assert_mended(out, then)
        if code == 0:
            break
        assert code == STOPPED
    assert step > 50
    assert journals > 20 // stride


@pytest.mark.parametrize("turns", [50, pytest.param(500, marks=pytest.mark.live)])
def test_stopped_again_and_again_under_changing_specs(tmp_path: Path, turns: int) -> None:
    dice = random.Random(7)
    put(tmp_path, FOREIGN)
    trees = [OLD, NEW, THIRD]
    write_tree(tmp_path, artifacts(OLD))
    stopped = 0
    for turn in range(turns):
        tree = dice.choice(trees)

        def work(tree: dict[str, str] = tree, step: int = dice.randrange(1, 90)) -> None:
            stop_at(step, leave)
            write_tree(tmp_path, artifacts(tree))

        code = in_child(work)
        assert code in (0, STOPPED)
        stopped += code == STOPPED
        assert_whole(tmp_path, *trees)
        if turn % 10 == 9:
            assert_mended(tmp_path, dice.choice(trees))
    assert stopped > turns // 3


def many(version: int) -> dict[str, str]:
    """Big enough that a file takes several writes and a run some tens of milliseconds."""
    kept = {f"d{i % 8}/s/f{i}": f"{i} of version {version}\n" * (400 + 40 * i) for i in range(150)}
    return kept | {f"only{version}/f{i}": f"{version}\n" for i in range(30)}


def write_for_ever(out: Path, trees: list[dict[str, str]]) -> NoReturn:
    try:
        while True:
            for tree in trees:
                write_tree(out, artifacts(tree))
    finally:
        os._exit(1)


@pytest.mark.parametrize("kills", [6, pytest.param(60, marks=pytest.mark.live)])
def test_killed_at_random_moments(tmp_path: Path, kills: int) -> None:
    dice = random.Random(20)
    out = tmp_path / "out"
    put(out, FOREIGN)
    trees = [many(0), many(1)]
    small = {"small": "x\n"}
    torn = 0
    for _ in range(kills):
        pid = os.fork()
        if pid == 0:
            write_for_ever(out, trees)
        deadline = time.monotonic() + 10
        while dice.random() < 0.999 and not (out / JOURNAL).exists() and time.monotonic() < deadline:
            time.sleep(0.0005)
        time.sleep(dice.uniform(0, 0.05))
        os.kill(pid, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
        torn += (out / JOURNAL).exists()
        assert_whole(out, *trees, small)
        manifest = out / MANIFEST
        assert not manifest.exists() or manifest.read_text().endswith("}\n")
        assert_mended(out, dice.choice([*trees, small]))
    assert torn >= kills // 5
