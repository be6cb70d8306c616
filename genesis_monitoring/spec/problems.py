"""What pydantic says of a spec in; findings with places, in the words of YAML, out.

Codes: GM110 unknown key, GM111 missing key, GM112 wrong type, GM113 value not allowed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.spec.likely import as_written, instead, loose_entries, of_the_type
from genesis_monitoring.spec.misplaced import (
    Steps,
    dedented,
    dotted,
    kind_under_another_key,
    unknown_key,
)
from genesis_monitoring.spec.proposals import another_kind, to_add, which
from genesis_monitoring.spec.samples import Samples
from genesis_monitoring.spec.scalars import show, type_words
from genesis_monitoring.words import SHOWN, shorten

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from genesis_monitoring.spec.allowed import Place, Shape
    from genesis_monitoring.spec.scalars import Value
    from genesis_monitoring.spec.source import Source

_LONGEST_MESSAGE = 500
_WRONG_TYPES = frozenset({"int_from_float", "is_instance_of", "none_required"})
_MEND = re.compile(r"; ((?:did you mean|write|add|leave|keep|split) .+)$")
"""How a model's own words end, if they say what to do."""


def findings_from_validation(
    error: "ValidationError",
    source: "Source",
    model: "type[BaseModel]",
    most: int | None = None,
    whole: "Value" = None,
) -> tuple[Finding, ...]:
    """Every error as a finding in the file that ``source`` was read from.

    ``model`` is the class whose ``model_validate`` raised ``error``, for ``whole`` or else ``source.value``.
    Where several members of a union refuse a value, one finding says so. Beyond ``most`` they are counted
    alone.
    """
    from genesis_monitoring.spec.allowed import Shape

    shape = Shape(model)
    details = error.errors(include_url=False, include_input=False)
    value = source.value if whole is None else whole
    if whole is not None:
        # What a default made wrong follows from what a person did: if that is told, it is enough.
        details = [one for one in details if not _by_default(one, source, shape, whole)] or details
    shown = details[:most]
    reading = _Reading(source, shape, value, Samples(model, value), _lacking(details))
    found = [one for detail in shown if (one := _finding(detail, reading)) is not None]
    findings = sort_findings(_without_outdone(_without_followers(found, source)))
    return with_rest(findings, len(details) - len(shown))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a validation error is read with. ``lacking`` are keys that are missing where one is too much."""

    source: "Source"
    shape: "Shape"
    value: "Value"
    samples: "Samples"
    lacking: "Mapping[Steps, tuple[str, ...]]"


@dataclass(frozen=True, slots=True)
class _Found:
    """A finding at a place; the key that it ``lacks``, or one that is ``unknown`` and what it ``meant``.

    ``filled`` says that a default gives the key that lacks, if all else is right. Keys that are entries of
    its list are ``taken``.
    """

    place: "Place"
    finding: Finding
    lacks: str = ""
    meant: str = ""
    unknown: str = ""
    filled: bool = False
    taken: frozenset[str] = frozenset()


def _lacking(details: Iterable[Any]) -> "dict[Steps, tuple[str, ...]]":
    lacks: dict[Steps, tuple[str, ...]] = {}
    unknown: dict[Steps, int] = {}
    for one in details:
        above = tuple(one["loc"][:-1])
        if one["type"] == "missing":
            lacks[above] = (*lacks.get(above, ()), str(one["loc"][-1]))
        elif one["type"] == "extra_forbidden":
            unknown[above] = unknown.get(above, 0) + 1
    return {at: keys for at, keys in lacks.items() if unknown.get(at) == 1}


def with_rest(findings: tuple[Finding, ...], left_out: int) -> tuple[Finding, ...]:
    """``findings``, and a last one that says how many more there are."""
    if not left_out or not findings:
        return findings
    message = f"{left_out} more mistakes are not listed"
    hint = "mend the ones above first; is this the right file?"
    return (*findings, _error("GM102", findings[-1].location, message, hint))


def join_findings(first: Iterable[Finding], later: Iterable[Finding]) -> tuple[Finding, ...]:
    """Both, but of ``later`` only what does not stand where ``first`` already found a mistake."""
    kept = tuple(first)
    places = {finding.location for finding in kept}
    return sort_findings((*kept, *(finding for finding in later if finding.location not in places)))


def _by_default(detail: Any, source: "Source", shape: "Shape", whole: "Value") -> bool:
    """Whether it is about a value, or about a section that lacks a key, which the file does not have."""
    loc = detail["loc"][:-1] if detail["type"] in ("missing", "extra_forbidden") else detail["loc"]
    place = shape.follow(loc, whole)
    above = place.path[:-1] if isinstance(place.value, str | int | float) else place.path
    return source.place(place.path) is None and source.place(above) is None


def _finding(detail: Any, reading: _Reading) -> _Found | None:
    kind: str = detail["type"]
    loc: tuple[str | int, ...] = detail["loc"]
    source, shape, value = reading.source, reading.shape, reading.value
    lacks = kind == "missing" and isinstance(loc[-1], str)
    place = shape.follow(loc[:-1] if kind in ("missing", "extra_forbidden") else loc, value)
    stray = dedented(place.path, value, source, shape)
    if stray is not None:
        return _Found(replace(place, path=stray[0], on_key=True), stray[1])
    if kind == "extra_forbidden" and isinstance(loc[-1], str):
        found, meant = unknown_key(
            place, loc[-1], reading.lacking.get(loc[:-1], ()), source, shape, reading.samples
        )
        return _Found(place, found, meant=meant, unknown=loc[-1])
    if lacks:
        return _missing(place, str(loc[-1]), reading)
    if kind == "too_short" and _is_long_enough(place, detail):
        return None
    key, tags = shape.tags(place.schemas)
    if kind == "union_tag_not_found":
        if key:
            elsewhere = kind_under_another_key(place, key, tags, source)
            if elsewhere is not None:
                return _Found(place, elsewhere, meant=key)
            given = tuple(place.value) if isinstance(place.value, dict) else ()
            return _missing(place, key, reading, shape.kinds_with(place.schemas, given))
        message = f"{_at(place)} is none of the kinds allowed: {', '.join(tags)}"
        hint = "write it as one of these kinds"
        return _Found(place, _error("GM113", _where(place, source), message, hint))
    if kind == "union_tag_invalid":
        given = tuple(place.value) if isinstance(place.value, dict) else ()
        fitting = shape.kinds_with(place.schemas, given)
        return _Found(place, _wrong_tag(place, key, tags, fitting, source))
    if kind.endswith("_type") or kind in _WRONG_TYPES or _is_unlike_choices(kind, place, shape):
        taken = frozenset(loose_entries(place, source))
        return _Found(place, _wrong_type(place, reading), taken=taken)
    return _Found(place, _not_allowed(place, detail, reading))


def _missing(place: "Place", name: str, reading: _Reading, kinds: Sequence[str] = ()) -> _Found:
    source, filled = reading.source, name not in reading.shape.needed(place.schemas)
    message = f'the key "{name}" is missing in {_at(place)}'
    gone = source.left_out_at((*place.path, name))
    where = gone or source.locate_key(place.path)
    if gone:
        hint = "remove this entry: only set can give it another value"
    elif kinds:
        hint = which(name, kinds) if kinds[1:] else f"add the line: {name}: {kinds[0]}"
    else:
        hint = to_add((*place.path, name), reading.samples, place.value)
    return _Found(place, _error("GM111", where, message, hint), lacks=name, filled=filled and not gone)


def _wrong_tag(
    place: "Place", key: str, tags: Sequence[str], fitting: Sequence[str], source: "Source"
) -> Finding:
    value = place.value.get(key) if isinstance(place.value, dict) else place.value
    listed = ", ".join(tags)
    where = source.locate((*place.path, key)) if key else _where(place, source)
    name = ".".join(filter(None, (dotted(place.path), key)))
    message = f"{name}: {show(value)} is not allowed; allowed: {listed}"
    return _error("GM113", where, message, another_kind(value, key, tags, fitting))


def _wrong_type(place: "Place", reading: _Reading) -> Finding:
    source, shape = reading.source, reading.shape
    allowed = shape.describe(place.schemas, brief=True) or "something else"
    found = type_words(place.value)
    if isinstance(place.value, bool | str | int | float):
        found += f": {as_written(place, source)}"
    message = f"{_at(place)}: expected {allowed}, found {found}"
    return _error(
        "GM112",
        _where(place, source),
        message,
        of_the_type(place, allowed, reading.value, source, shape, reading.samples),
    )


def _not_allowed(place: "Place", detail: Any, reading: _Reading) -> Finding:
    source, shape = reading.source, reading.shape
    said = _own_words(detail)
    mend = _MEND.search(said)
    own, hint = (said[: mend.start()], mend[1]) if mend else (said, "")
    choices = shape.choices(place.schemas)
    subject = "the key " if place.on_key else ""
    if isinstance(place.value, dict | tuple) and own:
        message = f"{_at(place)}: {own}"
    else:
        allowed = own or f"allowed: {shape.describe(place.schemas) or 'another value'}"
        shown = f"{subject}{as_written(place, source)}"
        message = f"{_at(place)}: {shown} is not allowed; {allowed}"
    spelled = "" if own or not isinstance(place.value, str) else shape.respell(place.schemas, place.value)
    hint = hint or instead(place, choices, spelled, detail.get("ctx", {}), source, reading.samples)
    return _error("GM113", _where(place, source), message, hint)


def _own_words(detail: Any) -> str:
    """What one of the models' own validators said; "" if pydantic itself refused the value."""
    from typing import get_args

    from pydantic_core import core_schema

    kind = detail["type"]
    if kind in ("value_error", "assertion_error"):
        return shorten(str(detail.get("ctx", {}).get("error", "")), _LONGEST_MESSAGE)
    known = kind in get_args(core_schema.ErrorType)
    return "" if known else shorten(detail["msg"], _LONGEST_MESSAGE)


