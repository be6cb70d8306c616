"""How the criteria on SLIs stand at a moment: each value beside its level, what is closest to NO-GO first.

A verdict says how much violation was left when it was reached; what has been read since says whether that is
running out.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.checkpoint import Reading
from genesis_monitoring.rollout.results import NO_GO, Proof, Status, Verdict
from genesis_monitoring.slis.standing import NOT_DUE, PLANNED
from genesis_monitoring.spec.rollout import SliCriterion


class Nearness(IntEnum):
    """How a criterion stands, the closest to the end of the rollout first."""

    MET = 0
    RUNNING_OUT = 1
    FAILED = 2
    KEPT = 3
    UNKNOWN = 4
    LATER = 5
    PLANNED = 6


@dataclass(frozen=True, slots=True)
class Standing:
    """A criterion on one SLI.

    ``value`` is the SLI's in words, empty without data. ``limit`` is what is not to be (``no_go``) or has to
    be, ``condition`` what is not to be in any case, for longer than ``hold`` seconds. ``left`` is how many
    seconds of violation are left from the verdict on, None where that is no question; not ``due`` is what is
    judged over a stretch that is still to come. ``margin`` is how far the value is from the level, as a share
    of the level.
    """

    sli: str
    title: str
    no_go: bool
    value: str
    limit: str
    condition: str
    hold: float
    nearness: Nearness
    left: float | None
    due: bool
    margin: float


def standings(plan: Plan, verdict: Verdict | None, readings: tuple[Reading, ...]) -> tuple[Standing, ...]:
    """One for each SLI, level and ``hold`` that criteria ask for; of several the one that ends first."""
    proofs = {
        (result.origin, proof.subject): proof
        for result in (verdict.results if verdict else ())
        for proof in result.proofs
    }
    values = {reading.sli: reading for reading in readings}
    found = sorted(_all(plan, proofs, values), key=_order)
    kept = {(one.sli, one.condition, one.hold): one for one in reversed(found)}
    return tuple(sorted(kept.values(), key=_order))


def runs_out(standing: tuple[Standing, ...], verdict: Verdict) -> float:
    """When the first budget that is being used up has gone, in seconds since 1970; infinite if none is.

    Where the verdict could not say how much is left, it is the whole of it.
    """
    running = (one for one in standing if one.nearness is Nearness.RUNNING_OUT and one.due)
    left = min((one.hold if one.left is None else one.left for one in running), default=math.inf)
    return verdict.at + left


def _order(one: Standing) -> tuple[object, ...]:
    left = math.inf if one.left is None else one.left
    running = one.nearness is Nearness.RUNNING_OUT
    return (one.nearness, not one.no_go, left if running else 0.0, one.margin, left)


def _all(plan: Plan, proofs: dict[tuple[str, str], Proof], values: dict[str, Reading]) -> Iterator[Standing]:
    rollout = plan.spec.rollout
    if rollout is None:
        return
    parts = [
        ("rollout.no_go", NO_GO, rollout.no_go),
        ("rollout.go", "", rollout.go),
        *((f"rollout.checklist.{index}.items", "", one.items) for index, one in enumerate(rollout.checklist)),
    ]
    for path, section, criteria in parts:
        for name, criterion in criteria.items():
            if not isinstance(criterion, SliCriterion):
                continue
            for sli in criterion.slis:
                condition = plan.spec.slis[sli].beyond(criterion.level)
                if condition is not None:
                    proof = proofs.get((f"{path}.{name}", sli))
                    yield _standing(plan, sli, section == NO_GO, condition, criterion, proof, values.get(sli))


def _standing(
    plan: Plan,
    name: str,
    no_go: bool,
    condition: Predicate,
    criterion: SliCriterion,
    proof: Proof | None,
    reading: Reading | None,
) -> Standing:
    value = reading.value if reading else None
    # What waits for no stretch of its own is judged as soon as there is anything to judge.
    waits = proof is not None and proof.status is Status.NOT_DUE
    later = waits and criterion.final is not None
    nearness = Nearness.KEPT
    if proof is not None and proof.status is Status.FAIL:
        nearness = Nearness.MET if no_go else Nearness.FAILED
    elif value is None:
        why = reading.level if reading else ""
        nearness = {PLANNED: Nearness.PLANNED, NOT_DUE: Nearness.LATER}.get(why, Nearness.UNKNOWN)
    elif condition.holds(value):
        nearness = Nearness.RUNNING_OUT
    return Standing(
        sli=name,
        title=plan.spec.slis[name].title,
        no_go=no_go,
        value=reading.text if reading else "",
        limit=str(condition if no_go else condition.negated),
        condition=str(condition),
        hold=float(criterion.hold),
        nearness=nearness,
        left=float(criterion.hold) if waits and not later else (proof.left if proof else None),
        due=not later,
        margin=_margin(value, condition),
    )


def _margin(value: float | None, condition: Predicate) -> float:
    if value is None or not math.isfinite(value):
        return math.inf
    return abs(value - condition.threshold) / (abs(condition.threshold) or 1.0)
