"""Thresholds for steady state: observations in; for each level what it could be, and why, or why not, out.

The rule, for the levels that people are alerted by:

- **What is wrong** is the value itself, or what it is short of its upper bound where more is better.
- What a level leaves is the largest of: ``ROOM`` times what is wrong in the sample that 99.9 % of all are as
  good as or better, and at a baseline that meets the target; as much again as lies between the median and
  that sample; half of what is allowed now (``CUT``); and a floor against noise (``level_sources``).
- A target that has an alert level of its own beside it gets half as much room, so it is missed first.
- It is rounded away from what was observed: to a round number of what is wrong, a count to a whole one, a
  quantile to the next bucket edge.
- A level is only made closer, only if it is far (``FAR``), and by a fifth at least. None is made looser:
  targets are promises, NO-GO levels decide, and an alert that fired is for a person to judge.
- No level is proposed that would have alerted, or failed a criterion, over what was observed.
- Nothing is proposed where a level comes from elsewhere, from thin evidence, or while the target is missed.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.coverage import MINIMUM_COVERAGE
from genesis_monitoring.rollout.level_sources import floor, not_from_observation
from genesis_monitoring.rollout.observed import Observation, rank
from genesis_monitoring.rollout.recommend import FAR, growth
from genesis_monitoring.slis.objectives import Objective
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.spec.base import Level
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.rollout import SliCriterion
from genesis_monitoring.units import UNITS, format_level, format_share

ROOM = 1.5
"""Halfway from what was seen to ``FAR``."""
ROOM_OF_A_TARGET = 1.25
"""Of a target that has an alert level of its own beside it."""
CUT = Decimal("0.5")
"""The least of what is allowed now that is left: a promise is not cut by more at once."""
WORTH = Decimal("0.8")
"""A level that leaves more than this of what is allowed now is no change worth making."""
TAIL = 0.999
_ROUND = tuple(map(Decimal, ("1", "1.2", "1.5", "2", "2.5", "3", "4", "5", "6", "8", "10")))
_WORST = "what is wrong in the worst of 99.9 %"
_WHOLE = ("count", "tokens")


@dataclass(frozen=True, slots=True)
class Seen:
    """An SLI over all its series: of each figure the worst one, in the SLI's unit.

    95 % of the samples are as good as ``most`` or better, 99.9 % as good as ``tail``. NaN for what is not
    known. ``coverage`` is 0 to 1.
    """

    median: float
    most: float
    tail: float
    coverage: float
    series: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level as it is, and what it could be: ``proposed`` is None where it stays. ``why`` in any case.

    ``seen`` is None where the SLI was not measured.
    """

    sli: str
    level: Level
    unit: str
    now: float
    proposed: float | None
    why: str
    seen: Seen | None


def propose(plan: Plan, observations: Mapping[str, tuple[Observation, ...]]) -> tuple[Proposal, ...]:
    """For each target and alert level of the plan's SLIs, in the order of the spec."""
    return tuple(
        proposal
        for name, sli in plan.spec.slis.items()
        if sli.objective is not None
        for proposal in _of(plan.spec, name, sli, observations.get(name, ()))
    )


def withdrawn(proposal: Proposal, reason: str) -> Proposal:
    """The level stays, for another reason."""
    return replace(proposal, proposed=None, why=reason)


def _of(spec: Spec, name: str, sli: Sli, observations: tuple[Observation, ...]) -> Iterator[Proposal]:
    good, objective = sli.good, sli.objective
    if good is None or objective is None:
        return
    seen = _seen(good, observations) if observations else None
    obstacle = _obstacle(spec, sli, good, seen)
    target, why = None, obstacle
    if seen is not None and not obstacle:
        room = ROOM if objective.alert is None else ROOM_OF_A_TARGET
        target, why = _closer(spec, sli, seen, objective.target, room)
        target, why = _quiet(spec, name, sli, "target", target, why, observations)
    yield Proposal(name, "target", sli.unit, objective.target, target, why, seen)
    if objective.alert is None:
        return
    alert, why = None, obstacle
    if seen is not None and not obstacle:
        alert, why = _alert(spec, sli, seen, objective.target if target is None else target)
        alert, why = _quiet(spec, name, sli, "alert", alert, why, observations)
    yield Proposal(name, "alert", sli.unit, objective.alert, alert, why, seen)


