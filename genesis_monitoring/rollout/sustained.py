"""An SLI against one of its levels over a window: a measurement in, a proof out."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.coverage import (
    answer_problem,
    coverage_problem,
    doubt_of,
    expected_evaluations,
    holes_of,
)
from genesis_monitoring.rollout.evidence import Evidence, Measurement
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, Run, RunAnalysis, analyse
from genesis_monitoring.rollout.window import Window, format_span, format_time


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a measurement: was ``condition`` met for longer than ``hold`` seconds in ``window``?

    ``window`` is the full one, which may end after what has been measured so far.
    """

    condition: Predicate
    hold: float
    window: Window
    unit: str
    several: bool

    @property
    def good(self) -> Predicate:
        """What holds while the condition does not."""
        return self.condition.negated


def judge_sustained(evidence: Evidence, measurement: Measurement, question: Question) -> Proof:
    """FAIL if certainly so, PASS if certainly not so, NO_DATA where it cannot be told."""
    window = _judged(evidence, measurement, question)
    seen = window.until(evidence.at)
    full = expected_evaluations(window, evidence.interval)
    if measurement.rule.problem:
        return _proof(measurement, Status.NO_DATA, measurement.rule.problem)
    if seen.seconds == 0 and not (measurement.planned and not measurement.answer.series):
        begins = f"is judged from {format_time(window.start)} UTC on"
        return _proof(measurement, Status.NOT_DUE, begins)
    analyses = [
        analyse(series, seen, evidence.interval, question.condition, measurement.doubtful)
        for series in measurement.answer.series
    ]
    analyses = [analysis for analysis in analyses if analysis.samples or analysis.unusable]
    failed = [analysis for analysis in analyses if analysis.certain.seconds > question.hold]
    if failed:
        longest = max(failed, key=lambda analysis: analysis.certain.seconds)
        return _told(measurement, question, longest, Status.FAIL, _violated(question, longest.certain), True)
    if not analyses:
        return _absent(evidence, measurement, question, seen)
    problem = answer_problem(measurement.answer, measurement.record, several=question.several)
    if problem:
        worst = max(analyses, key=lambda analysis: analysis.possible.seconds)
        return _told(measurement, question, worst, Status.NO_DATA, problem, True)
    hiding = [analysis for analysis in analyses if analysis.possible.seconds > question.hold]
    if hiding:
        worst = max(hiding, key=lambda analysis: analysis.possible.seconds)
        hidden = f"{format_span(worst.possible.seconds)} of being {question.condition}"
        hidden = f"what is missing could hide {hidden}{holes_of(worst)}{measurement.doubt}"
        reason = f"{_doubled(analyses, full, measurement)}{hidden}"
        return _told(measurement, question, worst, Status.NO_DATA, reason, True)
    thin = coverage_problem(analyses, full, measurement.record)
    if thin:
        worst = max(analyses, key=lambda analysis: analysis.missing)
        return _told(measurement, question, worst, Status.NO_DATA, f"{thin}{measurement.doubt}", True)
    unfinished = [analysis for analysis in analyses if analysis.trailing.seconds]
    if unfinished and evidence.over:
        worst = max(unfinished, key=lambda analysis: analysis.trailing.seconds)
        reason = (
            f"{question.condition} or missing at the very end, for {format_span(worst.trailing.seconds)} by "
            f"then; it counts after {format_span(question.hold)}"
        )
        return _told(measurement, question, worst, Status.NO_DATA, reason, True)
    if window.seconds <= question.hold and window.seconds < question.window.seconds:
        # What came before could not have a value, and what is left is too short to violate anything.
        reason = (
            f"is judged from {format_time(window.start)} UTC on, for {format_span(window.seconds)} in all, "
            f"and what violates it counts after {format_span(question.hold)}"
        )
        return _told(measurement, question, analyses[0], Status.NO_DATA, reason, True)
    closest = max(analyses, key=lambda analysis: (analysis.certain.seconds, -_margin(analysis, question)))
    return _told(measurement, question, closest, Status.PASS, _kept(question, closest), False)