def _is_long_enough(place: "Place", detail: Any) -> bool:
    """Only entries that were refused, each with an error of its own, make it seem too short."""
    entries = len(place.value) if isinstance(place.value, tuple | dict) else int(place.value is not None)
    return entries >= int(detail["ctx"]["min_length"])


def _is_unlike_choices(kind: str, place: "Place", shape: "Shape") -> bool:
    if kind not in ("literal_error", "enum"):
        return False
    return type_words(place.value) not in map(type_words, shape.choices(place.schemas))


def _where(place: "Place", source: "Source") -> Location:
    if place.on_key or isinstance(place.value, dict | tuple):
        return source.locate_key(place.path)
    return source.locate(place.path)


def _at(place: "Place") -> str:
    path = place.path[:-1] if place.on_key else place.path
    return dotted(path) or "the spec"


def _without_followers(found: Sequence[_Found], source: "Source") -> Iterator[_Found]:
    """Without what is said only because a key is refused or misspelt, or as defaults repeat a value."""
    refused = {one.place.path for one in found if one.place.on_key}
    meant = {(one.place.path, one.meant) for one in found if one.meant}
    written = {one.place.value for one in found if _is_written(one, source)}
    taken = {(one.place.path[:-1], key) for one in found for key in one.taken}
    others = any(not one.filled for one in found)
    for one in found:
        path, value = one.place.path, one.place.value
        inside = one.filled and any(path[:size] in refused for size in range(1, len(path) + 1))
        repeats = isinstance(value, str) and value in written and not _is_written(one, source)
        section = one.filled and not path and others
        listed = bool(one.unknown) and (path, one.unknown) in taken
        if not (inside or repeats or section or listed or (path, one.lacks) in meant):
            yield one


def _is_written(one: _Found, source: "Source") -> bool:
    return isinstance(one.place.value, str) and source.place(one.place.path) is not None


def _without_outdone(told: Iterable[_Found]) -> Iterator[Finding]:
    """Without wrong types where another member of the same union came further with the value."""
    found = tuple(told)
    beneath = {one.place.path[:size] for one in found for size in range(len(one.place.path))}
    better = {one.place.path for one in found if one.finding.code != "GM112" and not one.place.on_key}
    further = beneath | better
    for one in found:
        if one.finding.code != "GM112" or one.place.path not in further:
            yield one.finding


def _error(code: str, location: Location, message: str, hint: str) -> Finding:
    return Finding(code, Severity.ERROR, location, shorten(message, _LONGEST_MESSAGE + SHOWN), hint)
