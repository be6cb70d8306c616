"""What the generated rules make of holes, absent terms, NaN and times to come: the truth, or nothing."""

from pathlib import Path

import pytest

from .histories import (
    EVERY_KIND,
    GONE,
    LOST,
    History,
    Seen,
    Value,
    assert_seen,
    counted,
    holes,
    never,
    number,
    throughout,
)

MINUTE = 60
COST = 'total_system_cost_total{job="genesis-app",instance="a"}'
OTHER_COST = 'total_system_cost_total{job="genesis-app",instance="b"}'
OTHER_UP = 'up{job="genesis-app",instance="b"}'
RECORD = "sli:monthly_cost:usd_per_month"
MISSED = "CostReductionTargetMissed"
RATE = 200 / 2_628_000
"""$200 a month, in dollars a second: a reduction of 60 %."""
NODE = 'job="node-exporter",instance="{}"'


def near(minute: int, value: float, tolerance: float = 0.02) -> Seen:
    return number(minute * MINUTE, f"abs({RECORD} / {value} - 1) < bool {tolerance}")


def all_along(minutes: tuple[int, ...], value: float = 200) -> tuple[Seen, ...]:
    return tuple(near(minute, value) for minute in minutes)


@pytest.mark.parametrize("lost", [GONE, LOST])
@pytest.mark.parametrize("hole", [1, 4])
def test_an_alert_on_a_rate_outlasts_a_short_hole(hole: int, lost: str, tmp_path: Path) -> None:
    samples = counted(RATE, holes(330, (150, 150 + hole)), MINUTE, lost=lost)
    minutes = (149, 150, 151, 153, 155, 209, 210, 211, 214, 240, 271)
    seen = (throughout(MISSED, 95 * MINUTE, 325 * MINUTE, MINUTE), *all_along(minutes))
    assert_seen(tmp_path, "cost", [History("a hole", MINUTE, {COST: samples}, seen)])


