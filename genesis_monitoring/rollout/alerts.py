"""A criterion on alerts: how many episodes there were, and the proof that there were no more.

No episode proves nothing by itself: alerts may not have been evaluated, or may have had nothing to judge. So
for the whole window the Watchdog must have fired, and each alert that is counted must be loaded as the spec
has it and its SLI must have had values, without a hole in which it could have come to fire. And each time
that an alert had cause, for longer than its ``for``, it must have been seen to fire.
"""

from bisect import bisect_left, bisect_right

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.durations import spell_duration
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.collect import counted_alerts
from genesis_monitoring.rollout.coverage import coverage_problem, doubt_of, expected_evaluations
from genesis_monitoring.rollout.episodes import (
    AlertHistory,
    Episode,
    alert_history,
    alerts_of,
    beats_of,
    blackouts_of,
    own_intervals,
)
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.inputs import judge_inputs
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import JITTER, NO_RUN, Run, analyse
from genesis_monitoring.rollout.sustained import Question, judge_sustained, unseen, violations
from genesis_monitoring.rollout.window import Window, format_span, format_time
from genesis_monitoring.spec.rollout import AlertsCriterion

_SHOWN = 6


def judge_alerts(evidence: Evidence, plan: Plan, criterion: AlertsCriterion) -> tuple[Proof, ...]:
    """FAIL for too many episodes, NO_DATA where there may have been more than are seen."""
    window = evidence.window.last(criterion.window)
    seen = window.until(evidence.at)
    subject = " and ".join(criterion.severities) + (
        f" of {criterion.component}" if criterion.component else ""
    )
    query = evidence.alerts.query
    if seen.seconds == 0:
        begins = f"is judged from {format_time(window.start)} UTC on"
        return (Proof(subject, Status.NOT_DUE, begins, query),)
    beats = beats_of(evidence.alerts.series, plan, seen)
    history = alert_history(
        evidence.alerts.series,
        seen,
        evidence.interval,
        frozenset(criterion.severities),
        criterion.component,
        blackouts_of(beats, evidence.interval),
        own_intervals(plan),
    )
    rules = counted_alerts(plan, criterion)
    return (
        _episodes(evidence, criterion, subject, history),
        _watched(evidence, plan, rules, beats, window),
        *(_could_have_fired(evidence, plan, rule, window) for rule in rules),
    )


def _episodes(evidence: Evidence, criterion: AlertsCriterion, subject: str, history: AlertHistory) -> Proof:
    episodes = history.episodes
    count = len(episodes)
    value = f"{count} {'episode' if count == 1 else 'episodes'}, at most {criterion.at_most}"
    longest = max((episode.run for episode in episodes), key=lambda run: run.seconds, default=NO_RUN)
    told = "; ".join(_tell(episode) for episode in episodes[:_SHOWN])
    more = f"; and {count - _SHOWN} more" if count > _SHOWN else ""
    if count > criterion.at_most:
        status, reason, hopeless = Status.FAIL, f"{told}{more}", True
    elif history.pending and evidence.over:
        names = ", ".join(dict.fromkeys(history.pending))
        status, reason, hopeless = Status.NO_DATA, f"{names} is pending at the end", True
    elif not evidence.alerts.whole:
        status, reason, hopeless = Status.NO_DATA, doubt_of(evidence.alerts), True
    else:
        status, reason, hopeless = Status.PASS, f"{told}{more}" if count else "none fired", False
    return Proof(
        subject,
        status,
        reason,
        evidence.alerts.query,
        value,
        float(count),
        violation=longest,
        hopeless=hopeless,
    )


