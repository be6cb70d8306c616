"""Text that is made for wide lines in; the same for a terminal's width out."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import groupby

_AS_IT_IS = re.compile(r"```|\||#")
"""How lines begin that mean something by how they are broken: fences, tables, headings."""
_LABEL = re.compile(r" *(?:\S+(?: \S+)?: |\S+(?: \S+)* {2,}| *- )?")
"""What stands before the words of a line: they go on below where they began."""


def wrapped(text: str, width: int) -> str:
    """``text`` with no line above ``width``, where words allow it; as it is for a width of 0, no terminal.

    Paragraphs are set anew. Code, tables and what stands below "Example" keep their lines.
    """
    return "".join(f"{line}\n" for line in _lines(text.splitlines(), width)) if width else text


def _lines(lines: Iterable[str], width: int) -> Iterator[str]:
    fenced = False
    for blank, block in groupby(lines, key=lambda line: not line.strip()):
        rows = list(block)
        fences = sum(row.startswith("```") for row in rows)
        if blank or fenced or fences or rows[0] == "Example" or _AS_IT_IS.match(rows[0]):
            fenced ^= fences % 2 == 1
            yield from rows
        elif any(row.startswith((" ", "- ")) for row in rows) or max(map(len, rows)) <= width:
            for row in rows:
                yield from _hanging(row, width)
        else:
            yield from textwrap.wrap(" ".join(rows), width, break_long_words=False, break_on_hyphens=False)


def _hanging(row: str, width: int) -> list[str]:
    label = _LABEL.match(row)
    indent = label.end() if label else 0
    if len(row) <= width or indent > width * 2 // 3:
        return [row]
    below = " " * indent
    return textwrap.wrap(
        row,
        width,
        subsequent_indent=below,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
