"""Whether an alert that reads several recorded series could have fired: what was read in, a proof out.

That its inputs were there at each of their evaluations proves that it was evaluated with all that it reads.
And where its expression had a value for two evaluations, it must have been seen to fire.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import LoadedRule, Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.inlined import needed_slis, rules_by_selector
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.coverage import (
    answer_problem,
    coverage_problem,
    doubt_of,
    expected_evaluations,
    holes_of,
)
from genesis_monitoring.rollout.episodes import alerts_of
from genesis_monitoring.rollout.evidence import Evidence, InputsRead, Measurement, RuleState
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.runs import JITTER, Run, RunAnalysis, analyse
from genesis_monitoring.rollout.slo_rules import stands_on, unlike_rules
from genesis_monitoring.rollout.window import Window, format_span, format_time


def read_inputs(
    reader: PrometheusReader,
    plan: Plan,
    rules: Iterable[AlertingRule],
    seen: Window,
    loaded: tuple[LoadedRule, ...],
    records: Mapping[str, RuleState],
) -> Mapping[tuple[str, str], InputsRead]:
    """Of each of ``rules`` that no single value tells: by alert and SLI. Raises ServerError."""
    samples: dict[str, SeriesAnswer] = {}
    found: dict[tuple[str, str], InputsRead] = {}
    interval = plan.spec.prometheus.evaluation_interval
    for rule in rules:
        if not rule.inputs or rule.condition is not None or (rule.alert, rule.sli or "") in found:
            continue
        for one in rule.inputs:
            if one.series not in samples:
                samples[one.series] = reader.samples(one.series, seen.start, seen.end)
        every = rule.interval or interval
        found[rule.alert, rule.sli or ""] = InputsRead(
            _strange(plan, rule, loaded, records),
            tuple(samples[one.series] for one in rule.inputs),
            reader.range(rule.expr, seen.start + every, seen.end, every),
        )
    return found


def judge_inputs(evidence: Evidence, plan: Plan, rule: AlertingRule, window: Window) -> Proof:
    """PASS if it could have fired all the time, and was seen to each time that it had cause; else NO_DATA."""
    read, measurement = evidence.inputs[rule.alert, rule.sli or ""], evidence.measurements[rule.sli or ""]
    state = evidence.alert_rules[rule.alert, rule.sli or ""]
    begin = max(window.start, evidence.window.start + measurement.lead_in)
    whole = Window(begin, max(begin, window.end))
    seen = whole.until(evidence.at)
    if seen.seconds == 0 and not _planned(read, measurement):
        begins = f"is judged from {format_time(whole.start)} UTC on"
        return Proof(rule.alert, Status.NOT_DUE, begins, rule.expr, rule=state.health)
    worst, problem = _problem(evidence, rule, read, whole)
    silent = _silent(evidence, plan, rule, read, seen)
    if _planned(read, measurement):
        names = ", ".join(measurement.planned)
        status, reason = Status.PLANNED, f"nothing exposes {names} yet: it is planned"
    elif silent is not None:
        span = f"for {format_span(silent.seconds)} from {format_time(silent.start)} UTC"
        status, reason = Status.NO_DATA, f"had cause and was not seen to fire, {span}"
    elif read.problem or problem or doubt_of(read.active):
        status, reason = Status.NO_DATA, read.problem or problem or doubt_of(read.active)
    else:
        status, reason = Status.PASS, "what it reads was there all the time"
    return Proof(
        rule.alert,
        status,
        reason,
        rule.expr,
        samples=worst.samples if worst else 0,
        coverage=max(0.0, 1 - worst.missing / worst.expected) if worst else 0.0,
        largest_gap=worst.largest_gap if worst else Run(seen.start, seen.end),
        rule=state.health,
        hopeless=status is Status.NO_DATA and not read.problem,
    )


def _strange(
    plan: Plan, rule: AlertingRule, loaded: tuple[LoadedRule, ...], records: Mapping[str, RuleState]
) -> str:
    """Why what it reads is not recorded as the plan has it; empty if it is."""
    interval = float(plan.spec.prometheus.evaluation_interval)
    unlike = unlike_rules(plan.rule_groups, rule.slo, loaded, interval)
    rules = rules_by_selector(plan.rule_groups, rule.slo)
    read = stands_on(rule.expr, rules) | {one.series for one in rule.inputs}
    own = plan.slis[rule.sli or ""]
    if any(own.record in rules[one].expr for one in read if one in rules):
        named = (records[one].problem for one in needed_slis(plan.slis, own.name))
        problem = next((told for told in named if told), "")
        if problem:
            return problem
    return next((told for selector, told in unlike.items() if selector in read), "")


def _planned(read: InputsRead, measurement: Measurement) -> bool:
    return bool(measurement.planned) and not any(answer.series for answer in read.found)


def _problem(
    evidence: Evidence, rule: AlertingRule, read: InputsRead, whole: Window
) -> tuple[RunAnalysis | None, str]:
    """The input of which most is missing, and why the inputs prove nothing; empty if they do."""
    seen, worst, told = whole.until(evidence.at), None, ""
    for one, answer in zip(rule.inputs, read.found, strict=True):
        interval = float(one.interval or evidence.interval)
        problem = answer_problem(answer, one.record, several=bool(rule.series_labels))
        analyses = [analyse(series, seen, interval, None) for series in answer.series]
        for analysis in analyses:
            if analysis.possible.seconds > rule.for_:
                problem = problem or f"samples of {one.record} are missing{holes_of(analysis)}"
            if worst is None or analysis.missing / analysis.expected > worst.missing / worst.expected:
                worst = analysis
        full = expected_evaluations(whole, interval)
        told = told or problem or coverage_problem(analyses, full, one.record)
    return worst, told


def _silent(evidence: Evidence, plan: Plan, rule: AlertingRule, read: InputsRead, seen: Window) -> Run | None:
    """The longest time for which it had cause and did not fire; None if there is none."""
    every = float(rule.interval or evidence.interval)
    fired = tuple(alerts_of(rule, evidence.alerts.series, plan.spec.prometheus.external_labels))
    runs = [
        run
        for series in read.active.series
        for run in _runs(series, seen, every)
        if run.seconds > max(rule.for_, every) and not _seen(rule, fired, series, run, every)
    ]
    return max(runs, key=lambda run: run.seconds, default=None)


def _runs(series: Series, seen: Window, every: float) -> Iterator[Run]:
    """Samples that follow each other; each stands for its moment and the interval after it."""
    times = [time for time in series.times if seen.start < time <= seen.end]
    begin = 0
    for index in range(1, len(times) + 1):
        if index == len(times) or times[index] - times[index - 1] > JITTER * every:
            yield Run(times[begin], times[index - 1] + every)
            begin = index


def _seen(rule: AlertingRule, fired: tuple[Series, ...], series: Series, run: Run, every: float) -> bool:
    due, end = run.start + rule.for_ - every, run.end + every
    return any(
        bisect_left(one.times, due) < bisect_right(one.times, end)
        for one in fired
        if all(one.label(name) == series.label(name) for name in rule.series_labels)
    )
