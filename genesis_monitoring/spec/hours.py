"""A moment and named time intervals in; which of them hold, and when that is otherwise, out."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from genesis_monitoring.spec.nights import Intervals, edges_on

_FAR_DAYS = 366
_HOUR, _MINUTE = timedelta(hours=1), timedelta(minutes=1)


def holding(intervals: Intervals, moment: datetime) -> frozenset[str]:
    """The intervals that hold at ``moment``, which knows its own offset."""
    return frozenset(name for name, own in intervals.items() if any(one.contains(moment) for one in own))


def next_change(
    intervals: Intervals, moment: datetime, asked: Callable[[frozenset[str]], bool]
) -> datetime | None:
    """The first minute after ``moment`` at which ``asked`` answers otherwise of the intervals that hold.

    None if that is not within a year.
    """
    answer = asked(holding(intervals, moment))
    last = moment
    for at in _looked_at(intervals, moment):
        if asked(holding(intervals, at)) is not answer:
            return _first_minute(last, at, lambda one: asked(holding(intervals, one)) is not answer)
        last = at
    return None


def _looked_at(intervals: Intervals, moment: datetime) -> Iterator[datetime]:
    """Each edge of an interval, and each hour, so that few minutes lie between; after ``moment``."""
    begin = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    parts = [part for own in intervals.values() for part in own]
    for day in range(_FAR_DAYS):
        first = begin + timedelta(days=day)
        # A day of a zone lies in two or three of UTC's.
        near = {first.date() + timedelta(days=off) for off in (-1, 0, 1, 2)}
        edges = {edge for part in parts for date in near for edge in edges_on(part, date)}
        hours = {first + _HOUR * number for number in range(24)}
        end = first + timedelta(days=1)
        yield from sorted(at for at in hours | edges if first <= at < end and at > moment)


def _first_minute(last: datetime, at: datetime, otherwise: Callable[[datetime], bool]) -> datetime:
    """Between two moments an hour apart or less: clocks are set, and intervals begin, at full minutes."""
    minute = last.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
    while minute < at and not otherwise(minute):
        minute += _MINUTE
    return min(minute, at)
