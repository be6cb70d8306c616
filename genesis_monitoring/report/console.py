"""Where commands print: results on standard output, the rest on standard error, colour if wanted.

Whatever is printed for people passes the border (``report.border``), so no command can forget it; only
``data``, for programs, is printed as it is.
"""

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from genesis_monitoring.errors import ReaderGoneError
from genesis_monitoring.findings import Finding
from genesis_monitoring.report.border import escape, in_encoding, is_github, shown
from genesis_monitoring.report.paint import BOLD, CYAN, GREEN, RED, paint
from genesis_monitoring.report.text import format_findings, format_text, wants_colour

_DIFF_COLOURS = (("+++", BOLD), ("---", BOLD), ("@@", CYAN), ("+", GREEN), ("-", RED))
_PATIENCE_SECONDS = 2.0
_NARROWEST = 20
_TO_THE_END, _BELOW = "\x1b[K\n", "\x1b[J"
"""Wipe the rest of a line, and all lines below. Source: ECMA-48, "Erase in line", "Erase in page"."""


class Console:
    """Standard output and standard error of this process."""

    @property
    def colour(self) -> bool:
        """Whether results are coloured."""
        return wants_colour(sys.stdout, os.environ)

    @property
    def colour_of_errors(self) -> bool:
        """Whether what goes to standard error is coloured."""
        return wants_colour(sys.stderr, os.environ)

    def write(self, text: str) -> None:
        """Lines for people, to standard output. Raises ReaderGoneError."""
        self.data(self._safe(text))

    def data(self, text: str) -> None:
        """``text`` as it is, for a program, to standard output. Raises ReaderGoneError."""
        try:
            sys.stdout.write(text)
        except BrokenPipeError:
            raise ReaderGoneError from None

    def redraw(self, back: str, lines: Sequence[str], bell: str = "") -> None:
        """``lines`` where others were drawn: ``back`` moves there, ``bell`` rings after it.

        Each line is wiped as it is overwritten and all of it is written at once, so nothing flickers.
        """
        safe = self._safe("".join(f"{line}\n" for line in lines))
        self.data(back + safe.replace("\n", _TO_THE_END) + _BELOW + bell)
        self.flush()

    def _safe(self, text: str) -> str:
        safe = shown(text, colour=self.colour, in_github=is_github(os.environ))
        return in_encoding(safe, sys.stdout.encoding or "utf-8")

    @property
    def width(self) -> int:
        """How many columns a line of results may have; 0, no limit, where no terminal shows it."""
        return max(_NARROWEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else 0

    @property
    def redraws(self) -> bool:
        """Whether standard output is a terminal on which lines can be drawn again."""
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def flush(self) -> None:
        """Let what was written be seen now. Raises ReaderGoneError."""
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            raise ReaderGoneError from None

    def out(self, line: str) -> None:
        """One line of result."""
        self.write(f"{_one_line(line)}\n")

    def err(self, line: str) -> None:
        """One line that is no result."""
        self.write_error(f"{_one_line(line)}\n")

    def write_error(self, text: str) -> None:
        """Lines for people, to standard error."""
        sys.stderr.write(shown(text, colour=self.colour_of_errors, in_github=is_github(os.environ)))

    def data_error(self, text: str) -> None:
        """``text`` as it is, for a program that reads along, to standard error."""
        sys.stderr.write(text)

    def findings(self, findings: Sequence[Finding]) -> None:
        """Findings without a summary, to standard error."""
        if findings:
            self.write_error(format_findings(findings, colour=self.colour_of_errors))

    def report(
        self, findings: Sequence[Finding], *, checks: int, seconds: float, verbose: bool = False
    ) -> None:
        """Findings with their summary, to standard output; each note of many with ``verbose`` alone."""
        self.write(format_text(findings, checks=checks, seconds=seconds, verbose=verbose, colour=self.colour))

    def diff_line(self, line: str) -> None:
        """One line of a unified diff, as it is where it may be a patch: in a file, or in a pipe."""
        if not sys.stdout.isatty() and not self._in_log:
            self.data(f"{line}\n")
            return
        line = escape(line.replace("\t", "    "))
        if self.colour:
            for mark, colour in _DIFF_COLOURS:
                if line.startswith(mark):
                    line = paint(line, colour, True)
                    break
        self.out(line)

    @property
    def _in_log(self) -> bool:
        """Whether standard output is a build's log; redirected to a file it is none."""
        try:
            regular = stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
        except (OSError, ValueError):
            regular = False
        return (is_github(os.environ) or self.colour) and not regular

    @contextmanager
    def progress(self, what: str) -> Iterator[None]:
        """Says ``what`` on a terminal's standard error once it has taken two seconds, and wipes it after."""
        from threading import Timer

        if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
            yield
            return
        what = escape(what)
        said = False

        def say() -> None:
            nonlocal said
            said = True
            print(f"{what} …", end="\r", file=sys.stderr, flush=True)

        timer = Timer(_PATIENCE_SECONDS, say)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if said:
                print(" " * (len(what) + 2), end="\r", file=sys.stderr, flush=True)


def _one_line(line: str) -> str:
    return line.replace("\n", "\\n")