def unseen(evidence: Evidence, measurement: Measurement, question: Question) -> str:
    """What could hide a further violation beside those that are seen; empty if nothing could."""
    seen = _judged(evidence, measurement, question).until(evidence.at)
    analyses = [
        analyse(series, seen, evidence.interval, None, measurement.doubtful)
        for series in measurement.answer.series
    ]
    problem = answer_problem(measurement.answer, measurement.record, several=question.several)
    if problem:
        return problem
    full = expected_evaluations(seen, evidence.interval)
    for analysis in analyses:
        if analysis.possible.seconds > question.hold:
            return f"samples are missing{holes_of(analysis)}{measurement.doubt}"
    return coverage_problem(analyses, full, measurement.record)


def violations(
    evidence: Evidence, measurement: Measurement, question: Question
) -> Iterator[tuple[Series, Run]]:
    """Every run of the condition that is certain and longer than ``hold``, with the series that it is of."""
    seen = _judged(evidence, measurement, question).until(evidence.at)
    for series in measurement.answer.series:
        analysis = analyse(series, seen, evidence.interval, question.condition, measurement.doubtful)
        yield from ((series, run) for run in analysis.violations if run.seconds > question.hold)


def _judged(evidence: Evidence, measurement: Measurement, question: Question) -> Window:
    """The question's window without the lead-in."""
    start = max(question.window.start, evidence.window.start + measurement.lead_in)
    return Window(start, max(start, question.window.end))


def _absent(evidence: Evidence, measurement: Measurement, question: Question, seen: Window) -> Proof:
    hopeless = seen.seconds > question.hold + evidence.interval
    if measurement.planned:
        names = ", ".join(measurement.planned)
        return _proof(
            measurement, Status.PLANNED, f"nothing exposes {names} yet: it is planned", hopeless=hopeless
        )
    reason = doubt_of(measurement.answer) or f"no sample of {measurement.record}"
    return _proof(measurement, Status.NO_DATA, reason, hopeless=hopeless)


def _doubled(analyses: list[RunAnalysis], full: int, measurement: Measurement) -> str:
    """Two servers are the reason of what they leave in doubt."""
    if max(analysis.doubled for analysis in analyses) < BRIDGED_INTERVALS:
        return ""
    return f"{coverage_problem(analyses, full, measurement.record)}: "


def _told(
    measurement: Measurement,
    question: Question,
    analysis: RunAnalysis,
    status: Status,
    reason: str,
    hopeless: bool,
) -> Proof:
    left = question.hold - analysis.trailing.seconds
    known = not math.isnan(analysis.worst)
    return _proof(
        measurement,
        status,
        reason,
        value=f"worst {question.condition.show(analysis.worst)}" if known else "",
        number=analysis.worst if known else None,
        violation=analysis.certain,
        samples=analysis.samples,
        coverage=max(0.0, 1 - analysis.missing / analysis.expected),
        largest_gap=analysis.largest_gap,
        left=None if hopeless else max(0.0, left),
        hopeless=hopeless,
    )


def _proof(measurement: Measurement, status: Status, reason: str, **more: object) -> Proof:
    return Proof(
        measurement.sli,
        status,
        reason,
        query=measurement.record,
        rule=measurement.rule.health,
        **more,  # type: ignore[arg-type]
    )


def _violated(question: Question, run: Run) -> str:
    return f"{question.condition} for {format_span(run.seconds)} from {format_time(run.start)} UTC"


def _kept(question: Question, analysis: RunAnalysis) -> str:
    if analysis.certain.seconds:
        allowed = spell_duration(round(question.hold)) or "not at all"
        longest = format_span(analysis.certain.seconds)
        return f"{question.condition} for {longest} at the most, allowed is {allowed}"
    return f"always {question.good}"


def _margin(analysis: RunAnalysis, question: Question) -> float:
    return abs(analysis.worst - question.condition.threshold)
