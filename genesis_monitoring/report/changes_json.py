"""What differs between two specs, as JSON: version 1."""

from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.changes.compare import Changes
from genesis_monitoring.findings import Location
from genesis_monitoring.report.document import Full, MaybeText, Of
from genesis_monitoring.report.json import Place


@dataclass(frozen=True, slots=True)
class ComparedDocument:
    """One of the two specs."""

    spec: Full
    """The file, as the command was given it."""
    revision: MaybeText
    """The revision as it was asked for; null for a file."""
    commit: MaybeText
    """The commit that it stands for; null for a file."""
    environment: MaybeText
    """The environment; null for the spec as it stands."""


@dataclass(frozen=True, slots=True)
class FactDocument:
    """What an item says under a key."""

    key: Full
    """A key of the spec, with dots between levels, or what follows from it, as `threshold`."""
    before: tuple[str, ...]
    """Empty where nothing was said."""
    after: tuple[str, ...]
    """Empty where nothing is said any more."""


@dataclass(frozen=True, slots=True)
class ChangeDocument:
    """An item that was added or removed, or that says something else."""

    change: Annotated[Literal["added", "removed", "changed"], Of("way")]
    kind: Full
    """`alert`, `SLI`, `budget`, `severity`, `receiver`, `panel`, `service`, `criterion` and so on."""
    name: Full
    label: MaybeText
    """The severity of an alert, the dashboard of a panel; else null."""
    facts: tuple[FactDocument, ...]
    """Values as people read them, with their unit."""
    also: tuple[Full, ...]
    """What changes with it: `panel 10`, `runbook`."""
    location: Place
    """In the spec after the change; before it, if it was removed."""


@dataclass(frozen=True, slots=True)
class FilesDocument:
    """Generated files, by what becomes of them."""

    added: tuple[Full, ...]
    removed: tuple[Full, ...]
    changed: tuple[Full, ...]


@dataclass(frozen=True, slots=True)
class ChangesDocument:
    """What `genesis-mon diff --format json` and `diff-envs --format json` print, version 1."""

    version: Literal[1]
    same: bool
    """True where neither the meaning nor a generated file differs."""
    before: ComparedDocument
    after: ComparedDocument
    changes: tuple[ChangeDocument, ...]
    files: FilesDocument


@dataclass(frozen=True, slots=True)
class Compared:
    """Where one of the two specs is from."""

    spec: str
    revision: str = ""
    commit: str = ""
    environment: str = ""

    def __str__(self) -> str:
        if self.environment:
            return self.environment
        return f"{self.revision}:{self.spec}" if self.revision else self.spec


@dataclass(frozen=True, slots=True)
class Told:
    """Changes and all that a document says of them. ``places`` are those of the items, in their order."""

    same: bool
    before: Compared
    after: Compared
    changes: tuple[object, ...]
    files: object


def told(changes: Changes, before: Compared, after: Compared, places: tuple[Location, ...]) -> Told:
    """What ``ChangesDocument`` is made of."""
    from types import SimpleNamespace

    items = tuple(
        SimpleNamespace(
            way=one.way,
            kind=one.kind,
            name=one.name,
            label=one.label,
            facts=one.facts,
            also=one.also,
            location=place,
        )
        for one, place in zip(changes.items, places, strict=True)
    )
    return Told(changes.same, before, after, items, changes.files)
