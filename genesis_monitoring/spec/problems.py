"""What pydantic says of a spec in; findings with places, in the words of YAML, out.

Codes: GM110 unknown key, GM111 missing key, GM112 wrong type, GM113 value not allowed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from genesis_monitoring.findings import Finding, Location, Severity, sort_findings
from genesis_monitoring.spec.scalars import show, type_words
from genesis_monitoring.words import SHOWN, closest, shorten

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from genesis_monitoring.spec.allowed import Place, Shape
    from genesis_monitoring.spec.scalars import Value
    from genesis_monitoring.spec.source import Source

_LONGEST_MESSAGE = 500
_WRONG_TYPES = frozenset({"int_from_float", "is_instance_of", "none_required"})


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
    found = [one for detail in shown if (one := _finding(detail, source, shape, value)) is not None]
    findings = sort_findings(_without_outdone(found))
    return with_rest(findings, len(details) - len(shown))


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


def _finding(detail: Any, source: "Source", shape: "Shape", value: "Value") -> "tuple[Place, Finding] | None":
    kind: str = detail["type"]
    loc: tuple[str | int, ...] = detail["loc"]
    if kind in ("missing", "extra_forbidden") and isinstance(loc[-1], str):
        place, name = shape.follow(loc[:-1], value), loc[-1]
        if kind == "extra_forbidden":
            return place, _unknown(place, name, source, shape)
        allowed = shape.describe(shape.members(place.schemas, name), brief=True)
        return place, _missing(place, name, allowed, source)
    place = shape.follow(loc[:-1] if kind == "missing" else loc, value)
    if kind == "too_short" and _is_long_enough(place, detail):
        return None
    key, tags = shape.tags(place.schemas)
    if kind == "union_tag_not_found":
        if key:
            return place, _missing(place, key, f"one of {', '.join(tags)}", source)
        message = f"{_at(place)} is none of the kinds allowed: {', '.join(tags)}"
        return place, _error("GM113", _where(place, source), message, "write it as one of these kinds")
    if kind == "union_tag_invalid":
        return place, _wrong_tag(place, key, tags, source)
    if kind.endswith("_type") or kind in _WRONG_TYPES or _is_unlike_choices(kind, place, shape):
        return place, _wrong_type(place, source, shape)
    return place, _not_allowed(place, detail, source, shape)


def _unknown(place: "Place", name: str, source: "Source", shape: "Shape") -> Finding:
    keys = shape.keys(place.schemas)
    near = closest(name, keys)
    message = f'unknown key "{shorten(name)}" in {_at(place)}'
    hint = f'did you mean "{near}"? ' if near else "remove it. "
    if near and source.place((*place.path, near)) is not None:
        hint = f'"{near}" stands here already: remove one of the two. '
    listed = f"Keys allowed here: {', '.join(keys)}" if keys else "No key is allowed here"
    return _error("GM110", source.locate_key((*place.path, name)), message, hint + listed)


def _missing(place: "Place", name: str, allowed: str, source: "Source") -> Finding:
    message = f'the key "{name}" is missing in {_at(place)}'
    gone = source.left_out_at((*place.path, name))
    if gone:
        return _error("GM111", gone, message, "remove this entry: only set can give it another value")
    hint = f"add the line: {name}: {f'<{allowed}>' if allowed else '…'}"
    return _error("GM111", source.locate_key(place.path), message, hint)


def _wrong_tag(place: "Place", key: str, tags: Sequence[str], source: "Source") -> Finding:
    value = place.value.get(key) if isinstance(place.value, dict) else place.value
    listed = ", ".join(tags)
    where = source.locate((*place.path, key)) if key else _where(place, source)
    name = ".".join(filter(None, (_dotted(place.path), key)))
    message = f"{name}: {show(value)} is not allowed; allowed: {listed}"
    near = closest(value, tags) if isinstance(value, str) else ""
    return _error("GM113", where, message, f'did you mean "{near}"?' if near else "write one of these")


def _wrong_type(place: "Place", source: "Source", shape: "Shape") -> Finding:
    allowed = shape.describe(place.schemas, brief=True) or "something else"
    found = type_words(place.value)
    if isinstance(place.value, bool | str | int | float):
        found += f": {_spelled(place, source)}"
    message = f"{_at(place)}: expected {allowed}, found {found}"
    return _error("GM112", _where(place, source), message, _type_hint(place, allowed, source))


def _not_allowed(place: "Place", detail: Any, source: "Source", shape: "Shape") -> Finding:
    own, _, meant = _own_words(detail).partition("; did you mean ")
    choices = shape.choices(place.schemas)
    subject = "the key " if place.on_key else ""
    if isinstance(place.value, dict | tuple) and own:
        message = f"{_at(place)}: {own}"
    else:
        allowed = own or f"allowed: {shape.describe(place.schemas) or 'another value'}"
        shown = f"{subject}{_spelled(place, source)}"
        message = f"{_at(place)}: {shown} is not allowed; {allowed}"
    hint = f"did you mean {meant}" if meant else "change it to what is allowed"
    if isinstance(place.value, str) and not meant:
        near = closest(place.value, [choice for choice in choices if isinstance(choice, str)])
        spelled = "" if own else shape.respell(place.schemas, place.value)
        if near or spelled:
            hint = f'did you mean "{near}"?' if near else f'write "{shorten(spelled)}"'
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


def _type_hint(place: "Place", allowed: str, source: "Source") -> str:
    value = place.value
    if value is None:
        return "give it a value, or remove the key"
    if isinstance(value, bool | int | float) and "text" in allowed:
        return f'put it in quotes: "{_spelled(place, source)}"'
    if isinstance(value, str) and "number" in allowed and _is_number(value):
        return f"write it without quotes: {shorten(value)}"
    if isinstance(value, str) and value in ("true", "false") and "true or false" in allowed:
        return f"write it without quotes: {value}"
    if allowed.startswith("a list") and not isinstance(value, dict | tuple):
        return f"write it as a list: [{show(value)}]"
    if allowed.startswith("a mapping"):
        return "write its keys below it, indented, one a line"
    return f"replace it with {allowed}"


def _is_number(text: str) -> bool:
    from genesis_monitoring.spec.scalars import read_plain

    return isinstance(read_plain(text)[0], int | float)


def _spelled(place: "Place", source: "Source") -> str:
    """A value as the file spells it: ``1.10`` is not shown as 1.1."""
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return show(value)
    location = source.locate(place.path)
    rest = source.line_text(location.line, location.file)[location.column - 1 :]
    return shorten(rest.split("#")[0].split(",")[0].strip(" ]}:") or show(value))


def _where(place: "Place", source: "Source") -> Location:
    if place.on_key or isinstance(place.value, dict | tuple):
        return source.locate_key(place.path)
    return source.locate(place.path)


def _at(place: "Place") -> str:
    path = place.path[:-1] if place.on_key else place.path
    return _dotted(path) or "the spec"


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(shorten(str(step)) for step in path)


def _without_outdone(found: "Sequence[tuple[Place, Finding]]") -> Iterator[Finding]:
    """Without wrong types where another member of the same union came further with the value."""
    beneath = {place.path[:size] for place, _ in found for size in range(len(place.path))}
    better = {place.path for place, finding in found if finding.code != "GM112" and not place.on_key}
    further = beneath | better
    for place, finding in found:
        if finding.code != "GM112" or place.path not in further:
            yield finding


def _error(code: str, location: Location, message: str, hint: str) -> Finding:
    return Finding(code, Severity.ERROR, location, shorten(message, _LONGEST_MESSAGE + SHOWN), hint)
