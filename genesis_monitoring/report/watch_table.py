"""The table of a live view: each SLI's value beside what is asked of it, what is closest to NO-GO first."""

from collections.abc import Iterator, Mapping

from genesis_monitoring.report.checkpoint_text import summary
from genesis_monitoring.report.paint import BOLD, CYAN, GREEN, RED, YELLOW, cut, fold, paint, seen
from genesis_monitoring.report.text import escape
from genesis_monitoring.rollout.checkpoint import Reading
from genesis_monitoring.rollout.standing import Nearness, Standing
from genesis_monitoring.rollout.watch_events import State
from genesis_monitoring.rollout.window import format_time
from genesis_monitoring.slis.standing import LEVELS, NO_DATA

_MARKS = {
    Nearness.MET: ("✗", RED),
    Nearness.RUNNING_OUT: ("!", RED),
    Nearness.FAILED: ("✗", RED),
    Nearness.KEPT: ("✓", GREEN),
    Nearness.UNKNOWN: ("?", YELLOW),
    Nearness.LATER: ("…", ""),
    Nearness.PLANNED: ("○", CYAN),
}
_TITLE_WIDTH = 34
_LEAST_WIDTH = 12
_HEAD = ("", "now", "criterion", "may last")


def table(state: State, titles: Mapping[str, str], colour: bool, width: int) -> Iterator[str]:
    """A row for each SLI and level that a criterion asks for, then what no criterion asks for and is bad.

    ``titles`` are those of SLIs, by their names.
    """
    if state.seen is None:
        return
    title = f"SLIs at {format_time(state.seen_at)} UTC: {summary(state.seen.readings)}"
    yield from fold(paint(title, BOLD, colour), width)
    told = [one for one in state.standing if one.nearness is not Nearness.PLANNED]
    at = state.progress.at if state.progress else state.now
    passed = max(0.0, state.now - at)
    rows = [(_HEAD, "", ""), *((_row(one, passed), *_MARKS[one.nearness]) for one in told)]
    asked = {one.sli for one in state.standing}
    rows += [
        (
            (
                titles.get(one.sli, one.sli),
                one.text or "no data",
                f"beyond {one.level}" if one.text else "",
                "",
            ),
            *_mark(one),
        )
        for one in state.seen.readings
        if one.sli not in asked and one.level in (*LEVELS, NO_DATA)
    ]
    yield from _laid_out(rows, colour, width)
    planned = dict.fromkeys(one.title for one in state.standing if one.nearness is Nearness.PLANNED)
    if planned:
        yield cut(f"  {paint('○', CYAN, colour)} planned: {escape(', '.join(planned))}", width or 10**6)


def _row(one: Standing, passed: float) -> tuple[str, ...]:
    """``passed`` are the seconds since the verdict."""
    what = "NO-GO if" if one.no_go else "GO if"
    left = "" if one.due else "not due"
    if one.nearness in (Nearness.MET, Nearness.FAILED):
        left = "MET" if one.no_go else "not passed"
    elif one.left is not None:
        left = _short(one.left - passed if one.nearness is Nearness.RUNNING_OUT else one.left)
    absent = "not due" if one.nearness is Nearness.LATER else "no data"
    return one.title, one.value or absent, f"{what} {one.limit}", left


def _short(seconds: float) -> str:
    """``26 min``, ``40 s``; a budget is minutes, and its last one seconds."""
    if seconds <= 0:
        return "used up"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"


def _mark(reading: Reading) -> tuple[str, str]:
    return ("?", YELLOW) if reading.level == NO_DATA else ("✗", RED)


def _laid_out(rows: list[tuple[tuple[str, ...], str, str]], colour: bool, width: int) -> Iterator[str]:
    cells = [tuple(escape(cell) for cell in row) for row, _, _ in rows]
    widths = [max(seen(row[column]) for row in cells) for column in range(len(_HEAD))]
    rest = 4 + sum(2 + one for one in widths[1:])
    widths[0] = min(widths[0], _TITLE_WIDTH if not width else max(_LEAST_WIDTH, width - rest))
    for row, (_, mark, style) in zip(cells, rows, strict=True):
        title = cut(row[0], widths[0])
        padded = [title + " " * (widths[0] - seen(title))]
        padded += [cell + " " * (room - seen(cell)) for cell, room in zip(row[1:], widths[1:], strict=True)]
        text = "  ".join(padded).rstrip()
        yield f"  {paint(mark, style, colour and bool(style)) if mark else ' '} {text}"
