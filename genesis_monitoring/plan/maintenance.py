"""Maintenance windows in PromQL: windows of a spec in, an expression that has a value during them out."""

from collections.abc import Iterable

from genesis_monitoring.slis.budget import Maintenance

_DAY = 86400
_WEEKDAYS = ("thursday", "friday", "saturday", "sunday", "monday", "tuesday", "wednesday")
"""Time is counted from 1970-01-01, which was a Thursday."""


def in_maintenance(windows: Iterable[Maintenance], counted: int) -> str:
    """Has a value while any of the last ``counted`` seconds is in one of the windows."""
    return " or ".join(_one(window, counted) for window in windows)


def first_of(window: Maintenance) -> int:
    """When it begins, in seconds since 1970; of one that comes again, the first time."""
    if window.start is not None:
        return round(window.start.timestamp())
    hours, minutes = (window.at or "00:00").split(":")
    day = 0 if window.every == "day" else _WEEKDAYS.index(window.every or "")
    return day * _DAY + int(hours) * 3600 + int(minutes) * 60


def _one(window: Maintenance, counted: int) -> str:
    since = f"vector(time()) - {first_of(window)}"
    if window.cycle:
        since = f"({since}) % {window.cycle}"
    return f"(({since}) > 0 < {window.lasts + counted})"
