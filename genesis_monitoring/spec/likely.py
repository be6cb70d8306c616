"""A value that is refused in, the edit that mends it out, where it is clear."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from genesis_monitoring.other_units import in_known_unit
from genesis_monitoring.spec.proposals import as_list, as_mapping, something_else
from genesis_monitoring.spec.samples import flow
from genesis_monitoring.spec.scalars import Value, read_plain, show
from genesis_monitoring.units import UNITS, conversion, format_number
from genesis_monitoring.words import closest, shorten

if TYPE_CHECKING:
    from genesis_monitoring.spec.allowed import Place, Shape
    from genesis_monitoring.spec.samples import Samples
    from genesis_monitoring.spec.source import Source

_NUMBER = re.compile(r"\s*(-?[0-9]+(?:[.,][0-9]+)*)\s*([^\s0-9]\S*)?\s*")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_IN_THE_UNIT = frozenset({"target", "alert", "no_go", "value"})
_HOST = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PORTS = {"smarthost": 465, "alertmanager": 9093, "service": 9090}
"""Mail over TLS (RFC 8314), and the servers' own ``--web.listen-address``."""
_LEAST, _WHOLE = 10, 100
"""Percent: the least that a share is given in, and all."""
_WORD = re.compile(r"[A-Za-z0-9_.:/@-]+")


def instead(
    place: "Place",
    choices: Sequence[Value],
    spelled: str,
    limits: Mapping[str, Any],
    source: "Source",
    samples: "Samples",
) -> str:
    """What to write for a value that is not allowed, where that can be told.

    ``choices`` are all that is allowed, ``spelled`` is the value as it might be spelled, ``limits`` are those
    of a number.
    """
    if number := _within(place.value, limits):
        return number
    if isinstance(place.value, str):
        if port := _with_a_port(place):
            return port
        if whole := _short_for(place, source, samples):
            return f"write it as a mapping: {whole}"
        near = closest(place.value, [choice for choice in choices if isinstance(choice, str)])
        if near or spelled:
            return f'did you mean "{near}"?' if near else f'write "{shorten(spelled)}"'
        location = source.locate(place.path)
        written = source.line_text(location.line, location.file)[location.column - 1 :].strip()
        if not place.value and written in choices:
            return f'put it in quotes: "{written}"'
        if place.path and isinstance(place.path[-1], int) and (words := _entries(place.value)):
            short = source.place(place.path) is None
            return f"write it as a list: {words}" if short else f"write each as an entry: {words[1:-1]}"
    return something_else(place, limits, samples)


def _with_a_port(place: "Place") -> str:
    """A host with the port that such a server has unless it is told otherwise, where none is written."""
    key = str(place.path[-1]) if place.path else ""
    host = place.value
    if key not in _PORTS or not isinstance(host, str) or not _HOST.fullmatch(host):
        return ""
    return f'write "{host}:{_PORTS[key]}", or with the port that it has'


def _short_for(place: "Place", source: "Source", samples: "Samples") -> str:
    """A key alone, where its whole mapping is meant: ``{pagerduty: {routing_key_secret: …}}``."""
    above = next(
        (place.path[:size] for size in range(len(place.path) - 1, 0, -1) if source.place(place.path[:size])),
        (),
    )
    if not above or source.place(place.path) is not None or not isinstance(place.value, str):
        return ""
    node = samples.written.at(above, None)
    keys = {key for one in samples.written.leaves(node) for key in one.get("properties", {})}
    made = samples.of((*above, place.value)) if place.value in keys else ""
    return flow({place.value: made}) if isinstance(made, dict) else ""


def loose_entries(place: "Place", source: "Source") -> tuple[str, ...]:
    """Words behind a value in braces that have no colon: entries of its list, without the brackets."""
    if source.place(place.path) is None or not isinstance(place.value, str):
        return ()
    line = source.locate_key(place.path)
    rest = source.line_text(line.line, line.file)[line.column - 1 :]
    words = re.match(
        rf"[\w.-]+: +{re.escape(place.value)}((?:, *{_WORD.pattern})+) *(?:}}|, *[\w.-]+:)", rest
    )
    return tuple(re.findall(_WORD.pattern, words[1])) if words else ()


