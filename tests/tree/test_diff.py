import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from growth import grows_linearly
from hypothesis import given, settings, strategies as st

from genesis_monitoring.tree.diff import diff_file, unified_diff
from genesis_monitoring.tree.lines import changes, split_lines
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, on_disk, put

LINES = st.lists(st.sampled_from(["a", "b", "c", "", "x\x0by", "z\u2028", "--- a", "r\r"]), max_size=30)
TEXT = st.builds(lambda lines, end: "\n".join(lines) + end, LINES, st.sampled_from(["", "\n"]))


def test_clean_tree_has_no_diff(tmp_path: Path) -> None:
    write_tree(tmp_path, artifacts({"a": "a\n"}))
    assert list(unified_diff(tmp_path, artifacts({"a": "a\n"}))) == []


def test_changed_created_removed_and_foreign_files(tmp_path: Path) -> None:
    write_tree(tmp_path, artifacts({"a": "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "old": "gone\n"}))
    put(tmp_path, {"foreign": "mine\n"})
    new = {"a": "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "sub/new": "n\n", "foreign": "theirs\n"}
    assert list(unified_diff(tmp_path, artifacts(new))) == [
        *("--- a/a", "+++ b/a", "@@ -2,7 +2,7 @@", " 2", " 3", " 4", "-5", "+five", " 6", " 7", " 8"),
        *("--- a/foreign", "+++ b/foreign", "@@ -1 +1 @@", "-mine", "+theirs"),
        *("--- a/old", "+++ /dev/null", "@@ -1 +0,0 @@", "-gone"),
        *("--- /dev/null", "+++ b/sub/new", "@@ -0,0 +1 @@", "+n"),
    ]


@pytest.mark.parametrize(("between", "hunks"), [(0, 1), (6, 1), (7, 2)])
def test_changes_whose_context_meets_share_a_hunk(between: int, hunks: int) -> None:
    same = "".join(f"{i}\n" for i in range(between))
    lines = list(diff_file("a", f"x\n{same}y\n", f"X\n{same}Y\n"))
    assert sum(1 for line in lines if line.startswith("@@")) == hunks


def test_missing_newline_is_shown() -> None:
    assert list(diff_file("a", "x", "x\n"))[2:] == [
        *("@@ -1 +1 @@", "-x", "\\ No newline at end of file", "+x"),
    ]


@pytest.mark.parametrize("content", [b"\xff\xfe\n", b"a\0b\n"])
def test_binary_file_is_only_named(tmp_path: Path, content: bytes) -> None:
    write_tree(tmp_path, artifacts({"a": "a\n"}))
    (tmp_path / "a").write_bytes(content)
    assert list(unified_diff(tmp_path, artifacts({"a": "a\n"}))) == ["Binary files a/a and b/a differ"]
    assert list(unified_diff(tmp_path, ())) == ["Binary files a/a and /dev/null differ"]


def test_no_folder_shows_everything_as_new(tmp_path: Path) -> None:
    lines = list(unified_diff(tmp_path / "absent", artifacts({"a": "a\n"})))
    assert lines == ["--- /dev/null", "+++ b/a", "@@ -0,0 +1 @@", "+a"]


def test_git_applies_the_diff_of_a_tree(tmp_path: Path) -> None:
    old = {f"d{i % 3}/f{i}": "".join(f"line {j * i}\n" for j in range(40)) for i in range(12)}
    new = {path: text.replace("7\n", "seven\n") for path, text in list(old.items())[2:]} | {"new/x": "x"}
    write_tree(tmp_path, artifacts(old))
    patch = "".join(f"{line}\n" for line in unified_diff(tmp_path, artifacts(new)))
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    assert on_disk(tmp_path) == new


@given(TEXT, TEXT)
@settings(max_examples=150, deadline=None)
def test_changes_turn_old_into_new(old: str, new: str) -> None:
    old_lines, new_lines = split_lines(old), split_lines(new)
    assert "".join(old_lines) == old
    built: list[str] = []
    done = 0
    for change in changes(old_lines, new_lines):
        built += old_lines[done : change.old_start] + new_lines[change.new_start : change.new_stop]
        assert old_lines[change.old_start : change.old_stop] != new_lines[change.new_start : change.new_stop]
        done = change.old_stop
    assert "".join(built + old_lines[done:]) == new


@given(old=TEXT.filter(bool), new=TEXT.filter(bool))
@settings(max_examples=20, deadline=None)
def test_git_applies_any_diff(tmp_path_factory: pytest.TempPathFactory, old: str, new: str) -> None:
    folder = tmp_path_factory.mktemp("diff")
    (folder / "f").write_bytes(old.encode())
    patch = "".join(f"{line}\n" for line in diff_file("f", old, new))
    if patch:
        subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=folder, check=True)
    assert (folder / "f").read_bytes().decode() == new


def repeated(count: int) -> Callable[[], list[str]]:
    old = "".join(f"- alert: A{i}\n  for: 5m\n  labels:\n    severity: P1\n" for i in range(count))
    new = old.replace("5m", "6m")
    return lambda: list(diff_file("r", old, new))


def test_repeated_lines_stay_cheap() -> None:
    lines = repeated(5000)()
    assert lines.count("-  for: 5m") == lines.count("+  for: 6m") == 5000
    assert sum(1 for line in lines if line[0] in "+-") == 10_002
    assert grows_linearly(repeated, 500)
    assert grows_linearly(
        lambda count: lambda: list(diff_file("r", "a\nb\n" * count, "b\nb\na\n" * count)), 500
    )
