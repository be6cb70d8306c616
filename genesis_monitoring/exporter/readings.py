"""What is known of each suite: its result file watched over time in, a ``Reading`` of the moment out."""

from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.exporter.results import Result, Signature, UnreadableError, read_result, sign
from genesis_monitoring.spec.metrics import Suite

CLOCK_SKEW = 60.0
"""Seconds by which a file's time may be ahead of ours, as on a network disk. Beyond it no age can be told."""
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
        age = now - self.result.written
        return self.result if -CLOCK_SKEW <= age <= self.suite.max_age else None


class WatchedSuite:
    """One suite's result file. It is read again only when it has changed. Not for several threads at once."""

    def __init__(self, name: str, suite: Suite, folder: Path) -> None:
        """``folder`` is the one that holds the spec."""
        self.path = folder / suite.results
        self.reading = Reading(name, suite, None, NOT_READ)
        self._signature: Signature | None = None

    def look(self) -> None:
        """Read the file if it has changed."""
        signature = sign(self.path)
        if signature is not None and signature == self._signature:
            return
        self._signature = signature
        self.reading = self._read()

    def _read(self) -> Reading:
        before = self.reading
        try:
            self._signature, result = read_result(self.path)
        except UnreadableError as error:
            if not error.lasting:
                self._signature = None
            return Reading(before.name, before.suite, before.result, str(error))
        return Reading(before.name, before.suite, result, "")
