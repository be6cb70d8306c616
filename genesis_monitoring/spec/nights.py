"""Recurring times, as Alertmanager knows them: nights, weekends, office hours. Is a moment within?

Source: Alertmanager, "time_interval", and ``timeinterval.ContainsTime``: all fields that are given must
match, of the ranges of a field one; an end of ``times`` is not within, ends of other ranges are.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator

from genesis_monitoring.spec.base import Model
from genesis_monitoring.words import suggest

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
"""Alertmanager's week begins on Sunday, so no range goes over it."""
MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAY = 24 * 60
_LEAP = 2028
"""A leap year to come; what has dates of its own is looked at for four years, so each date has a turn."""
_NAMED_YEARS = 10

Range = tuple[int, int]
T = TypeVar("T")


def _clock(value: str) -> str:
    match = re.fullmatch(r"([0-9]{2}):([0-9]{2})", value)
    if not match or int(match[2]) > 59 or minutes_of(value) > _DAY:
        raise ValueError('a time is hours and minutes, in quotes, from "00:00" to "24:00"')
    return value


def minutes_of(clock: str) -> int:
    """Since midnight."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


@cache
def _zones() -> frozenset[str]:
    """Looked up on disk once: it takes longer than all else of a small spec."""
    return frozenset(available_timezones()) - {"Local", "localtime", "Factory"}


def _zone(value: str) -> str:
    if value not in _zones():
        near = suggest(value, sorted(_zones()))
        raise ValueError(f"a location is a name of the tz database, as Europe/Berlin{near}")
    return value


def _ranges(named: Sequence[str], least: int, most: int, what: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        read_range(value, named, least, most, what)
        return value

    return check


def read_range(value: str, named: Sequence[str], least: int, most: int, what: str) -> Range:
    """``monday:friday``, ``3``, ``-1``: both ends are within. Names count from ``least``."""
    ends = value.lower().split(":")
    if len(ends) > 2:
        raise ValueError(f"a range of {what} has two ends: first:last")
    found = []
    for end in ends:
        if end in named:
            found.append(named.index(end) + least)
        elif re.fullmatch("-?[0-9]{1,4}", end) and named != WEEKDAYS:
            found.append(int(end))
        else:
            near = suggest(end, named) if named else ""
            allowed = f"one of {', '.join(named)}" if named else f"a number from {least} to {most}"
            raise ValueError(f"of {what} each end is {allowed}{near}")
    first, last = found[0], found[-1]
    backwards = what == "days of a month"
    for number in found:
        if not (least <= number <= most or (backwards and -most <= number <= -1)):
            raise ValueError(f"{what} go from {least} to {most}")
    if first < 0 < last:
        raise ValueError("a range that begins from the end of the month ends there: -7:-1")
    # As Alertmanager does, which counts from the end of the shortest month here.
    if _counted(first) > _counted(last):
        week = ", as the week begins on Sunday" if named == WEEKDAYS else ""
        raise ValueError(f"the first of the range comes after the last{week}: write two {what}")
    return first, last


def _counted(number: int) -> int:
    return number if number >= 0 else 28 + number


def _ranged(named: Sequence[str], least: int, most: int, what: str) -> AfterValidator:
    return AfterValidator(_ranges(named, least, most, what))


Clock = Annotated[str, AfterValidator(_clock), WithJsonSchema({"type": "string", "examples": ["22:00"]})]
Zone = Annotated[
    str, AfterValidator(_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})
]


class ClockTimes(Model):
    """From ``start_time`` until just before ``end_time`` of the same day; ``24:00`` is its end."""

    start_time: Clock
    end_time: Clock

    @model_validator(mode="after")
    def _in_order(self) -> "ClockTimes":
        if minutes_of(self.start_time) >= minutes_of(self.end_time):
            raise ValueError(
                "the end comes after the start, on the same day; split a night into "
                f'{{start_time: "{self.start_time}", end_time: "24:00"}} and '
                f'{{start_time: "00:00", end_time: "{self.end_time}"}}'
            )
        return self


_NIGHT: list[Any] = [
    {"start_time": "22:00", "end_time": "24:00"},
    {"start_time": "00:00", "end_time": "06:00"},
]


class TimeInterval(Model):
    """A part of a named interval: what is given must match, by the clock of ``location``."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"location": "Europe/Berlin", "times": _NIGHT}]}
    )

    location: Zone
    times: tuple[ClockTimes, ...] = Field((), examples=[_NIGHT])
    weekdays: tuple[Annotated[str, _ranged(WEEKDAYS, 0, 6, "weekdays")], ...] = Field(
        (), examples=[["saturday", "sunday"]]
    )
    days_of_month: tuple[Annotated[str, _ranged((), 1, 31, "days of a month")], ...] = Field(
        (), examples=[["1", "-1"]]
    )
    months: tuple[Annotated[str, _ranged(MONTHS, 1, 12, "months")], ...] = Field((), examples=[["december"]])
    years: tuple[Annotated[str, _ranged((), 1970, 2200, "years")], ...] = Field((), examples=[["2030"]])

    def contains(self, moment: datetime) -> bool:
        """Whether a moment, which knows its own offset, is within."""
        here = moment.astimezone(ZoneInfo(self.location))
        now = here.hour * 60 + here.minute
        return (
            _any(self.times, lambda one: minutes_of(one.start_time) <= now < minutes_of(one.end_time))
            and _within(self.weekdays, WEEKDAYS, 0, 6, here.isoweekday() % 7)
            and _any(self.days_of_month, lambda one: _on_day(one, here))
            and _within(self.months, MONTHS, 1, 12, here.month)
            and _within(self.years, (), 1970, 2200, here.year)
        )

    @property
    def zone(self) -> str:
        """``location`` as it is generated: UTC by its other name is looked up as any location is."""
        return "Etc/UTC" if self.location == "UTC" else self.location

    @property
    def dated(self) -> bool:
        """Whether it knows more than days of a week."""
        return bool(self.days_of_month or self.months or self.years)


