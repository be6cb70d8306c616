"""Numbers read as in Grafana: the texts are what ``@grafana/data`` 12.2.1 itself gives for these values."""

import math

import pytest

from genesis_monitoring.preview.formats import format_number, trimmed
from genesis_monitoring.units import UNITS

TEXTS = """
none
    0 -> 0
    1 -> 1
    0.02 -> 0.0200
    98.7 -> 98.7
    99.98765 -> 100.0
    1234567.8 -> 1234568
short
    0 -> 0
    18 -> 18
    1234.5 -> 1.23 K
    12345.6 -> 12.3 K
    9300000000 -> 9.30 Bil
    -3.5 -> -3.50
    0.0004 -> 0.000400
percent
    0 -> 0%
    0.02 -> 0.0200%
    0.5 -> 0.500%
    99.53271 -> 99.5%
    -12.5 -> -12.5%
    98.7@2 -> 98.70%
    1000000 -> 1000000%
percentunit
    0.5 -> 50%
    0.0166 -> 1.66%
    1 -> 100%
ms
    0 -> 0 ms
    0.4 -> 0.400 ms
    48.2374 -> 48.2 ms
    142.8571 -> 143 ms
    1000 -> 1 s
    12345.6 -> 12.3 s
    1000000 -> 16.7 mins
    9300000000 -> 108 days
    59.4@0 -> 59 ms
    Infinity -> ∞ years
s
    0 -> 0 s
    4e-7 -> 400 ns
    0.0004 -> 400 µs
    0.4 -> 400 ms
    12.3333333 -> 12.3 s
    65.2 -> 1.09 mins
    10000 -> 2.78 hours
    1234567.8 -> 2.04 weeks
    9300000000 -> 295 years
m
    0 -> 0 min
    0.4 -> 0.400 min
    12.3333333 -> 12.3 min
    12.3333333@0 -> 12 min
    65.2 -> 1.09 hours
    600 -> 10 hours
    10000 -> 6.94 days
    12345.6 -> 1.22 weeks
    1000000 -> 1.90 years
    9300000000 -> 17682 years
h
    1 -> 1 hour
    12.3333333 -> 12.3 hour
    48.2374 -> 2.01 days
    600 -> 3.57 weeks
    10000 -> 1.14 years
d
    1 -> 1 day
    2.5 -> 2.50 days
    12.3333333 -> 1.76 weeks
    600 -> 1.64 years
decbytes
    0 -> 0 B
    0.4 -> 400 mB
    1234.5 -> 1.23 kB
    9300000000 -> 9.30 GB
decbits
    0 -> 0 b
    0.4 -> 400 mb
    21.5 -> 21.5 b
    1234.5 -> 1.23 kb
    9300000000 -> 9.30 Gb
    -12.25 -> -12.2 b
Bps
    0 -> 0 B/s
    0.4 -> 400 mB/s
    21.5 -> 21.5 B/s
    1234.5 -> 1.23 kB/s
    9300000000 -> 9.30 GB/s
    -12.25 -> -12.2 B/s
bps
    0 -> 0 b/s
    0.4 -> 400 mb/s
    21.5 -> 21.5 b/s
    1234.5 -> 1.23 kb/s
    9300000000 -> 9.30 Gb/s
    -12.25 -> -12.2 b/s
celsius
    0 -> 0 °C
    0.4 -> 0.400 °C
    21.5 -> 21.5 °C
    1234.5 -> 1235 °C
    9300000000 -> 9300000000 °C
    -12.25 -> -12.2 °C
volt
    0 -> 0 V
    0.4 -> 400 mV
    21.5 -> 21.5 V
    1234.5 -> 1.23 kV
    9300000000 -> 9.30 GV
    -12.25 -> -12.2 V
amp
    0 -> 0 A
    0.4 -> 400 mA
    21.5 -> 21.5 A
    1234.5 -> 1.23 kA
    9300000000 -> 9.30 GA
    -12.25 -> -12.2 A
joule
    0 -> 0 J
    0.4 -> 400 mJ
    21.5 -> 21.5 J
    1234.5 -> 1.23 kJ
    9300000000 -> 9.30 GJ
    -12.25 -> -12.2 J
watt
    0 -> 0 W
    0.4 -> 400 mW
    21.5 -> 21.5 W
    1234.5 -> 1.23 kW
    9300000000 -> 9.30 GW
    -12.25 -> -12.2 W
hertz
    0 -> 0 Hz
    0.4 -> 400 mHz
    21.5 -> 21.5 Hz
    1234.5 -> 1.23 kHz
    9300000000 -> 9.30 GHz
    -12.25 -> -12.2 Hz
bytes
    1000 -> 1000 B
    12345.6 -> 12.1 KiB
    9300000000 -> 8.66 GiB
cps
    0 -> 0 c/s
    0.0166 -> 0.0166 c/s
    0.5 -> 0.500 c/s
    21.333333 -> 21.3 c/s
    12345.6 -> 12.3K c/s
    9300000000 -> 9.30B c/s
reqps
    18 -> 18 req/s
    1234.5 -> 1.23K req/s
currencyUSD
    0 -> $0
    0.0004 -> $0.000400
    0.5 -> $0.500
    96.71234 -> $96.7
    98.7 -> $98.7
    98.7@2 -> $98.70
    1000 -> $1K
    1234.5 -> $1.23K
    12345.6 -> $12.3K
    -3.5 -> -$3.50
    9300000000 -> $9.30B
    Infinity -> $∞
bool_on_off
    0 -> Off
    1 -> On
    0.5 -> On
bool_yes_no
    0 -> No
    1 -> Yes
bool:Up/Down
    0 -> Down
    1 -> Up
suffix:queries/s
    0 -> 0 queries/s
    21.333333 -> 21.3 queries/s
    1234.5 -> 1235 queries/s
prefix:~
    12.3333333 -> ~12.3
count:/s
    0 -> 0 /s
    0.0166 -> 0.0166 /s
    12345.6 -> 12.3K /s
count:requests/s
    21.333333 -> 21.3 requests/s
    9300000000 -> 9.30B requests/s
count:queries/s
    0.5 -> 0.500 queries/s
    12345.6 -> 12.3K queries/s
count:tokens/s
    0 -> 0 tokens/s
    21.333333 -> 21.3 tokens/s
count:tok/s
    0.5 -> 0.500 tok/s
    12345.6 -> 12.3K tok/s
currency:€
    96.71234 -> €96.7
si:mW
    0.5 -> 500 µW
    1234.5 -> 1.23 W
queries/s
    21.333333@2 -> 21.33 queries/s
sishort
    0.0004 -> 400 µ
    12345.6 -> 12.3 k
"""
"""A unit, and below it ``value@decimals -> text``."""


