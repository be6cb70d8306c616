"""What a panel shows of levels: SLIs in, colours by value and the span that has to be seen out."""

import math
import sys
from collections.abc import Iterable

from genesis_monitoring.panels.panel import NO_LEVEL, ThresholdStep
from genesis_monitoring.panels.scale import Levels
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.slis.registry import Sli

_GOOD = "green"
_WORST = "red"
_COLOURS = (("target", "yellow"), ("alert", "orange"), ("no_go", _WORST))
"""The last level that there is has the colour that is seen first."""


def threshold_steps(sli: Sli) -> tuple[ThresholdStep, ...]:
    """Colours by value: good, off target, beyond the alert, beyond NO-GO; ascending, the base first.

    The colour of a value says what the level says of it: Grafana's steps begin at their value, so where the
    value itself is still on the lower side of a level, the step is at the next number there is.
    """
    worst_at: dict[float, str] = {}
    beyond = [(one, colour) for level, colour in _COLOURS if (one := sli.beyond(level))]
    for condition, colour in beyond:
        worst_at[_edge(condition)] = colour
    if not beyond:
        return NO_LEVEL
    worst_at[_edge(beyond[-1][0])] = _WORST
    upward = beyond[0][0].upward
    ordered = sorted(worst_at.items(), reverse=not upward)
    if upward:
        return (ThresholdStep(None, _GOOD), *(ThresholdStep(value, color) for value, color in ordered))
    below = [_GOOD, *(color for _, color in ordered)]
    steps = [ThresholdStep(value, color) for (value, _), color in zip(ordered, below[:-1], strict=True)]
    return (ThresholdStep(None, below[-1]), *reversed(steps))


def _edge(beyond: Predicate) -> float:
    """The first number of the upper side of a level. Behind 0 it is the first that is not denormal."""
    if beyond.operator in (">=", "<"):
        return beyond.threshold
    return math.nextafter(beyond.threshold, math.inf) if beyond.threshold else sys.float_info.min


def levels_of(slis: Iterable[Sli]) -> Levels | None:
    """From the first to the last level of ``slis``; None if they have none."""
    beyond = [one for sli in slis for level, _ in _COLOURS if (one := sli.beyond(level))]
    if not beyond:
        return None
    upward = beyond[0].upward
    ordered = sorted((one.threshold for one in beyond if one.upward == upward), reverse=not upward)
    return Levels(ordered[0], ordered[-1], upward)
