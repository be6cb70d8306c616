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
from genesis_monitoring.spec.builder import MappingNode
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
        wanted = _with(wanted, edit.path, edit.value)
    mark = text[: len(text) - len(body)]
    return _proven(mark + "".join((*parts, body[done:])), display, wanted)


def add_key(text: str, display: str, key: str, value: str, *, before: str) -> str:
    """``text`` with the line ``key: value`` above the top-level key ``before`` and its comment.

    Raises as ``edit_text``; EditError too where the top level is not one key a line.
    """
    source = parse_source(text, display)
    body = source.lines.text
    place = source.place((before,))
    wanted = source.value
    if place is None or not isinstance(source.root, MappingNode) or not isinstance(wanted, dict):
        raise _refused(display, f"there is no {before} to write {key} above", f"{key}: {value}")
    line = source.locate_key((before,)).line
    while line > 1 and source.line_text(line - 1).startswith("#"):
        line -= 1
    at = source.lines.starts[line - 1]
    ending = "\r\n" if "\r\n" in body else "\n"
    mark = text[: len(text) - len(body)]
    new = f"{mark}{body[:at]}{key}: {_spell(value, '')}{ending}{body[at:]}"
    return _proven(new, display, {**wanted, key: value})


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


def _with(value: Value, path: Steps, new: Scalar) -> Value:
    """``value`` with ``new`` at ``path``, which it has."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str):
        return {**value, step: _with(value[step], rest, new)}
    if isinstance(value, tuple) and isinstance(step, int):
        return (*value[:step], _with(value[step], rest, new), *value[step + 1 :])
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
