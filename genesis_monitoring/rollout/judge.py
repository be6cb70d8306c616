"""The verdict: evidence in; a result for each criterion, and GO, NO-GO or HOLD out.

Any NO-GO criterion met is NO-GO. GO needs every GO criterion and every line of the checklist, no NO-GO
criterion left open, the window's end, and a name on each checkpoint that is signed off. All else is HOLD:
missing data is never a pass.
"""

import math
from collections.abc import Iterator
from dataclasses import replace

from genesis_monitoring.conventions import SUITE_TESTS
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rollout import CriterionPlan
from genesis_monitoring.rollout.alerts import judge_alerts
from genesis_monitoring.rollout.baseline import judge_baseline
from genesis_monitoring.rollout.budget_criterion import judge_budget
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.results import (
    GO,
    NO_GO,
    CriterionResult,
    Outcome,
    Proof,
    Status,
    Verdict,
    worst_of,
)
from genesis_monitoring.rollout.signing import doubted, ledger_remarks, waits_of
from genesis_monitoring.rollout.sustained import Question, judge_sustained
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    BudgetCriterion,
    Criterion,
    ManualCriterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
    SuiteCriterion,
)
from genesis_monitoring.units import format_number


def judge(evidence: Evidence, plan: Plan) -> Verdict:
    """``plan`` has a rollout."""
    results = tuple(_results(evidence, plan))
    no_go = any(result.decides_no_go and result.status is Status.FAIL for result in results)
    every = all(result.status is Status.PASS for result in results)
    waits = tuple(waits_of(evidence, plan))
    go = every and evidence.over and not waits
    outcome = Outcome.NO_GO if no_go else Outcome.GO if go else Outcome.HOLD
    reachable = not no_go and not any(result.hopeless for result in results)
    return Verdict(
        outcome=outcome,
        window=evidence.window,
        at=evidence.at,
        over=evidence.over,
        reachable=reachable,
        results=results,
        remarks=(
            *evidence.remarks,
            *_doubts(evidence),
            *ledger_remarks(evidence, plan),
            *_restarts(evidence),
        ),
        url=evidence.url,
        version=evidence.server.version,
        cost=evidence.cost,
        waits=waits,
        ledger=evidence.ledger,
    )


def _results(evidence: Evidence, plan: Plan) -> Iterator[CriterionResult]:
    rollout = plan.spec.rollout
    if rollout is None or plan.rollout is None:
        raise ValueError("there is no rollout to judge")
    told = {one.origin: one for section in plan.rollout.sections for one in section.criteria}
    for section, origin, criterion in _criteria(rollout):
        proofs = tuple(
            _in_doubt(evidence, criterion, proof)
            for proof in _proofs(evidence, plan, criterion, told[origin])
        )
        status = worst_of(tuple(proof.status for proof in proofs))
        name = told[origin].name
        yield CriterionResult(
            name, criterion.text, criterion.kind, section, told[origin].judged, status, proofs, origin
        )


def _criteria(rollout: Rollout) -> Iterator[tuple[str, str, Criterion]]:
    for name, criterion in rollout.no_go.items():
        yield NO_GO, f"rollout.no_go.{name}", criterion
    for name, criterion in rollout.go.items():
        yield GO, f"rollout.go.{name}", criterion
    for index, section in enumerate(rollout.checklist):
        for name, criterion in section.items.items():
            yield section.title, f"rollout.checklist.{index}.items.{name}", criterion


def _proofs(evidence: Evidence, plan: Plan, criterion: Criterion, told: CriterionPlan) -> tuple[Proof, ...]:
    match criterion:
        case SliCriterion():
            return tuple(_sli(evidence, plan, criterion, name) for name in criterion.slis)
        case AlertsCriterion():
            return judge_alerts(evidence, plan, criterion)
        case SuiteCriterion():
            return tuple(_suite(evidence, plan, name) for name in criterion.suites)
        case RegressionCriterion():
            return tuple(judge_baseline(evidence, plan, name, criterion.margin) for name in criterion.slis)
        case BudgetCriterion():
            return tuple(judge_budget(evidence, plan, n, criterion) for n in criterion.slis)
        case ManualCriterion():
            return (_manual(evidence, told.name),)


