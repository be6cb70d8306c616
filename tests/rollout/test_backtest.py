"""What alerts would have done, offline: ``for`` to the evaluation, holes, restarts, label sets, no data."""

import math
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings, strategies as st

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.rollout.backtest import Past, Signal, compared_rules, replay
from genesis_monitoring.rollout.backtest_results import AlertPast, Known, Origin, Side
from genesis_monitoring.rollout.window import Window
from genesis_monitoring.spec.load import judged
from genesis_monitoring.spec.setting import with_setting
from genesis_monitoring.spec.source import parse_source

from .history import load_spec_text

MINUTE = 60.0
START = 1_700_000_040.0
COUNT = 240
TEXT = load_spec_text()
NAN = math.nan


def plan_with(*settings_: str) -> Plan:
    source = parse_source(TEXT, "slo.yaml")
    for setting in settings_:
        source = with_setting(source, judged(source).spec, setting)
    spec = judged(source).spec
    return compile_plan(spec, next(iter(spec.profiles)))


PLAN = plan_with()


def at(minute: float) -> float:
    return START + minute * MINUTE


def series(values: dict[int, float] | list[float | None], **labels: str) -> Series:
    """A sample a minute: by its minute, or in order from the first; None is no sample."""
    pairs = values.items() if isinstance(values, dict) else enumerate(values, 1)
    kept = [(at(minute), value) for minute, value in pairs if value is not None]
    return Series(
        tuple(sorted(labels.items())), tuple(time for time, _ in kept), tuple(value for _, value in kept)
    )


def steady(value: float) -> dict[int, float]:
    return dict.fromkeys(range(-130, COUNT + 1), value)


def past(
    alert: str, *found: Series, plan: Plan = PLAN, dark: range = range(0), restarts: tuple[float, ...] = ()
) -> Past:
    """Nothing but what ``alert`` stands on; evaluated each minute but in ``dark``."""
    empty = Signal(Origin.METRICS, SeriesAnswer("q", ()))
    signals = {(rule.alert, rule.sli or ""): empty for rule in compared_rules(plan)}
    (key,) = (key for key in signals if key[0] == alert)
    signals[key] = Signal(Origin.RECORDED, SeriesAnswer("q", found))
    proven = tuple(at(minute) for minute in range(-130, COUNT + 1) if minute not in dark)
    return Past(Window(START, at(COUNT)), MINUTE, proven, restarts, signals, {})


def outcome(side: Side, alert: str) -> AlertPast:
    return next(one for one in side.alerts if one.alert == alert)


def spans(one: AlertPast) -> list[tuple[float, float]]:
    """First minute of each episode, and the minute of the evaluation that ends it."""
    return [((run.start - START) / MINUTE, (run.end - START) / MINUTE) for run in one.episodes]


def latency(
    *found: Series, plan: Plan = PLAN, dark: range = range(0), restarts: tuple[float, ...] = ()
) -> AlertPast:
    """HybridRAGLatencyHigh: at least 100 ms for 5 minutes."""
    what = past("HybridRAGLatencyHigh", *found, plan=plan, dark=dark, restarts=restarts)
    return outcome(replay(plan, what), "HybridRAGLatencyHigh")


def slow(first: int, last: int, value: float = 120.0) -> dict[int, float]:
    """Slow at the evaluations ``first`` to ``last``."""
    return {**steady(50.0), **dict.fromkeys(range(first, last + 1), value)}


@pytest.mark.parametrize(
    ("last", "expected"), [(14, []), (15, [(15.0, 16.0)]), (16, [(15.0, 17.0)]), (40, [(15.0, 41.0)])]
)
def test_it_fires_at_the_first_evaluation_that_is_for_later(
    last: int, expected: list[tuple[float, float]]
) -> None:
    one = latency(series(slow(10, last)))
    assert spans(one) == expected
    assert one.firing_seconds == sum((end - begin) * MINUTE for begin, end in expected)
    assert (one.known, one.coverage, one.worst) == (Known.TOLD, 1.0, 120.0)


def test_exactly_at_the_threshold_follows_the_comparison() -> None:
    assert spans(latency(series(slow(10, 20, 100.0)))) == [(15.0, 21.0)]
    assert spans(latency(series(slow(10, 20, 99.999999)))) == []


def test_a_good_value_and_a_missing_one_both_begin_it_anew() -> None:
    assert spans(latency(series({**slow(10, 20), 14: 50.0}))) == [(20.0, 21.0)]
    assert spans(latency(series({**slow(10, 20), 14: NAN}))) == [(20.0, 21.0)]
    without = {minute: value for minute, value in slow(10, 20).items() if minute != 14}
    assert spans(latency(series(without))) == [(20.0, 21.0)]


