"""What stands on disk against what should: takes artifacts and the output folder, gives a ``TreeDiff``."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.tree.folder import Entry, Kind, OutFolder, open_folder
from genesis_monitoring.tree.journal import Journal, load_journal
from genesis_monitoring.tree.manifest import (
    MalformedError,
    Manifest,
    parse_manifest,
    read_manifest,
    spec_in,
)
from genesis_monitoring.tree.paths import MANIFEST, folders_of, path_fault


class ManifestState(Enum):
    """How ``manifest.json`` on disk relates to the one that belongs to the artifacts."""

    CURRENT = "current"
    OUTDATED = "outdated"
    MISSING = "missing"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that a file cannot be written through: ``kind`` says what stands at ``at``."""

    path: str
    at: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """How the output folder differs from the artifacts. All paths are relative to it and sorted.

    ``created`` and ``missing`` are absent on disk (missing: the manifest lists them), ``changed`` differ,
    ``removed`` are the tool's own but no longer rendered, ``conflicts`` are foreign files that differ.
    ``hand_edited``, a part of changed and removed, have content that no render wrote. ``stale`` are paths
    whose manifest entry is wrong although the file is right. ``obstacles`` are listed nowhere else. ``spec``
    is the name of the file of which the tree was made, as far as the manifest tells it.
    """

    created: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    hand_edited: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    manifest: ManifestState = ManifestState.CURRENT
    manifest_fault: str = ""
    interrupted: bool = False
    journal_fault: str = ""
    spec: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether a render would write nothing at all."""
        return self.manifest is ManifestState.CURRENT and not (
            self.to_write or self.removed or self.obstacles or self.interrupted
        )

    @property
    def to_write(self) -> tuple[str, ...]:
        """The artifacts that are not on disk as they should be, sorted."""
        return tuple(sorted((*self.created, *self.changed, *self.missing, *self.conflicts)))

    def other_spec(self, out: Path, spec: str) -> Path | None:
        """Another file than ``spec`` beside ``out`` that the tree is rendered from, if it is there still."""
        if self.is_clean or not spec or self.spec in ("", spec):
            return None
        other = out.parent / self.spec
        return other if other.is_file() else None


@dataclass(frozen=True, slots=True)
class Survey:
    """A ``TreeDiff`` and what the writer needs beside it: ``on_disk`` holds the digests of the files seen."""

    diff: TreeDiff
    owned: Manifest
    journal: Journal
    on_disk: Mapping[str, str]


def compare_tree(out: Path, artifacts: Iterable[Artifact]) -> TreeDiff:
    """Compare ``artifacts`` with the output folder; write nothing. Waits for a running render to end.

    Raises GenesisMonError when a file cannot be read, when ``out`` is no folder or stays locked, and for
    artifacts whose paths cannot stand in one tree.
    """
    wanted = digests_of(index_artifacts(artifacts))
    with open_folder(out) as folder:
        if folder is None:
            return TreeDiff(created=tuple(sorted(wanted)), manifest=ManifestState.MISSING)
        return survey(folder, wanted).diff


def index_artifacts(artifacts: Iterable[Artifact]) -> dict[str, Artifact]:
    """Artifacts by path. Raises GenesisMonError for an unusable path and for two that exclude each other."""
    wanted: dict[str, Artifact] = {}
    for artifact in artifacts:
        if fault := path_fault(artifact.path):
            raise GenesisMonError(f"the path {artifact.path[:80]!r} of a rendered file {fault}")
        if artifact.path in wanted:
            raise GenesisMonError(f"two rendered files have the path {artifact.path!r}")
        wanted[artifact.path] = artifact
    for path in sorted(folders_of(wanted) & wanted.keys()):
        raise GenesisMonError(f"{path!r} is a rendered file and the folder of another")
    return wanted


def digests_of(wanted: Mapping[str, Artifact]) -> dict[str, str]:
    """The digest of each artifact. Raises GenesisMonError for text that UTF-8 cannot hold."""
    try:
        return {path: artifact.digest for path, artifact in wanted.items()}
    except UnicodeEncodeError as error:
        character = error.object[error.start]
        raise GenesisMonError(f"a rendered file holds {character!r}, which UTF-8 cannot express") from error


def survey(folder: OutFolder, wanted: Mapping[str, str]) -> Survey:
    """Look at every path of ``wanted`` (path to digest), the manifest and a stopped run's journal."""
    owned, state, manifest_fault = _manifest(folder, wanted)
    journal, journal_fault = _journal(folder)
    pledged = journal.write if journal else {}
    groups: dict[_Group, list[str]] = {group: [] for group in _Group}
    on_disk: dict[str, str] = {}
    blocked: list[tuple[str, Entry]] = []
    for path in sorted(wanted.keys() | owned.files.keys() | pledged.keys()):
        entry = folder.look(path)
        if entry.digest:
            on_disk[path] = entry.digest
        elif path in wanted and entry.kind is not Kind.ABSENT:
            blocked.append((path, entry))
            continue
        for group in _groups(entry.digest, wanted.get(path), owned.files.get(path), pledged.get(path)):
            groups[group].append(path)
    going = {*groups[_Group.REMOVED], *(journal.temp_paths if journal else ())}
    vanishing = folders_of((*owned.files, *pledged))
    obstacles = []
    for path, entry in blocked:
        if entry.at in going or (entry.at == path and _vanishes(folder, path, going, vanishing)):
            groups[_Group.MISSING if path in owned.files else _Group.CREATED].append(path)
        else:
            obstacles.append(Obstacle(path, entry.at, entry.kind))
    manifest_entry = folder.look(MANIFEST) if state is ManifestState.BROKEN else None
    if manifest_entry and manifest_entry.kind is not Kind.FILE:
        obstacles.append(Obstacle(MANIFEST, MANIFEST, manifest_entry.kind))
    sorted_groups = {group: tuple(sorted(paths)) for group, paths in groups.items()}
    diff = TreeDiff(
        created=sorted_groups[_Group.CREATED],
        changed=sorted_groups[_Group.CHANGED],
        missing=sorted_groups[_Group.MISSING],
        removed=sorted_groups[_Group.REMOVED],
        unchanged=sorted_groups[_Group.UNCHANGED],
        hand_edited=sorted_groups[_Group.HAND_EDITED],
        conflicts=sorted_groups[_Group.CONFLICT],
        stale=sorted_groups[_Group.STALE] if state is ManifestState.OUTDATED else (),
        obstacles=tuple(obstacles),
        manifest=state,
        manifest_fault=manifest_fault,
        interrupted=journal is not None or bool(journal_fault),
        journal_fault=journal_fault,
        spec=owned.spec,
    )
    return Survey(diff, owned, journal or Journal({}), on_disk)


