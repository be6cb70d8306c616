"""Writes the generated tree: takes artifacts, makes the output folder hold exactly them, says what it did.

Foreign files stay untouched. The order of steps keeps every reader and every stopped run safe:

1. Everything is checked; an error here has written nothing.
2. The journal says what is about to happen.
3. All new content is written to temporary files beside its place and flushed. A full disk shows here, while
   every file still has its old content.
4. Renames put it in place, so a reader sees the whole old or the whole new file. Orphans go, and the folders
   that this empties; all other folders stay the same folders, since containers mount them.
5. The manifest is renamed into place and the journal removed.

The next run starts from whatever a stopped run left: the old manifest, the journal and the files tell it what
is the tool's own.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.folder import LOCK_WAIT_SECONDS, OutFolder, open_folder
from genesis_monitoring.tree.journal import Journal
from genesis_monitoring.tree.manifest import Manifest
from genesis_monitoring.tree.paths import JOURNAL, MANIFEST, folders_of, parent_of, parents_of, temp_path
from genesis_monitoring.tree.state import (
    ManifestState,
    Survey,
    TreeDiff,
    digests_of,
    index_artifacts,
    survey,
)

SYNC_EACH_LIMIT = 64
"""Up to this many files are flushed one by one, more by one flush of the whole system.