@pytest.mark.parametrize("lost", [GONE, LOST])
@pytest.mark.parametrize("hole", [10, 30, 59])
def test_a_long_hole_has_no_rate_and_does_not_come_back_a_window_later(
    hole: int, lost: str, tmp_path: Path
) -> None:
    end = 150 + hole
    samples = counted(RATE, holes(330, (150, end)), MINUTE, lost=lost)
    seen = (
        *all_along((149, 153)),
        *(number(minute * MINUTE, RECORD, None) for minute in (156, end - 1)),
        throughout(MISSED, (end + 35) * MINUTE, 325 * MINUTE, MINUTE),
        *all_along((end, end + 1, 209, 210, 211, 239, 241, 260, 269, 271, 320)[hole // 59 :]),
    )
    assert_seen(tmp_path, "cost", [History("a hole", MINUTE, {COST: samples}, seen)])


def test_rates_have_a_value_from_a_whole_window_on_and_as_long_as_it_is_known(tmp_path: Path) -> None:
    restarts: list[Value] = [RATE * MINUTE * (i % 77) for i in range(200)]
    assert_seen(
        tmp_path,
        "cost",
        [
            History(
                "the counter appears",
                MINUTE,
                {COST: counted(RATE, holes(160, (0, 40)), MINUTE)},
                (number(99 * MINUTE, RECORD, None), near(101, 200)),
            ),
            History(
                "it is gone for longer than its window",
                MINUTE,
                {COST: counted(RATE, holes(300, (150, 240)), MINUTE)},
                (near(153, 200), number(200 * MINUTE, RECORD, None), near(299, 200)),
            ),
            History(
                "every tenth scrape fails",
                MINUTE,
                {COST: counted(RATE, [i % 10 != 5 for i in range(220)], MINUTE)},
                (
                    throughout(MISSED, 105 * MINUTE, 210 * MINUTE, MINUTE),
                    *all_along((100, 125, 126, 185, 187)),
                ),
            ),
            History(
                "the process restarts each 77 minutes",
                MINUTE,
                {COST: restarts},
                (throughout(MISSED, 95 * MINUTE, 190 * MINUTE, MINUTE), near(150, 200)),
            ),
        ],
    )


def test_a_rate_over_instances_of_which_one_is_down_gone_or_new(tmp_path: Path) -> None:
    whole = counted(RATE / 2, holes(270), MINUTE)

    def up(value: Value) -> list[Value]:
        return [value if 150 <= i < 180 else 1 for i in range(270)]

    assert_seen(
        tmp_path,
        "cost",
        [
            History(
                "down for half an hour",
                MINUTE,
                {COST: whole, OTHER_COST: counted(RATE / 2, holes(270, (150, 180)), MINUTE), OTHER_UP: up(0)},
                (
                    *all_along((151, 185, 212, 220, 238, 241, 260)),
                    number(175 * MINUTE, RECORD, None),
                ),
            ),
            History(
                "taken away",
                MINUTE,
                {COST: whole, OTHER_COST: counted(RATE / 2, holes(270, (150, 270)), MINUTE)},
                (near(180, 150, 0.03), near(240, 100)),
            ),
            History(
                "added",
                MINUTE,
                {COST: whole, OTHER_COST: counted(RATE / 2, holes(270, (0, 150)), MINUTE)},
                (near(149, 100), near(180, 150, 0.03), near(240, 200)),
            ),
        ],
    )


def missing(at: int, sli: str, *, yes: bool = True) -> Seen:
    firing = f'ALERTS{{alertname="SLIDataMissing",alertstate="firing",sli="{sli}"}}'
    return number(at, f"count by (sli) ({firing})", 1 if yes else None, f'{{sli="{sli}"}}')


def memory(total: list[Value], available: list[Value], instance: str = "a") -> dict[str, list[Value]]:
    labels = NODE.format(instance)
    return {
        f"node_memory_MemTotal_bytes{{{labels}}}": total,
        f"node_memory_MemAvailable_bytes{{{labels}}}": available,
    }


@pytest.mark.parametrize("lost", [GONE, "NaN"])
def test_an_alert_outlasts_single_samples_that_are_missed(lost: str, tmp_path: Path) -> None:
    total: list[Value] = [lost if i % 10 == 7 else 100 for i in range(200)]
    available: list[Value] = [lost if i % 10 == 7 else 5 for i in range(200)]
    seen = (throughout("MemoryUsageHigh", 12 * MINUTE, 45 * MINUTE, 15),)
    assert_seen(tmp_path, "system", [History("one in ten", 15, memory(total, available), seen)])


def test_what_is_no_number_is_told_and_not_recorded(tmp_path: Path) -> None:
    usage = "sli:memory_usage:percent"
    end = 40 * MINUTE
    idle = f'node_cpu_seconds_total{{{NODE.format("a")},cpu="0",mode="user"}}'
    assert_seen(
        tmp_path,
        "system",
        [
            History(
                "a part is no number",
                15,
                memory([100] * 200, [*[50] * 50, *["NaN"] * 150]),
                (number(end, usage, None), missing(end, "memory_usage"), never("MemoryUsageHigh", end)),
            ),
            History(
                "the whole is no number",
                15,
                memory([*[100] * 50, *["NaN"] * 150], [50] * 200),
                (number(end, usage, None), missing(end, "memory_usage")),
            ),
            History(
                "a part never counted",
                15,
                {idle: [i * 15 for i in range(200)]},
                (
                    number(end, "sli:cpu_usage:percent + 0", 100, '{instance="a"}'),
                    missing(end, "cpu_usage", yes=False),
                    throughout("CPUUsageHigh", 17 * MINUTE, end, 15),
                ),
            ),
        ],
    )


def test_ages_gauges_and_sums(tmp_path: Path) -> None:
    end = 40 * MINUTE
    rate = "sli:test_pass_rate:percent"
    job = 'job="genesis-metrics",instance="a"'
    age = "sli:test_result_age:minutes"

    def result(suite: str) -> str:
        return f'genesis_suite_result_timestamp_seconds{{{job},suite="{suite}"}}'

    gauges = [
        History(
            f"a pass rate of {bad}",
            15,
            {f"genesis_regression_pass_rate{{{job}}}": [99] * 20 + [bad] * 180},
            (number(end, rate, None), missing(end, "test_pass_rate")),
        )
        for bad in ("NaN", "Inf", "-Inf")
    ]
    failed, tests = f"genesis_regression_tests_failed{{{job}}}", f"genesis_regression_tests_total{{{job}}}"
    assert_seen(
        tmp_path,
        "test-suite",
        [
            *gauges,
            History(
                "one of two instances is no number",
                15,
                {
                    f"genesis_regression_pass_rate{{{job}}}": [99] * 200,
                    'genesis_regression_pass_rate{job="genesis-metrics",instance="b"}': ["NaN"] * 200,
                },
                (number(end, f"{rate} + 0", 99), missing(end, "test_pass_rate", yes=False)),
            ),
            History(
                "a term of a sum is absent",
                15,
                {failed: [7] * 200, tests: [70] * 200},
                (
                    number(end, "sli:test_failures:count + 0", 7),
                    missing(end, "test_failures", yes=False),
                    number(end, "sli:test_failure_ratio:percent + 0", 10),
                ),
            ),
            History(
                "a numerator is absent",
                15,
                {tests: [70] * 200},
                (number(end, "sli:test_failure_ratio:percent + 0", 0), missing(end, "test_failures")),
            ),
            History(
                "a result of the future",
                15,
                {result("x"): [90000] * 200, result("y"): [0] * 200},
                (
                    number(end, f"{age} + 0", 40, '{suite="y"}'),
                    missing(end, "test_result_age"),
                ),
            ),
            History(
                "a clock that is half a minute ahead",
                15,
                {result("x"): [i * 15 + 30 for i in range(200)]},
                (number(end, f"{age} + 0", 0, '{suite="x"}'), missing(end, "test_result_age", yes=False)),
            ),
        ],
        every=MINUTE,
    )


def test_a_label_set_that_is_gone_while_others_stay_and_its_target_is_up(tmp_path: Path) -> None:
    def two(gone: range, up: Value = 1) -> dict[str, list[Value]]:
        series = memory([100] * 100, [50] * 100)
        there: list[Value] = [GONE if i in gone else 100 for i in range(100)]
        labels = NODE.format("b")
        ups: list[Value] = [up if i in gone else 1 for i in range(100)]
        return {**series, **memory(there, there, "b"), f"up{{{labels}}}": ups}

    def told(minute: int, *, yes: bool) -> Seen:
        firing = 'ALERTS{alertname="SLIDataMissing",alertstate="firing",sli="memory_usage"}'
        return number(
            minute * MINUTE, f"count by (instance) ({firing})", 1 if yes else None, '{instance="b"}'
        )

    gone = range(10, 100)
    assert_seen(
        tmp_path,
        "system",
        [
            History(
                "its target is up",
                MINUTE,
                two(gone),
                (told(19, yes=False), told(21, yes=True), told(75, yes=True), told(95, yes=False)),
            ),
            History("its target is down", MINUTE, two(gone, 0), (told(40, yes=False),)),
            History("its target is taken away", MINUTE, two(gone, GONE), (told(40, yes=False),)),
            History("it restarts", MINUTE, two(range(10, 15)), (told(14, yes=False), told(25, yes=False))),
        ],
    )


END = 16 * MINUTE
LATENCY = "sli:latency:milliseconds"
SECONDS = 'request_seconds_bucket{{job="shop",instance="{}",route="/",le="{}"}}'


def buckets(instance: str, shares: dict[str, float], *, bad: tuple[str, ...] = ()) -> dict[str, list[Value]]:
    """A histogram that counts ten requests a sample; its ``bad`` buckets are no number."""
    return {
        SECONDS.format(instance, le): ["NaN"] * 64 if le in bad else [10 * share * i for i in range(64)]
        for le, share in shares.items()
    }


FAST = {"0.05": 0.9, "0.1": 1, "0.25": 1, "0.5": 1, "1": 1, "+Inf": 1}
"""P95 is half way between 50 and 100 ms."""
SLOW = {"0.05": 0, "0.1": 0, "0.25": 0, "0.5": 0.9, "1": 1, "+Inf": 1}
"""P95 is half way between 500 ms and 1 s."""


def without(shares: dict[str, float], *edges: str) -> dict[str, float]:
    return {le: share for le, share in shares.items() if le not in edges}


def only(shares: dict[str, float], *edges: str) -> dict[str, float]:
    return {le: share for le, share in shares.items() if le in edges}


def told_of(at: int, sli: str, by: str, labels: str | None) -> Seen:
    firing = f'ALERTS{{alertname="SliDataMissing",alertstate="firing",sli="{sli}"}}'
    return number(at, f"count by ({by}) ({firing})", None if labels is None else 1, labels or "{}")


def test_a_quantile_is_of_whole_histograms(tmp_path: Path) -> None:
    cases: list[tuple[str, dict[str, list[Value]], float | None]] = [
        ("whole", buckets("a", SLOW), 750),
        ("+Inf alone", buckets("a", only(FAST, "+Inf")), None),
        ("without +Inf", buckets("a", without(FAST, "+Inf")), None),
        ("+Inf is no number", buckets("a", FAST, bad=("+Inf",)), None),
        ("the bucket of the value is no number", buckets("a", SLOW, bad=("1",)), None),
        ("the buckets below it are no number", buckets("a", FAST, bad=("0.05",)), None),
        ("all but +Inf are no number", buckets("a", FAST, bad=tuple(without(FAST, "+Inf"))), None),
        ("one of two without +Inf", {**buckets("a", SLOW), **buckets("b", without(FAST, "+Inf"))}, 750),
        ("one of two with +Inf alone", {**buckets("a", FAST), **buckets("b", only(FAST, "+Inf"))}, 75),
        ("a bucket of one of two is no number", {**buckets("a", FAST), **buckets("b", SLOW, bad=("1",))}, 75),
        (
            "two halves of a histogram",
            {**buckets("a", only(FAST, "+Inf")), **buckets("b", without(FAST, "+Inf"))},
            None,
        ),
    ]
    histories = [
        History(
            name,
            15,
            series,
            (
                number(END, f"{LATENCY} + 0", value, '{route="/"}'),
                told_of(END, "latency", "sli", '{sli="latency"}' if value is None else None),
            ),
        )
        for name, series, value in cases
    ]
    assert_seen(tmp_path, "shop", histories, rules=EVERY_KIND, every=MINUTE)


def test_parts_and_wholes_by_group(tmp_path: Path) -> None:
    cpu = 'cpu_seconds_total{{job="shop",instance="{}",mode="{}"}}'
    free, size = (f'disk_{one}_bytes{{{{job="shop",instance="{{}}"}}}}' for one in ("free", "size"))
    counts: list[Value] = [15 * i for i in range(64)]
    shop_up = {f'up{{job="shop",instance="{one}"}}': [1] * 64 for one in ("a", "b")}
    assert_seen(
        tmp_path,
        "shop",
        [
            History(
                "a numerator that was never incremented, of one group and of both",
                15,
                {
                    cpu.format("a", "user"): counts,
                    cpu.format("b", "user"): counts,
                    cpu.format("b", "idle"): counts,
                },
                (
                    number(END, 'sli:cpu_used:ratio{instance="a"} + 0', 1, '{instance="a"}'),
                    number(END, 'sli:cpu_used:ratio{instance="b"} + 0', 0.5, '{instance="b"}'),
                    told_of(END, "cpu_used", "instance", None),
                ),
            ),
            History(
                "never incremented at all",
                15,
                {cpu.format("a", "user"): counts},
                (number(END, "sli:cpu_used:ratio + 0", 1, '{instance="a"}'),),
            ),
            History(
                "a denominator vanishes for one group",
                15,
                {
                    **shop_up,
                    free.format("a"): [30] * 64,
                    size.format("a"): [100] * 64,
                    free.format("b"): [30] * 64,
                    size.format("b"): [*[100] * 20, *[GONE] * 44],
                },
                (
                    number(END, "sli:disk_used:percent + 0", 70, '{instance="a"}'),
                    told_of(END, "disk_used", "instance", '{instance="b"}'),
                ),
            ),
            History(
                "a denominator that is zero, and one that is no number",
                15,
                {
                    **shop_up,
                    free.format("a"): [0] * 64,
                    size.format("a"): [0] * 64,
                    free.format("b"): [30] * 64,
                    size.format("b"): [*[100] * 20, *["NaN"] * 44],
                },
                (
                    number(END, "sli:disk_used:percent", None),
                    told_of(END, "disk_used", "instance", '{instance="b"}'),
                ),
            ),
        ],
        rules=EVERY_KIND,
        every=MINUTE,
    )


def test_a_part_that_is_neither_up_nor_down(tmp_path: Path) -> None:
    part = 'part_up{job="shop",instance="a",part="database"}'
    other = 'part_up{job="shop",instance="b",part="database"}'
    database = "sli:database_up:state + 0"
    down = Seen(END, 'count_over_time(ALERTS{alertname="DatabaseDown"}[16m])')
    fires = number(END, 'count(ALERTS{alertname="DatabaseDown",alertstate="firing"})')
    assert_seen(
        tmp_path,
        "shop",
        [
            History(
                f"it is {bad}",
                15,
                {part: [*[1] * 20, *[bad] * 44]},
                (
                    number(END, database, None),
                    told_of(END, "database_up", "sli", '{sli="database_up"}'),
                    down,
                ),
            )
            for bad in ("NaN", "Inf")
        ]
        + [
            History(
                "one of two is no number",
                15,
                {part: ["NaN"] * 64, other: [0] * 64},
                (number(END, database, 0), told_of(END, "database_up", "sli", None), fires),
            ),
        ],
        rules=EVERY_KIND,
        every=MINUTE,
    )


def test_a_trend_has_no_value_where_its_base_has_none(tmp_path: Path) -> None:
    base = "sli:memory_storage_cost:usd_per_month"
    trend = "sli:memory_storage_cost_trend:usd_per_month_per_day"
    values: list[Value] = [*[1000 + i for i in range(60)], *[GONE] * 30]
    seen = (number(59 * MINUTE, f"round({trend})", 1440), number(62 * MINUTE, trend, None))
    assert_seen(tmp_path, "cost", [History("the base is gone", MINUTE, {base: values}, seen)])
