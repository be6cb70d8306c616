"""A YAML parser's error in, an explanation that a person can act on out.

The parser names the place where it gave up; the mistake is often earlier. Both libyaml's wording and
that of PyYAML's own parser are understood.
"""

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from genesis_monitoring.spec.near_misses import (
    SyntaxProblem,
    in_braces,
    indented_less,
    key_with_value_above,
    line_at,
    line_start,
    lone_dash,
    without_colon,
)
from genesis_monitoring.words import shorten

if TYPE_CHECKING:
    from yaml import MarkedYAMLError

_SINGLE_QUOTES = "put the whole text in single quotes: '…'"


@dataclass(frozen=True, slots=True)
class _Rule:
    """``pattern`` is sought in "context|problem"; ``at_context``: the mistake is where that began."""

    pattern: str
    message: str
    hint: str
    at_context: bool = False
    code: str = "GM103"


_RULES = (
    _Rule(
        r"quoted scalar\|found unexpected (end of stream|document)",
        "the quote that opens here is never closed",
        'add the closing quote; inside single quotes a quote is written twice, inside double quotes as \\"',
        at_context=True,
    ),
    _Rule(
        r"unknown escape|escape code|escape sequence|hexdecimal",
        "a backslash in double quotes begins an escape, and {seen} is none",
        "use single quotes, where a backslash is just a backslash, or write \\\\",
    ),
    _Rule(
        r"flow sequence\|.*expected ','",
        'a list that opens with "[" is not closed, or a comma is missing',
        'add "]" or the comma before the related place',
        at_context=True,
    ),
    _Rule(
        r"flow mapping\|.*expected ','",
        'a mapping that opens with "{{" is not closed, or a comma is missing',
        'add "}" or the comma before the related place; text with braces goes in quotes',
        at_context=True,
    ),
    _Rule(
        r"sequence entries are not allowed",
        'a list entry ("- ") cannot begin here',
        "put it on a line of its own below the key, or put text that begins with a dash in quotes",
    ),
    _Rule(
        r"mapping keys are not allowed",
        'a value cannot begin with "? "',
        _SINGLE_QUOTES,
    ),
    _Rule(
        r"simple key\|could not find expected ':'",
        'this line is neither "key: value" nor "- value"',
        "put a colon and a space after the key; text that continues the line above is indented further",
        at_context=True,
    ),
    _Rule(
        r"block (collection|sequence)\|",
        "this line belongs to no entry of the list above it",
        'begin it with "- " in the column of the other entries, or indent it below the entry it belongs to',
    ),
    _Rule(
        r"node content",
        "a value is expected here, and {seen} is none",
        "write the value, or take out what is too much; text goes in quotes",
    ),
    _Rule(
        r"cannot start any token",
        "text cannot begin with {seen} unless it is quoted",
        _SINGLE_QUOTES,
    ),
    _Rule(
        r"scanning an (alias|anchor)\|",
        "text cannot begin with {seen} unless it is quoted",
        _SINGLE_QUOTES,
        at_context=True,
    ),
    _Rule(
        r"scanning a block scalar\|",
        "text cannot begin with {seen} unless it is quoted; for a block of text {seen} ends its line",
        f"start the block on the next line, or {_SINGLE_QUOTES}",
        at_context=True,
    ),
    _Rule(
        r"tag",
        "tags (text that begins with !) are not supported",
        _SINGLE_QUOTES,
        at_context=True,
        code="GM106",
    ),
    _Rule(
        r"directive|incompatible YAML",
        "directives (lines that begin with %) are not supported",
        "remove the line",
        at_context=True,
        code="GM106",
    ),
    _Rule(
        r"document start",
        "the file goes on after its only value has ended",
        "indent this like the lines it belongs to, or remove it",
    ),
)


def explain(error: "MarkedYAMLError", text: str) -> SyntaxProblem:
    """What is wrong in ``text``, at the place where it can be mended."""
    offset = _index(error.problem_mark, _index(error.context_mark, 0))
    context = _index(error.context_mark, offset)
    said = f"{error.context}|{error.problem}"
    found = _tab(text, offset) or _runaway_quote(text, offset)
    if found:
        return found
    if "mapping values are not allowed" in said:
        return _second_colon(text, offset)
    if "block mapping|" in said:
        return _stray_in_mapping(text, offset, context)
    near = _near_miss(said, text, context, offset)
    if near is not None:
        return near
    for rule in _RULES:
        if re.search(rule.pattern, said):
            place = context if rule.at_context else offset
            if "escape" in rule.pattern:
                place = max(text.rfind("\\", 0, offset + 1), context)
            message = rule.message.format(seen=_seen(text, place))
            gave_up = offset if line_start(text, offset) > place and offset < len(text) else None
            return SyntaxProblem(rule.code, place, message, rule.hint, gave_up)
    message = f"this is not valid YAML: {shorten(str(error.problem), 200)}"
    return SyntaxProblem("GM103", offset, message, _SINGLE_QUOTES)