def _any(ranges: Sequence[T], holds: Callable[[T], bool]) -> bool:
    return not ranges or any(map(holds, ranges))


def _within(ranges: Sequence[str], named: Sequence[str], least: int, most: int, value: int) -> bool:
    return _any(ranges, lambda one: _between(value, read_range(one, named, least, most, "")))


def _between(value: int, ends: Range) -> bool:
    return ends[0] <= value <= ends[1]


def _on_day(text: str, here: datetime) -> bool:
    last_day = monthrange(here.year, here.month)[1]
    first, last = (
        end if end > 0 else last_day + end + 1 for end in read_range(text, (), 1, 31, "days of a month")
    )
    return first <= here.day <= last


Intervals = Mapping[str, tuple[TimeInterval, ...]]


def within(intervals: Intervals, names: Sequence[str], moment: datetime) -> bool:
    """Whether a moment is within one of these named intervals."""
    return any(one.contains(moment) for name in names for one in intervals[name])


def patterns(intervals: Intervals) -> Mapping[frozenset[str], datetime]:
    """Which intervals can hold at the same time, each with the first moment of a year to come."""
    return _patterns(tuple(intervals.items()))


@cache
def _patterns(
    intervals: tuple[tuple[str, tuple[TimeInterval, ...]], ...],
) -> Mapping[frozenset[str], datetime]:
    parts = [one for _, own in intervals for one in own]
    moments = {
        datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC) + timedelta(hours=hours)
        for day in _days(parts)
        for zone in {part.location for part in parts}
        for hours in (0, 12)
    }
    for day in _days(parts):
        for part in parts:
            moments.update(edges_on(part, day))
    found: dict[frozenset[str], datetime] = {}
    for moment in sorted(moments):
        holds = frozenset(name for name, own in intervals if any(one.contains(moment) for one in own))
        found.setdefault(holds, moment)
    return found


def _days(parts: Sequence[TimeInterval]) -> list[date]:
    years = dict.fromkeys(range(_LEAP, _LEAP + 4) if any(part.dated for part in parts) else (_LEAP,))
    named = {
        year for part in parts for one in part.years for year in read_range(one, (), 1970, 2200, "years")
    }
    years.update(dict.fromkeys(sorted(named)[:_NAMED_YEARS]))
    return [
        date(year, 1, 1) + timedelta(days=number)
        for year in years
        for number in range(366 if monthrange(year, 2)[1] == 29 else 365)
    ]


def edges_on(part: TimeInterval, day: date) -> Iterator[datetime]:
    """The moments of a day, by the clock of the part's location, at which its times begin or end.

    Twice, where the clock is set back past them.
    """
    for clock in sorted({clock for one in part.times for clock in (one.start_time, one.end_time)}):
        yield from {_at(day, clock, part.location, fold) for fold in (0, 1)}


def _at(day: date, clock: str, zone: str, fold: int) -> datetime:
    minutes = minutes_of(clock)
    if minutes == _DAY:
        day, minutes = day + timedelta(days=1), 0
    return datetime.combine(day, time(*divmod(minutes, 60), fold=fold), ZoneInfo(zone)).astimezone(UTC)


def spell_moment(moment: datetime, zone: str) -> str:
    """``Saturday 2028-01-01 22:00 (Europe/Berlin)``."""
    return f"{moment.astimezone(ZoneInfo(zone)):%A %Y-%m-%d %H:%M} ({zone})"


NamedIntervals = Annotated[tuple[TimeInterval, ...], Field(min_length=1)]
