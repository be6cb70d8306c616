"""Durations and units: there and back again."""

import math

import pytest
from hypothesis import given, strategies as st

from genesis_monitoring.durations import format_duration, parse_duration, spell_duration
from genesis_monitoring.units import UNITS, conversion, format_number, rate_conversion


@given(st.integers(0, 3650 * 86400))
def test_a_duration_is_read_back_as_it_was_written(seconds: int) -> None:
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.lists(st.integers(0, 999), min_size=5, max_size=5))
def test_parts_add_up(counts: list[int]) -> None:
    sizes = (604800, 86400, 3600, 60, 1)
    total = sum(count * size for count, size in zip(counts, sizes, strict=True))
    text = "".join(f"{count}{unit}" for count, unit in zip(counts, "wdhms", strict=True))
    if total <= 3650 * 86400:
        assert parse_duration(text) == total
    else:
        with pytest.raises(ValueError, match="at most 3650d"):
            parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "5", "m5", "5m1h", "1.5h", "-1m", " 5m", "5m\n", "5M", "٥m", "1h 30m", "100ms"]
)
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number with a unit"):
        parse_duration(text)


def test_durations_in_prose() -> None:
    assert spell_duration(5400) == "1 hour 30 minutes"
    assert spell_duration(172800) == "2 days"
    assert spell_duration(0) == "0 seconds"
    assert format_duration(0) == "0s"
    assert format_duration(7 * 86400) == "7d"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_read_back_as_it_was_written(value: float) -> None:
    assert float(format_number(value)) == value


@given(st.sampled_from(sorted(UNITS)), st.sampled_from(sorted(UNITS)), st.floats(-1e9, 1e9))
def test_converting_there_and_back_changes_nothing(one: str, other: str, value: float) -> None:
    there, back = conversion(one, other), conversion(other, one)
    if UNITS[one].dimension != UNITS[other].dimension:
        assert there is None
        assert back is None
        return
    assert there is not None
    assert back is not None
    assert math.isclose(value * there * back, value, rel_tol=1e-12, abs_tol=1e-300)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("seconds", "milliseconds", 1000),
        ("ratio", "percent", 100),
        ("percent", "ratio", 0.01),
        ("hours", "minutes", 60),
    ],
)
def test_conversions(source: str, target: str, factor: float) -> None:
    assert conversion(source, target) == factor


def test_a_dollar_a_second_is_2628000_a_month() -> None:
    assert rate_conversion("usd", "usd_per_month") == 2_628_000
    assert rate_conversion("usd", "per_second") is None
