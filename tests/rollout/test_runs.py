"""Runs against a second opinion: the same question answered slot by slot."""

import math
from itertools import groupby

import pytest
from hypothesis import given, strategies as st

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, RunAnalysis, analyse
from genesis_monitoring.rollout.window import Window

STEP = 15.0
TOO_HIGH = Predicate(">", 100.0, "milliseconds")
VALUES = {"g": 50.0, "e": 100.0, "b": 200.0, "n": math.nan, "+": math.inf, "-": -math.inf}


def analysed(slots: str, phase: float = STEP, condition: Predicate = TOO_HIGH) -> RunAnalysis:
    """``slots``: g good, e exactly on the threshold, b bad, n NaN, + and - infinite, space missing."""
    pairs = [(phase + index * STEP, VALUES[slot]) for index, slot in enumerate(slots) if slot != " "]
    series = Series((), tuple(t for t, _ in pairs), tuple(v for _, v in pairs))
    return analyse(series, Window(0.0, len(slots) * STEP), STEP, condition)


def longest(slots: str, members: str) -> int:
    return max(
        (len(list(run)) for inside, run in groupby(slots, lambda s: s in members) if inside), default=0
    )


@given(st.text("gb ", min_size=1, max_size=40))
def test_the_possible_run_takes_what_is_missing_as_bad(slots: str) -> None:
    assert analysed(slots).possible.seconds == longest(slots, "b ") * STEP


@given(st.text("gb ", min_size=1, max_size=40))
def test_the_certain_run_is_of_bad_samples_with_short_holes_only(slots: str) -> None:
    runs = [run for run in slots.replace("g", "|").split("|") if "b" in run]
    stripped = [part for run in runs for part in run.strip().split(" " * BRIDGED_INTERVALS)]
    assert analysed(slots).certain.seconds == max((len(part.strip()) for part in stripped), default=0) * STEP


@given(st.text("gb ", min_size=1, max_size=40))
def test_every_missing_evaluation_is_counted(slots: str) -> None:
    analysis = analysed(slots)
    assert (analysis.samples, analysis.missing) == (len(slots) - slots.count(" "), slots.count(" "))
    assert analysis.expected == len(slots)


@given(st.text("geb n+-", min_size=1, max_size=30), st.data())
def test_leaving_samples_out_never_shortens_what_is_possible(slots: str, data: st.DataObject) -> None:
    kept = "".join(data.draw(st.sampled_from((slot, " "))) for slot in slots)
    before, after = analysed(slots), analysed(kept)
    assert after.possible.seconds >= before.possible.seconds
    assert after.trailing.seconds >= before.trailing.seconds
    assert after.missing >= before.missing


@given(st.text("gb ", min_size=2, max_size=40).filter(lambda slots: slots.strip()), st.floats(0.01, STEP))
def test_when_within_an_interval_evaluations_are_makes_no_difference(slots: str, phase: float) -> None:
    here, there = analysed(slots), analysed(slots, phase)
    assert there.certain.seconds == pytest.approx(here.certain.seconds)
    assert there.possible.seconds == pytest.approx(here.possible.seconds)


def test_exactly_on_a_threshold_follows_the_comparison() -> None:
    assert analysed("geg").certain.seconds == 0
    assert analysed("geg", condition=Predicate(">=", 100.0, "milliseconds")).certain.seconds == STEP


def test_nan_and_what_is_infinitely_good_are_missing_and_what_is_infinitely_bad_is_bad() -> None:
    analysis = analysed("gn-+g")
    assert (analysis.unusable, analysis.missing, analysis.samples) == (2, 2, 3)
    assert analysis.certain.seconds == STEP
    assert analysis.possible.seconds == 3 * STEP
    assert analysis.worst == math.inf


def test_nothing_at_all() -> None:
    analysis = analysed("    ")
    assert (analysis.samples, analysis.missing, analysis.expected) == (0, 4, 4)
    assert analysis.possible.seconds == 4 * STEP
    assert math.isnan(analysis.worst)


def test_late_evaluations_are_not_missing() -> None:
    times = (15.0, 36.0, 45.0, 67.0, 75.0)
    analysis = analyse(Series((), times, (50.0,) * 5), Window(0.0, 75.0), STEP, TOO_HIGH)
    assert (analysis.missing, analysis.largest_gap.seconds) == (0, 0)
