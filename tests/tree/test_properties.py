"""Whatever stood there and whatever is rendered: the tree is exactly that, and a second run does nothing."""

import tempfile
from pathlib import Path

from hypothesis import given, settings, strategies as st

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.drift import drift_findings
from genesis_monitoring.tree.paths import folders_of
from genesis_monitoring.tree.state import compare_tree
from genesis_monitoring.tree.writer import write_tree

from .trees import artifacts, on_disk, put

PARTS = st.sampled_from(["a", "b", "c", "ä ö", ".hidden"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)
TEXTS = st.text(max_size=20) | st.just("same\n")


def without_clashes(tree: dict[str, str]) -> dict[str, str]:
    folders = folders_of(tree)
    return {path: text for path, text in tree.items() if path not in folders}


TREES = st.dictionaries(PATHS, TEXTS, max_size=8).map(without_clashes)
FOREIGN = st.dictionaries(
    st.lists(PARTS, max_size=3).map(lambda p: "/".join([*p, "mine"])), TEXTS, max_size=3
)


def contents(out: Path) -> dict[str, str]:
    return {path: text for path, text in on_disk(out).items() if not path.endswith("/")}


@given(history=st.lists(TREES, min_size=1, max_size=4), foreign=FOREIGN, edits=TREES)
@settings(max_examples=150, deadline=None)
def test_tree_is_exactly_the_artifacts_and_the_foreign_files(
    history: list[dict[str, str]], foreign: dict[str, str], edits: dict[str, str]
) -> None:
    foreign = without_clashes(foreign)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        for turn, tree in enumerate(history):
            if turn == 1:
                for path in edits.keys() & history[0].keys():
                    (out / path).write_text(edits[path])
            blocked = folders_of(foreign) & tree.keys()
            try:
                write_tree(out, artifacts(tree))
            except GenesisMonError:
                assert turn
                assert blocked
                return
            if turn == 0:
                clash = folders_of(tree) & foreign.keys() or folders_of(foreign) & tree.keys()
                foreign = {} if clash else foreign
                put(out, foreign)
            assert contents(out) == {**tree, **foreign}
            assert not [path for path in on_disk(out) if path.endswith("/")]
            assert write_tree(out, artifacts(tree)).is_clean
            assert drift_findings(out, artifacts(tree)) == ()


@given(old=TREES, new=TREES, standing=TREES)
@settings(max_examples=100, deadline=None)
def test_diff_findings_and_writer_agree(
    old: dict[str, str], new: dict[str, str], standing: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        put(out, standing)
        try:
            write_tree(out, artifacts(old), adopt=True)
        except GenesisMonError:
            assert compare_tree(out, artifacts(old)).obstacles
            assert contents(out) == standing
            return
        predicted = compare_tree(out, artifacts(new))
        found = drift_findings(out, artifacts(new))
        assert predicted.is_clean == (found == ())
        flagged = {finding.location.file.removeprefix(f"{out}/") for finding in found}
        assert flagged >= {*predicted.to_write, *predicted.removed}
        before = contents(out)
        try:
            did = write_tree(out, artifacts(new))
        except GenesisMonError:
            assert predicted.obstacles or predicted.conflicts
            assert contents(out) == before
            return
        assert did == predicted
        foreign = {path: text for path, text in standing.items() if path not in old and path not in new}
        assert contents(out) == {**foreign, **new}