def _watched(
    evidence: Evidence, plan: Plan, rules: tuple[AlertingRule, ...], beats: tuple[float, ...], window: Window
) -> Proof:
    """The Watchdog over the window: a hole must be too short for any of the alerts to come to fire in it."""
    name = plan.spec.meta_alerts.watchdog.name
    state = evidence.alert_rules[name, ""]
    allowed = min((rule.for_ for rule in rules), default=0)
    seen = window.until(evidence.at)
    series = Series((), beats, (1.0,) * len(beats))
    analysis = analyse(series, seen, evidence.interval, None)
    thin = coverage_problem((analysis,), expected_evaluations(window, evidence.interval), name)
    hole = analysis.largest_gap
    if state.problem:
        status, reason = Status.NO_DATA, state.problem
    elif not beats:
        status, reason = Status.NO_DATA, f"{name} never fired, so no alert could be relied on"
    elif analysis.possible.seconds > allowed:
        limit = f"{spell_duration(allowed)} would be harmless" if allowed else "none is harmless"
        status, reason = (
            Status.NO_DATA,
            f"no evaluation for {format_span(hole.seconds)} from {format_time(hole.start)} UTC; {limit}",
        )
    elif thin:
        status, reason = Status.NO_DATA, thin
    else:
        status, reason = Status.PASS, f"{name} fired all the time"
    return Proof(
        name,
        status,
        reason,
        evidence.alerts.query,
        samples=analysis.samples,
        coverage=max(0.0, 1 - analysis.missing / analysis.expected),
        largest_gap=hole,
        rule=state.health,
        hopeless=status is Status.NO_DATA and not state.problem,
    )


def _could_have_fired(evidence: Evidence, plan: Plan, rule: AlertingRule, window: Window) -> Proof:
    """Whether the alert would have been seen to fire, had it had cause; and was, each time that it had."""
    state = evidence.alert_rules[rule.alert, rule.sli or ""]
    if state.problem:
        return Proof(rule.alert, Status.NO_DATA, state.problem, rule.expr, rule=state.health)
    if rule.inputs and rule.condition is None:
        return judge_inputs(evidence, plan, rule, window)
    if rule.condition is None or rule.sli is None:
        return Proof(rule.alert, Status.PASS, "is loaded and healthy", rule.expr, rule=state.health)
    sli = plan.spec.slis[rule.sli]
    question = Question(rule.condition, float(rule.for_), window, sli.unit, bool(sli.by))
    measurement = evidence.measurements[rule.sli]
    proof = judge_sustained(evidence, measurement, question)
    mine = tuple(alerts_of(rule, evidence.alerts.series, plan.spec.prometheus.external_labels))
    silent = [
        run
        for series, run in violations(evidence, measurement, question)
        if not _seen(evidence, rule, mine, series, run)
    ]
    status, reason = proof.status, proof.reason
    if silent and not measurement.rule.problem:
        run = max(silent, key=lambda one: one.seconds)
        span = f"for {format_span(run.seconds)} from {format_time(run.start)} UTC"
        status = Status.NO_DATA
        reason = f"had cause and was not seen to fire: {rule.sli} was {rule.condition} {span}"
    elif status is Status.FAIL:
        hidden = unseen(evidence, measurement, question)
        status = Status.NO_DATA if hidden else Status.PASS
        reason = f"fired, and may have again: {rule.sli}: {hidden}" if hidden else "fired, and is counted"
    elif status is not Status.PASS:
        reason = f"{rule.sli}: {reason}"
    return Proof(
        rule.alert,
        status,
        reason,
        rule.expr,
        proof.value,
        proof.number,
        violation=proof.violation,
        samples=proof.samples,
        coverage=proof.coverage,
        largest_gap=proof.largest_gap,
        rule=state.health,
        hopeless=status is Status.NO_DATA and proof.hopeless,
    )


def _seen(
    evidence: Evidence, rule: AlertingRule, fired: tuple[Series, ...], series: Series, run: Run
) -> bool:
    """Whether the alert of that very series was firing once the run had lasted for its ``for``."""
    due = run.start + rule.for_ - (JITTER - 1) * evidence.interval
    return any(
        bisect_left(one.times, due) < bisect_right(one.times, run.end)
        for one in fired
        if all(one.label(name) == series.label(name) for name in rule.series_labels)
    )


def _tell(episode: Episode) -> str:
    span = f"{format_span(episode.run.seconds)} from {format_time(episode.run.start)} UTC"
    return f"{episode.alert} ({episode.component}) for {span}"
