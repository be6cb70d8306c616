"""What the generated rules make of holes, absent terms, NaN and times to come: the truth, or nothing."""

from pathlib import Path

import pytest

from .histories import (
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
@pytest.mark.parametrize("hole", [1, 10, 30, 59])
def test_a_hole_shorter_than_the_window_is_seen_neither_then_nor_a_window_later(
    hole: int, lost: str, tmp_path: Path
) -> None:
    samples = counted(RATE, holes(330, (150, 150 + hole)), MINUTE, lost=lost)
    minutes = (149, 151, 160, 179, 181, 209, 211, 221, 239, 241, 260, 269, 271, 320)
    seen = (throughout(MISSED, 95 * MINUTE, 325 * MINUTE, MINUTE), *all_along(minutes))
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
                (near(200, 200), number(225 * MINUTE, RECORD, None), near(299, 200)),
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
                    throughout(MISSED, 95 * MINUTE, 265 * MINUTE, MINUTE),
                    *all_along((151, 175, 185, 212, 220, 238, 241, 260)),
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
