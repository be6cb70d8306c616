"""What SLI kinds make of raw metrics, reckoned by hand: series in, recorded values out, by promtool."""

from pathlib import Path

import pytest

from .histories import EVERY_KIND, LOST, History, Seen, Value, assert_seen, number
from .specs import compiled, every_kind, rendered, write
from .tools import assert_accepted

DAY = 86400
LEFT, TOKEN = "sli:certificate_left:days", "sli:token_left:hours"
VOLUME, CARTS, FREE = "sli:volume_left:hours", "sli:carts_left:minutes", "sli:free_left:days"
AT_MAIN = f'{VOLUME}{{volume="main"}}'


def end(host: str) -> str:
    return f'certificate_end_timestamp_seconds{{job="shop",instance="a",host="{host}"}}'


TIME_UNTIL = (
    History(
        "the earliest of each host, and of all",
        60,
        {end("a"): [30 * DAY] * 4, end("b"): [2.5 * DAY] * 4},
        (
            Seen(0, LEFT, ((f'{LEFT}{{host="a"}}', 30), (f'{LEFT}{{host="b"}}', 2.5))),
            number(0, TOKEN, 60, TOKEN),
            Seen(180, LEFT, ((f'{LEFT}{{host="a"}}', 29.997917), (f'{LEFT}{{host="b"}}', 2.497917))),
        ),
    ),
    History(
        "what has ended has no time left, and alerts",
        60,
        {end("a"): [60.0] * 5},
        (
            number(60, LEFT, 0, f'{LEFT}{{host="a"}}'),
            number(240, LEFT, 0, f'{LEFT}{{host="a"}}'),
            number(240, 'count(ALERTS{alertname="TokenEnds", alertstate="firing"})', 1),
        ),
    ),
    *(
        History(
            f"{value} is no moment, and no time until one",
            60,
            {end("a"): [value] * 3, end("b"): [5 * DAY + 120] * 3},
            (number(120, LEFT, 5, f'{LEFT}{{host="b"}}'), number(120, TOKEN, 120, TOKEN)),
        )
        for value in (0.0, -62135596800.0, "NaN", "+Inf")
    ),
    History(
        "a scrape that is missed is no end",
        5,
        {end("a"): [2 * DAY, LOST, LOST, *(2 * DAY for _ in range(3))]},
        (number(10, LEFT, 1.999884, f'{LEFT}{{host="a"}}'),),
    ),
)


def volume(free: list[Value], size: float = 1e6, name: str = "main") -> dict[str, list[Value]]:
    labels = f'job="shop",instance="a",volume="{name}"'
    return {
        f'volume_free_bytes{{{labels},fstype="ext4"}}': free,
        f"volume_size_bytes{{{labels}}}": [size] * len(free),
    }


def falling(count: int = 31) -> list[Value]:
    """By 1,000 a minute: from 120,000, so that there are 100,000 after 20 minutes, for 100 minutes."""
    return [120_000 - 1000 * i for i in range(count)]


def with_holes(values: list[Value], *missed: int) -> list[Value]:
    return [LOST if i in missed else value for i, value in enumerate(values)]


RUNS_OUT = (
    History(
        "the slope of most of the window says how long it lasts",
        60,
        volume(falling()),
        (
            number(14 * 60, VOLUME, None),
            number(15 * 60, VOLUME, 1.75, AT_MAIN),
            number(20 * 60, VOLUME, 1.666667, AT_MAIN),
            number(20 * 60, FREE, 0.069444, FREE),
            # As predict_linear tells: not yet after 99 minutes, and after 101.
            number(
                20 * 60,
                "predict_linear(volume_free_bytes[20m], 99 * 60) > bool 0",
                1,
                free := '{volume="main", fstype="ext4", job="shop", instance="a"}',
            ),
            number(20 * 60, "predict_linear(volume_free_bytes[20m], 101 * 60) > bool 0", 0, free),
        ),
    ),
    History(
        "scrapes that are missed change nothing, be they many in the middle of the window",
        60,
        volume(with_holes(falling(), 1, 2, *range(8, 14), 20)),
        (number(20 * 60, VOLUME, 1.683333, AT_MAIN), number(21 * 60, VOLUME, 1.65, AT_MAIN)),
    ),
    History(
        "what is not exposed any more has no slope either",
        60,
        volume([*falling(25), "stale", *[LOST] * 5]),
        (number(24 * 60, VOLUME, 1.6, AT_MAIN), number(26 * 60, VOLUME, None)),
    ),
    History(
        "what is full, and stays so, is not what never runs out",
        60,
        volume([0.0] * 31),
        (
            number(25 * 60, VOLUME, 0, AT_MAIN),
            number(25 * 60, 'count(ALERTS{alertname="VolumeFillsNow", alertstate="firing"})', 1),
        ),
    ),
    History(
        "what stays or grows lasts up to the horizon, and the least of all counts",
        60,
        {
            **volume([500.0] * 31, name="a"),
            **volume([100 + i for i in range(31)], name="b"),
            **volume(falling()),
        },
        (
            Seen(
                20 * 60,
                VOLUME,
                ((f'{VOLUME}{{volume="a"}}', 168), (f'{VOLUME}{{volume="b"}}', 168), (AT_MAIN, 1.666667)),
            ),
        ),
    ),
    History(
        "while there is enough a fall is quiet; of exactly so many percent it is",
        60,
        volume(falling(33), size=300_000),
        (number(30 * 60, VOLUME, 168, AT_MAIN), number(31 * 60, VOLUME, 1.483333, AT_MAIN)),
    ),
    History(
        "without its size nobody knows whether there is enough",
        60,
        {key: values for key, values in volume(falling()).items() if "free" in key},
        (number(20 * 60, VOLUME, None), number(20 * 60, FREE, 0.069444, FREE)),
    ),
    History(
        "a value that is no number gives no slope",
        60,
        volume([*falling(10), "NaN", *falling()[11:]]),
        (number(20 * 60, VOLUME, None),),
    ),
    History(
        "what is used comes to the total that was chosen",
        60,
        {
            'open_carts{job="shop",instance="a"}': [100 + 10 * i for i in range(31)],
            'most_carts{job="shop",instance="a",limit="hard"}': [500.0] * 31,
            'most_carts{job="shop",instance="a",limit="soft"}': [301.0] * 31,
        },
        (number(20 * 60, CARTS, 20, CARTS), number(29 * 60, CARTS, 11, CARTS)),
    ),
)


