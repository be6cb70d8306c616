"""Where a level comes from: an SLI in; why observations say nothing about it, or how close it may be, out.

A rollout shows how a system runs in two days. It does not show how much a host has, how often a job is due or
how much there will be to do: levels that come from those stay, whatever was observed.
"""

from decimal import Decimal

from genesis_monitoring.slis.registry import Sli
from genesis_monitoring.slis.values import Floor
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import UNITS, conversion, unit_factor

TESTED = Decimal("0.5")
"""Of a percentage that somebody else computed, less than this is one case of a few hundred."""
POINTS = Decimal(1)
"""Of a score, less than a point is its own coarseness."""

_CAPACITY = "it is a part of a capacity, and how full that may get does not follow from how full it was"
_SCHEDULE = "how old it may get follows from how often it is made, and not from how old it was"
_MIDDLE = (0.3, 0.5)
"""A share below which to stay and that is above the first is a usage; one above which to stay and that is
below the second is what must be left. Rates of errors and of successes have levels near the ends."""


def not_from_observation(spec: Spec, sli: Sli) -> str:
    """Why no level of ``sli`` follows from what was observed; empty if one may."""
    if sli.unit == "state":
        return "it is up or down, and there is nothing between"
    if sli.since_a_time or (sli.metric_type == "gauge" and sli.unit in ("minutes", "hours")):
        return _SCHEDULE
    if sli.unobservable:
        return sli.unobservable
    if UNITS[sli.unit].dimension in ("count rate", "token rate", "byte rate"):
        return "how much there is to do follows from demand, and not from what it was in these days"
    if _is_capacity(spec, sli):
        return _CAPACITY
    if sli.more_is_better and UNITS[sli.unit].upper is None:
        return "how much there must be follows from what is needed, and not from what there was"
    return ""


def floor(spec: Spec, sli: Sli) -> Floor | None:
    """The closest that a level of ``sli`` may be, whatever was observed."""
    noise = sli.noise(spec)
    if noise is not None:
        return noise
    dimension = UNITS[sli.unit].dimension
    if dimension == "fraction":
        share = TESTED * Decimal(repr(unit_factor("percent", sli.unit)))
        return Floor(share, f"less than {TESTED} % is one case of a few hundred")
    if dimension == "score":
        return Floor(POINTS, "less than a point is the coarseness of a score")
    return None


def _is_capacity(spec: Spec, sli: Sli) -> bool:
    units = {spec.metrics[one.metric].unit for one in sli.metrics_named}
    if sli.unit == "bytes" or any(conversion(unit, "bytes") is not None for unit in units):
        return True
    objective, known = sli.objective, UNITS[sli.unit]
    if known.dimension != "fraction" or objective is None or sli.of:
        return False
    if sli.of_capacity:
        return True
    share = objective.target * known.factor
    return share < _MIDDLE[1] if sli.more_is_better else share >= _MIDDLE[0]
