"""Moments as text in, seconds since 1970 out; and which of them anybody can mean."""

from datetime import UTC, datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = (datetime(3000, 1, 1, tzinfo=UTC) - EPOCH).total_seconds()
"""Years beyond 2999 are refused, so that a window that begins before can still be written down."""


def parse_time(text: str) -> float:
    """Seconds since 1970 of ``2025-10-23T20:56:00Z``. Raises ValueError, with what is allowed."""
    try:
        seconds = (datetime.fromisoformat(text) - EPOCH).total_seconds()
    except (ValueError, TypeError, OverflowError):
        raise ValueError("a time has a date, a time of day and a zone, as in 2025-10-23T20:56:00Z") from None
    if not 0 <= seconds < LATEST:
        raise ValueError("a time is of the years 1970 to 2999")
    return seconds


def spell_time(seconds: float) -> str:
    """For people: in UTC, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