PEAK, USUAL, LATE = "sli:queue_peak:count", "sli:boot_usual:milliseconds", "sli:boot_late:seconds"
QUEUE = 'queue_length{job="shop",instance="a",queue="q"}'
BOOT = 'boot_seconds{job="shop",instance="a"}'

WINDOWS = (
    History(
        "a peak counts for the window, and no longer",
        60,
        {QUEUE: [3.0, 3.0, 9000.0, *[3.0] * 17]},
        (
            number(60, PEAK, 3, f'{PEAK}{{queue="q"}}'),
            number(11 * 60, PEAK, 9000, f'{PEAK}{{queue="q"}}'),
            number(13 * 60, PEAK, 3, f'{PEAK}{{queue="q"}}'),
            number(11 * 60, 'count(ALERTS{alertname="QueuePeaks", alertstate="firing"})', 1),
        ),
    ),
    History(
        "what is gone has no peak any more",
        60,
        {QUEUE: [9000.0, 3.0, "stale", LOST, LOST]},
        (number(60, PEAK, 9000, f'{PEAK}{{queue="q"}}'), number(180, PEAK, None)),
    ),
    History(
        "a mean and a quantile are those of the samples",
        240,
        {BOOT: [1.0, 2.0, 6.0]},
        (number(480, USUAL, 3000, USUAL), number(480, LATE, 5.2, LATE)),
    ),
)

MEAN, EACH = "sli:request_mean:milliseconds", "sli:tokens_each:tokens"


def observed(sums: list[Value], counts: list[Value], instance: str = "a") -> dict[str, list[Value]]:
    labels = f'job="shop",instance="{instance}",route="r"'
    return {
        f"request_seconds_{end}{{{labels}}}": values for end, values in (("sum", sums), ("count", counts))
    }


MEANS = (
    History(
        "the mean of all requests of all instances",
        60,
        observed([3.0 * i for i in range(8)], [30.0 * i for i in range(8)])
        | observed([6.0 * i for i in range(8)], [15.0 * i for i in range(8)], "b"),
        # 9 s a minute in 45 requests a minute.
        (number(420, MEAN, 200, f'{MEAN}{{route="r"}}'),),
    ),
    History(
        "an instance of which only the count is known is left out",
        60,
        observed([3.0 * i for i in range(8)], [30.0 * i for i in range(8)])
        | observed([LOST] * 8, [15.0 * i for i in range(8)], "b"),
        (number(420, MEAN, 100, f'{MEAN}{{route="r"}}'),),
    ),
    History(
        "few requests have no mean",
        60,
        observed([float(i) for i in range(8)], [3.9 * i for i in range(8)]),
        (number(420, MEAN, None),),
    ),
)
BILL = (
    History(
        "two counters of the same instances",
        60,
        {
            'tokens_in_total{job="shop",instance="a"}': [500.0 * i for i in range(13)],
            'requests_total{job="shop",instance="a",code="200"}': [2.0 * i for i in range(13)],
            'requests_total{job="shop",instance="a",code="500"}': [7.0 * i for i in range(13)],
            'requests_total{job="shop",instance="b",code="200"}': [9.0 * i for i in range(13)],
        },
        (number(720, EACH, 250, EACH),),
    ),
)


@pytest.mark.parametrize(
    ("component", "histories"),
    [("shop", TIME_UNTIL), ("shop", RUNS_OUT), ("shop", WINDOWS), ("shop", MEANS), ("bill", BILL)],
    ids=["time_until", "runs_out", "gauge over a window", "mean", "mean of two counters"],
)
def test_recorded_values_are_those_reckoned_by_hand(
    component: str, histories: tuple[History, ...], tmp_path: Path
) -> None:
    assert_seen(tmp_path, component, histories, rules=EVERY_KIND)


@pytest.mark.parametrize("for_", ["0s", "1m", "10m", "1h"])
def test_a_query_on_a_histogram_passes_the_tests_that_are_made_of_it(for_: str, tmp_path: Path) -> None:
    """That its data is missing is asked by the count; the window is full whatever the alert waits for."""
    data = every_kind()
    data["slis"] = {
        "slow": {
            "kind": "expr",
            "title": "Requests",
            "component": "shop",
            "unit": "per_second",
            "expr": "sum(rate(request_seconds_count[5m]))",
            "metrics": ["request_seconds"],
            "fixtures": {
                "good": {"series": {"request_seconds_count": "0+60x10"}, "value": 1},
                "bad": {"series": {"request_seconds_count": "0 600 1200+600x8"}, "value": 10},
            },
            "objective": {"good": "<", "target": 5},
        }
    }
    data["alerts"] = {"Slow": {**data["alerts"]["QueueLopsided"], "sli": "slow", "for": for_}}
    data["routing"]["inhibit"] = {}
    del data["dashboards"], data["components"]["bill"]
    assert_accepted(write(rendered(compiled(data)), tmp_path), compose=False)
