"""Text for a terminal: styled if it is to be, and in columns. The one place that knows the sequences.

Source: ECMA-48, "Select graphic rendition".
"""

from collections.abc import Sequence

from genesis_monitoring.report.border import escape

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"

_GAP = "  "


def paint(text: str, style: str, colour: bool) -> str:
    """``text`` in a style, with ``colour`` alone."""
    return f"\x1b[{style}m{text}\x1b[0m" if colour else text


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """A line a row, each cell escaped and as wide as the widest of its column."""
    rows = [[escape(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