def cases() -> list[tuple[str, float, int | None, str]]:
    """The table, a row a case."""
    found, unit = [], ""
    for line in TEXTS.strip().splitlines():
        if not line.startswith(" "):
            unit = line
            continue
        told, text = line.strip().split(" -> ")
        value, _, decimals = told.partition("@")
        found.append((unit, float(value), int(decimals) if decimals else None, text))
    return found


@pytest.mark.parametrize(("unit", "value", "decimals", "text"), cases())
def test_as_grafana(unit: str, value: float, decimals: int | None, text: str) -> None:
    assert format_number(value, unit, decimals) == text


def test_every_unit_of_the_spec_is_known() -> None:
    tried = {unit for unit, *_ in cases()}
    asked = {unit.grafana for unit in UNITS.values() if not unit.grafana.startswith("dateTime")}
    assert asked <= tried, "run the texts of the new unit through Grafana's own code, and add them above"


@pytest.mark.parametrize("unit", sorted({unit for unit, *_ in cases()}))
def test_whatever_comes_has_a_text(unit: str) -> None:
    for value in (math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7e308):
        assert format_number(value, unit)
        assert format_number(value, unit, 2)


def test_a_moment_is_told_in_utc() -> None:
    assert format_number(1761252960000, "dateTimeFromNow") == "2025-10-23 20:56:00"
    assert format_number(math.inf, "dateTimeAsIso") == "∞"


def test_at_an_axis_no_fraction_ends_in_zeros() -> None:
    told = [
        trimmed(value, unit) for value, unit in ((0.5, "percent"), (2.5, "ms"), (1500, "short"), (20, "cps"))
    ]
    assert told == ["0.5%", "2.5 ms", "1.5 K", "20 c/s"]
    assert [trimmed(0.5, "percent", 2), trimmed(0.5, "currencyUSD")] == ["0.50%", "$0.500"]


def test_at_an_axis_neighbours_are_told_apart() -> None:
    texts = [trimmed(one, "percent", None, 3) for one in (99.985, 99.99, 100.0)]
    assert texts == ["99.985%", "99.99%", "100%"]
