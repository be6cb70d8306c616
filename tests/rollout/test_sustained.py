"""Every SLI criterion of the spec at its edges: exactly on its threshold, exactly as long as it allows."""

from dataclasses import replace

import pytest

from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.results import Proof, Status
from genesis_monitoring.rollout.sustained import Question, judge_sustained
from genesis_monitoring.spec.rollout import SliCriterion
from genesis_monitoring.spec.rollout_references import criteria_of

from .evidences import healthy, with_values
from .history import load_plan

PLAN = load_plan("60s")
ROLLOUT = PLAN.spec.rollout
CRITERIA = [
    (str(path[-1]), criterion, sli)
    for path, criterion in (criteria_of(ROLLOUT) if ROLLOUT else ())
    if isinstance(criterion, SliCriterion)
    for sli in criterion.slis
]
BASE = healthy(PLAN)
LAST = 2875
"""Near the end, for some criteria are about the final hour."""


def judged(criterion: SliCriterion, sli: str, steps: float, minutes: int, *, missing: bool = False) -> Proof:
    """Beyond the threshold by ``steps`` (in the bad direction) for so many samples, or those missing."""
    spec = PLAN.spec.slis[sli]
    condition = spec.beyond(criterion.level)
    assert condition is not None
    value = condition.threshold + (steps if condition.upward else -steps)
    inside = range(LAST - minutes, LAST)
    evidence: Evidence = with_values(
        BASE, sli, lambda index, old: old if index not in inside else None if missing else value
    )
    window = evidence.window if criterion.final is None else evidence.window.last(criterion.final)
    question = Question(condition, float(criterion.hold), window, spec.unit, bool(spec.by))
    return judge_sustained(evidence, evidence.measurements[sli], question)


@pytest.mark.parametrize(("name", "criterion", "sli"), CRITERIA, ids=[f"{c[0]}-{c[2]}" for c in CRITERIA])
def test_the_edges_of_each_criterion(name: str, criterion: SliCriterion, sli: str) -> None:
    allowed = criterion.hold // 60
    assert judged(criterion, sli, 0.5, allowed).status is Status.PASS
    assert judged(criterion, sli, 0.5, allowed + 1).status is Status.FAIL
    assert judged(criterion, sli, 0.5, allowed + 1, missing=True).status is Status.NO_DATA
    # A longer hole is more than 1 % of the samples.
    if allowed <= 28 and criterion.final is None:
        assert judged(criterion, sli, 0.5, allowed, missing=True).status is Status.PASS
    condition = PLAN.spec.slis[sli].beyond(criterion.level)
    assert condition is not None
    included = condition.operator in (">=", "<=")
    assert judged(criterion, sli, 0.0, allowed + 1).status is (Status.FAIL if included else Status.PASS)


def test_what_is_judged_for_no_longer_than_it_may_be_bad_proves_nothing() -> None:
    sli, minutes = "llm_token_deviation", 10
    evidence = with_values(BASE, sli, lambda index, _: None if index < 2880 - minutes else 15.0)
    lead_in = evidence.window.seconds - minutes * 60
    measurement = replace(evidence.measurements[sli], lead_in=lead_in)
    spec = PLAN.spec.slis[sli]
    condition = spec.beyond("target")
    assert condition is not None
    for hold, status in ((900.0, Status.NO_DATA), (600.0, Status.NO_DATA), (540.0, Status.PASS)):
        question = Question(condition, hold, evidence.window.last(3600), spec.unit, False)
        assert judge_sustained(evidence, measurement, question).status is status


def test_there_are_criteria_to_test() -> None:
    assert len(CRITERIA) > 25