class _Group(Enum):
    CREATED = 1
    CHANGED = 2
    MISSING = 3
    REMOVED = 4
    UNCHANGED = 5
    HAND_EDITED = 6
    CONFLICT = 7
    STALE = 8


def _groups(seen: str, wanted: str | None, listed: str | None, pledged: str | None) -> Iterator[_Group]:
    """Sort one path by its digests: on disk (empty: no file), of the artifact, the manifest, the journal."""
    ours = seen in (listed, pledged)
    if wanted is None:
        if seen and (listed or ours):
            yield _Group.REMOVED
        elif listed:
            yield _Group.STALE
    elif not seen:
        yield _Group.MISSING if listed else _Group.CREATED
    elif seen == wanted:
        yield _Group.UNCHANGED
        if listed != wanted:
            yield _Group.STALE
    else:
        yield _Group.CHANGED if listed or ours else _Group.CONFLICT
    if listed and seen and not ours and seen != wanted:
        yield _Group.HAND_EDITED


def _vanishes(folder: OutFolder, path: str, going: Set[str], vanishing: Set[str]) -> bool:
    """Whether nothing is left of the folder ``path`` once the files ``going`` are removed."""
    to_visit = [path]
    while to_visit:
        below = to_visit.pop()
        if below not in vanishing:
            return False
        for entry, kind in folder.entries(below):
            if kind is Kind.FOLDER:
                to_visit.append(entry)
            elif kind is not Kind.FILE or entry not in going:
                return False
    return True


def _manifest(folder: OutFolder, wanted: Mapping[str, str]) -> tuple[Manifest, ManifestState, str]:
    try:
        data = read_manifest(folder)
        if data is None:
            return Manifest({}), ManifestState.MISSING, ""
        expected = Manifest(wanted, spec_in(data))
        if data == expected.dump():
            return expected, ManifestState.CURRENT, ""
        return parse_manifest(data, folder.out / MANIFEST), ManifestState.OUTDATED, ""
    except MalformedError as error:
        return Manifest({}), ManifestState.BROKEN, error.message


def _journal(folder: OutFolder) -> tuple[Journal | None, str]:
    try:
        return load_journal(folder), ""
    except MalformedError as error:
        return None, error.message
