"""Text on its way out: anything in, what cannot steer who reads it out.

Names of files, values of labels, error texts of servers, lines of logs: none of it is ours, and all of it
reaches a terminal or a build's log. What is not printable (control characters, colours that are not ours,
text that runs backwards, bytes that are no text) is shown as an escape. In a log of GitHub Actions a line
that begins with ``::``, or ``##[`` anywhere, is a command to the runner. Source: GitHub, "Workflow commands
for GitHub Actions"; for ``##[`` the runner's own ``ActionCommand``.
"""

import re
from collections.abc import Mapping

_OURS = re.compile(r"(\x1b\[(?:0|1|2|3[1-6]|1;3[1-6])m)")
_PLAIN = str.maketrans({"✓": "+", "✗": "x", "○": "o", "✎": "*", "…": "~", "☐": "-", "–": "-", "·": "-"})
_KEPT = frozenset("\n\t")
_COMMAND = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)


def escape(text: str) -> str:
    """The text on one line, with all that is not printable as an escape: ``\\x1b``, ``\\n``, ``\\u202e``."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape_char(char) for char in text)


def shown(text: str, *, colour: bool, in_github: bool) -> str:
    """Lines for a person: line breaks stay, and our own colours if there is ``colour``."""
    parts = _OURS.split(text) if colour else [text]
    safe = "".join(part if index % 2 else _lines(part) for index, part in enumerate(parts))
    if not in_github:
        return safe
    return _COMMAND.sub(r"\1\\x3a", safe).replace("##[", "#\\x23[")


def in_encoding(text: str, encoding: str) -> str:
    """``text`` with signs of ours that ``encoding`` does not have as one character each that it has.

    A terminal that shows a tick as an escape shows lines that are longer than they were laid out.
    """
    if text.isascii():
        return text
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_PLAIN)
    return text


def is_github(environ: Mapping[str, str]) -> bool:
    """Whether GitHub Actions reads what is printed."""
    return environ.get("GITHUB_ACTIONS") == "true"


def _lines(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(char if char in _KEPT or char.isprintable() else _escape_char(char) for char in text)


def _escape_char(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
