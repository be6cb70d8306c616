"""Making any measurement worse never improves the verdict, and leaving any of it out never makes a GO."""

from dataclasses import dataclass, replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.results import Outcome, Status, Verdict

from .evidences import alert, healthy, with_measurement, with_values, without_beats, worse_values
from .history import load_plan

RANK = {Outcome.GO: 0, Outcome.HOLD: 1, Outcome.NO_GO: 2}
STATUS_RANK = {Status.PASS: 0, Status.MANUAL: 1, Status.NO_DATA: 1, Status.FAIL: 2}
PLAN = load_plan("4m")
VALUES = worse_values(PLAN)
COUNT = 720
few = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True, slots=True)
class Stretch:
    """Samples ``first`` to ``last`` of an SLI; ``level`` is the place in its values from good to bad."""

    sli: str
    first: int
    last: int
    level: int


@st.composite
def stretches(draw: st.DrawFn) -> Stretch:
    sli = draw(st.sampled_from(sorted(VALUES)))
    first = draw(st.integers(0, COUNT - 1))
    length = draw(st.sampled_from((1, 2, 3, 4, 6, 7, 12, 13, 14, 600)))
    return Stretch(sli, first, first + length - 1, draw(st.integers(0, len(VALUES[sli]) - 1)))


def valued(evidence: Evidence, stretch: Stretch, level: int | None) -> Evidence:
    """None is no sample."""
    new = None if level is None else VALUES[stretch.sli][level]
    inside = range(stretch.first, stretch.last + 1)
    return with_values(evidence, stretch.sli, lambda index, value: new if index in inside else value)


def made(parts: list[Stretch]) -> Evidence:
    evidence = healthy(PLAN)
    for part in parts:
        evidence = valued(evidence, part, part.level)
    return evidence


def statuses(verdict: Verdict) -> dict[str, Status]:
    return {result.name: result.status for result in verdict.results}


def test_the_healthy_one_is_go() -> None:
    assert judge(healthy(PLAN), PLAN).outcome is Outcome.GO


@few
@given(st.lists(stretches(), max_size=4), stretches(), st.integers(1, 9))
def test_a_worse_value_never_improves_the_verdict(parts: list[Stretch], where: Stretch, steps: int) -> None:
    before = made(parts)
    inside = range(where.first, where.last + 1)
    values = VALUES[where.sli]

    def worsen(index: int, value: float) -> float:
        return values[min(values.index(value) + steps, len(values) - 1)] if index in inside else value

    assert_no_better(judge(before, PLAN), judge(with_values(before, where.sli, worsen), PLAN))


@few
@given(st.lists(stretches(), max_size=4), st.lists(stretches(), min_size=1, max_size=4))
def test_leaving_samples_out_never_makes_a_go(parts: list[Stretch], gone: list[Stretch]) -> None:
    before = after = made(parts)
    for part in gone:
        measured = after.measurements[part.sli].answer.series
        if not measured:
            continue
        times = set(before.measurements[part.sli].answer.series[0].times[part.first : part.last + 1])
        keep = frozenset(i for i, time in enumerate(measured[0].times) if time not in times)
        after = with_values(after, part.sli, partial(_kept, keep))
    assert_no_pass_gained(judge(before, PLAN), judge(after, PLAN))


@few
@given(st.lists(stretches(), max_size=3), st.frozensets(st.integers(0, COUNT - 1), min_size=1, max_size=9))
def test_leaving_the_watchdog_out_never_makes_a_go(parts: list[Stretch], gone: frozenset[int]) -> None:
    before = made(parts)
    assert_no_pass_gained(judge(before, PLAN), judge(without_beats(before, gone), PLAN))


