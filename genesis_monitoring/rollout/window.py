"""Spans of time with a fixed beginning and end, in seconds since 1970: after ``start``, up to ``end``."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.times import EPOCH


@dataclass(frozen=True, slots=True)
class Window:
    """``(start, end]``: half open, so that two windows that meet share no sample."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """How long it is; never negative."""
        return max(0.0, self.end - self.start)

    def last(self, seconds: float) -> "Window":
        """Its last part."""
        return Window(max(self.start, self.end - seconds), self.end)

    def until(self, end: float) -> "Window":
        """Its part up to ``end``; empty where it begins later."""
        return Window(self.start, max(self.start, min(self.end, end)))


def format_time(seconds: float) -> str:
    """``2025-10-23 20:56:00``, in UTC, to the second."""
    return _moment(seconds).strftime("%Y-%m-%d %H:%M:%S")


def format_iso(seconds: float) -> str:
    """``2025-10-23T20:56:00Z``, as a spec writes a time."""
    return _moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_span(seconds: float) -> str:
    """``T+12:13:05``-like spans as words: ``1 hour 30 minutes``; fractions of a second are rounded."""
    return spell_duration(round(seconds)) or "0 seconds"


def _moment(seconds: float) -> datetime:
    # Not fromtimestamp: it rounds a half to the even neighbour, and knows no year after 9999.
    return EPOCH + timedelta(seconds=round(seconds))
