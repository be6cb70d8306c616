"""Thresholds for steady state: observations in; for each level what it could be, and why, or why not, out.

The rule, for the levels that people are alerted by:

- **What is wrong** is the value itself, or what it is short of its upper bound where more is better. The
  proposal is ``ROOM`` times what is wrong in the sample that 99.9 % of all are as good as or better: over 48
  hours under three minutes were worse. Halfway from there to where the report calls a level far (``FAR``).
- A target that has an alert level of its own beside it gets half as much room, so it is missed first.
- It is rounded away from what was observed: to two digits of what is wrong, or to the next bucket edge of a
  quantile, and it is never finer than one bad event in the least traffic that is judged.
- A level is only made closer, and only if it is far. One exception: an alert level of its own that ordinary
  operation crosses is moved out, up to the NO-GO level. Targets are promises and NO-GO levels decide, so
  neither is ever made looser.
- Nothing is proposed from thin evidence, nor while the target is missed.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from genesis_monitoring.conventions import RESOLUTION
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slis import Condition, good_condition, level_condition
from genesis_monitoring.rollout.observed import Observation, rank
from genesis_monitoring.rollout.recommend import FAR, growth
from genesis_monitoring.rollout.sustained import MINIMUM_COVERAGE
from genesis_monitoring.spec.base import Level
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import QuantileSli, RatioSli, Sli
from genesis_monitoring.units import UNITS, format_level, format_share, unit_factor

ROOM = 1.5
ROOM_OF_A_TARGET = 1.25
"""Of a target that has an alert level of its own beside it."""
TAIL = 0.999
_DIGITS = 2
_WORST = "what is wrong in the worst of 99.9 %"


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
    good, objective = good_condition(sli), sli.objective
    if good is None or objective is None:
        return
    seen = _seen(good, observations) if observations else None
    obstacle = _obstacle(sli, good, seen)
    target, why = None, obstacle
    if seen is not None and not obstacle:
        room = ROOM if objective.alert is None else ROOM_OF_A_TARGET
        target, why = _closer(spec, sli, seen, objective.target, room)
    yield Proposal(name, "target", sli.unit, objective.target, target, why, seen)
    if objective.alert is None:
        return
    alert, why = None, obstacle
    if seen is not None and not obstacle:
        alert, why = _alert(spec, sli, seen, objective.target if target is None else target)
    yield Proposal(name, "alert", sli.unit, objective.alert, alert, why, seen)


def _seen(good: Condition, observations: tuple[Observation, ...]) -> Seen:
    worst = min if good.upward else max

    def over(share: float) -> float:
        figures = [rank(sorted(one.values, reverse=good.upward), share) for one in observations]
        return math.nan if any(map(math.isnan, figures)) else worst(figures)

    return Seen(
        over(0.5), over(0.95), over(TAIL), min(one.coverage for one in observations), len(observations)
    )


def _obstacle(sli: Sli, good: Condition, seen: Seen | None) -> str:
    """Why nothing is proposed for any level of ``sli``; empty if something may be."""
    if sli.unit == "state":
        return "it is up or down, and there is nothing between"
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
    if _wrong(sli, good.upward, seen.tail) <= 0:
        return "nothing was wrong, so nothing says how much would be too much"
    return ""


def _closer(spec: Spec, sli: Sli, seen: Seen, now: float, room: float) -> tuple[float | None, str]:
    """``now`` with ``room`` and no more, if it is far; and why."""
    upward = _upward(sli)
    times = growth(now, upward, seen.most, sli)
    if times < FAR:
        return None, f"near enough: what is wrong could grow {_times(times)} before it"
    level, rounding = _at_room(spec, sli, upward, seen.tail, room)
    if level is None or not (level > now if upward else level < now):
        return None, f"far, but no closer level is left at {room:g} times {_WORST}{rounding}"
    return (
        level,
        f"far: what is wrong could grow {_times(times)} before it; {room:g} times {_WORST}{rounding}",
    )


def _alert(spec: Spec, sli: Sli, seen: Seen, target: float) -> tuple[float | None, str]:
    """As ``_closer`` for an alert level of its own, beside what becomes of its target."""
    objective, beyond, upward = sli.objective, level_condition(sli, "alert"), _upward(sli)
    if objective is None or objective.alert is None or beyond is None:
        raise AssertionError("only what has an alert level of its own comes here")
    if beyond.holds(seen.tail):
        return _looser(spec, sli, seen)
    level, why = _closer(spec, sli, seen, objective.alert, ROOM)
    if level is not None and not (level < target if upward else level > target):
        return None, f"it stays beyond the target {format_level(target, sli.unit)}"
    return level, why


def _looser(spec: Spec, sli: Sli, seen: Seen) -> tuple[float | None, str]:
    """An alert level that ordinary operation does not cross, if the NO-GO level leaves room for one."""
    objective, upward = sli.objective, _upward(sli)
    now, no_go = (objective.alert, objective.no_go) if objective else (None, None)
    crossed = "crossed in ordinary operation"
    if now is None or no_go is None:
        return None, f"{crossed}, and with no NO-GO level nothing says how far out it may go"
    level, rounding = _at_room(spec, sli, upward, seen.tail, ROOM)
    if level is None or (level < no_go if upward else level > no_go):
        level, rounding = no_go, ", no looser than the NO-GO level"
    if not (level < now if upward else level > now):
        return None, f"{crossed}, and already at the NO-GO level"
    return level, f"{crossed}; {ROOM:g} times {_WORST}{rounding}"


def _at_room(spec: Spec, sli: Sli, upward: bool, value: float, room: float) -> tuple[float | None, str]:
    """The level at ``room`` times what is wrong at ``value``, and how it was rounded; or None."""
    if isinstance(sli, QuantileSli):
        return _edge(spec, sli, upward, value, room), ", up to the next bucket edge"
    upper = UNITS[sli.unit].upper
    if upward and upper is None:
        return float(_rounded(Decimal(repr(value)) / Decimal(repr(room)), up=False)), ""
    wrong = _rounded(_wrong(sli, upward, value) * Decimal(repr(room)), up=True)
    least, rounding = _least(sli), ""
    if least is not None and wrong < least:
        wrong, rounding = least, ", no finer than one bad event in the least traffic that is judged"
    return float(Decimal(repr(upper)) - wrong if upward and upper is not None else wrong), rounding


def _edge(spec: Spec, sli: QuantileSli, upward: bool, value: float, room: float) -> float | None:
    """A quantile is exact at its buckets' edges alone."""
    metric = spec.metrics[sli.histogram.metric]
    factor = unit_factor(metric.unit, sli.unit)
    edges = [float(f"{edge * factor:.12g}") for edge in metric.buckets or ()]
    if upward:
        return max((edge for edge in edges if edge <= value / room), default=None)
    return min((edge for edge in edges if edge >= value * room), default=None)


def _least(sli: Sli) -> Decimal | None:
    """What a single bad event comes to in the least traffic that is judged; a level below it is one event."""
    if not isinstance(sli, RatioSli) or not sli.minimum_traffic:
        return None
    share = unit_factor("ratio", sli.unit) / sli.minimum_traffic
    return _rounded(Decimal(repr(share)), up=True)


def _wrong(sli: Sli, upward: bool, value: float) -> Decimal:
    """Exactly, as a rounding error of the difference would be rounded up to a whole step."""
    upper, exact = UNITS[sli.unit].upper, Decimal(repr(value))
    return Decimal(repr(upper)) - exact if upward and upper is not None else exact


def _rounded(number: Decimal, *, up: bool) -> Decimal:
    """To two digits, no finer than values are recorded."""
    step = Decimal(1).scaleb(max(number.adjusted() - _DIGITS + 1, Decimal(RESOLUTION).adjusted()))
    return (number / step).quantize(Decimal(1), ROUND_CEILING if up else ROUND_FLOOR) * step


def _upward(sli: Sli) -> bool:
    good = good_condition(sli)
    return good is not None and good.upward


def _times(times: float) -> str:
    return f"{times:.1f} times" if math.isfinite(times) else "to any size"