def test_what_was_before_the_window_counts_for_for() -> None:
    assert spans(latency(series(slow(-4, 3)))) == [(1.0, 4.0)]
    assert spans(latency(series(slow(-3, 3)))) == [(2.0, 4.0)]
    assert spans(latency(series(slow(-9, -1)))) == []


def test_pending_at_the_end_is_told() -> None:
    assert latency(series(slow(COUNT - 4, COUNT))).pending
    assert not latency(series(slow(COUNT - 5, COUNT))).pending


def test_times_with_fractions_do_not_miss_for() -> None:
    whole = series(slow(10, 15))
    shifted = replace(whole, times=tuple(round(time + 0.123, 3) for time in whole.times))
    assert len(latency(shifted).episodes) == 1


def test_label_sets_are_held_apart_and_an_episode_is_one_of_the_alert() -> None:
    first = {**steady(50.0), **dict.fromkeys((*range(10, 14), *range(18, 22)), 120.0)}
    second = {**steady(50.0), **dict.fromkeys((*range(14, 18), *range(22, 26)), 120.0)}
    alternating = latency(series(first, instance="a"), series(second, instance="b"))
    assert (spans(alternating), alternating.label_sets) == ([], 2)
    both = latency(series(slow(10, 20), instance="a"), series(slow(14, 30), instance="b"))
    assert spans(both) == [(15.0, 31.0)]