def _seen(good: Predicate, observations: tuple[Observation, ...]) -> Seen:
    worst = min if good.upward else max

    def over(share: float) -> float:
        figures = [rank(sorted(one.values, reverse=good.upward), share) for one in observations]
        return math.nan if any(map(math.isnan, figures)) else worst(figures)

    return Seen(
        over(0.5), over(0.95), over(TAIL), min(one.coverage for one in observations), len(observations)
    )


def _obstacle(spec: Spec, sli: Sli, good: Predicate, seen: Seen | None) -> str:
    """Why nothing is proposed for any level of ``sli``; empty if something may be."""
    elsewhere = not_from_observation(spec, sli)
    if elsewhere:
        return elsewhere
    if seen is None:
        return "it was not measured: no criterion and no alert that the verdict counts is about it"
    if math.isnan(seen.tail):
        return "there is no data"
    if seen.coverage < MINIMUM_COVERAGE:
        least = format_share(MINIMUM_COVERAGE)
        return f"too much is missing: coverage is {format_share(seen.coverage)}, below {least}"
    if not all(map(math.isfinite, (seen.median, seen.most, seen.tail))):
        return "some values are infinite"
    if not good.holds(seen.most):
        return "the target is missed in over 5 % of the samples: mend what causes it first"
    if _wrong(sli, seen.tail) <= 0:
        return "nothing was wrong, so nothing says how much would be too much"
    return ""


def _closer(spec: Spec, sli: Sli, seen: Seen, now: float, room: float) -> tuple[float | None, str]:
    """``now`` with ``room`` and no more, if it is far; and why."""
    times = growth(now, sli.more_is_better, seen.most, sli)
    if times < FAR:
        return None, f"near enough: what is wrong could grow {_times(times)} before it"
    wrong, why = _allowed(spec, sli, seen, now, room)
    edges = sli.edges(spec)
    level = _edge(edges, wrong) if edges else _rounded(sli, wrong)
    if level is None or _wrong(sli, level) > WORTH * _wrong(sli, now):
        return None, f"far, but no level is left that is worth a change: {why}"
    edge = ", up to the next bucket edge" if edges else ""
    return level, f"far: what is wrong could grow {_times(times)} before it; {why}{edge}"


def _allowed(spec: Spec, sli: Sli, seen: Seen, now: float, room: float) -> tuple[Decimal, str]:
    """How much of what is wrong a level leaves, and what says so."""
    tail, median = _wrong(sli, seen.tail), _wrong(sli, seen.median)
    times = Decimal(repr(room))
    bounds = [
        (times * tail, f"{room:g} times {_WORST}"),
        (2 * tail - median, "as far beyond the worst of 99.9 % as that is beyond the median"),
        (CUT * _wrong(sli, now), "half of what is allowed now, as a promise is not cut by more at once"),
    ]
    validated = None if sli.baseline is None else sli.baseline.value
    good = sli.good
    if validated is not None and good is not None and good.holds(validated):
        shown = format_level(validated, sli.unit)
        bounds.append(
            (times * _wrong(sli, validated), f"{room:g} times what is wrong at the baseline {shown}")
        )
    least = floor(spec, sli)
    if least is not None:
        bounds.append((least.wrong, least.why))
    return max(bounds, key=lambda bound: bound[0])


