"""Which values a rule test tries: one clearly good, one clearly bad, and the threshold itself.

They stay inside what the unit allows (a percentage ends at 100) and inside what the metric can show
(a histogram's quantile ends at its last finite edge).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

from genesis_monitoring.plan.series import Clock
from genesis_monitoring.plan.slis import Condition, SliPlan
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.slis import (
    ExprSli,
    QuantileSli,
    RateSli,
    RatioSli,
    RelativeSli,
    TrendSli,
    UpSli,
)
from genesis_monitoring.units import UNITS, conversion

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Probes:
    """Values in the SLI's unit. ``good`` does not meet the alert's condition, ``bad`` does."""

    good: float
    bad: float


def probes_for(plan: SliPlan, condition: Condition, metrics: Mapping[str, Metric]) -> Probes:
    """Values on both sides of ``condition``."""
    sli, threshold = plan.sli, condition.threshold
    match sli:
        case ExprSli():
            return Probes(sli.fixtures.good.value, sli.fixtures.bad.value)
        case UpSli():
            return Probes(1.0, 0.0)
        case QuantileSli():
            below, above = _around(plan, threshold, metrics)
            return Probes(below, above) if condition.upward else Probes(above, below)
    unit = UNITS[sli.unit]
    upper = unit.upper
    if isinstance(sli, RatioSli) and upper is None:
        upper = conversion("ratio", sli.unit)
    room = abs(threshold) / 2 or 1.0
    high = threshold + room if upper is None else min(threshold + room, (threshold + upper) / 2)
    low = threshold - room
    if unit.lower is not None:
        low = max(low, unit.lower)
    return Probes(low, high) if condition.upward else Probes(high, low)


def sample_value(plan: SliPlan, metrics: Mapping[str, Metric]) -> float:
    """A value to test the recording rule of an SLI without an objective with."""
    sli = plan.sli
    if isinstance(sli, QuantileSli):
        edges = metrics[sli.histogram.metric].buckets or ()
        return edges[1] * _known(conversion(metrics[sli.histogram.metric].unit, sli.unit))
    if isinstance(sli, ExprSli):
        return sli.fixtures.good.value
    return {"ratio": 0.5, "state": 1.0, "multiple": 1.5}.get(sli.unit, 50.0)


def clock_for(plan: SliPlan, slis: Mapping[str, SliPlan], for_: int) -> tuple[Clock, int]:
    """The sampling that suits an SLI's window and an alert's ``for``, and the first full sample (s)."""
    sli = plan.sli
    warm_up = 0
    step = _MINUTE
    chain = [plan, *(slis[name] for name in plan.depends_on)]
    for link in chain:
        window = getattr(link.sli, "window", None)
        if window is not None:
            warm_up = max(warm_up, window)
            while step > 1 and (window < 4 * step or window % step):
                step //= 2 if step % 2 == 0 else step
    step = gcd(step, for_) if for_ else step
    onset = 0
    if isinstance(sli, RelativeSli) and sli.past_average is not None:
        onset = sli.past_average.offset // step + 5
        warm_up = onset * step
    elif isinstance(sli, RelativeSli | TrendSli):
        warm_up = max(warm_up, *(getattr(link.sli, "window", None) or 0 for link in chain))
    settled = -(-warm_up // step) * step + 2 * step if warm_up else 0
    return Clock(step, (settled + for_) // step + 10, onset), settled


def moves(plan: SliPlan) -> bool:
    """Whether the SLI is computed from counters, so that restarts and idle times matter."""
    return isinstance(plan.sli, RateSli | QuantileSli) or (
        isinstance(plan.sli, RatioSli) and plan.sli.window is not None
    )


def _around(plan: SliPlan, threshold: float, metrics: Mapping[str, Metric]) -> tuple[float, float]:
    sli = plan.sli
    if not isinstance(sli, QuantileSli):
        raise AssertionError("only quantiles have buckets")
    metric = metrics[sli.histogram.metric]
    factor = _known(conversion(metric.unit, sli.unit))
    edges = [edge * factor for edge in metric.buckets or ()]
    near = abs(threshold) * 1e-9
    below = [edge for edge in edges if edge < threshold - near]
    above = [edge for edge in edges if edge > threshold + near]
    return (below[-1] if below else threshold / 2), above[0]


def _known(number: float | None) -> float:
    if number is None:
        raise AssertionError("the reference checks let an SLI pass whose units do not convert")
    return number
