"""GM137 (warning): a part of a time interval is the nights of weekends, where nights and weekends are meant.

All keys of an entry hold together. Write two entries, one with the times and one with the weekdays; or say in
``suppress`` why it is meant.
"""

from collections.abc import Iterator

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.night_words import spell_interval
from genesis_monitoring.spec.nights import WEEKDAYS, TimeInterval, minutes_of, read_range
from genesis_monitoring.spec.source import Source

_DAY_BEGINS, _DAY_ENDS = 9 * 60, 17 * 60
"""Minutes of the day between which people work: a time that is within is no night."""
_WEEKEND = {0, 6}
"""Sunday and Saturday, as Alertmanager counts."""


def check_intervals(spec: Spec, source: Source) -> tuple[Finding, ...]:
    """GM137, at the entry."""
    return tuple(_doubts(spec, source))


def _doubts(spec: Spec, source: Source) -> Iterator[Finding]:
    for name, parts in spec.time_intervals.items():
        for index, part in enumerate(parts):
            if _of_nights(part) and _of_weekends(part):
                yield Finding(
                    "GM137",
                    Severity.WARNING,
                    source.locate(("time_intervals", name, index)),
                    f"{name} holds in the nights of weekends alone: {spell_interval((part,))}",
                    "for nights and weekends write two entries, one with times and one with weekdays",
                )


def _of_nights(part: TimeInterval) -> bool:
    return bool(part.times) and not any(
        minutes_of(one.start_time) < _DAY_ENDS and minutes_of(one.end_time) > _DAY_BEGINS
        for one in part.times
    )


def _of_weekends(part: TimeInterval) -> bool:
    days: set[int] = set()
    for one in part.weekdays:
        first, last = read_range(one, WEEKDAYS, 0, 6, "weekdays")
        days.update(range(first, last + 1))
    return bool(days) and days <= _WEEKEND
