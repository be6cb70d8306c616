"""How a value stands in a generated file: as a YAML scalar, in Markdown, in a comment.

Every value that a template prints passes one of these filters (``templates.py`` refuses any other),
so no text of a spec can break out of its place. Plain YAML is used only for words that every YAML
reader takes for the same text.
"""

import json
import re
from collections.abc import Iterable

from genesis_monitoring.units import format_number

_PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9_/.\-]*\Z", re.ASCII)
_DURATION = re.compile(r"(?:[0-9]+[dhms])+\Z", re.ASCII)
_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"})
_CODE_SPAN = re.compile(r"(`[^`]+`)")
_MARKDOWN = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        "|": r"\|",
        "[": r"\[",
        "]": r"\]",
        "*": r"\*",
        "_": r"\_",
        "\\": r"\\",
    }
)


class Quoted(str):
    """Text that is safe where it is printed."""

    __slots__ = ()


def yaml(value: str | float | bool) -> Quoted:
    """A YAML scalar on one line."""
    if isinstance(value, bool):
        return Quoted("true" if value else "false")
    if isinstance(value, int | float):
        return Quoted(format_number(value))
    if _DURATION.match(value) or (_PLAIN.match(value) and value.lower() not in _YAML_WORDS):
        return Quoted(value)
    if value.isprintable():
        return Quoted("'" + value.replace("'", "''") + "'")
    return Quoted(_escaped(value))


def compose(value: str | float | bool) -> Quoted:
    """A YAML scalar in a Compose file, where a dollar sign would begin a variable."""
    return yaml(value.replace("$", "$$") if isinstance(value, str) else value)


def yaml_list(values: Iterable[str | float | bool]) -> Quoted:
    """A YAML flow sequence of scalars."""
    return Quoted(f"[{', '.join(yaml(value) for value in values)}]")


def compose_list(values: Iterable[str]) -> Quoted:
    """As ``yaml_list``, in a Compose file."""
    return yaml_list(value.replace("$", "$$") for value in values)


def comment(value: str) -> Quoted:
    """One line of a comment."""
    return Quoted("".join(char if char.isprintable() else " " for char in value))


def markdown(value: str | int) -> Quoted:
    """Prose in Markdown: no HTML, no links, no table cells of its own; code in backticks stays code."""
    parts = _CODE_SPAN.split(str(value).replace("\n", " "))
    return Quoted(
        "".join(
            part.replace("|", r"\|") if index % 2 else part.translate(_MARKDOWN)
            for index, part in enumerate(parts)
        )
    )


def link(value: str) -> Quoted:
    """An address inside the parentheses of a Markdown link."""
    return Quoted(value.replace("(", "%28").replace(")", "%29").replace(" ", "%20"))


def code(value: str, language: str = "") -> Quoted:
    """A fenced block of code; the fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", value)), default=0)
    fence = "`" * max(3, longest + 1)
    return Quoted(f"{fence}{language}\n{value}\n{fence}")


def _escaped(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escape(char) for char in quoted)


def _escape(char: str) -> str:
    point = ord(char)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
