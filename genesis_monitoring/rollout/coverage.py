"""What every criterion demands of its samples before it may pass: one for each evaluation, nearly all there.

There is no other way to a pass: ``sustained``, ``baseline`` and ``alerts`` ask here, for SLIs, for medians,
for raw metrics and for the Watchdog. Too few samples, two answers to one evaluation, a label set that stands
twice, a series too many or an answer that may not be whole are each a reason, in words.
"""

import math
from collections.abc import Iterable, Sequence

from genesis_monitoring.clients.samples import SeriesAnswer
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, RunAnalysis
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.units import format_share

MINIMUM_COVERAGE = 0.99
"""Of 48 hours, 29 minutes may be missing: some restarts and a deploy, each too short to hide a violation.

The rule on holes (``runs``) proves that no single one hides anything; this one keeps many of them from
adding up to hours that nobody saw.
"""
RAW_STEP = 900.0
"""A counter adds up over a hole, so 15 minutes without a sample lose nothing unless it is reset in them."""


def expected_evaluations(window: Window, interval: float) -> int:
    """How often rules are evaluated in ``window``, by the interval of the spec."""
    return max(1, round(window.seconds / interval))


def answer_problem(answer: SeriesAnswer, record: str, *, several: bool) -> str:
    """Why ``answer`` is no proof, whatever its samples are; empty if it may be one."""
    if not answer.series:
        return f"no sample of {record}"
    others = [name for series in answer.series if (name := series.label("__name__")) not in ("", record)]
    if others:
        return f"the answer to {record} is of {others[0]}"
    if len(answer.series) > 1 and not several:
        return f"{len(answer.series)} series of {record} where one is expected"
    return doubt_of(answer)


def doubt_of(answer: SeriesAnswer) -> str:
    """What the server or the answer itself says against its being whole; empty if nothing."""
    if answer.whole:
        return ""
    said = "; ".join(answer.warnings) or "the answer is partial"
    return f"the server warns that its answer may not be whole: {said}"


def coverage_problem(analyses: Iterable[RunAnalysis], full: int, record: str) -> str:
    """Why the samples are too few, or are too many, of ``full`` evaluations; empty if they are neither.

    A window that is not over has only its past to be missing, so ``full`` is of all of it.
    """
    found: Sequence[RunAnalysis] = tuple(analyses)
    doubled = max((analysis.doubled for analysis in found), default=0)
    # A rule group that is loaded from another file begins anew at another moment: one doubled at most.
    if doubled >= BRIDGED_INTERVALS:
        return f"{doubled} evaluations of {record} have more than one sample, as if two servers wrote it"
    worst = max(found, key=lambda analysis: analysis.missing, default=None)
    if worst is not None and too_many(worst.missing, full):
        return f"only {format_share(1 - worst.missing / full)} of the samples are there{holes_of(worst)}"
    return ""


def too_many(missing: float, full: int) -> bool:
    """Whether ``missing`` of ``full`` evaluations are more than a pass may lack."""
    # Of a short stretch 1 % is less than what a restart costs, and that cannot even part a run.
    return missing > max((1 - MINIMUM_COVERAGE) * full, BRIDGED_INTERVALS - 1)


def raw_problem(answer: SeriesAnswer, window: Window) -> str:
    """Why the metrics behind a value over all of ``window`` are not there all the time; empty if they are.

    ``answer`` has a sample for each ``RAW_STEP`` seconds of the window, by its end, in which they are.
    """
    if doubt_of(answer):
        return doubt_of(answer)
    expected = len(raw_moments(window))
    there = [sum(window.start < time <= window.end + 1 for time in series.times) for series in answer.series]
    fewest = min(there, default=0)
    if fewest >= MINIMUM_COVERAGE * expected:
        return ""
    return f"the metrics behind it are there for {format_share(fewest / expected)} of the window only"


def raw_moments(window: Window) -> tuple[float, ...]:
    """When it is asked whether raw metrics were there: ends of stretches of ``RAW_STEP`` seconds."""
    count = max(1, math.ceil(window.seconds / RAW_STEP - 1e-9))
    return tuple(window.end - index * RAW_STEP for index in range(count - 1, -1, -1))


def holes_of(analysis: RunAnalysis) -> str:
    """The largest hole, and the samples that prove nothing, in parentheses; empty where there are none."""
    parts = []
    if analysis.largest_gap.seconds:
        gap = analysis.largest_gap
        parts.append(f"largest hole {format_span(gap.seconds)} from {format_time(gap.start)} UTC")
    if analysis.unusable:
        parts.append(f"{analysis.unusable} samples without a usable value")
    return f" ({', '.join(parts)})" if parts else ""
