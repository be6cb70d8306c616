"""Time intervals in words: ``22:00–06:00 Europe/Berlin``, ``Saturday and Sunday, Europe/Berlin``."""

from collections.abc import Callable, Iterator, Sequence

from genesis_monitoring.spec.nights import MONTHS, ClockTimes, TimeInterval

_MIDNIGHT, _DAY_ENDS = "00:00", "24:00"


def spell_interval(parts: Sequence[TimeInterval]) -> str:
    """When a named interval holds. What ends at midnight and begins there each day is one stretch."""
    alike: dict[TimeInterval, list[ClockTimes]] = {}
    for part in parts:
        alike.setdefault(part.model_copy(update={"times": ()}), []).extend(part.times)
    return "; ".join(_spelled(rest, times) for rest, times in alike.items())


def _spelled(rest: TimeInterval, times: Sequence[ClockTimes]) -> str:
    days = (
        *_ranges(rest.weekdays, str.capitalize),
        *(f"{one} of the month" for one in _ranges(rest.days_of_month, _day)),
        *_ranges(rest.months, _month),
        *_ranges(rest.years, str),
    )
    stretches = ", ".join(_stretches(times, joined=not days))
    if stretches:
        return f"{', '.join((*days, stretches))} {rest.location}"
    return f"{', '.join(days) or 'at any time'}, {rest.location}"


def _stretches(times: Sequence[ClockTimes], *, joined: bool) -> Iterator[str]:
    evening = next((one for one in times if joined and one.end_time == _DAY_ENDS), None)
    morning = next((one for one in times if joined and one.start_time == _MIDNIGHT), None)
    if evening and morning and evening is not morning:
        yield f"{evening.start_time}–{morning.end_time}"
        times = [one for one in times if one not in (evening, morning)]
    for one in times:
        yield f"{one.start_time}–{one.end_time}"


def _ranges(ranges: Sequence[str], spell: Callable[[str], str]) -> tuple[str, ...]:
    if not ranges:
        return ()
    words = [" to ".join(spell(end) for end in dict.fromkeys(one.lower().split(":"))) for one in ranges]
    return (" and ".join(words) if len(words) < 3 else f"{', '.join(words[:-1])} and {words[-1]}",)


def _day(day: str) -> str:
    if not day.startswith("-"):
        return f"day {day}"
    return "the last day" if day == "-1" else f"day {day[1:]} from the end"


def _month(month: str) -> str:
    return (MONTHS[int(month) - 1] if month.isdecimal() else month).capitalize()
