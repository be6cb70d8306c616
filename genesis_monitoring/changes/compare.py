"""Two sides in, what differs in meaning out: items that are added, removed or changed, and the files.

Pure. What has another order in the spec and means the same is no change; if it moves lines of a generated
file, that file is named.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.changes.facts import Fact
from genesis_monitoring.changes.items import KINDS, Item, Side, Steps, items_of
from genesis_monitoring.conventions import DASHBOARDS_FOLDER, runbook_path
from genesis_monitoring.spec.written import panels_of

Way = Literal["added", "removed", "changed"]
Panels = Mapping[tuple[str, int], Any]


@dataclass(frozen=True, slots=True)
class FactChange:
    """What was said under ``key`` and what is said now; empty where nothing was, or is."""

    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    long: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an item. ``also`` is what follows from it: panels and pages that change with it.

    ``path`` is where it stands in the spec after the change; before it, if it was removed.
    """

    way: Way
    kind: str
    name: str
    label: str
    facts: tuple[FactChange, ...]
    also: tuple[str, ...]
    path: Steps


@dataclass(frozen=True, slots=True)
class Files:
    """Generated files by what becomes of them, each list sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every one of them."""
        return tuple(sorted((*self.added, *self.removed, *self.changed)))


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs."""

    items: tuple[Change, ...]
    files: Files

    @property
    def same(self) -> bool:
        """Whether nothing does: neither the meaning nor a generated file."""
        return not (self.items or self.files.all)

    def count(self, way: Way) -> int:
        """How many items are added, removed or changed."""
        return sum(one.way == way for one in self.items)


def compare(before: Side, after: Side, old: Iterable[Artifact], new: Iterable[Artifact]) -> Changes:
    """What became of ``before``; ``old`` and ``new`` are the files that the two render to."""
    old_files = {artifact.path: artifact for artifact in old}
    new_files = {artifact.path: artifact for artifact in new}
    files = _files(old_files, new_files)
    follows = _Follows(after, files, _changed_panels(old_files, new_files, files))
    found = tuple(_changes(before, after, follows))
    order = tuple(KINDS)
    return Changes(tuple(sorted(found, key=lambda one: order.index(one.kind))), files)


def _files(old: Mapping[str, Artifact], new: Mapping[str, Artifact]) -> Files:
    return Files(
        tuple(sorted(new.keys() - old.keys())),
        tuple(sorted(old.keys() - new.keys())),
        tuple(sorted(path for path in old.keys() & new.keys() if old[path] != new[path])),
    )


def _changes(before: Side, after: Side, follows: "_Follows") -> Iterator[Change]:
    old = {_identity(item): item for item in items_of(before)}
    new = {_identity(item): item for item in items_of(after)}
    for identity in dict.fromkeys((*new, *old)):
        was, now = old.get(identity), new.get(identity)
        item = now or was
        assert item is not None
        facts = tuple(_fact_changes(was.facts if was else (), now.facts if now else ()))
        if was and now and not facts:
            continue
        way: Way = "changed" if was and now else "added" if now else "removed"
        also = follows.of(item) if way == "changed" else ()
        yield Change(way, item.kind, item.name, item.label, facts, also, item.path)


def _identity(item: Item) -> tuple[str, ...]:
    """By what an item is known. An alert is the same alert when its severity is another one."""
    return (item.kind, item.name) if item.kind == "alert" else (item.kind, item.label, item.name)


def _fact_changes(old: Iterable[Fact], new: Iterable[Fact]) -> Iterator[FactChange]:
    was = {fact.key: fact for fact in old}
    now = {fact.key: fact for fact in new}
    for key in dict.fromkeys((*now, *was)):
        one, other = was.get(key), now.get(key)
        before, after = one.values if one else (), other.values if other else ()
        if before != after:
            yield FactChange(key, before, after, any(fact.long for fact in (one, other) if fact))


@dataclass(frozen=True, slots=True)
class _Follows:
    """What follows from the change of an item."""

    side: Side
    files: Files
    panels: frozenset[tuple[str, int]]

    def of(self, item: Item) -> tuple[str, ...]:
        """Panels that draw the item's SLI and change, and the runbook of an alert if it does."""
        found = [f"panel {panel}" for panel in self._drawn(item.sli)] if item.sli else []
        if item.kind == "alert" and runbook_path(item.name) in self.files.changed:
            found.append("runbook")
        return tuple(found)

    def _drawn(self, sli: str) -> Iterator[int]:
        for path, panel in panels_of(self.side.spec):
            draws = {*panel.objectives, *(query.sli or query.budget for query in panel.queries)}
            if sli in draws and (path[1], panel.id) in self.panels:
                yield panel.id


def _changed_panels(
    old: Mapping[str, Artifact], new: Mapping[str, Artifact], files: Files
) -> frozenset[tuple[str, int]]:
    boards = [path for path in files.changed if path.startswith(f"{DASHBOARDS_FOLDER}/")]
    was = {key: panel for path in boards for key, panel in _panels(path, old[path])}
    now = {key: panel for path in boards for key, panel in _panels(path, new[path])}
    return frozenset(key for key in was.keys() & now.keys() if was[key] != now[key])


def _panels(path: str, artifact: Artifact) -> Iterator[tuple[tuple[str, int], Any]]:
    uid = path.rpartition("/")[2].removesuffix(".json")
    waiting = list(json.loads(artifact.text)["panels"])
    while waiting:
        panel = waiting.pop()
        waiting += panel.get("panels") or ()
        if "id" in panel:
            yield (uid, panel["id"]), {key: value for key, value in panel.items() if key != "panels"}
