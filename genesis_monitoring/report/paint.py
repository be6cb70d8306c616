"""Text for a terminal: styled if it is to be, in columns, and as wide as there is room. The one place that
knows the sequences.

Sources: ECMA-48, "Select graphic rendition"; Unicode Standard Annex 11, "East Asian Width".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from genesis_monitoring.report.border import escape

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"

_GAP = "  "
_LEAST_ROOM = 12
"""A column with less is laid out below the others."""
_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")
_NUMBER = re.compile(r"[0-9.:]*[0-9]|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_COMMAND = " genesis-mon "
_WIDE = frozenset("WF")


def paint(text: str, style: str, colour: bool) -> str:
    """``text`` in a style, with ``colour`` alone."""
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text


def columns(rows: Sequence[Sequence[str]], width: int = 0) -> list[str]:
    """A text a row, each cell escaped and as wide as the widest of its column; the first row is the heads.

    Where that is more than ``width``, the words of the last column go on below, under it if there is room.
    """
    rows = [[escape(cell) for cell in row] for row in rows]
    widths = [max(seen(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [_side_by_side(row, widths) for row in rows]
    start = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    if not width or start + widths[-1] <= width:
        return lines
    if width - start >= _LEAST_ROOM:
        return [_under(_side_by_side(row[:-1], widths), start, row[-1], width - start) for row in rows]
    heads = _side_by_side(rows[0][:-1], widths)
    return [heads, *(_below(_side_by_side(row[:-1], widths), row[-1], width) for row in rows[1:])]


def _side_by_side(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Cells side by side; what has no cell takes no room."""
    padded = (cell + " " * (room - seen(cell)) for cell, room in zip(cells, widths, strict=False))
    return _GAP.join(padded).rstrip()


def _under(before: str, start: int, last: str, room: int) -> str:
    first, *more = fold(last, room, 0)
    padded = before + " " * (start - seen(before))
    return "\n".join([f"{padded}{first}".rstrip(), *(" " * start + part for part in more)])


def _below(before: str, last: str, width: int) -> str:
    return "\n".join([before, *fold(f"    {last}", width, 4)]) if last not in ("", "-") else before


def seen(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    bare = _SEQUENCE.sub("", text) if "\x1b" in text else text
    return len(bare) if bare.isascii() else sum(map(_columns, bare))


def fold(line: str, width: int, hang: int | None = None) -> Iterator[str]:
    """``line`` on as many lines as ``width`` columns need.

    Each after the first is ``hang`` columns in; as far as the line is, and two more, if that is None. No
    word is broken: one that is too long for a line (a digest, an address) stands alone. Nor is a number
    parted from its unit, a date from its time, or a command of ours, which is to be copied. 0 for ``width``
    is no limit, as in a file or a pipe.
    """
    if not width or seen(line) <= width:
        yield line
        return
    head = len(line) - len(line.lstrip(" "))
    hang = min(head + 2 if hang is None else hang, width // 2)
    now, empty = line[:head], True
    for word in _words(line[head:]):
        if empty:
            now += word
        elif seen(now) + 1 + seen(word) <= width:
            now += f" {word}"
        else:
            yield now.rstrip(" ")
            now = " " * hang + word
        empty = not now.strip(" ")
    yield now.rstrip(" ")


def fold_all(lines: Iterable[str], width: int) -> Iterator[str]:
    """Each of ``lines`` as ``fold`` has it."""
    for line in lines:
        yield from fold(line, width)


def _words(text: str) -> Iterator[str]:
    text, found, command = text.partition(_COMMAND)
    kept = ""
    for word in text.split(" "):
        kept = f"{kept} {word}" if kept else word
        last = kept.rpartition(" ")[2]
        if _NUMBER.fullmatch(last) and word != "":
            continue
        yield kept
        kept = ""
    if kept:
        yield kept
    if found:
        yield found.lstrip(" ") + command


def cut(line: str, width: int) -> str:
    """At most ``width`` columns of it, with a sign where something is left out."""
    if seen(line) <= width:
        return line
    kept, room = [], max(0, width - 1)
    for char in _SEQUENCE.sub("", line):
        room -= _columns(char)
        if room < 0:
            break
        kept.append(char)
    return f"{''.join(kept)}…"


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in _WIDE else 1
