"""What a YAML value is, how a plain scalar reads, and how values are told to people.

The text of a plain (unquoted) scalar goes in; its value comes out by the rules of YAML 1.2, together
with a ``Doubt`` where YAML 1.1 readers take the same text for something else. Source: the "core schema"
of the YAML 1.2.2 specification and the type repository of YAML 1.1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isinf
from typing import TypeAlias

from genesis_monitoring.words import shorten

Scalar: TypeAlias = str | int | float | bool | None
Value: TypeAlias = "Scalar | tuple[Value, ...] | dict[str, Value]"

LARGEST = 2**63

_CLEAR: dict[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}


def _spellings(*words: str) -> frozenset[str]:
    return frozenset(form for word in words for form in (word, word.capitalize(), word.upper()))


_NULLS = _spellings("null") - {"null"}
_TRUES = _spellings("true", "yes", "on", "y") - {"true"}
_FALSES = _spellings("false", "no", "off", "n") - {"false"}

_MARKS = re.compile(r"^[^A-Za-z_/]|: |:$| #|[\[\]{},\"'\\]|\s$")
"""What makes a plain scalar something else, or may."""
_NUMERIC_START = frozenset("0123456789+-.")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_OCTAL = re.compile(r"[-+]?(?:0o[0-7_]+|0[0-9_]+)", re.ASCII)
_OTHER_BASE = re.compile(r"[-+]?(?:0x[0-9a-fA-F_]+|0b[01_]+)", re.ASCII)
_UNDERSCORED = re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?", re.ASCII)
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)
_DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)?"
    r"(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a plain scalar is refused: ``reason`` follows the scalar in a sentence, ``hint`` mends it."""

    code: str
    reason: str
    hint: str


def read_plain(text: str) -> tuple[Scalar, Doubt | None]:
    """The value of a plain scalar, and a doubt if it must not be used.

    The value beside a doubt is the likeliest guess, so that checking can go on.
    """
    if text in _CLEAR:
        return _CLEAR[text], None
    if text[0] in _NUMERIC_START:
        return _read_number(text)
    if text in _TRUES:
        return True, _word_doubt(text, "true")
    if text in _FALSES:
        return False, _word_doubt(text, "false")
    if text in _NULLS:
        return None, _word_doubt(text, "null")
    if text == "=":
        return text, _doubt("YAML 1.1 has a special meaning for it", text)
    if text == "<<":
        return text, Doubt(
            "GM105", "merge keys are not supported", "write the keys out; each value stands in one place"
        )
    return text, None


def show(value: Value) -> str:
    """A value as a person sees it, on one line, shortened to about 60 characters."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{shorten(value)}"'
    if isinstance(value, tuple | Mapping):
        kind = "list" if isinstance(value, tuple) else "mapping"
        return f"a {kind} of {len(value)}" if value else f"an empty {kind}"
    return repr(value)


def show_plain(value: Value) -> str:
    """A value as ``show`` does it, without quotes around a text that needs none."""
    if not isinstance(value, str) or shorten(value) != value or _MARKS.search(value):
        return show(value)
    return value if value.isascii() and read_plain(value) == (value, None) else show(value)


def type_words(value: Value) -> str:
    """A value's type in the words of YAML."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true/false"
    if isinstance(value, str):
        return "text"
    if isinstance(value, tuple):
        return "a list"
    return "a mapping" if isinstance(value, Mapping) else "a number"


def _read_number(text: str) -> tuple[Scalar, Doubt | None]:
    if _INT.fullmatch(text):
        if len(text) > 20 or not -LARGEST <= int(text) < LARGEST:
            return 0, Doubt("GM113", "is too large for a number", f"a whole number is below {LARGEST}")
        return int(text), None
    if _OCTAL.fullmatch(text):
        plain = text[text.startswith(("-", "+")) :].replace("_", "").lstrip("0o") or "0"
        plain = f"-{plain}" if text.startswith("-") else plain
        return text, _doubt("YAML 1.1 readers take it for a number in base 8", text, plain)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if isinf(number):
            return 0.0, Doubt("GM113", "is too large for a number", "a number is below 1.8e308")
        return number, None
    return text, _number_doubt(text)


def _number_doubt(text: str) -> Doubt | None:
    if _BASE_60.fullmatch(text):
        hint = f"for text write {show(text)}; a duration is written like 1m30s"
        if parts := re.fullmatch("([0-9]{1,2}):([0-9]{1,2})", text, re.ASCII):
            first, second = int(parts[1]), int(parts[2])
            spelled = [f"{first}{a}{second}{b}" if second else f"{first}{a}" for a, b in ("ms", "hm")]
            hint = f"for text write {show(text)}; for a duration {' or '.join(spelled)}"
        return Doubt("GM105", "is ambiguous: YAML 1.1 readers take it for a number in base 60", hint)
    if _DATE.fullmatch(text):
        return _doubt("YAML 1.1 readers take it for a date", text)
    if _UNDERSCORED.fullmatch(text):
        plain = text.replace("_", "")
        return _doubt("YAML 1.1 readers take it for a number", text, plain)
    if _OTHER_BASE.fullmatch(text):
        return _doubt("some readers take it for a number in base 2 or 16", text, "the number in base 10")
    if _NOT_FINITE.fullmatch(text):
        return Doubt("GM105", "is not a finite number", f"write a number, or {show(text)} for text")
    return None


def _word_doubt(text: str, meaning: str) -> Doubt:
    return _doubt(f"some YAML readers take it for {meaning}, others for text", text, meaning)


def _doubt(reason: str, text: str, plain: str = "") -> Doubt:
    quoted = f'"{shorten(text)}"'
    hint = f"write {shorten(plain)}, or {quoted} for text" if plain else f"put it in quotes: {quoted}"
    return Doubt("GM105", f"is ambiguous: {reason}", hint)
