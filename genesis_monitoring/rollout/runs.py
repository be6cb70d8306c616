"""How long one series violated a condition: samples in, the longest certain and possible run out.

A sample stands for its moment and the interval after it. A run of violating samples is therefore longer than
``hold`` exactly when an alert with ``for: hold`` fires, and with a hold of 0 one sample is enough.

What was not measured may have been anything. So there are two lengths. The **certain** run has only
violating samples in it, and between two of them less than ``BRIDGED_INTERVALS`` missing ones. The
**possible** run takes every missing sample as violating too. A criterion has failed when the certain run is
longer than its hold; it has passed only when not even the possible one is. Between the two there is no data
to tell. So a hole is harmless exactly as long as it cannot hide a violation that counts, and leaving samples
out can never make a pass of what was none. A possible run that goes on at the window's end leaves it open.

Two samples within half an interval are two answers to one evaluation, as of two servers that write the same
series. If they do not agree, the evaluation tells nothing.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from operator import sub

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.predicates import COMPARISONS, Predicate
from genesis_monitoring.rollout.window import Window

BRIDGED_INTERVALS = 4
"""A restart of Prometheus misses about as many; what violated before and after it, did so between."""
JITTER = 1.5
"""Up to this many intervals between two samples, none is missing: evaluations may come late."""

_NOWHERE = math.nan
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of time, in seconds since 1970. An empty one has no length."""

    start: float = _NOWHERE
    end: float = _NOWHERE

    @property
    def seconds(self) -> float:
        """How long it is."""
        return 0.0 if math.isnan(self.start) else self.end - self.start


NO_RUN = Run()


@dataclass(frozen=True, slots=True)
class RunAnalysis:
    """What one series comes to over a window.

    ``samples`` have a value that can be judged, ``unusable`` do not (NaN, infinitely good, or good when
    nothing proves it). ``expected`` and ``missing`` count evaluations, ``doubled`` those with more than one
    sample. ``worst`` is a value, NaN where there is none. ``violations`` are all runs that are certain,
    ``certain`` the longest of them. ``trailing`` is the possible run that is still going on at the end.
    """

    samples: int
    unusable: int
    expected: int
    missing: int
    doubled: int
    worst: float
    violations: tuple[Run, ...]
    possible: Run
    trailing: Run
    largest_gap: Run

    @property
    def certain(self) -> Run:
        """The longest run that has only violating samples in it."""
        return max(self.violations, key=lambda run: run.seconds, default=NO_RUN)


@dataclass(slots=True)
class _Longest:
    run: Run = NO_RUN

    def offer(self, start: float, end: float) -> None:
        if end - start > self.run.seconds:
            self.run = Run(start, end)


def missing_between(first: float, second: float, interval: float) -> int:
    """How many evaluations are missing between two that follow each other."""
    return max(0, math.ceil((second - first) / interval - (JITTER - 1)) - 1)


def missing_before(first: float, window: Window, interval: float) -> int:
    """How many evaluations are missing before the first one of a window."""
    return max(0, math.ceil((first - window.start) / interval - _ROUNDING) - 1)


def missing_after(last: float, window: Window, interval: float) -> int:
    """How many evaluations are missing after the last one of a window."""
    return max(0, math.floor((window.end - last) / interval + _ROUNDING))


