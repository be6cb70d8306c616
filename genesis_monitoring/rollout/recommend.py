"""Thresholds against what was observed: observations in, advice in plain words out.

A threshold far from what is observed tells too late; one that ordinary operation misses tells too often.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.coverage import MINIMUM_COVERAGE
from genesis_monitoring.rollout.observed import Observation
from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.units import UNITS

FAR = 2.0
"""Where what is wrong can grow this many times before the target is missed, the target is far."""
CLOSE = 0.02
"""Where what is observed is this share of the target away from it, the target is close."""
MOVED = 0.1
"""A baseline that differs by more than this share from what is observed no longer describes the system."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """``why`` is what was observed against what the spec says, ``what`` is to be done about ``sli``."""

    sli: str
    why: str
    what: str


def recommend(plan: Plan, observations: tuple[Observation, ...]) -> tuple[Recommendation, ...]:
    """In their order; nothing is said of an SLI without an objective or with too few samples."""
    return tuple(
        one for observation in observations for one in _of(plan.spec.slis[observation.sli], observation)
    )


def _of(sli: Sli, observed: Observation) -> Iterator[Recommendation]:
    good, bad = sli.good, sli.beyond("target")
    if good is None or sli.unit == "state":
        return
    if observed.coverage < MINIMUM_COVERAGE or not all(map(math.isfinite, (observed.median, observed.tail))):
        return
    why = (
        f"target {good}; observed median {_text(observed.median, sli)}, 95 % of the samples "
        f"{_text(observed.tail, sli)} or {'more' if good.upward else 'less'}"
    )
    advice = _target(good, observed, sli)
    if advice:
        yield Recommendation(observed.sli, why, advice)
    value = None if sli.baseline is None else sli.baseline.value
    if value is None and sli.baseline is not None and sli.baseline.first is None:
        what = f"set the baseline of {observed.sli} to what was observed"
        yield Recommendation(
            observed.sli, f"no baseline yet; observed median {_text(observed.median, sli)}", what
        )
    elif value is not None and bad is not None and not bad.holds(value):
        share = abs(observed.median - value) / abs(value) if value else math.inf
        if share > MOVED and observed.median != value:
            yield Recommendation(
                observed.sli,
                f"baseline {_text(value, sli)}; observed median {_text(observed.median, sli)}",
                "set the baseline to what was observed, if the change is meant to stay",
            )


def _target(good: Predicate, observed: Observation, sli: Sli) -> str:
    target = good.threshold
    if not good.holds(observed.median):
        return "the target is missed most of the time: mend the system, or set a target that it can meet"
    if not good.holds(observed.tail):
        return "the target is missed in over 5 % of the samples: mend what causes it before steady state"
    times = growth(target, good.upward, observed.tail, sli)
    if times >= FAR:
        grown = f"{times:.1f} times" if math.isfinite(times) else "to any size at first"
        return f"what is wrong could grow {grown} before the target is missed: a closer one would tell sooner"
    if target and abs(target - observed.tail) / abs(target) < CLOSE:
        return "there is hardly any room: a small drift misses the target"
    return ""


def growth(level: float, upward: bool, tail: float, sli: Sli) -> float:
    """How many times what is wrong could grow before ``level`` is reached.

    What is wrong is the value itself, or what it is short of its upper bound where large is good
    (``upward``).
    """
    upper = UNITS[sli.unit].upper
    if upward and upper is None:
        return level and tail / level
    allowed, used = (upper - level, upper - tail) if upward and upper is not None else (level, tail)
    if allowed <= 0 or used < 0:
        return 1.0
    return allowed / used if used else math.inf


def _text(value: float, sli: Sli) -> str:
    return sli.show(value)
