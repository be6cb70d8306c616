"""A folder that is written once: all of it or nothing, and whatever was changed afterwards is found."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from genesis_monitoring.errors import CouldNotTellError, GenesisMonError
from genesis_monitoring.tree.bundle import SUMS, check_bundle, sums_of, write_bundle

FILES = {"a.txt": b"a\n", "b/manifest.json": b"{}", "b/c/d.bin": bytes(range(256)), "empty": b""}


def written(tmp_path: Path) -> Path:
    assert write_bundle(tmp_path / "kept", FILES)
    return tmp_path / "kept"


def test_all_of_it_and_what_coreutils_say(tmp_path: Path) -> None:
    folder = written(tmp_path)
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert found == FILES | {SUMS: sums_of(FILES)}
    assert check_bundle(folder) == ()
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == len(FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_again_it_is_not_touched(tmp_path: Path) -> None:
    folder = written(tmp_path)
    stamps = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert not write_bundle(folder, FILES)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == stamps
    with pytest.raises(GenesisMonError, match="holds something else"):
        write_bundle(folder, FILES | {"a.txt": b"b\n"})
    (folder / "a.txt").write_bytes(b"b\n")
    with pytest.raises(GenesisMonError, match="holds something else"):
        write_bundle(folder, FILES)
    assert (folder / "a.txt").read_bytes() == b"b\n"


def _file(folder: Path) -> None:
    folder.write_text("mine")


def _link(folder: Path) -> None:
    folder.with_name("elsewhere").mkdir()
    folder.with_name("elsewhere").joinpath("mine").write_text("mine")
    folder.symlink_to("elsewhere")


def _full(folder: Path) -> None:
    folder.mkdir()
    (folder / "mine").write_text("mine")


@pytest.mark.parametrize("make", [_file, _link, _full])
def test_what_stands_there_stays(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "kept")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(GenesisMonError, match="holds something else"):
        write_bundle(tmp_path / "kept", FILES)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    assert check_bundle(written(tmp_path)) == ()


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_stopped_in_the_middle_it_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    real = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == "d.bin":
            raise error
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises((CouldNotTellError, KeyboardInterrupt)):
        write_bundle(tmp_path / "kept", FILES)
    assert list(tmp_path.iterdir()) == []


def test_two_writers_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another run puts its folder in place between our look and our rename."""
    real = os.sync

    def other() -> None:
        real()
        if not (tmp_path / "kept").exists():
            _full(tmp_path / "kept")

    monkeypatch.setattr(os, "sync", other)
    with pytest.raises(GenesisMonError, match="holds something else"):
        write_bundle(tmp_path / "kept", FILES)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_no_parent(tmp_path: Path) -> None:
    with pytest.raises(CouldNotTellError, match="No such file or directory"):
        write_bundle(tmp_path / "none" / "kept", FILES)


def _change(folder: Path) -> None:
    (folder / "b/c/d.bin").write_bytes(bytes(255))


def _remove(folder: Path) -> None:
    (folder / "empty").unlink()


def _add(folder: Path) -> None:
    (folder / "b/more").write_bytes(b"")


def _add_link(folder: Path) -> None:
    (folder / "more").symlink_to("/")


def _swap(folder: Path) -> None:
    (folder / "a.txt").rename(folder / "b/a.txt")
    (folder / "a.txt").symlink_to("b/a.txt")


def _escape(folder: Path) -> None:
    with (folder / SUMS).open("a") as sums:
        sums.write(f"{'0' * 64}  ../outside\n")


def _twice(folder: Path) -> None:
    with (folder / SUMS).open("a") as sums:
        sums.write(f"{'0' * 64}  a.txt\n")


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_change, ("b/c/d.bin: was changed",)),
        (_remove, ("empty: is missing",)),
        (_add, ("b/more: is not listed in SHA256SUMS",)),
        (_add_link, ("more: is no regular file",)),
        (_swap, ("a.txt: is no regular file", "b/a.txt: is not listed in SHA256SUMS")),
        (_escape, ("SHA256SUMS: line 5 is none of a digest and a path of its own",)),
        (_twice, ("SHA256SUMS: line 5 is none of a digest and a path of its own",)),
    ],
)
def test_what_was_done_to_it_is_found(
    tmp_path: Path, tamper: Callable[[Path], None], said: tuple[str, ...]
) -> None:
    folder = written(tmp_path)
    tamper(folder)
    assert check_bundle(folder) == said


def test_without_its_list_it_cannot_be_told(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / SUMS).unlink()
    with pytest.raises(CouldNotTellError, match="has no SHA256SUMS"):
        check_bundle(folder)
    with pytest.raises(CouldNotTellError, match="has no SHA256SUMS"):
        check_bundle(tmp_path / "none")


@pytest.mark.parametrize("path", ["/a", "../a", "a/../b", "a\nb", SUMS, ""])
def test_a_path_that_leaves_it_is_our_mistake(path: str) -> None:
    with pytest.raises(ValueError, match="is no file of a bundle"):
        sums_of({path: b""})