One flush costs 0.3 ms on a fast disk and up to 10 ms on a slow one: 30,000 of them take between ten seconds
and five minutes, one flush of everything takes under a second. For a few files it is the other way round: a
busy machine would write other programs' data before it answers.
"""

_NAMED_IN_ERROR = 5


def write_tree(
    out: Path,
    artifacts: Iterable[Artifact],
    *,
    spec: str = "",
    adopt: bool = False,
    wait: float = LOCK_WAIT_SECONDS,
) -> TreeDiff:
    """Make ``out`` hold exactly ``artifacts`` and the manifest beside foreign files; return what was done.

    Where nothing differs nothing is written. With ``adopt`` a broken manifest, foreign files at an artifact's
    path (the result's ``conflicts``) and the tree of another file than ``spec`` are replaced. The end of
    another run on the folder is awaited for ``wait`` seconds.

    Raises GenesisMonError before the first write when something stands in the way, a folder is not writable
    or the artifacts exclude each other. Raises it later when the system refuses a write; the journal then
    stays, and the next run mends the tree.
    """
    wanted = index_artifacts(artifacts)
    digests = digests_of(wanted)
    with open_folder(out, write=True, wait=wait) as folder:
        if folder is None:
            raise GenesisMonError(f"{out}: cannot be made")
        found = survey(folder, digests)
        if found.diff.is_clean:
            return found.diff
        _refuse(folder, found.diff, spec, adopt=adopt)
        _apply(folder, found, wanted, Manifest(digests, spec))
        return found.diff


def _refuse(folder: OutFolder, diff: TreeDiff, spec: str, *, adopt: bool) -> None:
    out = folder.out
    other = diff.other_spec(out, spec)
    if other is not None and not adopt:
        raise GenesisMonError(
            f"{out} is rendered from {other}, which {spec} would replace",
            "name another folder with --out, or replace it: genesis-mon render --adopt; nothing was written",
        )
    if diff.journal_fault:
        raise GenesisMonError(
            diff.journal_fault, f"remove {out / JOURNAL}, then run: genesis-mon render --adopt"
        )
    if diff.obstacles:
        named = _listed([f"{out / obstacle.at} ({obstacle.kind.value})" for obstacle in diff.obstacles])
        raise GenesisMonError(
            f"in the way of generated files: {named}", "move them away; nothing was written"
        )
    if diff.manifest is ManifestState.BROKEN and not adopt:
        hint = "restore it from git, or take over what is there: genesis-mon render --adopt"
        raise GenesisMonError(diff.manifest_fault, hint)
    if diff.conflicts and not adopt:
        named = _listed([str(out / path) for path in diff.conflicts])
        hint = "move them away, or replace them: genesis-mon render --adopt; nothing was written"
        raise GenesisMonError(f"files that genesis-mon did not write stand in the way: {named}", hint)
    touched = {"", *map(parent_of, diff.to_write), *map(parent_of, diff.removed)}
    closed = [str(out / path) for path in sorted(touched) if not folder.writable(path)]
    if closed:
        raise GenesisMonError(f"not writable: {_listed(closed)}", "mend the permissions; nothing was written")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_IN_ERROR
    return ", ".join(names[:_NAMED_IN_ERROR]) + (f" and {more} more" if more > 0 else "")


def _apply(folder: OutFolder, found: Survey, wanted: Mapping[str, Artifact], manifest: Manifest) -> None:
    diff, digests = found.diff, manifest.files
    owned = _take_over(folder, found)
    _clear_leftovers(folder, found.journal, digests)
    to_write, removed = diff.to_write, diff.removed
    _replace(folder, JOURNAL, Journal({path: digests[path] for path in to_write}, removed).dump())
    orphan_folders = folders_of(owned.files.keys() - digests.keys()) - folders_of(digests)
    in_the_way = _in_the_way(removed, to_write)
    _remove(folder, in_the_way, _in_the_way(orphan_folders, to_write))
    _put_in_place(folder, to_write, wanted)
    _remove(folder, sorted(set(removed) - set(in_the_way)), orphan_folders)
    _flush_names(folder, (*to_write, *removed))
    _replace(folder, MANIFEST, manifest.dump())
    folder.remove(JOURNAL)
    folder.sync("")


def _take_over(folder: OutFolder, found: Survey) -> Manifest:
    """Let the manifest own what a stopped run put in place, since the next journal forgets it."""
    pledged = found.journal.write
    placed = {path: digest for path, digest in pledged.items() if found.on_disk.get(path) == digest}
    owned = replace(found.owned, files={**found.owned.files, **placed})
    if owned != found.owned:
        _replace(folder, MANIFEST, owned.dump())
    return owned


def _clear_leftovers(folder: OutFolder, journal: Journal, digests: Mapping[str, str]) -> None:
    """Remove a stopped run's temporary files, and the folders that it made in vain."""
    for path in sorted(journal.temp_paths):
        folder.remove(path)
    for path in sorted(folders_of(journal.write) - folders_of(digests), reverse=True):
        folder.prune(path)


def _in_the_way(paths: Iterable[str], to_write: Iterable[str]) -> tuple[str, ...]:
    """The orphan files or folders that must go first: a new file has the same path, or lies below it."""
    to_write = set(to_write)
    needed = folders_of(to_write) | to_write
    return tuple(path for path in paths if path in needed or not to_write.isdisjoint(parents_of(path)))


def _remove(folder: OutFolder, paths: Iterable[str], emptied: Iterable[str]) -> None:
    for path in paths:
        folder.remove(path)
    for path in sorted(emptied, reverse=True):
        folder.prune(path)


def _put_in_place(folder: OutFolder, paths: Sequence[str], wanted: Mapping[str, Artifact]) -> None:
    sync_each = len(paths) <= SYNC_EACH_LIMIT
    staged: list[str] = []
    try:
        for path in paths:
            staged.append(path)
            folder.stage(path, wanted[path].data, sync=sync_each)
        if not sync_each:
            os.sync()
        for path in paths:
            folder.publish(path)
    except BaseException:
        _discard(folder, staged)
        raise


def _discard(folder: OutFolder, staged: Iterable[str]) -> None:
    for path in staged:
        try:
            folder.remove(temp_path(path))
        except GenesisMonError:
            continue


def _flush_names(folder: OutFolder, paths: Sequence[str]) -> None:
    if len(paths) > SYNC_EACH_LIMIT:
        os.sync()
        return
    touched = {ancestor for path in paths for ancestor in ("", *parents_of(path))}
    for path in sorted(touched):
        folder.sync(path)


def _replace(folder: OutFolder, path: str, data: bytes) -> None:
    """Write one of the tool's own files durably."""
    try:
        folder.stage(path, data, sync=True)
        folder.publish(path)
    except BaseException:
        _discard(folder, [path])
        raise
    folder.sync("")
