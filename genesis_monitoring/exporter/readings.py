"""What is known of each suite: its result files watched over time in, a ``Reading`` of the moment out.

Files are read on a thread of the suite's own, so a large file, or a disk that does not answer, keeps neither
a scrape nor another suite waiting. What was known before stands until the thread is done.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock, Thread

from genesis_monitoring.exporter.results import Result, Signatures, UnreadableError, read_result, sign
from genesis_monitoring.spec.metrics import Suite

CLOCK_SKEW = 60.0
"""Seconds by which a file's time may be ahead of ours, as on a network disk. Beyond it no age can be told."""
LONGEST_READ = 60.0
"""Seconds after which a file that is still being read counts as one that cannot be. 32 MiB take a few."""
NOT_READ = "it has not been read yet"
"""The problem that a suite begins with."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A suite as of now.

    ``result`` is the last one that could be read, however old; ``problem`` says why the file as it is now
    could not, and is empty if it could.
    """

    name: str
    suite: Suite
    result: Result | None
    problem: str

    def fresh_result(self, now: float) -> Result | None:
        """The result if it may still be shown: neither older than ``max_age`` nor from the future."""
        if self.result is None:
            return None
        old, ahead = now - self.result.written, self.result.newest - now
        return self.result if old <= self.suite.max_age and ahead <= CLOCK_SKEW else None


class WatchedSuite:
    """One suite's result files. They are read again only when they have changed. Safe for several threads."""

    def __init__(
        self, name: str, suite: Suite, folder: Path, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """``folder`` is the one that holds the spec; ``ticks`` are seconds that only go forward."""
        self.path = folder / suite.results
        self._last = Reading(name, suite, None, NOT_READ)
        self._signature: Signatures | None = None
        self._ticks = ticks
        self._lock = Lock()
        self._thread: Thread | None = None
        self._begun = 0.0

    @property
    def reading(self) -> Reading:
        """The last one; with a problem if the one that is under way takes too long."""
        with self._lock:
            stuck = self._thread is not None and self._ticks() - self._begun > LONGEST_READ
            if stuck and not self._last.problem:
                return replace(self._last, problem=f"reading it has taken more than {LONGEST_READ:g} seconds")
            return self._last

    def look(self) -> None:
        """Begin to read the files if they have changed, unless that is under way. Does not wait."""
        with self._lock:
            if self._thread is None:
                self._begun = self._ticks()
                self._thread = Thread(target=self._look, name=f"read {self._last.name}", daemon=True)
                self._thread.start()

    def wait(self, seconds: float | None) -> None:
        """For what ``look`` began, at most so long; without ``seconds`` to its end."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _look(self) -> None:
        before = self._last
        # What stays if reading ends in a way that nobody foresaw.
        now, signature = replace(before, problem="reading it failed"), None
        try:
            signature = sign(self.path)
            if signature is not None and signature == self._signature:
                now = before
            else:
                now, signature = self._read(before, signature)
        finally:
            with self._lock:
                self._last, self._signature, self._thread = now, signature, None

    def _read(self, before: Reading, signature: Signatures | None) -> tuple[Reading, Signatures | None]:
        try:
            signature, result = read_result(self.path)
        except UnreadableError as error:
            return replace(before, problem=str(error)), signature if error.lasting else None
        return replace(before, result=result, problem=""), signature
