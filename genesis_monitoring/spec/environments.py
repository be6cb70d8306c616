"""Environments: what is otherwise in staging, in a test, at one customer. A spec and a name in, edits out.

GM150 (error): an environment overrides or leaves out what the spec does not have. Correct the path, or remove
the entry.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from genesis_monitoring.errors import UsageError
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.spec.base import Model, Slug, Text
from genesis_monitoring.spec.paging import GONE, reached_otherwise, unpaged
from genesis_monitoring.spec.reporter import Path
from genesis_monitoring.spec.setting import setting_path
from genesis_monitoring.spec.source import Source
from genesis_monitoring.spec.suppressions import says_why
from genesis_monitoring.words import suggest

if TYPE_CHECKING:
    from genesis_monitoring.spec.load import LoadedSpec
    from genesis_monitoring.spec.model import Spec

NOTHING = "GM150"
_PAGE_NOBODY = "page_nobody"
_Path = Annotated[str, Field(min_length=1, max_length=300, examples=["severities.P1.page"])]
BASE = "base"
"""The spec without any environment."""

Reason = Annotated[Text, AfterValidator(says_why), Field(examples=["why it is so here"])]


class Override(Model):
    """Another value, and why it is another one here."""

    value: Annotated[Any, WithJsonSchema({"examples": [False]})]
    reason: Reason


class Environment(Model):
    """The spec with other values: where it is tried out, or runs a second time.

    ``set`` has the values by their paths: those of ``--set`` (``rag_latency_p95.target``, ``MyAlert.for``),
    or any path of the spec (``prometheus.external_labels.environment``); a row or a panel is named by its id.
    ``without`` are the parts that are left out, each with the reason. ``page_nobody`` says why nobody is
    paged there: no severity pages, and no receiver has a pager.
    """

    title: Text | None = None
    page_nobody: Reason | None = None
    set: dict[_Path, Override] = Field(default_factory=dict)
    without: dict[_Path, Reason] = Field(default_factory=dict)


def _a_name(name: str) -> str:
    if name == BASE:
        raise ValueError(f"{BASE} is the spec as it stands; give the environment another name")
    return name


EnvironmentName = Annotated[Slug, AfterValidator(_a_name)]


@dataclass(frozen=True, slots=True)
class Change:
    """``path`` is to be the value that stands at ``at``; without ``at`` it is left out."""

    path: Path
    at: Path
    value: Any = None
    leaves_out: bool = False


def check_environments(spec: "Spec", whole: Any, source: Source) -> Iterator[Finding]:
    """Every path that leads nowhere, or to a value that another changes. ``whole`` are the values in full."""
    for name in spec.environments:
        key: Path = ("environments", name, _PAGE_NOBODY)
        if spec.environments[name].page_nobody is not None and not reached_otherwise(spec):
            message = f"environment {name} pages nobody, and every receiver is a pager: nobody is told"
            hint = "add a receiver that is none, such as a mailbox"
            yield Finding("GM122", Severity.ERROR, source.locate_key(key), message, hint)
            continue
        seen: dict[Path, Location] = {}
        for at, found in _said(spec, whole, name):
            place = source.locate_key(at)
            if isinstance(found, UsageError):
                yield Finding(NOTHING, Severity.ERROR, place, found.message, found.hint)
                continue
            for path, other in seen.items():
                if path[: len(found.path)] == found.path[: len(path)]:
                    yield _twice(name, place, found.path, path, other)
                    break
            seen.setdefault(found.path, place)


def _twice(name: str, place: Location, path: Path, other: Path, at: Location) -> Finding:
    shown, whole = ".".join(map(str, path)), ".".join(map(str, other))
    if path == other:
        message, hint = f"environment {name} changes {shown} twice", "remove one of the two"
    else:
        message = f"environment {name} changes {shown}, and {whole} as well: one is a part of the other"
        hint = "remove one of the two; a value of the whole can say what the part is to be"
    return Finding("GM120", Severity.ERROR, place, message, hint, (at,))


def changes_of(spec: "Spec", whole: Any, name: str) -> tuple[Change, ...]:
    """What the environment ``name`` changes, of a spec without GM150."""
    return tuple(found for _, found in _each(spec, whole, name) if isinstance(found, Change))


def late_changes(
    base: "LoadedSpec", whole: Any, name: str, early: Collection[Change]
) -> tuple[tuple[Change, ...], tuple[Finding, ...]]:
    """The changes of what only a default gives, in an environment where ``early`` are made.

    ``whole`` are the values with these and all defaults. What is left out may be gone with something else by
    then; what is to have a value may not.
    """
    done = {(one.at, one.path) for one in early}
    set_already = {one.at for one in early}
    late, lost = [], []
    for at, found in _each(base.spec, whole, name):
        if isinstance(found, Change):
            if (found.at, found.path) not in done and not (found.at in set_already and at[2] != _PAGE_NOBODY):
                late.append(found)
        elif at[2] == "set" and (*at, "value") not in set_already:
            hint = "remove this entry, or what leaves out the part it is about"
            lost.append(Finding(NOTHING, Severity.ERROR, base.source.locate_key(at), found.message, hint))
    return tuple(late), tuple(lost)


def _each(spec: "Spec", whole: Any, name: str) -> Iterator[tuple[Path, Change | UsageError]]:
    environment = spec.environments[name]
    own = list(_said(spec, whole, name))
    yield from own
    if environment.page_nobody is not None:
        others = [found.path for _, found in own if isinstance(found, Change)]
        yield from _without_pagers(spec, whole, name, others)


def _said(spec: "Spec", whole: Any, name: str) -> Iterator[tuple[Path, Change | UsageError]]:
    environment = spec.environments[name]
    for dotted, override in environment.set.items():
        at: Path = ("environments", name, "set", dotted)
        try:
            path = _resolved(spec, whole, dotted, new=True)
            yield at, Change(path, (*at, "value"), override.value)
        except UsageError as error:
            yield at, error
    for dotted in environment.without:
        at = ("environments", name, "without", dotted)
        try:
            yield at, Change(_resolved(spec, whole, dotted, new=False), at, leaves_out=True)
        except UsageError as error:
            yield at, error


def _without_pagers(
    spec: "Spec", whole: Any, name: str, others: Collection[Path]
) -> Iterator[tuple[Path, Change]]:
    """What ``page_nobody`` changes; what the environment says of the same value itself goes before."""
    at: Path = ("environments", name, _PAGE_NOBODY)
    for path, value in unpaged(spec, whole):
        if not any(path[: len(other)] == other for other in others):
            gone = value is GONE
            yield at, Change(path, at, None if gone else value, leaves_out=gone)


def _resolved(spec: "Spec", whole: Any, dotted: str, *, new: bool) -> Path:
    """The steps of a path; with ``new`` the last may be a key that is left out. Raises UsageError."""
    parts = dotted.split(".")
    if parts[0] == "environments":
        raise UsageError(
            f"{dotted}: an environment changes nothing of the environments",
            "remove the entry; each environment says itself what is otherwise there",
        )
    if len(parts) > 1 and parts[0] not in type(spec).model_fields:
        return setting_path(spec, parts[0], ".".join(parts[1:]))
    steps: list[str | int] = []
    value = whole
    while parts:
        step, taken = _step(value, parts)
        if step is None:
            last = len(parts) == 1 and isinstance(value, Mapping)
            if new and last and not _of_names(value):
                return (*steps, parts[0])
            raise _nowhere(spec, value, dotted, steps, parts[0])
        steps.append(step)
        value = value[step]
        del parts[:taken]
    return tuple(steps)


def _step(value: Any, parts: Sequence[str]) -> tuple[str | int | None, int]:
    """The step that ``parts`` begin with, and how many of them it takes; keys may contain dots."""
    if isinstance(value, Mapping):
        for taken in range(len(parts), 0, -1):
            key = ".".join(parts[:taken])
            if key in value:
                return key, taken
    if isinstance(value, tuple) and parts[0].isascii() and parts[0].isdecimal():
        number = int(parts[0])
        if any(isinstance(one, Mapping) and "id" in one for one in value):
            found = [
                at for at, one in enumerate(value) if isinstance(one, Mapping) and one.get("id") == number
            ]
            return (found[0] if found else None), 1
        if number < len(value):
            return number, 1
    return None, 1


def _of_names(value: Mapping[str, Any]) -> bool:
    """Whether it holds things by their names, of which an environment makes no new ones."""
    return bool(value) and all(isinstance(one, Mapping) for one in value.values())


def _nowhere(spec: "Spec", value: Any, dotted: str, steps: Sequence[object], part: str) -> UsageError:
    if isinstance(value, Mapping):
        known = [str(key) for key in value]
    else:
        known = [str(one["id"]) for one in value if isinstance(one, Mapping) and "id" in one] if value else []
    for section, names in (("slis", spec.slis), ("alerts", spec.alerts)):
        if not steps and part in names:
            return UsageError(
                f"{dotted} leads nowhere: {part!r} is one of {section}", f"write {section}.{part}"
            )
    if not steps:
        known += [*spec.slis, *spec.alerts]
    where = f" in {'.'.join(map(str, steps))}" if steps else ""
    shown = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return UsageError(
        f"{dotted} leads nowhere: there is no {part!r}{where}{suggest(part, known)}",
        f"use one of: {shown}"
        if known
        else f"name a part of {'.'.join(map(str, steps))}, or remove the entry",
    )