def test_the_label_set_that_was_seen_least_is_told() -> None:
    half = {minute: value for minute, value in steady(50.0).items() if minute > COUNT // 2}
    one = latency(series(steady(50.0), instance="a"), series(half, instance="b"))
    assert (one.coverage, one.least) == (1.0, 0.5)


def test_without_data_there_is_no_answer_and_a_hole_is_told() -> None:
    nothing = latency()
    assert (nothing.known, nothing.reason, nothing.coverage) == (Known.NO_DATA, "no data", 0.0)
    assert latency(series(steady(NAN))).known is Known.NO_DATA
    assert latency(series(dict.fromkeys(range(-130, 1), 50.0))).known is Known.NO_DATA
    hole = latency(series({m: v for m, v in steady(50.0).items() if not 60 < m <= 120}))
    assert (hole.known, hole.coverage, hole.largest_gap.seconds) == (Known.TOLD, 0.75, 61 * MINUTE)


def test_a_warning_of_the_server_leaves_it_open() -> None:
    what = past("HybridRAGLatencyHigh", series(slow(10, 20)))
    signals = {
        key: replace(one, answer=replace(one.answer, warnings=("a store is gone",)))
        for key, one in what.signals.items()
    }
    one = outcome(replay(PLAN, replace(what, signals=signals)), "HybridRAGLatencyHigh")
    assert (one.known, one.reason) == (Known.DOUBTFUL, "the server warns: a store is gone")
    assert spans(one) == [(15.0, 21.0)]


def without(values: dict[int, float], dark: range) -> Series:
    return series({minute: value for minute, value in values.items() if minute not in dark})


def test_evaluations_that_were_missed_end_nothing() -> None:
    dark = range(12, 14)
    assert spans(latency(without(slow(10, 20), dark), dark=dark)) == [(15.0, 21.0)]
    # The same hole, but rules were evaluated and there was no value.
    assert spans(latency(without(slow(10, 20), dark))) == [(19.0, 21.0)]


def test_a_restart_begins_a_short_for_anew_and_does_not_part_an_episode() -> None:
    dark = range(12, 14)
    again = latency(without(slow(10, 30), dark), dark=dark, restarts=(at(13.5),))
    assert spans(again) == [(19.0, 31.0)]
    dark = range(20, 30)
    assert spans(latency(without(slow(10, 50), dark), dark=dark)) == [(15.0, 51.0)]


def cost(values: dict[int, float], dark: range) -> list[tuple[float, float]]:
    """CostReductionTargetMissed: below 75 % for 30 minutes."""
    what = past("CostReductionTargetMissed", without(values, dark), dark=dark)
    return spans(outcome(replay(PLAN, what), "CostReductionTargetMissed"))


@pytest.mark.parametrize(
    ("dark", "fires"),
    [
        (range(0), 40.0),
        (range(20, 30), 51.0),  # 9 minutes had passed, and the other 21 begin at minute 30
        (range(35, 45), 55.0),  # 6 minutes are left, but the grace period is 10
        (range(15, 76), 106.0),  # an outage of over an hour: nothing is restored
    ],
)
def test_a_long_for_is_restored_as_prometheus_does(dark: range, fires: float) -> None:
    values = {**steady(80.0), **dict.fromkeys(range(10, 130), 60.0)}
    assert cost(values, dark) == [(fires, 130.0)]


def test_firing_goes_on_over_an_outage() -> None:
    values = {**steady(80.0), **dict.fromkeys(range(10, 130), 60.0)}
    assert cost(values, range(50, 70)) == [(40.0, 130.0)]
    # And it fires again at once, without the grace period.
    short = {**values, **dict.fromkeys(range(74, 130), 80.0)}
    assert cost(short, range(50, 70)) == [(40.0, 74.0)]


def absence(found: Series, proven: range) -> AlertPast:
    """SLIDataMissing of the cost component, whose metrics are those of the exporter."""
    rules = [rule for rule in compared_rules(PLAN) if rule.condition is None]
    component = rules[0].component
    what = past("HybridRAGLatencyHigh", series(steady(50.0)))
    signals = {
        **what.signals,
        **{
            (rule.alert, rule.sli or ""): Signal(Origin.ABSENCE, SeriesAnswer("absent", ())) for rule in rules
        },
        (rules[0].alert, rules[0].sli or ""): Signal(Origin.ABSENCE, SeriesAnswer("absent", (found,))),
    }
    times = tuple(at(minute) for minute in proven)
    side = replay(PLAN, replace(what, signals=signals, proven=times))
    return next(one for one in side.alerts if (one.alert, one.component) == (rules[0].alert, component))


def test_absence_fires_only_where_rules_were_evaluated() -> None:
    everywhere = range(-130, COUNT + 1)
    absent = series(dict.fromkeys(range(10, 31), 1.0))
    one = absence(absent, everywhere)
    assert (spans(one), one.known, one.coverage) == ([(20.0, 31.0)], Known.TOLD, 1.0)
    assert math.isnan(one.worst)
    # Prometheus was not there until minute 100: before that everything is absent, and nobody asked.
    late = absence(series(dict.fromkeys(range(-130, 102), 1.0)), range(100, COUNT + 1))
    assert spans(late) == []
    assert late.coverage == pytest.approx(141 / 240)
    none = absence(series(dict.fromkeys(everywhere, 1.0)), range(0))
    assert (spans(none), none.known) == ([], Known.NO_DATA)


def test_the_watchdog_is_no_alert_of_it() -> None:
    side = replay(PLAN, past("HybridRAGLatencyHigh", series(steady(50.0))))
    assert "Watchdog" not in {one.alert for one in side.alerts}
    assert [total.severity for total in side.totals] == ["P0", "P1", "P2", "P3"]
    assert not side.told
    assert next(total for total in side.totals if total.severity == "P0").untold == 1


# Levels at which the latency's buckets end, so that the spec takes them.
LEVELS = (50, 75, 100, 150, 200)


@cache
def by_level(level: int) -> Plan:
    return plan_with(f"rag_latency_p95.target={level}")


@cache
def by_for(minutes: int) -> Plan:
    return plan_with(f"HybridRAGLatencyHigh.for={minutes}m")


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """Two label sets with holes, restarts and stretches without evaluations."""
    dark_first = draw(st.integers(1, COUNT - 40))
    dark = range(dark_first, dark_first + draw(st.sampled_from((0, 1, 3, 8, 30))))
    restarts = (at(dark.stop - 0.5),) if draw(st.booleans()) and len(dark) else ()
    found = []
    for instance in ("a", "b"):
        values: dict[int, float] = {}
        minute = -20
        while minute <= COUNT:
            length = draw(st.integers(1, 25))
            value = draw(st.sampled_from((None, NAN, 40.0, 75.0, 90.0, 100.0, 140.0, 200.0, 260.0)))
            if value is not None:
                values.update(dict.fromkeys(range(minute, min(minute + length, COUNT + 1)), value))
            minute += length
        found.append(replace(without(values, dark), labels=(("instance", instance),)))
    return past("HybridRAGLatencyHigh", *found, dark=dark, restarts=restarts)


@settings(max_examples=60)
@given(pasts(), st.integers(0, len(LEVELS) - 2))
def test_a_higher_threshold_never_fires_longer(what: Past, lower: int) -> None:
    before = outcome(replay(by_level(LEVELS[lower]), what), "HybridRAGLatencyHigh")
    after = outcome(replay(by_level(LEVELS[lower + 1]), what), "HybridRAGLatencyHigh")
    assert after.firing_seconds <= before.firing_seconds
    assert all(any(a.start >= b.start and a.end <= b.end for b in before.episodes) for a in after.episodes)


@settings(max_examples=60)
@given(pasts(), st.sampled_from(((0, 1), (1, 5), (5, 20))))
def test_a_longer_for_never_fires_longer(what: Past, minutes: tuple[int, int]) -> None:
    before, after = (outcome(replay(by_for(one), what), "HybridRAGLatencyHigh") for one in minutes)
    assert after.firing_seconds <= before.firing_seconds
