"""How long one series violated a condition: samples in, the longest certain and possible run out.

A sample stands for its moment and the interval after it. A run of violating samples is therefore longer than
``hold`` exactly when an alert with ``for: hold`` fires, and with a hold of 0 one sample is enough.

What was not measured may have been anything. So there are two lengths. The **certain** run has only
violating samples in it, and holes of at most ``BRIDGED_INTERVALS`` between two of them. The **possible** run
takes every missing sample as violating too. A criterion has failed when the certain run is longer than its
hold; it has passed only when not even the possible one is. Between the two there is no data to tell. So a
hole is harmless exactly as long as it cannot hide a violation that counts, and leaving samples out can never
make a pass of what was none.
"""

import math
from dataclasses import dataclass

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.plan.slis import Condition
from genesis_monitoring.rollout.window import Window

BRIDGED_INTERVALS = 4
"""A restart of Prometheus misses about as many; what violated before and after it, did so between."""
JITTER = 1.5
"""Up to this many intervals between two samples, none is missing: evaluations may come late."""

_NOWHERE = math.nan


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

    ``samples`` have a value that can be judged, ``unusable`` do not (NaN, infinitely good). ``expected``
    and ``missing`` count evaluations. ``worst`` and ``last`` are values; NaN where there is none.
    ``trailing`` is the certain run that is still going on at the end.
    """

    samples: int
    unusable: int
    expected: int
    missing: int
    worst: float
    last: float
    certain: Run
    possible: Run
    trailing: Run
    largest_gap: Run


@dataclass(slots=True)
class _Longest:
    run: Run = NO_RUN

    def offer(self, start: float, end: float) -> None:
        if end - start > self.run.seconds:
            self.run = Run(start, end)


def missing_between(first: float, second: float, interval: float) -> int:
    """How many evaluations are missing between two that follow each other."""
    return max(0, math.ceil((second - first) / interval - (JITTER - 1)) - 1)


def analyse(series: Series, window: Window, interval: float, condition: Condition | None) -> RunAnalysis:
    """``series`` over ``window``, evaluated each ``interval`` seconds; ``condition`` is what violates.

    Without a condition nothing violates, and only what is missing is told.
    """
    known, unusable = _known(series, window, condition)
    certain, possible, gap = _Longest(), _Longest(), _Longest()
    missing = 0
    certain_start = possible_start = _NOWHERE
    bad_before = False
    before = window.start
    for time, bad in known:
        # The first evaluation is due at any moment within an interval of the beginning.
        absent = missing_between(before, time, interval)
        if absent:
            missing += absent
            gap.offer(before, time)
            if math.isnan(possible_start):
                possible_start = before if before == window.start else before + interval
        if bad_before and time - before > BRIDGED_INTERVALS * interval:
            certain.offer(certain_start, before + interval)
            bad_before = False
        if bad:
            certain_start = certain_start if bad_before else time
            possible_start = time if math.isnan(possible_start) else possible_start
        else:
            if bad_before:
                certain.offer(certain_start, min(time, before + interval))
            if not math.isnan(possible_start):
                possible.offer(possible_start, time)
                possible_start = _NOWHERE
        bad_before, before = bad, time
    absent = missing_between(before, window.end, interval)
    if absent:
        missing += absent
        gap.offer(before, window.end)
    trailing = Run(certain_start, before + interval) if bad_before and not absent else NO_RUN
    if bad_before:
        certain.offer(certain_start, before + interval)
    if absent or bad_before:
        open_since = possible_start
        if math.isnan(open_since):
            open_since = before + interval if known else before
        possible.offer(open_since, max(window.end, before + interval) if absent else before + interval)
    expected = max(1, round(window.seconds / interval))
    return RunAnalysis(
        samples=len(known),
        unusable=unusable,
        expected=expected,
        missing=min(missing, expected),
        worst=_worst(series, window, condition),
        last=_last(series, window),
        certain=certain.run,
        possible=possible.run,
        trailing=trailing,
        largest_gap=gap.run,
    )


def usable(value: float, condition: Condition | None) -> bool:
    """Whether a value can be judged: no NaN, and nothing infinitely good, which is a division by zero."""
    if math.isnan(value):
        return False
    return math.isfinite(value) or (condition is not None and condition.holds(value))


def _known(
    series: Series, window: Window, condition: Condition | None
) -> tuple[list[tuple[float, bool]], int]:
    known: list[tuple[float, bool]] = []
    unusable = 0
    for time, value in zip(series.times, series.values, strict=True):
        if not window.start < time <= window.end:
            continue
        if usable(value, condition):
            known.append((time, condition is not None and condition.holds(value)))
        else:
            unusable += 1
    return known, unusable


def _worst(series: Series, window: Window, condition: Condition | None) -> float:
    values = [
        value
        for time, value in zip(series.times, series.values, strict=True)
        if window.start < time <= window.end and usable(value, condition)
    ]
    if not values:
        return _NOWHERE
    return max(values) if condition is None or condition.upward else min(values)


def _last(series: Series, window: Window) -> float:
    pairs = zip(reversed(series.times), reversed(series.values), strict=True)
    return next((value for time, value in pairs if window.start < time <= window.end), _NOWHERE)
