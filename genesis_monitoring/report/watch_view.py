"""Where a watcher is seen: a line an event, and on a terminal below them how things stand, drawn in place.

Events stay where they are written, so they can be scrolled back to. The cursor is never hidden and no
setting of the terminal changed, so a watcher that is killed leaves nothing to mend.
"""

import math
import re
import shutil

from genesis_monitoring.report.console import Console
from genesis_monitoring.report.watch_text import SignOff, event_lines, state_lines
from genesis_monitoring.rollout.watch_events import Event, State, Taken

_PAINT = re.compile(r"\x1b\[[0-9;]*m")
_BELL = "\a"


class LineView:
    """A line an event."""

    def __init__(self, console: Console, sign_off: SignOff) -> None:
        self._console, self._sign_off = console, sign_off

    @property
    def tick(self) -> float:
        """See View."""
        return math.inf

    def tell(self, event: Event) -> None:
        """See View."""
        for line in event_lines(event, self._sign_off):
            self._console.out(line)
        self._console.flush()

    def show(self, state: State) -> None:
        """See View."""

    def close(self) -> None:
        """Nothing is to be wiped."""


class TerminalView:
    """A line an event, above a block that is drawn each second. A critical checkpoint rings the bell."""

    def __init__(self, console: Console, sign_off: SignOff) -> None:
        self._console, self._sign_off = console, sign_off
        self._drawn = 0

    @property
    def tick(self) -> float:
        """See View."""
        return 1.0

    def tell(self, event: Event) -> None:
        """See View."""
        bell = _BELL if isinstance(event, Taken) and event.slot.title else ""
        self._draw((), "".join(f"{line}\n" for line in event_lines(event, self._sign_off)), bell)

    def show(self, state: State) -> None:
        """See View."""
        size = shutil.get_terminal_size()
        lines = list(state_lines(state, self._sign_off, colour=self._console.colour))
        room = max(1, size.lines - 2)
        if len(lines) > room:
            lines[room - 1 :] = [f"… {len(lines) - room + 1} more lines in a taller terminal"]
        self._draw(tuple(cut(line, size.columns - 1) for line in ("", *lines)))

    def close(self) -> None:
        """Wipe the block."""
        self._draw(())

    def _draw(self, lines: tuple[str, ...], above: str = "", bell: str = "") -> None:
        # Seen in one piece, so that it does not flicker.
        up = f"\x1b[{self._drawn}A\r\x1b[J" if self._drawn else ""
        self._console.redraw(up, above + "".join(f"{line}\n" for line in lines), bell)
        self._console.flush()
        self._drawn = len(lines)


def cut(line: str, width: int) -> str:
    """At most ``width`` characters that are seen; a longer line would wrap, and the block move."""
    bare = _PAINT.sub("", line)
    if len(bare) <= width:
        return line
    return f"{bare[: max(0, width - 1)]}…"