def _near_miss(said: str, text: str, context: int, offset: int) -> SyntaxProblem | None:
    """What is told better by the lines than by where the parser gave up."""
    if re.search(r"simple key\|could not find expected ':'", said):
        return without_colon(text, context)
    if re.search(r"block (collection|sequence)\|", said):
        return lone_dash(text, context, offset)
    if re.search(r"flow (sequence|mapping)\|.*expected ','", said):
        return in_braces(text, context, offset)
    return None


def _index(mark: Any, default: int) -> int:
    return default if mark is None else int(mark.index)


def _seen(text: str, offset: int) -> str:
    char = text[offset : offset + (2 if text.startswith("\\", offset) else 1)]
    if not char:
        return "the end of the file"
    return "the end of the line" if char in "\r\n" else f'"{shorten(char)}"'


def _tab(text: str, offset: int) -> SyntaxProblem | None:
    line = line_at(text, offset)
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    if "\t" not in indent:
        return None
    tab = line_start(text, offset) + indent.index("\t")
    return SyntaxProblem("GM103", tab, "a tab indents this line", "indent with spaces; YAML allows no tabs")


def _runaway_quote(text: str, offset: int) -> SyntaxProblem | None:
    """Quoted text over several lines that ends just before the error: the next quote closed it."""
    import yaml

    last = None
    try:
        for token in yaml.scan(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if token.start_mark.index >= offset:
                break
            if isinstance(token, yaml.ScalarToken) and token.style in ("'", '"'):
                last = token
    except (yaml.YAMLError, ValueError, OverflowError):
        pass
    if last is None or not line_start(text, offset) <= last.end_mark.index <= offset:
        return None
    if last.start_mark.index >= line_start(text, offset):
        return None
    begin = last.start_mark.index
    alone = not re.search(r"[{\[]", text[line_start(text, begin) : begin])
    where = " at the end of the line" if alone else ""
    return SyntaxProblem(
        "GM103",
        begin,
        "the quoted text that begins here ends only at the next quote, lines later",
        f"add the missing closing quote{where}; inside single quotes a quote is written twice, inside double "
        'as \\"',
        last.end_mark.index - 1,
    )


def _second_colon(text: str, offset: int) -> SyntaxProblem:
    start = line_start(text, offset)
    before = text[start:offset]
    if re.search(r":\s", before):
        return SyntaxProblem(
            "GM103", offset, "a colon with a space after it stands inside unquoted text", _SINGLE_QUOTES
        )
    if len(before.strip()) > 1000:
        return SyntaxProblem("GM103", start, "a key is longer than 1024 characters", "shorten it")
    above = max(start - 2, 0)
    missing = without_colon(text, above) if start else None
    if missing is not None:
        return replace(missing, related=offset)
    stray = indented_less(text, offset)
    if stray is not None:
        return stray
    key = start + len(before) - len(before.lstrip(" "))
    return SyntaxProblem(
        "GM103",
        key,
        "this key is indented further than the keys above it, which already have a value",
        "indent it like the key above it",
    )


def _stray_in_mapping(text: str, offset: int, mapping: int) -> SyntaxProblem:
    before = text[line_start(text, offset) : offset].strip()
    if before and before[-1] in "\"'":
        return SyntaxProblem(
            "GM103",
            offset,
            "text follows the closing quote",
            "put all of it in quotes; inside single quotes a quote is written twice",
        )
    if re.match(r"-\s", text[offset : offset + 2]):
        message = "a list entry stands among the keys of a mapping"
        hint = "indent it below the key that the list belongs to"
    elif text.startswith(":", offset):
        message, hint = "there is no key before the colon", "write one"
    elif before:
        message, hint = f"{_seen(text, offset)} cannot stand here", _SINGLE_QUOTES
    else:
        message = "this line is indented like no key above it"
        hint = "indent it exactly like the other keys of its mapping"
        above = key_with_value_above(text, offset)
        if above is not None:
            return SyntaxProblem("GM103", offset, message, "indent it like the key above it", above)
    return SyntaxProblem("GM103", offset, message, hint, mapping)
