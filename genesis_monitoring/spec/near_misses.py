"""Lines that are nearly YAML: where a parser gives up, and which character before it is the mistake.

Offsets count characters from the start of the text.
"""

import re
from dataclasses import dataclass

from genesis_monitoring.words import shorten

_WORD = r"[A-Za-z_][\w.-]*"
_LONGEST = 200
"""A longer text is not written out in a message."""
_CONTINUED = "; text that continues the line above is indented further"


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """``offset`` and ``related`` count characters from the start of the text."""

    code: str
    offset: int
    message: str
    hint: str
    related: int | None = None


def line_start(text: str, offset: int) -> int:
    """Where the line of ``offset`` begins."""
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


def line_at(text: str, offset: int) -> str:
    """The line of ``offset``, as much of it as is looked at."""
    return re.split(r"[\r\n]", text[line_start(text, offset) :][:2000], maxsplit=1)[0]


def without_colon(text: str, offset: int) -> SyntaxProblem | None:
    """A key whose colon, or the space behind it, is missing in the line of ``offset``."""
    line, start = line_at(text, offset), line_start(text, offset)
    key = re.fullmatch(
        rf"(?P<indent> *(?:- )?)(?P<key>{_WORD})(?::(?P<joined>[^\s:].*)|(?P<rest> .*|))", line
    )
    if key is None or re.search(r":(\s|$)", key["rest"] or ""):
        return None
    joined = key["joined"]
    written = f"{key['indent'].strip()} {key['key']}: {(joined or key['rest']).strip()}".strip()
    what = "a space is missing after the colon" if joined else f'a colon is missing after "{key["key"]}"'
    if shorten(written, _LONGEST) != written:
        return None
    hint = f"write the line: {written}" + (_CONTINUED if key["rest"] else "")
    return SyntaxProblem("GM103", start + key.end("key"), what, hint)


def indented_less(text: str, offset: int) -> SyntaxProblem | None:
    """The key above that of ``offset``, if those around it are indented further than it is."""
    indent = _indent(line_at(text, offset))
    place = key_with_value_above(text, offset)
    before = _above(text, place) if place is not None else None
    if place is None or before is None:
        return None
    if not _indent(line_at(text, place)) < indent == _indent(line_at(text, before)):
        return None
    message = "this key is indented less than the keys above and below it"
    return SyntaxProblem("GM103", place, message, "indent it like the key above it", offset)


def key_with_value_above(text: str, offset: int) -> int | None:
    """The key in the line above, if it has its value there, so that nothing belongs below it."""
    above = _above(text, offset)
    if above is None or not re.match(rf" *{_WORD}:\s+\S", line_at(text, above)):
        return None
    return above + _indent(line_at(text, above))


def lone_dash(text: str, dash: int, offset: int) -> SyntaxProblem | None:
    """The one entry of a list, where the next line in its column is a key: names are keys, and no entries."""
    first, indent = line_at(text, dash), dash - line_start(text, dash)
    entry = re.fullmatch(rf" *- (?:name: *)?(?P<name>{_WORD}):?\s*", first)
    following = line_at(text, offset)
    dashes = re.findall(rf"(?m)^ {{{indent}}}- ", text[line_start(text, dash) : offset])
    if entry is None or len(dashes) > 1 or not re.match(rf" {{{indent}}}{_WORD}:", following):
        return None
    message = "a list entry begins here, and the next line in its column is a key"
    return SyntaxProblem("GM103", dash, message, f"write the line: {entry['name']}:", offset)


def in_braces(text: str, opening: int, offset: int) -> SyntaxProblem | None:
    """What stands wrong between ``opening``, a brace or a bracket, and ``offset``, where reading ended."""
    if line_start(text, offset) != line_start(text, opening):
        return _not_closed(text, opening, offset)
    before = re.search(r"(?:^|[{\[,]|: )\s*([^{\[,\s][^{\[,]*?)\s*$", text[opening:offset])
    start = opening + before.start(1) if before else offset
    value = re.match(rf"{_WORD}: +(?P<value>\S.*)", text[start:offset], re.DOTALL)
    start += value.start("value") if value else 0
    if text.startswith(("{", "["), offset) and start < offset:
        closing = text.find("}" if text[offset] == "{" else "]", offset)
        whole = text[start : closing + 1]
        if closing < 0 or "'" in whole or shorten(whole, _LONGEST) != whole:
            return None
        message = f'text with "{text[offset]}" in it stands outside quotes'
        return SyntaxProblem("GM103", start, message, f"put it in quotes: '{whole}'")
    if text.startswith(":", offset) and start < offset:
        words = text[start:offset].rsplit(None, 1)
        if len(words) == 2 and re.fullmatch(_WORD, words[1]) and shorten(words[0], _LONGEST) == words[0]:
            message = f'a comma is missing before "{words[1]}", or text with a colon stands outside quotes'
            place = start + len(words[0])
            return SyntaxProblem("GM103", place, message, f"add the comma: {words[0]}, {words[1]}")
        whole = re.split(r"[,}\]\n]", text[start:], maxsplit=1)[0].rstrip()
        quote = "'" if '"' in whole else '"'
        if quote in whole or shorten(whole, _LONGEST) != whole:
            return None
        message = "a colon with a space after it stands inside unquoted text"
        return SyntaxProblem("GM103", offset, message, f"put the whole text in quotes: {quote}{whole}{quote}")
    return None


def _not_closed(text: str, opening: int, offset: int) -> SyntaxProblem | None:
    """A brace that its line does not close: a comment took it away, or it is missing."""
    line = text[opening : line_start(text, opening) + len(line_at(text, opening))]
    kind, end = ("mapping", "}") if text[opening] == "{" else ("list", "]")
    comment = re.search(r"\s(#[^\s,}\]]*)", line)
    if comment and shorten(comment[1]) == comment[1] and end in line[comment.start() :]:
        message = f'"#" begins a comment here, so the {kind} that opens with "{text[opening]}" is not closed'
        return SyntaxProblem(
            "GM103", opening + comment.start(1), message, f'put it in quotes: "{comment[1]}"', opening
        )
    below = text[line_start(text, opening) + len(line_at(text, opening)) : offset].strip()
    if re.fullmatch(rf"(?:{_WORD})?", below) and not comment and offset < len(text):
        message = f'a {kind} that opens with "{text[opening]}" is not closed in its line'
        return SyntaxProblem("GM103", opening, message, f'add "{end}" at the end of the line', offset)
    return None


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _above(text: str, offset: int) -> int | None:
    """Where the last line above that of ``offset`` begins that has more than a comment on it."""
    start = line_start(text, offset)
    while start > 0:
        start = line_start(text, start - 1)
        line = line_at(text, start).strip()
        if line and not line.startswith("#"):
            return start
    return None