def analyse(
    series: Series,
    window: Window,
    interval: float,
    condition: Predicate | None,
    doubtful: tuple[Run, ...] = (),
) -> RunAnalysis:
    """``series`` over ``window``, evaluated each ``interval`` seconds; ``condition`` is what violates.

    Without a condition nothing violates, and only what is missing is told. In ``doubtful`` stretches, in
    order and apart, a violating sample counts and any other proves nothing.

    Missing is what the holes come to, and no less than what was expected and is not there: samples each
    20 s where the rules are evaluated each 15 s leave no hole, and yet a quarter of them is missing.
    """
    known = _known(series, window, interval, condition, doubtful)
    violations: list[Run] = []
    possible, gap = _Longest(), _Longest()
    missing = 0
    certain_start = possible_start = _NOWHERE
    bad_before = False
    before = window.start
    for index, (time, bad) in enumerate(zip(known.times, known.bad, strict=True)):
        absent = 0
        if time - before > interval:
            absent = (
                missing_between(before, time, interval) if index else missing_before(time, window, interval)
            )
        if absent:
            missing += absent
            gap.offer(before, time)
            if math.isnan(possible_start):
                possible_start = time - absent * interval
            if bad_before and absent >= BRIDGED_INTERVALS:
                violations.append(Run(certain_start, before + interval))
                bad_before = False
        if bad:
            certain_start = certain_start if bad_before else time
            possible_start = time if math.isnan(possible_start) else possible_start
        else:
            if bad_before:
                violations.append(Run(certain_start, min(time, before + interval)))
            if not math.isnan(possible_start):
                possible.offer(possible_start, time)
                possible_start = _NOWHERE
        bad_before, before = bad, time
    expected = max(1, round(window.seconds / interval))
    fewest = math.floor(window.seconds / interval + _ROUNDING)
    absent = missing_after(before, window, interval) if known.times else expected
    if absent:
        missing += absent
        gap.offer(before, window.end)
    if bad_before:
        violations.append(Run(certain_start, before + interval))
    trailing = NO_RUN
    if absent or bad_before:
        since = possible_start
        if math.isnan(since):
            since = before + interval if known.times else before
        last = before + absent * interval if known.times else window.end - interval
        trailing = Run(since, last + interval)
        possible.offer(trailing.start, trailing.end)
    return RunAnalysis(
        samples=len(known.times),
        unusable=known.unusable,
        expected=expected,
        missing=min(max(missing, fewest - len(known.times)), expected),
        doubled=known.doubled,
        worst=known.worst,
        violations=tuple(violations),
        possible=possible.run,
        trailing=trailing,
        largest_gap=gap.run,
    )


def usable(value: float, condition: Predicate | None) -> bool:
    """Whether a value can be judged: no NaN, and nothing infinitely good, which is a division by zero."""
    if math.isnan(value):
        return False
    return math.isfinite(value) or (condition is not None and condition.holds(value))


@dataclass(frozen=True, slots=True)
class _Known:
    """The evaluations that can be judged: when, whether they violate, and the worst value."""

    times: Sequence[float]
    bad: Sequence[bool]
    worst: float
    unusable: int
    doubled: int


def _known(
    series: Series, window: Window, interval: float, condition: Predicate | None, doubtful: tuple[Run, ...]
) -> _Known:
    first, last = bisect_right(series.times, window.start), bisect_right(series.times, window.end)
    times: Sequence[float] = series.times[first:last]
    values: Sequence[float] = series.values[first:last]
    bad: Sequence[bool]
    found = len(times)
    if not all(map(math.isfinite, values)):
        pairs = [(t, v) for t, v in zip(times, values, strict=True) if usable(v, condition)]
        times, values = tuple(t for t, _ in pairs), tuple(v for _, v in pairs)
    if condition is None:
        worst = max(values, default=_NOWHERE)
        bad = [False] * len(times)
    else:
        holds, limit = COMPARISONS[condition.operator], condition.threshold
        worst = (max if condition.upward else min)(values, default=_NOWHERE)
        bad = [holds(value, limit) for value in values]
    if doubtful:
        kept = [(t, b) for t, b in zip(times, bad, strict=True) if b or not within(doubtful, t)]
        times, bad = tuple(t for t, _ in kept), [b for _, b in kept]
    unusable, doubled = found - len(times), 0
    if min(map(sub, islice(times, 1, None), times), default=math.inf) <= _same_evaluation(interval):
        times, bad, doubled, contradictory = _evaluations(times, bad, interval)
        unusable += contradictory
    return _Known(times, bad, worst, unusable, doubled)


def within(runs: tuple[Run, ...], time: float) -> bool:
    """Whether ``time`` is in one of ``runs``, which are in order and apart; their ends are not in them."""
    index = bisect_right(runs, time, key=lambda run: run.start)
    return index > 0 and time < runs[index - 1].end


def _same_evaluation(interval: float) -> float:
    return (JITTER - 1) * interval + _ROUNDING


def _evaluations(
    times: Sequence[float], bad: Sequence[bool], interval: float
) -> tuple[Sequence[float], Sequence[bool], int, int]:
    """Samples by evaluation: those that agree as one, the others as none. And how many were doubled,
    and how many samples contradict each other."""
    kept: list[tuple[float, bool]] = []
    doubled = contradictory = 0
    start = 0
    for index in range(1, len(times) + 1):
        if index < len(times) and times[index] - times[start] <= _same_evaluation(interval):
            continue
        doubled += index - start > 1
        if len(set(bad[start:index])) == 1:
            kept.append((times[start], bad[start]))
        else:
            contradictory += index - start
        start = index
    return [time for time, _ in kept], [state for _, state in kept], doubled, contradictory