def _in_doubt(evidence: Evidence, criterion: Criterion, proof: Proof) -> Proof:
    """No pass rests on an answer that the server warned of, whichever question it was to."""
    doubt = next((one for one in evidence.doubts if criterion.kind in one.kinds), None)
    if doubt is None or proof.status is not Status.PASS:
        return proof
    reason = f"the server warns of {doubt.question}: {doubt.said}"
    return replace(proof, status=Status.NO_DATA, reason=reason)


def _sli(evidence: Evidence, plan: Plan, criterion: SliCriterion, name: str) -> Proof:
    sli = plan.spec.slis[name]
    condition = sli.beyond(criterion.level)
    if condition is None:
        raise AssertionError(f"the spec's checks let {name} pass without {criterion.level}")
    window = evidence.window if criterion.final is None else evidence.window.last(criterion.final)
    question = Question(condition, float(criterion.hold), window, sli.unit, bool(sli.by))
    return judge_sustained(evidence, evidence.measurements[name], question)


def _suite(evidence: Evidence, plan: Plan, name: str) -> Proof:
    suite = plan.spec.suites[name]
    found = evidence.suites[name]
    known = bool(found.outcomes) and math.isfinite(found.total)
    value = (
        f"{format_number(found.passed)} of {format_number(found.total)} passed, {suite.expected} expected"
        if known
        else ""
    )
    age = None if found.written is None else evidence.at - found.written
    status, reason = Status.PASS, "all there, all passed"
    if found.problem:
        status, reason = Status.NO_DATA, found.problem
    elif found.passed < suite.expected or found.total < suite.expected:
        status, reason = (
            Status.FAIL,
            f"{format_number(suite.expected - found.passed)} short of {suite.expected}",
        )
    elif found.bad:
        status, reason = Status.FAIL, f"{format_number(found.bad)} did not pass"
    elif age is None:
        status, reason = Status.NO_DATA, "it is not known when the result was written"
    elif age > suite.max_age:
        status = Status.NO_DATA
        reason = f"the result is {format_span(age)} old, and stale after {format_span(suite.max_age)}"
    elif age < -evidence.interval:
        status, reason = Status.NO_DATA, f"the result is dated {format_span(-age)} into the future"
    else:
        reason = f"all there, all passed, {format_span(max(0.0, age))} old"
    number = found.passed if known else None
    return Proof(name, status, reason, f'{SUITE_TESTS}{{suite="{name}"}}', value, number)


def _manual(evidence: Evidence, name: str) -> Proof:
    said = [one for one in evidence.attestations if one.criterion == name]
    if not said:
        return Proof(name, Status.MANUAL, "nobody has attested it yet")
    last = said[-1]
    torn = doubted(last, evidence.ledger)
    if last.passed and torn is not None:
        reason = f"line {torn} of the ledger is torn and may have withdrawn what {last.by} attested before it"
        return Proof(name, Status.MANUAL, reason)
    status = Status.PASS if last.passed else Status.FAIL
    return Proof(name, status, f"{last.by} at {format_time(last.time)} UTC: {last.text}")


def _doubts(evidence: Evidence) -> Iterator[str]:
    yield from (f"the server warns of {one.question}: {one.said}" for one in evidence.doubts)


def _restarts(evidence: Evidence) -> Iterator[str]:
    count = len(evidence.restarts)
    if count:
        when = ", ".join(format_time(moment) for moment in evidence.restarts[:5])
        more = f" and {count - 5} more" if count > 5 else ""
        yield f"Prometheus was restarted {count} {'time' if count == 1 else 'times'}: {when} UTC{more}"
