"""Time intervals in words, as a person who is told by them would say it."""

from typing import Any

import pytest

from genesis_monitoring.spec.night_words import spell_interval
from genesis_monitoring.spec.nights import ClockTimes, TimeInterval

LATE = ClockTimes(start_time="22:00", end_time="24:00")
EARLY = ClockTimes(start_time="00:00", end_time="06:00")
NOON = ClockTimes(start_time="12:00", end_time="13:00")


def part(location: str = "Europe/Berlin", **given: Any) -> TimeInterval:
    return TimeInterval(location=location, **given)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([part(times=(LATE,)), part(times=(EARLY,))], "22:00–06:00 Europe/Berlin"),
        ([part(times=(EARLY, NOON, LATE))], "22:00–06:00, 12:00–13:00 Europe/Berlin"),
        (
            # Saturday's evening does not go on on Saturday's morning.
            [part(weekdays=("saturday",), times=(LATE, EARLY))],
            "Saturday, 22:00–24:00, 00:00–06:00 Europe/Berlin",
        ),
        (
            [part(times=(LATE,)), part("Asia/Tokyo", times=(EARLY,))],
            "22:00–24:00 Europe/Berlin; 00:00–06:00 Asia/Tokyo",
        ),
        ([part(times=(ClockTimes(start_time="00:00", end_time="24:00"),))], "00:00–24:00 Europe/Berlin"),
        ([part(weekdays=("saturday", "sunday"))], "Saturday and Sunday, Europe/Berlin"),
        ([part(weekdays=("monday:friday",), times=(NOON,))], "Monday to Friday, 12:00–13:00 Europe/Berlin"),
        (
            [part(weekdays=("monday:monday", "Tuesday", "friday"))],
            "Monday, Tuesday and Friday, Europe/Berlin",
        ),
        ([part(days_of_month=("1:3", "-1"))], "day 1 to day 3 and the last day of the month, Europe/Berlin"),
        ([part(days_of_month=("-7:-1",))], "day 7 from the end to the last day of the month, Europe/Berlin"),
        ([part(months=("12",), years=("2026:2027",))], "December, 2026 to 2027, Europe/Berlin"),
        ([part("UTC")], "at any time, UTC"),
    ],
)
def test_in_words(parts: list[TimeInterval], words: str) -> None:
    assert spell_interval(parts) == words
