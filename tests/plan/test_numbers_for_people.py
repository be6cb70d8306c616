"""Numbers that people read: few digits, never on the wrong side of a level, and the same from Prometheus."""

import math
import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from genesis_monitoring.units import (
    UNITS,
    format_change,
    format_level,
    format_share,
    format_value,
    value_template,
)

_SCALES = {"": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}
_NUMBER = re.compile(r"(?P<sign>-?)\$?(?P<digits>[0-9.]+) ?(?P<scale>[kMGTPEZY]?)")


def read(text: str) -> float:
    """The number in a text for people."""
    match = _NUMBER.match(text)
    assert match is not None, text
    return float(f"{match['sign']}{match['digits']}e{_SCALES[match['scale']]}")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.25e9, "bytes", "2.25 GB"),
        (512, "bytes", "512 B"),
        (999.96, "bytes", "1 kB"),
        (999_999, "bytes", "1 MB"),
        (-999_950.0, "usd_per_month_per_day", "-$1M/month per day"),
        (999_999_999_999.0, "tokens", "1T tokens"),
        (98.27586206896552, "percent", "98.28 %"),
        (5.8e-05, "percent", "0.000058 %"),
        (99.9996, "percent", "99.9996 %"),
        (-0.0, "percent", "0 %"),
        (131.57, "milliseconds", "131.6 ms"),
        (1234567.0, "usd_per_month", "$1.235M/month"),
        (-0.5, "usd_per_month_per_day", "-$0.5/month per day"),
        (12528.25, "minutes", "12528 min"),
        (2_250_000.0, "tokens", "2.25M tokens"),
        (math.inf, "bytes", "+Inf B"),
        (math.nan, "percent", "NaN %"),
    ],
)
def test_a_measured_value(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (100.0, "milliseconds", "100 ms"),
        (52.36, "minutes", "52.36 min"),
        (99.9, "percent", "99.9 %"),
        (0.1, "percent", "0.1 %"),
        (5.8e-05, "percent", "0.000058 %"),
        (98.275862, "percent", "98.275862 %"),
        (2147483648.0, "bytes", "2.147483648 GB"),
        (2.25e9, "bytes", "2.25 GB"),
        (150.0, "usd_per_month", "$150/month"),
        (12500.0, "usd_per_month", "$12.5k/month"),
        (-0.0, "count", "0"),
    ],
)
def test_a_level_to_the_last_digit(value: float, unit: str, text: str) -> None:
    assert format_level(value, unit) == text


@given(st.sampled_from(sorted(UNITS)), st.floats(-1e15, 1e15))
def test_a_level_is_shown_exactly_and_without_an_exponent(unit: str, value: float) -> None:
    text = format_level(value, unit)
    assert read(text) == value
    assert "e" not in text.removesuffix(UNITS[unit].symbol)


LEVELS = st.sampled_from([0.0, 0.1, 1.0, 52.36, 75.0, 99.9, 100.0, 150.0, 1e6, 2147483648.0, 2.25e9])
NEAR = st.one_of(
    st.floats(0.9985, 1.0015),
    st.floats(0, 10),
    st.sampled_from([1 + d * sign for d in (1e-6, 4.9e-4, 5e-4, 5.1e-4, 1e-3, 1.001e-3) for sign in (1, -1)]),
)


@given(st.sampled_from(sorted(UNITS)), LEVELS, NEAR)
def test_a_value_stands_on_its_side_of_a_level(unit: str, level: float, times: float) -> None:
    value = round(level * times, 6)
    text, at = format_value(value, unit, level), format_level(level, unit)
    if value > level:
        assert read(text) > read(at)
    elif value < level:
        assert read(text) < read(at)
    else:
        assert read(text) == read(at)


@given(st.sampled_from(sorted(UNITS)), st.floats(-1e18, 1e18), LEVELS)
def test_few_digits_where_they_say_enough(unit: str, value: float, level: float) -> None:
    text = format_value(value, unit, level)
    assert "e" not in text.removesuffix(UNITS[unit].symbol)
    assert not text.startswith(("-0 ", "-0/", "-$0/"))
    assert math.isclose(read(text), value, rel_tol=6e-4, abs_tol=1e-9)
    edges = (level, UNITS[unit].upper or 0.0)
    if UNITS[unit].scaled and abs(value) >= 1 and all(abs(value - edge) > abs(edge) / 500 for edge in edges):
        assert sum(map(str.isdigit, text.removesuffix(UNITS[unit].symbol))) <= 4


@given(st.floats(0, 1))
def test_only_the_whole_is_100_percent(share: float) -> None:
    assert (format_share(share) == "100 %") is (share > 1 - 2e-9)


@pytest.mark.parametrize(
    ("value", "text"), [(1.234567, "+1.23"), (-0.05, "-0.05"), (-0.0, "0"), (1e-7, "0"), (9.99, "+9.99")]
)
def test_a_change(value: float, text: str) -> None:
    assert format_change(value) == text


VALUES = (
    0.0, -0.0, 1e-6, 5.8e-05, 0.1, 0.999, 1.0, 1.0005, 35.0, 74.999999, 75.0, 75.000001, 75.07, 75.08,
    98.27586206896552, 99.96, 99.9999, 100.0, 999.96, 1000.0, 9998.9, 9999.9, 12345.678, 999949.0,
    999999.6, 2250000000.0, 1e15, -3.25, -12345.0, 1e300, math.inf, -math.inf,
)  # fmt: skip


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_prometheus_says_the_same(unit: str, tmp_path: Path) -> None:
    template = value_template(unit, 75.0).replace("'", "''")
    (tmp_path / "rules.yml").write_text(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: x == x\n    annotations:\n"
        f"      text: '{template}'\n"
    )
    series = "".join(
        f"  - {{series: 'x{{n=\"{number}\"}}', values: '{_promtool(value)}'}}\n"
        for number, value in enumerate(VALUES)
    )
    expected = "".join(
        f"    - exp_labels: {{n: '{number}'}}\n"
        f"      exp_annotations: {{text: '{format_value(value, unit, 75.0)}'}}\n"
        for number, value in enumerate(VALUES)
    )
    (tmp_path / "tests.yml").write_text(
        "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n"
        f"{series}  alert_rule_test:\n  - eval_time: 0m\n    alertname: A\n    exp_alerts:\n{expected}"
    )
    done = subprocess.run(
        ["promtool", "test", "rules", "tests.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _promtool(value: float) -> str:
    return {math.inf: "Inf", -math.inf: "-Inf"}.get(value, repr(value))
