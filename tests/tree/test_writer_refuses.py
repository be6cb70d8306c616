"""What the writer does not do: harm what is not its own, or go on after the system refused."""

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.journal import Journal
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST, temp_path
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, in_child, on_disk, put, stamps

OLD = {"a.yml": "a\n", "b/c.yml": "c\n", "b/d/e.yml": "e\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_tree(out, artifacts(OLD))
    return out


def test_foreign_file_in_the_way_is_an_error_until_adopted(out: Path) -> None:
    put(out, {"new.yml": "mine\n"})
    before = stamps(out)
    new = artifacts({"new.yml": "theirs\n"})
    with pytest.raises(GenesisMonError, match=r"did not write .*out/new\.yml") as caught:
        write_tree(out, new)
    assert "--adopt" in caught.value.hint
    assert stamps(out) == before
    assert write_tree(out, new, adopt=True).conflicts == ("new.yml",)
    assert on_disk(out) == {"new.yml": "theirs\n"}


def test_many_conflicts_make_a_short_message(tmp_path: Path) -> None:
    tree = {f"f{i:03}": "mine\n" for i in range(100)}
    put(tmp_path, tree)
    with pytest.raises(GenesisMonError, match=r"f004 and 95 more$"):
        write_tree(tmp_path, artifacts(dict.fromkeys(tree, "theirs\n")))


@pytest.mark.parametrize("extra", ["y/mine.txt", "y/1/mine.txt", "y/none/"])
def test_folder_with_a_foreign_thing_does_not_give_way(tmp_path: Path, extra: str) -> None:
    write_tree(tmp_path, artifacts({"y/1/2": "deep\n"}))
    if extra.endswith("/"):
        (tmp_path / extra).mkdir()
    else:
        put(tmp_path, {extra: "mine\n"})
    before = stamps(tmp_path)
    for adopt in (False, True):
        with pytest.raises(GenesisMonError, match=r"/y \(a folder\)"):
            write_tree(tmp_path, artifacts({"y": "file\n"}), adopt=adopt)
    assert stamps(tmp_path) == before


@pytest.mark.parametrize("link", ["b", "b/d", "b/c.yml", "a.yml"])
def test_symlink_in_the_tree_is_never_followed(tmp_path: Path, out: Path, link: str) -> None:
    outside = tmp_path / "outside"
    put(outside, {"c.yml": "c\n", "d/e.yml": "e\n", "e.yml": "e\n", "file": "a\n"})
    place = out / link
    subprocess.run(["rm", "-r", place], check=True)
    place.symlink_to(outside / "file" if link.endswith(".yml") else outside)
    before = stamps(tmp_path)
    for tree in (OLD, {path: text + "more\n" for path, text in OLD.items()}):
        for adopt in (False, True):
            with pytest.raises(GenesisMonError, match=rf"out/{link} \(a symlink\)"):
                write_tree(out, artifacts(tree), adopt=adopt)
    assert stamps(tmp_path) == before
    outside_before = on_disk(outside)
    write_tree(out, ())
    assert on_disk(outside) == outside_before
    assert place.is_symlink()


def test_planted_temporary_symlink_is_not_written_through(tmp_path: Path, out: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("keep\n")
    for name in ("a.yml", MANIFEST, JOURNAL):
        (out / temp_path(name)).symlink_to(victim)
    write_tree(out, artifacts(OLD | {"a.yml": "a2\n"}))
    assert victim.read_text() == "keep\n"
    assert on_disk(out) == OLD | {"a.yml": "a2\n"}


@pytest.mark.parametrize("kind", ["file", "dangling symlink", "below a file", "NUL"])
def test_unusable_output_folder_is_one_clear_error(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "place"
    if kind == "dangling symlink":
        place.symlink_to(tmp_path / "nowhere")
    elif kind != "NUL":
        place.write_text("x\n")
    target = {"below a file": place / "out", "NUL": tmp_path / "a\0b"}.get(kind, place)
    with pytest.raises(GenesisMonError, match="cannot be the output folder"):
        write_tree(target, artifacts(OLD))
    if kind in ("file", "NUL"):
        with pytest.raises(GenesisMonError, match="cannot be the output folder"):
            compare_tree(target, artifacts(OLD))


@contextmanager
def reachable_by_all(out: Path) -> Iterator[None]:
    """Let another user reach ``out``; pytest's folders are closed to others."""
    changed = {
        path: path.stat().st_mode
        for path in out.parents
        if path.stat().st_uid == os.getuid() and not path.stat().st_mode & 1
    }
    for path, mode in changed.items():
        path.chmod(mode | 0o011)
    try:
        yield
    finally:
        for path, mode in changed.items():
            path.chmod(mode)


def drop_to_nobody() -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


@pytest.mark.parametrize("closed", [".", "b", "b/d"])
def test_unwritable_folder_is_found_before_the_first_write(out: Path, closed: str) -> None:
    before = stamps(out)
    changed = artifacts({path: text + "more\n" for path, text in OLD.items()} | {"b/d/new/x": "x\n"})

    def work() -> None:
        drop_to_nobody()
        with pytest.raises(GenesisMonError, match=f"not writable: .*{(out / closed)}") as caught:
            write_tree(out, changed)
        assert "permissions" in caught.value.hint

    for path in (out, out / "b", out / "b/d"):
        path.chmod(0o777)
    (out / closed).chmod(0o555)
    before = stamps(out)
    with reachable_by_all(out):
        assert in_child(work) == 0
    assert stamps(out) == before


def test_folder_that_only_loses_a_file_has_to_be_writable_too(out: Path) -> None:
    def work() -> None:
        drop_to_nobody()
        with pytest.raises(GenesisMonError, match=f"not writable: {out / 'b/d'}"):
            write_tree(out, artifacts({"a.yml": "a\n", "b/c.yml": "c\n"}))

    for path in (out, out / "b"):
        path.chmod(0o777)
    (out / "b/d").chmod(0o555)
    before = stamps(out)
    with reachable_by_all(out):
        assert in_child(work) == 0
    assert stamps(out) == before


@pytest.mark.parametrize("name", ["a.yml", MANIFEST, JOURNAL])
def test_unreadable_file_is_one_clear_error(out: Path, name: str) -> None:
    (out / JOURNAL).write_bytes(Journal({}).dump())
    (out / name).chmod(0)

    def work() -> None:
        drop_to_nobody()
        for action in (write_tree, compare_tree):
            with pytest.raises(GenesisMonError, match=f"out/{name}: Permission denied"):
                action(out, artifacts(OLD))

    with reachable_by_all(out):
        assert in_child(work) == 0


def test_file_too_large_leaves_every_old_file_and_the_next_run_mends(out: Path) -> None:
    new = {path: text * 2 for path, text in OLD.items()} | {"z/big.yml": "x" * 9000 + "\n"}

    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        with pytest.raises(GenesisMonError, match=r"out/z/big\.yml: File too large") as caught:
            write_tree(out, artifacts(new))
        assert "genesis-mon render" in caught.value.hint

    assert in_child(work) == 0
    left = on_disk(out)
    assert left.pop(JOURNAL)
    assert left == OLD | {"z/": ""}
    assert compare_tree(out, artifacts(OLD)).interrupted
    write_tree(out, artifacts(OLD))
    assert on_disk(out) == OLD
    assert compare_tree(out, artifacts(OLD)).is_clean


@contextmanager
def small_disk(place: Path) -> Iterator[None]:
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(place)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("needs the right to mount a small tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_mounted_folder_stays_when_it_is_emptied(out: Path) -> None:
    with small_disk(out / "b/d"):
        write_tree(out, artifacts(OLD))
        assert write_tree(out, artifacts({"a.yml": "a\n"})).removed == ("b/c.yml", "b/d/e.yml")
        assert on_disk(out) == {"a.yml": "a\n", "b/d/": ""}
        assert (out / "b/d").is_mount()


def test_full_disk_leaves_every_old_file_and_the_next_run_mends(tmp_path: Path) -> None:
    out = tmp_path / "disk"
    out.mkdir()
    with small_disk(out):
        write_tree(out, artifacts(OLD))
        new = {f"n{i}": "x" * 3000 + "\n" for i in range(80)}
        with pytest.raises(GenesisMonError, match=os.strerror(errno.ENOSPC)):
            write_tree(out, artifacts(new))
        left = on_disk(out)
        assert left.pop(JOURNAL)
        assert left == OLD
        write_tree(out, artifacts(OLD | {"a.yml": "a2\n"}))
        assert on_disk(out) == OLD | {"a.yml": "a2\n"}


def test_unreadable_journal_stops_the_writer_until_it_is_removed(out: Path) -> None:
    (out / JOURNAL).write_text('{"version": 1, "write": {"../victim": "' + "a" * 64 + '"}}')
    before = stamps(out)
    with pytest.raises(GenesisMonError, match=r"'\.\./victim' has the component"):
        write_tree(out, artifacts(OLD))
    assert stamps(out) == before


def test_journal_cannot_claim_a_file_with_another_content(out: Path) -> None:
    put(out, {"mine": "mine\n"})
    (out / JOURNAL).write_text('{"version": 1, "write": {"mine": "' + "a" * 64 + '"}}')
    write_tree(out, artifacts(OLD))
    assert on_disk(out) == OLD | {"mine": "mine\n"}
