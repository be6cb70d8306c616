"""How rule tests are sampled: so that a window is filled, a ``for`` has passed, and samples are few."""

from collections.abc import Iterator, Mapping
from math import gcd

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.slis.input_series import Clock
from genesis_monitoring.slis.reading import bridged
from genesis_monitoring.spec.model import Spec

_MINUTE = 60
STEPS = (_MINUTE, 300, 1800, 7200, 43200, 259200)
"""Seconds between samples: few to choose from, so that many scenarios share a time line."""
_FEW = 4
"""So many steps at least lie in a window, or in a ``for`` where there is none."""
_FINE = 12
"""Into so many steps at least a ``for`` is cut that is tested for its length, if it is minutes long."""


def clock_for(spec: Spec, plan: SliPlan, for_: int, kept: int = 0) -> tuple[Clock, int]:
    """The sampling of a scenario: its last sample is the one to look at.

    By then an alert has been due for ``for_`` (seconds) and one that is over is not kept any more (``kept``).
    The second figure is the first time (s) from which on nothing is seen of what was before the scenario.
    The longer the windows are, the fewer samples lie in a minute.
    """
    if plan.sli.query:
        return Clock(_MINUTE, plan.sli.written_samples + -(-for_ // _MINUTE) + 1), 0
    past, own = plan.sli.past, plan.sli.span
    # What an SLI of another one is made of is given as recorded.
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
    bridges = () if windows else tuple(bridged(spec, one.metric) for one in plan.sli.metrics_named)
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


def made_of(plan: SliPlan, slis: Mapping[str, SliPlan]) -> Iterator[SliPlan]:
    """An SLI and all that it is made of."""
    yield plan
    for name in plan.depends_on:
        yield from made_of(slis[name], slis)
