"""The share of requests that are answered in time, against counts made by hand."""

from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.plan.budgets import ERRORS, TOTAL

from .histories import GONE, LOST, History, Value, assert_seen, counted, number
from .specs import compiled, every_kind, rendered

SHARE = "sli:answered_in_time:percent"
STEP, COUNT = 15, 81
MINUTE = 60
AT = 15 * MINUTE
TARGET = 'job="shop",instance="{}",route="/"'


def bucket(le: str, instance: str = "a") -> str:
    return f'request_seconds_bucket{{{TARGET.format(instance)},le="{le}"}}'


def buckets(instance: str = "a", **rates: float) -> dict[str, list[Value]]:
    """Buckets that grow at so many a second; ``le_0_25`` is that of 0.25."""
    spelled = {name.removeprefix("le_").replace("_", "."): rate for name, rate in rates.items()}
    return {
        bucket("+Inf" if le == "all" else le, instance): counted(rate, [True] * COUNT, STEP)
        for le, rate in spelled.items()
    }


def reset(rate: float, at: int) -> list[Value]:
    """A counter that begins anew at sample ``at``, right after it was scraped."""
    return [rate * STEP * (1000 + i if i < at else i - at + 1) for i in range(COUNT)]


def run(
    folder: Path,
    series: dict[str, list[Value]],
    share: float | None,
    bad: float | None,
    every: float | None,
    **changes: Any,
) -> None:
    """The share at fifteen minutes, and what its budget counts in the five minutes before."""
    data = every_kind()
    data["slis"]["answered_in_time"].update(changes)
    (folder / "rules").mkdir()
    rules = rendered(compiled(data))["prometheus/rules/shop.yml"]
    (folder / "rules" / "shop.yml").write_text(rules, "utf-8")
    ids = 'route="/", sloth_id="shop-answered-in-time", sloth_service="shop", sloth_slo="answered-in-time"'
    seen = (
        number(AT, f"round({SHARE}, 0.0001)", share, '{route="/"}'),
        number(AT, f"round({ERRORS}, 0.001)", bad, f"{{{ids}}}"),
        number(AT, f"round({TOTAL}, 0.001)", every, f"{{{ids}}}"),
    )
    assert_seen(folder, "shop", [History("one", STEP, series, seen)], rules=folder / "rules")


@pytest.mark.parametrize(
    ("series", "share", "bad", "every"),
    [
        # 9 of 10 a second: 300 of 3,000 in five minutes are slow.
        pytest.param(buckets(le_0_25=9, le_0_5=10, all=10), 90, 300, 3000, id="nine in ten"),
        pytest.param(buckets(le_0_25=10, all=10), 100, 0, 3000, id="all in time: no error, and not no data"),
        pytest.param(buckets(le_0_25=0, all=10), 0, 3000, 3000, id="all slow"),
        pytest.param(
            buckets("a", le_0_25=9, all=10) | buckets("b", le_0_25=0, all=30),
            22.5,
            9300,
            12000,
            id="instances by their traffic, and no mean of their shares",
        ),
        pytest.param(buckets(le_0_25=0, all=0), None, 0, 0, id="no traffic"),
        # 19.5 requests in five minutes, and 20 are wanted.
        pytest.param(
            buckets(le_0_25=0, all=0.065),
            None,
            19.5,
            19.5,
            id="too few to be judged, and counted all the same",
        ),
        pytest.param(
            {bucket("0.25"): reset(9, 50), bucket("+Inf"): reset(10, 50)}, 90, 300, 3000, id="a restart"
        ),
        pytest.param(
            buckets("a", le_0_25=9, all=10) | buckets("b", le_0_1=0, all=10),
            90,
            300,
            3000,
            id="an instance without that bucket, of which nothing is known",
        ),
        pytest.param(
            buckets("a", le_0_25=9, all=10)
            | {
                bucket("0.25", "b"): counted(1, [True] * COUNT, STEP),
                bucket("+Inf", "b"): [*counted(9, [True] * 60, STEP), *["NaN"] * 21],
            },
            90,
            300,
            3000,
            id="an instance whose count is no number",
        ),
        pytest.param({}, None, None, None, id="no series"),
        pytest.param(
            {one: [*values[:30], *([GONE] * 51)] for one, values in buckets(le_0_25=9, all=10).items()},
            None,
            None,
            None,
            id="gone for longer than the window",
        ),
    ],
)
def test_the_share_is_what_was_counted(
    tmp_path: Path,
    series: dict[str, list[Value]],
    share: float | None,
    bad: float | None,
    every: float | None,
) -> None:
    run(tmp_path, series, share, bad, every)


@pytest.mark.parametrize("le", ["1", "1.0"])
def test_an_edge_that_is_a_whole_number_is_found_however_it_is_spelled(tmp_path: Path, le: str) -> None:
    series = {
        bucket(one): counted(rate, [True] * COUNT, STEP) for one, rate in ((le, 9), ("10", 10), ("+Inf", 10))
    }
    run(tmp_path, series, 90, 300, 3000, within="1s")


def test_requests_are_counted_through_an_edge_that_is_spelled_anew(tmp_path: Path) -> None:
    """As when Prometheus 3 takes over from 2."""
    quick = counted(9, [True] * COUNT, STEP)
    series = {
        bucket("1"): [*quick[:50], *[GONE] * 31],
        bucket("1.0"): [*[LOST] * 50, *quick[50:]],
        bucket("+Inf"): counted(10, [True] * COUNT, STEP),
    }
    run(tmp_path, series, 90, 300, 3000, within="1s")


@pytest.mark.parametrize("le", ["1500000", "1500000.0", "1.5e+06"])
def test_a_large_edge_is_found_however_it_is_spelled(tmp_path: Path, le: str) -> None:
    data = every_kind()
    metric = {**data["metrics"]["request_seconds"], "unit": "milliseconds", "buckets": [1000, 1500000]}
    data["metrics"]["batch_milliseconds"] = metric
    data["slis"]["answered_in_time"] |= {"histogram": "batch_milliseconds", "within": "25m"}
    (tmp_path / "rules").mkdir()
    rules = rendered(compiled(data))["prometheus/rules/shop.yml"]
    (tmp_path / "rules" / "shop.yml").write_text(rules, "utf-8")
    series = {
        f'batch_milliseconds_bucket{{job="shop",route="/",le="{one}"}}': counted(rate, [True] * COUNT, STEP)
        for one, rate in ((le, 9), ("+Inf", 10))
    }
    seen = (number(AT, SHARE, 90, f'{SHARE}{{route="/"}}'),)
    assert_seen(tmp_path, "shop", [History("one", STEP, series, seen)], rules=tmp_path / "rules")