def _alert(spec: Spec, sli: Sli, seen: Seen, target: float) -> tuple[float | None, str]:
    """As ``_closer`` for an alert level of its own, beside what becomes of its target."""
    objective, beyond = sli.objective, sli.beyond("alert")
    if objective is None or objective.alert is None or beyond is None:
        raise AssertionError("only what has an alert level of its own comes here")
    if beyond.holds(seen.tail):
        return None, "over three minutes were beyond it: mend what causes it, or move it by hand"
    level, why = _closer(spec, sli, seen, objective.alert, ROOM)
    if level is not None and _wrong(sli, level) <= _wrong(sli, target):
        return None, f"it stays beyond the target {format_level(target, sli.unit)}"
    return level, why


def _quiet(
    spec: Spec,
    name: str,
    sli: Sli,
    level: Level,
    proposed: float | None,
    why: str,
    observations: tuple[Observation, ...],
) -> tuple[float | None, str]:
    """``proposed``, unless it would have alerted or failed a criterion over what was observed."""
    if proposed is None or sli.objective is None:
        return proposed, why
    changed = sli.model_copy(update={"objective": _moved(sli.objective, level, proposed)})
    for what, at, held in _watched(spec, name, sli, level):
        condition = changed.beyond(at)
        for one in observations if condition is not None else ():
            if condition is not None and _longest(one, condition) >= held:
                shown = format_level(proposed, sli.unit)
                return None, f"far, but with {shown} {what}, over what was observed"
    return proposed, why


def _watched(spec: Spec, name: str, sli: Sli, level: Level) -> Iterator[tuple[str, Level, float]]:
    """Who minds that ``level`` moves: in words, by which level, and after how many seconds of violation."""
    both = sli.objective is not None and sli.objective.alert is None
    moving: tuple[Level, ...] = ("target", "alert") if both and level == "target" else (level,)
    for alert, rule in spec.alerts.items():
        if rule.sli == name and rule.level in moving:
            yield f"{alert} would have fired", rule.level, float(rule.for_)
    rollout = spec.rollout
    if rollout is None:
        return
    every = (rollout.go, rollout.no_go, *(section.items for section in rollout.checklist))
    for criteria in every:
        for criterion in criteria.values():
            if isinstance(criterion, SliCriterion) and name in criterion.slis and criterion.level in moving:
                yield f'"{criterion.text}" would have failed', criterion.level, float(criterion.hold)


def _longest(observed: Observation, condition: Predicate) -> float:
    """Seconds from the first to the last sample of the longest violation; -1 if there is none.

    A hole ends nothing.
    """
    longest, since = -1.0, None
    for time, value in zip(observed.times, observed.values, strict=True):
        if not condition.holds(value):
            since = None
            continue
        since = time if since is None else since
        longest = max(longest, time - since)
    return longest


def _moved(objective: Objective, level: Level, value: float) -> Objective:
    return objective.model_copy(update={level: value})


def _edge(edges: tuple[float, ...], wrong: Decimal) -> float | None:
    """A quantile is exact at its buckets' edges alone. Large ones are never good."""
    tidy = (float(f"{edge:.12g}") for edge in edges)
    return min((edge for edge in tidy if Decimal(repr(edge)) >= wrong), default=None)


def _rounded(sli: Sli, wrong: Decimal) -> float:
    """The level that leaves ``wrong``, or a little more, so that it is a round number."""
    scale = Decimal(1).scaleb(wrong.adjusted())
    amount = next(step * scale for step in _ROUND if step * scale >= wrong)
    if sli.unit in _WHOLE:
        amount = amount.quantize(Decimal(1), ROUND_CEILING)
    upper = UNITS[sli.unit].upper
    return float(Decimal(repr(upper)) - amount if sli.more_is_better and upper is not None else amount)


def _wrong(sli: Sli, value: float) -> Decimal:
    """Exactly, as a rounding error of the difference would be rounded up to a whole step."""
    upper, exact = UNITS[sli.unit].upper, Decimal(repr(value))
    return Decimal(repr(upper)) - exact if sli.more_is_better and upper is not None else exact


def _times(times: float) -> str:
    return f"{times:.1f} times" if math.isfinite(times) else "to any size"
