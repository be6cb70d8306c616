"""Writers and readers of one tree at the same time."""

import fcntl
import os
import threading
from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.folder import open_folder
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, on_disk, stamps

OLD = {"a.yml": "a\n", "b/c.yml": "c\n", "b/d/e.yml": "e\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_tree(out, artifacts(OLD))
    return out


@pytest.mark.parametrize("held", [fcntl.LOCK_EX, fcntl.LOCK_SH])
def test_second_writer_waits_briefly_then_says_so(out: Path, held: int) -> None:
    before = stamps(out)
    holder = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(holder, held)
        with pytest.raises(GenesisMonError, match=r"another genesis-mon .*0\.2 s"):
            write_tree(out, (), wait=0.2)
        timer = threading.Timer(0.2, fcntl.flock, (holder, fcntl.LOCK_UN))
        assert stamps(out) == before
        timer.start()
        write_tree(out, artifacts({"a.yml": "a\n"}), wait=10)
    finally:
        os.close(holder)
    assert on_disk(out) == {"a.yml": "a\n"}


def test_readers_share_the_folder_and_wait_for_a_writer(out: Path) -> None:
    with open_folder(out):
        assert compare_tree(out, artifacts(OLD)).is_clean
    with (
        open_folder(out, write=True),
        pytest.raises(GenesisMonError, match="another genesis-mon"),
        open_folder(out, wait=0),
    ):
        pass


def test_writers_at_once_end_in_one_of_their_trees(out: Path) -> None:
    trees = [{f"d{i % 5}/f{i}": f"{who}\n" for i in range(who, who + 40)} for who in range(4)]

    def work(tree: dict[str, str]) -> None:
        for _ in range(5):
            write_tree(out, artifacts(tree), wait=60)

    threads = [threading.Thread(target=work, args=(tree,)) for tree in trees]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert on_disk(out) in trees


def test_reader_sees_whole_files_only(tmp_path: Path) -> None:
    texts = ["x" * 300_000 + "\n", "y" * 200_000 + "\n"]
    write_tree(tmp_path, artifacts({"f": texts[0]}))
    seen: set[str] = set()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.add((tmp_path / "f").read_text())

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for turn in range(60):
            write_tree(tmp_path, artifacts({"f": texts[turn % 2]}))
    finally:
        stop.set()
        reader.join()
    assert seen == set(texts)
