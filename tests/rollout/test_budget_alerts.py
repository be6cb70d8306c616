"""Alerts on error budgets that a criterion counts: episodes, and the proof that there were no more."""

import re
from dataclasses import replace

import pytest

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.alerts import judge_alerts
from genesis_monitoring.rollout.collect import counted_alerts, criteria_by_name
from genesis_monitoring.rollout.evidence import Evidence, InputsRead
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.rollout import AlertsCriterion

from .evidences import healthy
from .history import load_spec_text

QUICK, SLOW = "ErrorBudgetBurnPageQuick", "ErrorBudgetBurnPageSlow"
KEY = (QUICK, "request_error_rate")
SLO = "system-request-error-rate"


@pytest.fixture(scope="module")
def plan() -> Plan:
    """The budget of requests is told, and evaluated each half minute where rules are each 15 seconds."""
    before, after = load_spec_text("15s").rsplit(
        "period: 48h, page: P1, ticket: P2, exhausted: P2, shadow: true}", 1
    )
    text = f"{before}period: 30d, page: P1, ticket: P2, exhausted: P2}}{after}"
    text = re.sub(r"(?m)^  retention: .*$", "  retention: 60d", text)
    spec = parse_spec(text, "slo.yaml").spec
    return compile_plan(spec, spec.profile_in_force)


def rule_of(plan: Plan, name: str = QUICK) -> AlertingRule:
    rules = (rule for group in plan.rule_groups for rule in group.alerting)
    return next(rule for rule in rules if (rule.alert, rule.sli) == (name, KEY[1]))


def counted(plan: Plan) -> Evidence:
    """A healthy rollout: everything that the tiers read was there, and they never had cause."""
    evidence = healthy(plan)
    window, inputs = evidence.window, {}
    for name in (QUICK, SLOW):
        rule = rule_of(plan, name)
        found = []
        for one in rule.inputs:
            every = one.interval or 15
            times = tuple(
                window.start + every * (index + 1) for index in range(round(window.seconds) // every)
            )
            series = Series((("__name__", one.record),), times, (0.0,) * len(times))
            found.append(SeriesAnswer(one.series, (series,)))
        inputs[name, KEY[1]] = InputsRead("", tuple(found), SeriesAnswer(rule.expr, ()))
    return replace(evidence, inputs=inputs)


def without(evidence: Evidence, minutes: range) -> Evidence:
    """The first input of the fast tier is not there for a while."""
    read = evidence.inputs[KEY]
    (series,) = read.found[0].series
    begin, end = (evidence.window.start + 60.0 * minute for minute in (minutes.start, minutes.stop))
    times = tuple(time for time in series.times if not begin < time < end)
    less = replace(read.found[0], series=(replace(series, times=times, values=(0.0,) * len(times)),))
    return replace(evidence, inputs={**evidence.inputs, KEY: replace(read, found=(less, *read.found[1:]))})


def burning(evidence: Evidence, plan: Plan, minutes: range, *, seen: bool) -> Evidence:
    """The fast tier had cause, and was seen to fire or not."""
    halves = range(2 * minutes.start, 2 * minutes.stop)
    times = tuple(evidence.window.start + 30.0 * half for half in halves)
    active = SeriesAnswer("q", (Series((), times, (50.0,) * len(times)),))
    read = replace(evidence.inputs[KEY], active=active)
    labels = {**dict(rule_of(plan).labels), "alertname": QUICK, "alertstate": "firing"}
    fired = (Series(tuple(sorted(labels.items())), times, (1.0,) * len(times)),) if seen else ()
    alerts = replace(evidence.alerts, series=(*evidence.alerts.series, *fired))
    return replace(evidence, inputs={**evidence.inputs, KEY: read}, alerts=alerts)


def judged(evidence: Evidence, plan: Plan) -> tuple[Proof, Proof]:
    """How the episodes stand, and the fast tier."""
    criterion = criteria_by_name(plan)["too_many_critical_alerts"]
    assert isinstance(criterion, AlertsCriterion)
    proofs = judge_alerts(evidence, plan, criterion)
    return proofs[0], next(proof for proof in proofs if proof.subject == QUICK)


def test_those_that_are_told_are_counted_and_those_in_shadow_are_not(plan: Plan) -> None:
    criterion = criteria_by_name(plan)["too_many_critical_alerts"]
    assert isinstance(criterion, AlertsCriterion)
    budgets = [(rule.alert, rule.slo) for rule in counted_alerts(plan, criterion) if rule.slo]
    assert budgets == [(QUICK, SLO), (SLOW, SLO)]


def test_it_could_have_fired_where_all_that_it_reads_was_there(plan: Plan) -> None:
    episodes, proof = judged(counted(plan), plan)
    assert (episodes.status, proof.status) == (Status.PASS, Status.PASS)
    assert (proof.reason, proof.coverage) == ("what it reads was there all the time", 1.0)


def test_a_hole_in_what_it_reads_leaves_it_open(plan: Plan) -> None:
    _, proof = judged(without(counted(plan), range(100, 104)), plan)
    assert proof.status is Status.NO_DATA
    assert proof.reason.startswith("samples of slo:total:increase5m are missing (largest hole 4 minutes from")


def test_rules_that_are_not_those_of_the_spec_leave_it_open(plan: Plan) -> None:
    evidence = counted(plan)
    read = replace(evidence.inputs[KEY], problem="rule slo:total:increase5m is not loaded")
    _, proof = judged(replace(evidence, inputs={**evidence.inputs, KEY: read}), plan)
    assert (proof.status, proof.reason) == (Status.NO_DATA, "rule slo:total:increase5m is not loaded")


def test_cause_without_an_alert_is_no_pass_and_one_alert_is_one_episode(plan: Plan) -> None:
    silent, proof = judged(burning(counted(plan), plan, range(100, 120), seen=False), plan)
    assert (silent.number, proof.status) == (0, Status.NO_DATA)
    assert proof.reason.startswith("had cause and was not seen to fire, for 20 minutes from")
    # A sample each 30 seconds, where rules are evaluated each 15: one episode, and not forty.
    seen, proof = judged(burning(counted(plan), plan, range(100, 120), seen=True), plan)
    assert (seen.number, proof.status) == (1, Status.PASS)
    assert seen.reason == f"{QUICK} (system) for 20 minutes from {seen.reason.partition(' from ')[2]}"


def test_two_budgets_that_burn_at_once_are_two_episodes(plan: Plan) -> None:
    evidence = burning(counted(plan), plan, range(100, 120), seen=True)
    *others, fired = evidence.alerts.series
    labels = {**dict(fired.labels), "sloth_id": "system-other"}
    times = tuple(fired.times[0] + 15.0 * quarter for quarter in range(80))
    more = (*others, fired, Series(tuple(sorted(labels.items())), times, (1.0,) * len(times)))
    episodes, _ = judged(replace(evidence, alerts=replace(evidence.alerts, series=more)), plan)
    assert episodes.number == 2