def _within(value: Value, limits: Mapping[str, Any]) -> str:
    """The nearest number that is allowed; for one that is a share, what was likely meant in percent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    if limits.get("lt") == 1 and _LEAST <= value < _WHOLE:
        return f"write {value / _WHOLE:g}"
    if "le" in limits or "ge" in limits:
        return f"make it {limits['le']} or less" if "le" in limits else f"make it {limits['ge']} or more"
    return ""


def of_the_type(
    place: "Place", allowed: str, whole: Value, source: "Source", shape: "Shape", samples: "Samples"
) -> str:
    """What to write for a value of another type than the one in the words of ``allowed``."""
    value = place.value
    if value is None:
        at = source.locate(place.path)
        line = source.line_text(at.line, at.file)
        sample = flow(samples.of(place.path))
        return _behind_a_hash(line) or f"give it a value, as {sample}, or remove the key"
    if isinstance(value, bool | int | float) and "text" in allowed:
        if isinstance(value, bool) and not shape.accepts(place.schemas, as_written(place, source)):
            return f"write it in words: {place.path[-1]}: {flow(samples.of(place.path))}"
        return f'put it in quotes: "{as_written(place, source)}"'
    if isinstance(value, str) and "number" in allowed:
        if _is_number(value):
            return f"write it without quotes: {shorten(value)}"
        if number := _number(value, _unit_at(whole, place.path)):
            return f"write the number alone: {number}"
        if number := _with_its_unit(value):
            return f"write the number alone: {number}"
    if isinstance(value, str) and value in ("true", "false") and "true or false" in allowed:
        return f"write it without quotes: {value}"
    if allowed.startswith("a list") and isinstance(value, str) and re.match("-[^ ]", value):
        return "write a space after each dash"
    if allowed.startswith("a list"):
        loose = loose_entries(place, source)
        words = (str(value), *loose) if loose else _words(value) if isinstance(value, str) else ()
        return as_list(place, shape, samples, words)
    if allowed.startswith("a mapping"):
        return as_mapping(place, shape, samples)
    if allowed == "text" and isinstance(value, dict) and len(value) == 1:
        return "put the whole text in single quotes: '…'"
    return f"replace it with {allowed}, as {flow(samples.of(place.path))}"


def _is_number(text: str) -> bool:
    return isinstance(read_plain(text)[0], int | float)


def as_written(place: "Place", source: "Source") -> str:
    """A value as the file spells it: ``1.10`` is not shown as 1.1."""
    value = place.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return show(value)
    location = source.locate(place.path)
    rest = source.line_text(location.line, location.file)[location.column - 1 :]
    return shorten(rest.split("#")[0].split(",")[0].strip(" ]}:") or show(value))


def _number(text: str, unit: str) -> str:
    """The number in ``text``, in ``unit``: ``99,9`` and ``99.9 %`` are 99.9, ``1s`` is 1000 milliseconds."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return ""
    digits = found[1].replace(",", "" if _THOUSANDS.fullmatch(found[1]) else ".")
    if digits.count(".") > 1:
        return ""
    if found[2] is None:
        return digits
    other = in_known_unit(found[2])
    factor = conversion(other[0], unit) if other and unit in UNITS else None
    if other is None or factor is None:
        return ""
    return format_number(float(Decimal(digits) * Decimal(repr(other[1])) * Decimal(repr(factor))))


def _with_its_unit(text: str) -> str:
    """``26h`` where no unit is said yet: ``26, with unit: hours``."""
    found = _NUMBER.fullmatch(text)
    other = in_known_unit(found[2]) if found is not None and found[2] else None
    number = _number(text, other[0]) if other else ""
    return f"{number}, with unit: {other[0]}" if other and number else ""


def _unit_at(whole: Value, path: Sequence[str | int]) -> str:
    """The unit of the number at ``path``; empty for one that has none."""
    if tuple(path[-2:]) == ("budget", "objective"):
        return "percent"
    if not path or path[-1] not in _IN_THE_UNIT:
        return ""
    unit = ""
    for step in path:
        if isinstance(whole, dict):
            unit = str(whole.get("unit") or unit)
            whole = whole.get(str(step))
    return unit


def _entries(text: str) -> str:
    """A list of words that lacks its brackets; prose with a comma in it is no list."""
    words = _words(text)
    return flow(words) if words else ""


def _words(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(","))
    return words if len(words) > 1 and all(map(_WORD.fullmatch, words)) else ()


def _behind_a_hash(line: str) -> str:
    """The edit that makes text of what a ``#`` made a comment; empty for a line without one."""
    found = re.search(r"(?:^|\s)(#[^\s#,}\]]\S*)\s*$", line)
    return f'put it in quotes: "{found[1]}"' if found else ""
