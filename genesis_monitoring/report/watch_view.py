"""Where a watcher is seen: a line an event, and on a terminal below them how things stand, drawn in place.

Events stay where they are written, so they can be scrolled back to. The cursor is never hidden and no
setting of the terminal changed, so a watcher that is killed leaves nothing to mend. How large the terminal
is, is asked at each drawing: what it does with lines when it is resized differs, so all is drawn anew then.
"""

import math
import shutil
from collections import deque

from genesis_monitoring.report.console import Console
from genesis_monitoring.report.paint import cut, fold_all
from genesis_monitoring.report.watch_text import Words, event_lines, state_lines
from genesis_monitoring.rollout.watch_events import Event, State, Taken

_BELL = "\a"
_KEPT = 100
"""Lines of events that are shown again when the terminal is resized."""


class LineView:
    """A line an event."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console, self._words = console, words

    @property
    def tick(self) -> float:
        """See View."""
        return math.inf

    def tell(self, event: Event) -> None:
        """See View."""
        for line in event_lines(event, self._words):
            self._console.out(line)
        self._console.flush()

    def show(self, state: State) -> None:
        """See View."""

    def close(self) -> None:
        """Nothing is to be wiped."""


class TerminalView:
    """A line an event, above a block that is drawn each second. A critical checkpoint rings the bell."""

    def __init__(self, console: Console, words: Words) -> None:
        self._console, self._words = console, words
        self._block: tuple[str, ...] = ()
        self._told: deque[str] = deque(maxlen=_KEPT)
        self._drawn, self._columns = 0, 0

    @property
    def tick(self) -> float:
        """See View."""
        return 1.0

    def tell(self, event: Event) -> None:
        """See View."""
        bell = _BELL if isinstance(event, Taken) and event.slot.title else ""
        lines = tuple(event_lines(event, self._words))
        self._told.extend(lines)
        self._draw(lines, bell)

    def show(self, state: State) -> None:
        """See View."""
        size = shutil.get_terminal_size()
        width = max(1, size.columns - 1)
        lines = list(state_lines(state, self._words, colour=self._console.colour, width=width))
        room = max(1, size.lines - 2)
        if len(lines) > room:
            lines[room - 1 :] = [f"… {len(lines) - room + 1} more lines in a taller terminal"]
        self._block = tuple(cut(line, width) for line in ("", *lines))
        self._draw(())

    def close(self) -> None:
        """Wipe the block."""
        self._block = ()
        self._draw(())

    def _draw(self, above: tuple[str, ...], bell: str = "") -> None:
        columns = shutil.get_terminal_size().columns
        resized = self._columns not in (0, columns)
        if resized:
            # Where the block is now is anybody's guess.
            back, above = "\x1b[2J\x1b[H", tuple(self._told)
        else:
            back = f"\x1b[{self._drawn}A\r" if self._drawn else ""
        lines = (*fold_all(above, columns - 1), *self._block)
        self._console.redraw(back, lines, bell)
        self._drawn, self._columns = len(self._block), columns
