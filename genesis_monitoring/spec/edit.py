"""A spec's text and new values in; the same text with nothing else changed out.

Each value is replaced where it stands, so comments, quotes, order and layout stay byte for byte. The result
is read again before it is given back: what differs is what was asked for, or there is an EditError.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.spec.builder import MappingNode, offset_of
from genesis_monitoring.spec.scalars import Scalar, Value, read_plain, show
from genesis_monitoring.spec.source import Source, SpecError, parse_source
from genesis_monitoring.spec.text_places import Token, scalar_tokens

_BARE = re.compile(r"[A-Za-z0-9_./+-]+", re.ASCII)
_BLOCK_STYLES = ("|", ">")

Steps = tuple[str | int, ...]


class EditError(CouldNotTellError):
    """The text cannot be changed without a person: the value stands nowhere, or over several lines."""


@dataclass(frozen=True, slots=True)
class Edit:
    """The scalar at ``path`` is to be ``value``: text, a finite number, true or false."""

    path: Steps
    value: str | int | float | bool


def edit_text(text: str, display: str, edits: Sequence[Edit]) -> str:
    """``text`` with each of ``edits`` made; ``display`` is the file's name in messages.

    A new text keeps the quotes of the old one. Raises SpecError where ``text`` cannot be read, EditError
    where a value is left out, is no scalar, or is written over several lines.
    """
    source = parse_source(text, display)
    body = source.lines.text
    tokens = scalar_tokens(body)
    changes = sorted(((_token(source, tokens, edit.path), edit) for edit in edits), key=lambda c: c[0].start)
    parts = []
    done = 0
    for token, edit in changes:
        if token.start < done:
            raise ValueError(f"{_dotted(edit.path)} is changed twice")
        parts += [body[done : token.start], _spell(edit.value, token.style)]
        done = token.end
    wanted = source.value
    for edit in edits:
        wanted = _put(wanted, edit.path, edit.value)
    mark = text[: len(text) - len(body)]
    return _proven(mark + "".join((*parts, body[done:])), display, wanted)


def edit_source(source: Source, edits: Sequence[Edit]) -> Source:
    """``source`` with each of ``edits`` made in the file where its value stands. Raises as ``edit_text``."""
    of_part: dict[str, list[Edit]] = {}
    for edit in edits:
        of_part.setdefault(_part_with(source, edit.path), []).append(edit)
    for name, own in of_part.items():
        part = _changeable(source, name, own[0].path)
        source = source.with_part(name, edit_text(part.written, part.file, own))
    return source


def add_to_source(source: Source, path: Steps, value: str | int | float | bool, before: str = "") -> Source:
    """As ``add_key``, in the file of ``source`` that has the mapping, the spec itself before others."""
    name = _part_with(source, (*path[:-1], before) if before else path)
    part = _changeable(source, name, path)
    return source.with_part(name, add_key(part.written, part.file, path, value, before))


def _changeable(source: Source, name: str, path: Steps) -> Source:
    if name not in source.files:
        raise EditError(
            f"{source.locate(path)}: {_dotted(path)} is given by a preset",
            f"say {_dotted(path)} in {source.file}, where it counts before the preset's",
        )
    return source.parts[name]


def _part_with(source: Source, path: Steps) -> str:
    """The file that has what stands at ``path``, or the most of what it stands in."""
    for size in range(len(path), 0, -1):
        for name, part in source.parts.items():
            if part.place(path[:size]) is not None:
                return name
    return ""


def add_key(text: str, display: str, path: Steps, value: str | int | float | bool, before: str = "") -> str:
    """``text`` with ``value`` at ``path``, where nothing stands yet: above the key ``before`` of the same
    mapping and its comment, or above the first one.

    Raises as ``edit_text``; EditError too where there is no such mapping, or no such key in it.
    """
    source = parse_source(text, display)
    body, key = source.lines.text, path[-1]
    node = source.place(path[:-1])
    inside = node[1] if node else None
    if not isinstance(inside, MappingNode) or not inside.entries or not isinstance(key, str):
        raise _refused(
            str(source.locate(path[:-1])), f"there is no {_dotted(path[:-1])}", f"add {_dotted(path)}"
        )
    if before and before not in inside.entries:
        raise _refused(display, f"there is no {before} to write {key} above", f"{key}: {value}")
    at = inside.entries[before][0] if before else min(offset for offset, _ in inside.entries.values())
    new = f"{key}: {_spell(value, '')}"
    if body[offset_of(inside)] == "{":
        new += ", "
    else:
        at, indent = _above(source, at)
        new += ("\r\n" if "\r\n" in body else "\n") + indent
    mark = text[: len(text) - len(body)]
    wanted = _put(source.value, path, value)
    return _proven(f"{mark}{body[:at]}{new}{body[at:]}", display, wanted)


def _above(source: Source, at: int) -> tuple[int, str]:
    """Where a line goes above the key at ``at`` and the comment on it, and what the key is indented by."""
    place = source.lines.at(at)
    line, column = place.line or 1, (place.column or 1) - 1
    indent = " " * column
    if source.line_text(line)[:column].strip():
        return at, indent
    while source.line_text(line - 1).startswith(f"{indent}#"):
        line -= 1
    return source.lines.starts[line - 1] + column, indent


def spell_number(value: float) -> str:
    """A number in digits alone, as every YAML reader takes it for one: ``100``, ``0.00005``."""
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)), "f")


def _token(source: Source, tokens: Mapping[int, Token], path: Steps) -> Token:
    where, name = source.locate(path), _dotted(path)
    place = source.place(path)
    if place is None:
        raise _refused(str(where), f"there is no {name}", f"add {name}")
    key, node = place
    if not isinstance(node, int):
        raise _refused(str(where), f"{name} is no single value", f"change {name}")
    in_mapping = bool(path) and isinstance(path[-1], str)
    token = tokens[node]
    if in_mapping and node == key:
        raise _refused(str(where), f"{name} has no value", f"add {name}")
    if token.style in _BLOCK_STYLES or re.search(r"[\r\n]", source.lines.text[token.start : token.end]):
        raise _refused(str(where), f"{name} is written over several lines", f"change {name}")
    return token


def _spell(value: str | int | float | bool, style: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return spell_number(value)
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if not style and _BARE.fullmatch(value) and read_plain(value) == (value, None):
        return value
    return json.dumps(value, ensure_ascii=False)


def _put(value: Value, path: Steps, new: Scalar) -> Value:
    """``value`` with ``new`` at ``path``, of which all but the last step is there."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: _put(value.get(step), rest, new)}
    if isinstance(value, tuple) and isinstance(step, int):
        return (*value[:step], _put(value[step], rest, new), *value[step + 1 :])
    raise AssertionError(f"{show(value)} has no {step}")


def _proven(text: str, display: str, wanted: Value) -> str:
    try:
        if parse_source(text, display).value == wanted:
            return text
        reason = "the text would say something else"
    except SpecError as error:
        reason = f"the text could not be read again: {error.message}"
    raise _refused(display, reason, "change it")


def _refused(where: str, reason: str, change: str) -> EditError:
    return EditError(f"{where}: {reason}", f"{change} by hand")


def _dotted(path: Steps) -> str:
    return ".".join(map(str, path))
