"""Where a level comes from: an SLI in; why observations say nothing about it, or how close it may be, out.

A rollout shows how a system runs in two days. It does not show how much a host has, how often a job is due or
how much there will be to do: levels that come from those stay, whatever was observed.
"""

from dataclasses import dataclass
from decimal import Decimal

from genesis_monitoring.plan.slis import own_metrics
from genesis_monitoring.slis.age import AgeSli
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.gauge import GaugeSli
from genesis_monitoring.slis.kinds import Sli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.slis.trend import TrendSli
from genesis_monitoring.spec.jobs import scrape_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.units import UNITS, conversion, unit_factor

EVENTS = 3
"""So many bad events in the least traffic that is judged are chance."""
TESTED = Decimal("0.5")
"""Of a percentage that somebody else computed, less than this is one case of a few hundred."""
POINTS = Decimal(1)
"""Of a score, less than a point is its own coarseness."""
DOUBLE = Decimal(2)
"""Less than double its past is the course of a day and of a week."""
DEVIATION = Decimal(10)
"""Less than 10 % off its past is, too."""
SCRAPES = 4
"""A time that passes between scrapes is not known to fewer than these, one of which may fail."""

_CAPACITY = "it is a part of a capacity, and how full that may get does not follow from how full it was"
_SCHEDULE = "how old it may get follows from how often it is made, and not from how old it was"
_MIDDLE = (0.3, 0.5)
"""A share below which to stay and that is above the first is a usage; one above which to stay and that is
below the second is what must be left. Rates of errors and of successes have levels near the ends."""


@dataclass(frozen=True, slots=True)
class Floor:
    """``wrong`` is what a level leaves at least, in the SLI's unit, and ``why``."""

    wrong: Decimal
    why: str


def not_from_observation(spec: Spec, sli: Sli) -> str:
    """Why no level of ``sli`` follows from what was observed; empty if one may."""
    if sli.unit == "state":
        return "it is up or down, and there is nothing between"
    if isinstance(sli, AgeSli) or (isinstance(sli, GaugeSli) and sli.unit in ("minutes", "hours")):
        return _SCHEDULE
    if isinstance(sli, ExprSli):
        return "its query is your own, so nobody else knows what its level stands for"
    if isinstance(sli, TrendSli):
        return "a slope within one rollout says little about the slopes to come"
    if UNITS[sli.unit].dimension in ("count rate", "token rate"):
        return "how much there is to do follows from demand, and not from what it was in these days"
    if _is_capacity(spec, sli):
        return _CAPACITY
    if _upward(sli) and UNITS[sli.unit].upper is None:
        return "how much there must be follows from what is needed, and not from what there was"
    return ""


def floor(spec: Spec, sli: Sli) -> Floor | None:
    """The closest that a level of ``sli`` may be, whatever was observed."""
    if isinstance(sli, RatioSli) and sli.window is not None:
        traffic = Decimal(repr(sli.minimum_traffic or 1.0))
        events = EVENTS * Decimal(repr(unit_factor("ratio", sli.unit))) / traffic
        return Floor(events, f"{EVENTS} bad events in the least traffic that is judged")
    if isinstance(sli, RelativeSli) and sli.report == "multiple":
        return Floor(DOUBLE, "less than double is the course of a day or a week")
    if isinstance(sli, RelativeSli) and sli.report == "deviation":
        return Floor(DEVIATION, f"less than {DEVIATION} % off is the course of a day or a week")
    dimension = UNITS[sli.unit].dimension
    if dimension == "fraction":
        share = TESTED * Decimal(repr(unit_factor("percent", sli.unit)))
        return Floor(share, f"less than {TESTED} % is one case of a few hundred")
    if dimension == "score":
        return Floor(POINTS, "less than a point is the coarseness of a score")
    if isinstance(sli, GaugeSli) and sli.unit == "seconds":
        slowest = max(scrape_interval(spec, spec.metrics[one.metric].job) for one in own_metrics(sli))
        return Floor(Decimal(SCRAPES * slowest), f"less than {SCRAPES} scrapes is not known")
    return None


def _is_capacity(spec: Spec, sli: Sli) -> bool:
    units = {spec.metrics[one.metric].unit for one in own_metrics(sli)}
    if sli.unit == "bytes" or any(conversion(unit, "bytes") is not None for unit in units):
        return True
    objective, known = sli.objective, UNITS[sli.unit]
    if known.dimension != "fraction" or objective is None or isinstance(sli, RelativeSli):
        return False
    if isinstance(sli, RatioSli) and sli.complement and not _upward(sli):
        return True
    share = objective.target * known.factor
    return share < _MIDDLE[1] if _upward(sli) else share >= _MIDDLE[0]


def _upward(sli: Sli) -> bool:
    return sli.objective is not None and sli.objective.good in (">", ">=")
