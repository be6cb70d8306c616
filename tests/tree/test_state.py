import os
from pathlib import Path

import pytest

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.folder import Kind
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST
from genesis_monitoring.tree.state import ManifestState, Obstacle, TreeDiff, compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, put

OLD = {"a.yml": "a\n", "b/c.yml": "c\n", "b/d.yml": "d\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    write_tree(out, artifacts(OLD))
    return out


def test_same_tree_is_clean(out: Path) -> None:
    diff = compare_tree(out, artifacts(OLD))
    assert diff == TreeDiff(unchanged=("a.yml", "b/c.yml", "b/d.yml"))
    assert diff.is_clean


def test_absent_folder_is_all_created_and_stays_absent(tmp_path: Path) -> None:
    diff = compare_tree(tmp_path / "absent", artifacts(OLD))
    assert diff == TreeDiff(created=tuple(OLD), manifest=ManifestState.MISSING)
    assert not diff.is_clean
    assert not (tmp_path / "absent").exists()


def test_every_kind_of_difference_in_one_tree(out: Path) -> None:
    (out / "a.yml").write_text("edited\n")
    (out / "b/c.yml").unlink()
    put(out, {"foreign.yml": "mine\n", "unrelated": "mine\n"})
    new = {"a.yml": "a2\n", "b/c.yml": "c\n", "new.yml": "n\n", "foreign.yml": "theirs\n"}
    assert compare_tree(out, artifacts(new)) == TreeDiff(
        created=("new.yml",),
        changed=("a.yml",),
        missing=("b/c.yml",),
        removed=("b/d.yml",),
        hand_edited=("a.yml",),
        conflicts=("foreign.yml",),
        manifest=ManifestState.OUTDATED,
    )


def test_changed_spec_is_no_hand_edit(out: Path) -> None:
    diff = compare_tree(out, artifacts(OLD | {"a.yml": "a2\n"}))
    assert (diff.changed, diff.hand_edited) == (("a.yml",), ())


def test_edited_orphan_is_a_hand_edit(out: Path) -> None:
    (out / "a.yml").write_text("edited\n")
    diff = compare_tree(out, artifacts({"b/c.yml": "c\n", "b/d.yml": "d\n"}))
    assert (diff.removed, diff.hand_edited) == (("a.yml",), ("a.yml",))


def test_foreign_file_with_the_right_content_is_no_conflict(tmp_path: Path) -> None:
    put(tmp_path, {"a.yml": "a\n"})
    diff = compare_tree(tmp_path, artifacts({"a.yml": "a\n"}))
    assert diff == TreeDiff(unchanged=("a.yml",), manifest=ManifestState.MISSING)


def test_wrong_manifest_entries_are_stale(out: Path) -> None:
    manifest = (out / MANIFEST).read_text().replace("b/d.yml", "b/gone.yml")
    (out / MANIFEST).write_text(manifest)
    diff = compare_tree(out, artifacts(OLD))
    assert (diff.stale, diff.manifest) == (("b/d.yml", "b/gone.yml"), ManifestState.OUTDATED)
    assert not diff.is_clean


def test_reformatted_manifest_is_not_clean(out: Path) -> None:
    (out / MANIFEST).write_text((out / MANIFEST).read_text().replace("  ", "\t"))
    diff = compare_tree(out, artifacts(OLD))
    assert (diff.stale, diff.manifest, diff.is_clean) == ((), ManifestState.OUTDATED, False)


def test_journal_means_interrupted(out: Path) -> None:
    (out / JOURNAL).write_text('{"version": 1, "write": {}, "remove": []}')
    diff = compare_tree(out, artifacts(OLD))
    assert (diff.interrupted, diff.journal_fault, diff.is_clean) == (True, "", False)


def test_unreadable_journal_is_told(out: Path) -> None:
    (out / JOURNAL).write_text("{")
    diff = compare_tree(out, artifacts(OLD))
    assert diff.interrupted
    assert "is not JSON" in diff.journal_fault


def test_obstacles_of_every_kind(tmp_path: Path) -> None:
    put(tmp_path, {"file": "x\n", "folder/x": "x\n"})
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "linked").symlink_to("folder")
    (tmp_path / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe")
    wanted = ["dangling", "file/a", "folder", "link", "linked/x", "pipe"]
    diff = compare_tree(tmp_path, artifacts(dict.fromkeys(wanted, "x\n")))
    assert diff.obstacles == (
        Obstacle("dangling", "dangling", Kind.SYMLINK),
        Obstacle("file/a", "file", Kind.FILE),
        Obstacle("folder", "folder", Kind.FOLDER),
        Obstacle("link", "link", Kind.SYMLINK),
        Obstacle("linked/x", "linked", Kind.SYMLINK),
        Obstacle("pipe", "pipe", Kind.OTHER),
    )
    assert diff.to_write == ()


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        ((Artifact("../x", "x\n"),), "component '..'"),
        ((Artifact("/x", "x\n"),), "absolute"),
        ((Artifact("x", "x\n"), Artifact("x", "y\n")), "two rendered files"),
        ((Artifact("x", "x\n"), Artifact("x/y/z", "y\n")), "folder of another"),
        ((Artifact("x", "\ud800\n"),), "UTF-8 cannot express"),
        ((Artifact(MANIFEST, "x\n"),), "reserved"),
    ],
)
def test_impossible_artifacts_are_refused(tmp_path: Path, tree: tuple[Artifact, ...], reason: str) -> None:
    for action in (compare_tree, write_tree):
        with pytest.raises(GenesisMonError, match=reason):
            action(tmp_path / "out", tree)
    assert not (tmp_path / "out").exists()
