"""A place in a text value in, the place of that character in the spec's file out.

Plain, quoted and block scalars are covered, with their escapes, indentation and folding: what is written and
what is meant are walked through side by side, which needs no second reading of YAML.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from genesis_monitoring.findings import Location
from genesis_monitoring.spec.source import Source

_ESCAPE = re.compile(
    r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|\r\n[ \t]*|[\r\n\x85\u2028\u2029][ \t]*|.)",
    re.DOTALL,
)
_HEADER = re.compile(r"[|>][^\r\n]*(?:\r\n|\r|\n)")
_SPACE = frozenset(" \t\r\n\x85\u2028\u2029")


@dataclass(frozen=True, slots=True)
class Token:
    """A scalar as it is written: from ``start`` up to ``end``, in characters; ``style`` is its quote."""

    start: int
    end: int
    style: str
    value: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """One character of a value, or white space that YAML may drop, as it is written at ``offset``."""

    offset: int
    char: str
    fixed: bool


def scalar_tokens(body: str) -> Mapping[int, Token]:
    """Every scalar of a YAML text by where it starts; keys too."""
    import yaml

    events = yaml.parse(body, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    scalars: Iterator[Any] = (event for event in events if isinstance(event, yaml.ScalarEvent))
    return {
        event.start_mark.index: Token(
            event.start_mark.index, event.end_mark.index, event.style or "", event.value
        )
        for event in scalars
    }


def place_in_text(source: Source, path: Sequence[str | int], offset: int, *, key: bool = False) -> Location:
    """Where the character at ``offset`` of the text at ``path`` stands; its end where it is as long.

    With ``key`` the text is the key of the value at ``path``. What is no scalar stands where it begins.
    """
    place = source.place(path)
    begin = None if place is None else place[0] if key else place[1]
    token = _tokens_of(source).get(begin) if isinstance(begin, int) else None
    if token is None:
        return source.locate(path)
    written = source.lines.text[token.start : token.end]
    offsets = _offsets(_pieces(written, token.style), token.value)
    return source.lines.at(token.start + offsets[min(max(offset, 0), len(token.value))])


@lru_cache(maxsize=4)
def _tokens_of(source: Source) -> Mapping[int, Token]:
    return {
        start + token.start: replace(token, start=start + token.start, end=start + token.end)
        for start, lines in source.lines.files
        for token in scalar_tokens(lines.text).values()
    }


def _pieces(written: str, style: str) -> list[_Piece]:
    begin, end = 0, len(written)
    if style in ("'", '"'):
        begin, end = 1, len(written) - 1
    elif style and (header := _HEADER.match(written)):
        begin = header.end()
    pieces = []
    while begin < end:
        char, length, fixed = written[begin], 1, False
        if style == "'" and char == "'":
            length, fixed = 2, True
        elif style == '"' and char == "\\" and (escape := _ESCAPE.match(written, begin)):
            length, fixed = len(escape[0]), True
            char = "" if escape[0][1] in "\r\n\x85\u2028\u2029" else escape[0]
        if char:
            pieces.append(_Piece(begin, char, fixed))
        begin += length
    return pieces


def _offsets(pieces: Sequence[_Piece], value: str) -> list[int]:
    """For each character of ``value``, and for its end, where it is written."""
    offsets: list[int] = []
    at, end = 0, 0
    for char in value:
        if char not in _SPACE:
            while at < len(pieces) - 1 and not pieces[at].fixed and pieces[at].char in _SPACE:
                at += 1
        piece = pieces[min(at, len(pieces) - 1)]
        offsets.append(piece.offset)
        if char not in _SPACE or piece.fixed or piece.char in _SPACE:
            at += 1
        if char not in _SPACE:
            end = piece.offset + max(len(piece.char), 1 + (piece.char == "'" and piece.fixed))
    return [*offsets, end]
