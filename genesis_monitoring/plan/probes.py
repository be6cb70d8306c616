"""Which values a rule test tries: one clearly good, one clearly bad, and the threshold itself.

They stay inside what the SLI can take at all: a percentage ends at 100, a histogram's quantile at its
last finite edge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import gcd

from genesis_monitoring.plan.series import Clock
from genesis_monitoring.plan.slis import Condition, SliPlan
from genesis_monitoring.spec.bounds import Bounds, value_bounds
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.slis import (
    ExprSli,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    UpSli,
)
from genesis_monitoring.units import conversion

_MINUTE = 60
_STEPS = (_MINUTE, 120, 300)
_FEW = 3
"""So many samples make a counter's increase."""
_LEAST_ROOM = 2e-6
"""Twice the resolution at which values are compared."""


@dataclass(frozen=True, slots=True)
class Probes:
    """Values in the SLI's unit. ``good`` does not meet the alert's condition, ``bad`` does."""

    good: float
    bad: float


def probes_for(spec: Spec, plan: SliPlan, condition: Condition) -> Probes:
    """Values on both sides of ``condition``."""
    sli, threshold = plan.sli, condition.threshold
    bounds = value_bounds(spec, sli)
    match sli:
        case ExprSli():
            return Probes(sli.fixtures.good.value, sli.fixtures.bad.value)
        case UpSli():
            return Probes(1.0, 0.0)
        case QuantileSli():
            low, high = _edges_around(spec, sli, threshold, bounds)
        case _:
            room = max(abs(threshold) / 2, _LEAST_ROOM) if threshold else 1.0
            low = _beside(threshold, -room, bounds.lower)
            high = _beside(threshold, room, bounds.upper)
    return Probes(low, high) if condition.upward else Probes(high, low)


def sample_value(spec: Spec, plan: SliPlan) -> float:
    """A value to test the recording rule of an SLI without an alert with."""
    sli = plan.sli
    if isinstance(sli, QuantileSli):
        return bucket_edges(spec, sli)[1]
    if isinstance(sli, ExprSli):
        return sli.fixtures.good.value
    bounds = value_bounds(spec, sli)
    value = {"ratio": 0.5, "state": 1.0, "multiple": 1.5}.get(sli.unit, 50.0)
    for limit, outside in ((bounds.lower, value.__lt__), (bounds.upper, value.__gt__)):
        if limit is not None and outside(limit):
            value = limit if bounds.lower is None or bounds.upper is None else _middle(bounds)
    return value


def bucket_edges(spec: Spec, sli: QuantileSli) -> tuple[float, ...]:
    """The finite edges of an SLI's histogram, in the SLI's unit."""
    metric = spec.metrics[sli.histogram.metric]
    factor = conversion(metric.unit, sli.unit)
    if factor is None or metric.buckets is None:
        raise AssertionError("the reference checks let a quantile pass that has no edges in its unit")
    return tuple(edge * factor for edge in metric.buckets)


def clock_for(plan: SliPlan, slis: Mapping[str, SliPlan], for_: int) -> tuple[Clock, int]:
    """The sampling that suits an SLI's window and an alert's ``for``, and the first full sample (s)."""
    sli = plan.sli
    if isinstance(sli, ExprSli):
        return Clock(_MINUTE, for_ // _MINUTE + 10), 0
    chain = tuple(_made_of(plan, slis))
    past = sli.past_average if isinstance(sli, RelativeSli) else None
    # What is compared with its own past is given as recorded.
    windows = tuple(
        window for link in chain if not past and (window := getattr(link.sli, "window", None)) is not None
    )
    step = max(step for step in _STEPS if _is_fine_enough(step, for_))
    while step > 1 and (
        any(window < 4 * step or window % step for window in windows)
        or (past is not None and for_ + step >= past.offset)
    ):
        step //= 2 if step % 2 == 0 else step
    step = gcd(step, for_) if for_ else step
    if past is not None:
        onset = past.offset // step + 5
        return Clock(step, onset + for_ // step + 10, onset), onset * step
    settled = _full(max(windows, default=0), step)
    if isinstance(sli, RatioSli | QuantileSli):
        # What counters of a steady pace are divided by grows with them.
        settled = min(settled, _FEW * step)
    return Clock(step, (settled + for_) // step + 10), settled


def whole_window(sli: RatioSli, clock: Clock, for_: int) -> tuple[Clock, int]:
    """As ``clock``, until the window has been full for ``for_``, and the first full sample (s)."""
    settled = _full(sli.window or 0, clock.step)
    return replace(clock, count=(settled + for_) // clock.step + 10), settled


def _full(window: int, step: int) -> int:
    return -(-window // step) * step + 2 * step if window else 0


def _is_fine_enough(step: int, for_: int) -> bool:
    """Whether sampling so coarsely still tells one ``for`` from another."""
    return step == _MINUTE or (for_ % step == 0 and (not for_ or for_ >= 15 * step))


def moves(plan: SliPlan) -> bool:
    """Whether the SLI is computed from counters, so that restarts and idle times matter."""
    return isinstance(plan.sli, RateSli | QuantileSli) or (
        isinstance(plan.sli, RatioSli) and plan.sli.window is not None
    )


def _made_of(plan: SliPlan, slis: Mapping[str, SliPlan]) -> Iterator[SliPlan]:
    yield plan
    for name in plan.depends_on:
        yield from _made_of(slis[name], slis)


def _beside(threshold: float, room: float, limit: float | None) -> float:
    """A value ``room`` (below zero for downwards) from the threshold, or half way to a nearer limit."""
    value = threshold + room
    if limit is not None and abs(limit - threshold) < 2 * abs(room):
        value = (threshold + limit) / 2
    tidy = round(value, 6)
    if (tidy - threshold) * room > 0:
        return tidy
    return value if limit is None else limit


def _edges_around(spec: Spec, sli: QuantileSli, threshold: float, bounds: Bounds) -> tuple[float, float]:
    edges = bucket_edges(spec, sli)
    near = abs(threshold) * 1e-9
    below = [edge for edge in edges if edge < threshold - near]
    above = [edge for edge in edges if edge > threshold + near]
    return (below[-1] if below else _beside(threshold, -threshold / 2, bounds.lower)), above[0]


def _middle(bounds: Bounds) -> float:
    return round(((bounds.lower or 0.0) + (bounds.upper or 0.0)) / 2, 6)
