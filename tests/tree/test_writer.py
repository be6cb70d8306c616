import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from growth import grows_linearly

from genesis_monitoring.tree import writer
from genesis_monitoring.tree.manifest import load_manifest
from genesis_monitoring.tree.paths import MANIFEST
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, on_disk, put, stamps

OLD = {"a.yml": "a\n", "b/c.yml": "c\n", "b/d/e.yml": "e\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_tree(out, artifacts(OLD))
    return out


def test_first_write_makes_the_tree(tmp_path: Path) -> None:
    out = tmp_path / "x/y/out"
    diff = write_tree(out, artifacts(OLD))
    assert diff.created == tuple(OLD)
    assert on_disk(out) == OLD
    assert compare_tree(out, artifacts(OLD)).is_clean


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o027])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        tmp_path.joinpath("out").mkdir(mode=0o755)
        write_tree(tmp_path / "out", artifacts(OLD))
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "out").rglob("*")}
    folders = {"b": 0o755, "d": 0o755}
    assert modes == {"a.yml": 0o644, "c.yml": 0o644, "e.yml": 0o644, MANIFEST: 0o644} | folders


def test_nothing_to_do_writes_nothing(out: Path) -> None:
    before = stamps(out)
    assert write_tree(out, artifacts(OLD)).is_clean
    assert stamps(out) == before


def test_only_what_differs_is_written(out: Path) -> None:
    before = stamps(out)
    diff = write_tree(out, artifacts(OLD | {"b/c.yml": "c2\n"}))
    assert (diff.changed, diff.unchanged) == (("b/c.yml",), ("a.yml", "b/d/e.yml"))
    after = stamps(out)
    same = {path for path, stamp in after.items() if before.get(path) == stamp}
    assert same == {str(out / path) for path in ("a.yml", "b/d", "b/d/e.yml")}
    assert {path: stamp[0] for path, stamp in after.items() if Path(path).is_dir()} == {
        path: stamp[0] for path, stamp in before.items() if Path(path).is_dir()
    }


def test_orphans_and_the_folders_they_empty_go(out: Path) -> None:
    put(out, {"b/mine.txt": "mine\n"})
    (out / "empty").mkdir()
    diff = write_tree(out, ())
    assert diff.removed == tuple(OLD)
    assert on_disk(out) == {"b/mine.txt": "mine\n", "empty/": ""}


def test_folder_of_a_listed_file_that_was_deleted_by_hand_goes_too(out: Path) -> None:
    (out / "b/d/e.yml").unlink()
    write_tree(out, artifacts({"a.yml": "a\n"}))
    assert on_disk(out) == {"a.yml": "a\n"}


def test_hand_edits_are_overwritten_and_reported(out: Path) -> None:
    (out / "a.yml").write_text("edited\n")
    diff = write_tree(out, artifacts(OLD))
    assert (diff.changed, diff.hand_edited) == (("a.yml",), ("a.yml",))
    assert on_disk(out) == OLD


def test_file_and_folder_may_change_places(tmp_path: Path) -> None:
    first = {"x": "file\n", "y/1/2": "deep\n", "y/3": "3\n"}
    second = {"x/1/2": "deep\n", "y": "file\n"}
    for tree in (first, second, first, second):
        write_tree(tmp_path, artifacts(tree))
        assert on_disk(tmp_path) == tree


def test_output_folder_may_be_reached_by_a_symlink(tmp_path: Path, out: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(out)
    write_tree(link, artifacts({"a.yml": "a2\n"}))
    assert on_disk(out) == {"a.yml": "a2\n"}


def test_many_files_are_written_right_too(tmp_path: Path) -> None:
    count = writer.SYNC_EACH_LIMIT * 3
    for text in ("one\n", "two\n"):
        tree = {f"d{i % 7}/f{i}": text for i in range(count)}
        write_tree(tmp_path, artifacts(tree))
        assert on_disk(tmp_path) == tree
    assert len((load_manifest(tmp_path) or pytest.fail("no manifest")).files) == count


def test_no_descriptor_is_left_open(out: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for tree in (OLD | {"b/d/e.yml": "e2\n"}, {}):
        write_tree(out, artifacts(tree))
        compare_tree(out, artifacts(tree))
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_cost_is_linear(tmp_path: Path) -> None:
    def written(count: int) -> Callable[[], None]:
        tree = artifacts({f"d{i % 9}/f{i}": f"{i}\n" for i in range(count)})

        def write() -> None:
            for files in (tree, tree, ()):
                write_tree(tmp_path / str(count), files)

        return write

    assert grows_linearly(written, 60)


@pytest.mark.parametrize("count", [3, writer.SYNC_EACH_LIMIT + 1])
def test_content_is_on_disk_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    """Only a power cut would show it, so the real calls are watched."""
    flushed: set[int] = set()
    everything = False
    unflushed: list[str] = []
    fsync, sync, replace = os.fsync, os.sync, os.replace

    def watch_fsync(fd: int) -> None:
        fsync(fd)
        flushed.add(os.fstat(fd).st_ino)

    def watch_sync() -> None:
        nonlocal everything
        sync()
        everything = True

    def watch_replace(source: str, target: str, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        if not everything and os.stat(source, dir_fd=src_dir_fd).st_ino not in flushed:
            unflushed.append(target)
        replace(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "fsync", watch_fsync)
    monkeypatch.setattr(os, "sync", watch_sync)
    monkeypatch.setattr(os, "replace", watch_replace)
    write_tree(tmp_path, artifacts({f"d/f{i}": f"{i}\n" for i in range(count)}))
    assert unflushed == []
    assert everything == (count > writer.SYNC_EACH_LIMIT)
    folders = {path.stat().st_ino for path in (tmp_path, tmp_path / "d")}
    assert everything or folders <= flushed
