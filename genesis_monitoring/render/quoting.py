"""How a value stands in a written file: as a YAML scalar, a Python literal, in Markdown, HTML or a comment.

Every value that a template prints passes one of these filters (``templates.py`` refuses any other),
so no text of a spec can break out of its place. Plain YAML is used only for words that every YAML
reader takes for the same text.
"""

import json
import keyword
import re
from collections.abc import Iterable

from genesis_monitoring.units import format_number

_PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9_/.\-]*\Z", re.ASCII)
_DURATION = re.compile(r"(?:[0-9]+[dhms])+\Z", re.ASCII)
_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"})
INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff"
    "\U000e0000-\U000e0fff]"
)
"""What a reader may refuse or a person cannot see; spelt out, as Python's own list changes by version."""
_CODE_SPAN = re.compile(r"(?<!`)(`[^`]+`)(?!`)")
_BLOCK_START = re.compile(r"(?:[-+](?=[-+\s]|\Z)|=|#(?=#{0,5}(?:\s|\Z)))")
_LIST_NUMBER = re.compile(r"([0-9]{1,9})([.)])(?=\s|\Z)", re.ASCII)
_HEADING_END = re.compile(r"(?<=\s)#(?=#*\Z)")
_MARKDOWN = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;"} | {mark: f"\\{mark}" for mark in ("\\", *"|[]*_~`")}
)
_URL_BREAKERS = re.compile(r"[\s()<>\\\x00-\x1f\x7f]")


class Quoted(str):
    """Text that is safe where it is printed."""

    __slots__ = ()


def yaml(value: str | float | bool) -> Quoted:
    """A YAML scalar on one line."""
    if isinstance(value, bool):
        return Quoted("true" if value else "false")
    if isinstance(value, (int, float)):
        digits, exponent, power = format_number(value).partition("e")
        # Without the point, readers of YAML 1.1 take 1e-06 for text.
        return Quoted(f"{digits}.0e{power}" if exponent and "." not in digits else format_number(value))
    if _DURATION.match(value) or (_PLAIN.match(value) and value.lower() not in _YAML_WORDS):
        return Quoted(value)
    if not INVISIBLE.search(value):
        return Quoted("'" + value.replace("'", "''") + "'")
    return Quoted(_escaped(value))


def yaml_list(values: Iterable[str | float | bool]) -> Quoted:
    """A YAML flow sequence of scalars."""
    return Quoted(f"[{', '.join(yaml(value) for value in values)}]")


def python(value: str | float) -> Quoted:
    """A Python literal on one line, spelt as ruff would format it."""
    if isinstance(value, int | float):
        return Quoted(format_number(value))
    mark = "'" if value.count('"') > value.count("'") else '"'
    escaped = value.replace("\\", "\\\\").replace(mark, f"\\{mark}")
    return Quoted(f"{mark}{INVISIBLE.sub(lambda match: _escape(match[0]), escaped)}{mark}")


def docstring(value: str) -> Quoted:
    """Prose inside a triple-quoted string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return Quoted(INVISIBLE.sub(lambda match: _escape(match[0]), escaped))


def identifier(value: str) -> Quoted:
    """A name in Python. Raises ValueError for what is none."""
    if not value.isascii() or not value.isidentifier() or keyword.iskeyword(value):
        raise ValueError(f"{value!r} is no name in Python")
    return Quoted(value)


def comment(value: str) -> Quoted:
    """One line of a comment."""
    return Quoted(INVISIBLE.sub(" ", value))


def go(value: str) -> Quoted:
    """A string of Go inside an action of a Go template; braces are escaped, for readers that count them."""
    return Quoted(_escaped(value).replace("{", "\\u007b").replace("}", "\\u007d"))


def markdown(value: str | int) -> Quoted:
    """Prose in Markdown, wherever it stands: no HTML, no links, no blocks; code in backticks stays code."""
    return Quoted(_prose(str(value)))


def markdown_cell(value: str | int) -> Quoted:
    """As ``markdown``, in a cell of a table, where a pipe ends even code."""
    return Quoted(_prose(str(value), pipe=r"\|"))


def link(value: str) -> Quoted:
    """An address inside the angle brackets or parentheses of a Markdown link."""
    return Quoted(_URL_BREAKERS.sub(lambda match: f"%{ord(match[0]):02X}", value))


def named_link(title: str, url: str) -> Quoted:
    """A link in Markdown by its title."""
    return Quoted(f"[{_prose(title)}]({link(url)})")


def html(value: str | int) -> Quoted:
    """Text in an HTML element or a quoted attribute; what cannot be seen is a replacement character."""
    from html import escape

    return Quoted(escape(INVISIBLE.sub("\ufffd", str(value)), quote=True))


def css(value: str) -> Quoted:
    """Text inside a quoted string of a style sheet that stands in an HTML page."""
    return Quoted("".join(one if one.isalnum() or one in " .,;-" else f"\\{ord(one):x} " for one in value))


def drawing(value: Quoted) -> Quoted:
    """A part of a page, whose maker has quoted what is in it. Raises ValueError for any other text."""
    if not isinstance(value, Quoted):
        raise ValueError("a drawing is quoted by its maker")
    return value


def code(value: str, language: str = "") -> Quoted:
    """A fenced block of code; the fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return Quoted(f"{fence}{language}\n{value}\n{fence}")


def _prose(value: str, pipe: str = "|") -> str:
    parts = _CODE_SPAN.split(INVISIBLE.sub(" ", value).strip())
    escaped = [
        part.replace("|", pipe) if index % 2 else part.translate(_MARKDOWN)
        for index, part in enumerate(parts)
    ]
    escaped[-1] = _HEADING_END.sub(r"\#", escaped[-1])
    first = escaped[0]
    number = _LIST_NUMBER.match(first)
    if number:
        escaped[0] = f"{number[1]}\\{first[number.end(1) :]}"
    elif _BLOCK_START.match(first):
        escaped[0] = f"\\{first}"
    return "".join(escaped)


def _escaped(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return INVISIBLE.sub(lambda match: _escape(match[0]), quoted)


def _escape(char: str) -> str:
    point = ord(char)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