@few
@given(
    st.lists(stretches(), max_size=2),
    st.lists(st.tuples(st.integers(0, 60), st.sampled_from(("P0", "P1", "P2"))), max_size=8),
    st.integers(0, 60),
)
def test_a_further_episode_never_improves_the_verdict(
    parts: list[Stretch], places: list[tuple[int, str]], further: int
) -> None:
    evidence = made(parts)
    times = evidence.alerts.series[0].times

    def firing(place: int, severity: str, name: str) -> Evidence:
        series = alert(name, times[place * 9 : place * 9 + 3], severity=severity)
        return replace(evidence, alerts=replace(evidence.alerts, series=(*evidence.alerts.series, series)))

    for number, (place, severity) in enumerate(places):
        evidence = firing(place, severity, f"Other{number}")
    before = judge(evidence, PLAN)
    assert_no_better(before, judge(firing(further, "P1", "Further"), PLAN))


def test_every_single_thing_that_is_missing_or_doubtful_is_hold() -> None:
    """One at a time, offline: measurements, rules, warnings, alerts, suites, attestations."""
    whole = healthy(PLAN)
    assert judge(whole, PLAN).outcome is Outcome.GO
    doubtful: list[tuple[str, Evidence]] = []
    for name, one in whole.measurements.items():
        doubtful.append((f"no {name}", with_values(whole, name, lambda _i, _v: None)))
        rule = replace(one.rule, problem="is not loaded")
        doubtful.append((f"rule of {name}", with_measurement(whole, replace(one, rule=rule))))
        warned = replace(one.answer, warnings=("a store did not answer",))
        doubtful.append((f"warning on {name}", with_measurement(whole, replace(one, answer=warned))))
        part = replace(one.answer, partial=True)
        doubtful.append((f"part of {name}", with_measurement(whole, replace(one, answer=part))))
    shadow = {one.alert for group in PLAN.rule_groups for one in group.alerting if one.shadow}
    counted = [
        key for key in whole.alert_rules if _severity(PLAN, key[0]) in ("P0", "P1") and key[0] not in shadow
    ]
    for key in (*counted, ("Watchdog", "")):
        state = replace(whole.alert_rules[key], problem="fails")
        rules = {**whole.alert_rules, key: state}
        doubtful.append((f"alert {key}", replace(whole, alert_rules=rules)))
    doubtful.append(("no ALERTS", replace(whole, alerts=replace(whole.alerts, series=()))))
    doubtful.append(("warning", replace(whole, alerts=replace(whole.alerts, warnings=("no",)))))
    doubtful.append(("no value", replace(whole, whole={})))
    doubtful.append(("no attestation", replace(whole, attestations=())))
    assert len(counted) > 5
    for what, evidence in doubtful:
        assert judge(evidence, PLAN).outcome is Outcome.HOLD, what


@pytest.mark.parametrize("severity", ["P0", "P1"])
def test_an_alert_that_the_spec_does_not_know_counts_too(plan: Plan, severity: str) -> None:
    whole = healthy(plan)
    stranger = alert("HandMade", whole.alerts.series[0].times[-60:-50], severity=severity)
    evidence = replace(whole, alerts=replace(whole.alerts, series=(*whole.alerts.series, stranger)))
    verdict = judge(evidence, plan)
    assert verdict.outcome is Outcome.HOLD
    assert statuses(verdict)["no_critical_alerts"] is Status.FAIL


def assert_no_better(before: Verdict, after: Verdict) -> None:
    assert RANK[after.outcome] >= RANK[before.outcome]
    old = statuses(before)
    for name, status in statuses(after).items():
        assert STATUS_RANK[status] >= STATUS_RANK[old[name]] or old[name] is not Status.FAIL, name
        assert status is not Status.PASS or old[name] is Status.PASS, name


def assert_no_pass_gained(before: Verdict, after: Verdict) -> None:
    assert after.outcome is not Outcome.GO or before.outcome is Outcome.GO
    old = statuses(before)
    for name, status in statuses(after).items():
        assert status is not Status.PASS or old[name] is Status.PASS, name


def _kept(keep: frozenset[int], index: int, value: float) -> float | None:
    return value if index in keep else None


def _severity(plan: Plan, alert_name: str) -> str:
    return next(
        rule.severity for group in plan.rule_groups for rule in group.alerting if rule.alert == alert_name
    )
