"""Which values a rule test tries: one clearly good, one clearly bad, and the threshold itself.

They stay inside what the SLI can take at all: a percentage ends at 100, a histogram's quantile at its
last finite edge.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import gcd

from genesis_monitoring.plan.expressions import bridged
from genesis_monitoring.plan.series import Clock
from genesis_monitoring.plan.slis import Condition, SliPlan, own_metrics
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.rate import RateSli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.slis.up import UpSli
from genesis_monitoring.spec.bounds import Bounds, value_bounds
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import conversion

_MINUTE = 60
STEPS = (_MINUTE, 300, 1800, 7200, 43200, 259200)
"""Seconds between samples: few to choose from, so that many scenarios share a time line."""
_FEW = 4
"""So many steps at least lie in a window, or in a ``for`` where there is none."""
_FINE = 12
"""Into so many steps at least a ``for`` is cut that is tested for its length, if it is minutes long."""
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


def clock_for(spec: Spec, plan: SliPlan, for_: int, kept: int = 0) -> tuple[Clock, int]:
    """The sampling of a scenario: its last sample is the one to look at.

    By then an alert has been due for ``for_`` (seconds) and one that is over is not kept any more (``kept``).
    The second figure is the first time (s) from which on nothing is seen of what was before the scenario.
    The longer the windows are, the fewer samples lie in a minute.
    """
    if isinstance(plan.sli, ExprSli):
        return Clock(_MINUTE, -(-for_ // _MINUTE) + 1), 0
    past = plan.sli.past_average if isinstance(plan.sli, RelativeSli) else None
    # What an SLI of another one is made of is given as recorded.
    own = getattr(plan.sli, "window", None)
    windows = (past.window, past.offset) if past else (own,) if own is not None else ()

    def fits(step: int) -> bool:
        if any(window < _FEW * step or window % step for window in windows):
            return False
        # What is compared with its past has to be looked at before it is its past.
        return past is None or (_samples(for_, step) + 1) * step < past.offset

    coarse = (step for step in reversed(STEPS) if fits(step) and (windows or for_ >= _FEW * step))
    step = next(coarse, _MINUTE)
    while step > 1 and not fits(step):
        step //= 2 if step % 2 == 0 else step
    if past:
        onset = past.offset // step + 1
        return Clock(step, onset + _samples(for_, step) + 1, onset), onset * step
    bridges = () if windows else tuple(bridged(spec, one.metric) for one in own_metrics(plan.sli))
    settled = _samples(max((*windows, *bridges), default=0), step) + bool(windows)
    return Clock(step, settled + _samples(max(for_, kept), step) + 1), settled * step


def timing_step(for_: int, kept: int) -> int:
    """The sampling by which one ``for`` is told from another: a minute, or a twelfth of it at most."""
    step = next(
        step for step in reversed(STEPS) if step == _MINUTE or (for_ % step == 0 and for_ >= _FINE * step)
    )
    return gcd(step, for_, kept)


def _samples(seconds: int, step: int) -> int:
    return -(-seconds // step)


def moves(plan: SliPlan) -> bool:
    """Whether the SLI is computed from counters, so that restarts and idle times matter."""
    return isinstance(plan.sli, RateSli | QuantileSli) or (
        isinstance(plan.sli, RatioSli) and plan.sli.window is not None
    )


def made_of(plan: SliPlan, slis: Mapping[str, SliPlan]) -> Iterator[SliPlan]:
    """An SLI and all that it is made of."""
    yield plan
    for name in plan.depends_on:
        yield from made_of(slis[name], slis)


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
