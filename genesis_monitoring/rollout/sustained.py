"""An SLI against one of its levels over a window: a measurement in, a proof out."""

import math
from dataclasses import dataclass

from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.slis import Condition
from genesis_monitoring.rollout.evidence import Evidence, Measurement
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import Run, RunAnalysis, analyse
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.units import format_share

MINIMUM_COVERAGE = 0.99
"""Of 48 hours, 29 minutes may be missing: some restarts and a deploy, each too short to hide a violation.

The rule on holes (``runs``) proves that no single one hides anything; this one keeps many of them from
adding up to hours that nobody saw.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a measurement: was ``condition`` met for longer than ``hold`` seconds in ``window``?

    ``window`` is the full one, which may end after what has been measured so far.
    """

    condition: Condition
    hold: float
    window: Window
    unit: str
    several: bool

    @property
    def good(self) -> Condition:
        """What holds while the condition does not."""
        return self.condition.negated


def judge_sustained(evidence: Evidence, measurement: Measurement, question: Question) -> Proof:
    """FAIL if certainly so, PASS if certainly not so, NO_DATA where it cannot be told."""
    rollout_start = evidence.window.start
    start = max(question.window.start, rollout_start + measurement.lead_in)
    window = Window(start, question.window.end)
    seen = window.until(evidence.at)
    full = max(1, round(window.seconds / evidence.interval))
    if measurement.rule.problem:
        return _proof(measurement, Status.NO_DATA, measurement.rule.problem)
    if seen.seconds == 0:
        return _proof(measurement, Status.NO_DATA, f"is judged from {format_time(start)} UTC on")
    analyses = [
        analyse(series, seen, evidence.interval, question.condition) for series in measurement.answer.series
    ]
    analyses = [analysis for analysis in analyses if analysis.samples or analysis.unusable]
    failed = [analysis for analysis in analyses if analysis.certain.seconds > question.hold]
    if failed:
        longest = max(failed, key=lambda analysis: analysis.certain.seconds)
        return _told(measurement, question, longest, Status.FAIL, _violated(question, longest.certain), True)
    problem = _problem(measurement, question, analyses)
    if problem:
        worst = max(analyses, key=lambda analysis: analysis.possible.seconds, default=None)
        if worst is None:
            hopeless = seen.seconds > question.hold + evidence.interval
            return _proof(measurement, Status.NO_DATA, problem, hopeless=hopeless)
        return _told(measurement, question, worst, Status.NO_DATA, problem, True)
    hiding = [analysis for analysis in analyses if analysis.possible.seconds > question.hold]
    if hiding:
        worst = max(hiding, key=lambda analysis: analysis.possible.seconds)
        hidden = f"{format_span(worst.possible.seconds)} of being {question.condition}"
        reason = f"what is missing could hide {hidden}{_holes(worst)}"
        return _told(measurement, question, worst, Status.NO_DATA, reason, True)
    thin = [analysis for analysis in analyses if analysis.missing > (1 - MINIMUM_COVERAGE) * full]
    if thin:
        worst = max(thin, key=lambda analysis: analysis.missing)
        reason = f"only {format_share(1 - worst.missing / full)} of the samples are there{_holes(worst)}"
        return _told(measurement, question, worst, Status.NO_DATA, reason, True)
    unfinished = [analysis for analysis in analyses if analysis.trailing.seconds]
    if unfinished and evidence.over:
        worst = max(unfinished, key=lambda analysis: analysis.trailing.seconds)
        reason = (
            f"{question.condition} or missing at the very end, for {format_span(worst.trailing.seconds)} by "
            f"then; it counts after {format_span(question.hold)}"
        )
        return _told(measurement, question, worst, Status.NO_DATA, reason, True)
    closest = max(analyses, key=lambda analysis: (analysis.certain.seconds, -_margin(analysis, question)))
    return _told(measurement, question, closest, Status.PASS, _kept(question, closest), False)


def unseen(evidence: Evidence, measurement: Measurement, question: Question) -> str:
    """What could hide a further violation beside those that are seen; empty if nothing could."""
    seen = Window(
        max(question.window.start, evidence.window.start + measurement.lead_in), question.window.end
    ).until(evidence.at)
    analyses = [analyse(series, seen, evidence.interval, None) for series in measurement.answer.series]
    problem = _problem(measurement, question, analyses)
    if problem:
        return problem
    for analysis in analyses:
        thin = analysis.missing > (1 - MINIMUM_COVERAGE) * analysis.expected
        if thin or analysis.possible.seconds > question.hold:
            return f"samples are missing{_holes(analysis)}"
    return ""


def _problem(measurement: Measurement, question: Question, analyses: list[RunAnalysis]) -> str:
    answer = measurement.answer
    if not analyses:
        return f"no sample of {measurement.record}"
    if len(analyses) > 1 and not question.several:
        return f"{len(analyses)} series of {measurement.record} where one is expected"
    if not answer.whole:
        said = "; ".join(answer.warnings) or "the answer is partial"
        return f"the server warns that its answer may not be whole: {said}"
    return ""


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


def _holes(analysis: RunAnalysis) -> str:
    parts = []
    if analysis.largest_gap.seconds:
        gap = analysis.largest_gap
        parts.append(f"largest hole {format_span(gap.seconds)} from {format_time(gap.start)} UTC")
    if analysis.unusable:
        parts.append(f"{analysis.unusable} samples without a usable value")
    return f" ({', '.join(parts)})" if parts else ""


def _margin(analysis: RunAnalysis, question: Question) -> float:
    return abs(analysis.worst - question.condition.threshold)
