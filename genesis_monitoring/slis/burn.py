"""How fast a budget may burn: a budget of a spec in, its tiers with windows and factors out.

Source of the shares: Google's SRE workbook, "Alerting on SLOs": 2 % of the budget in an hour, 5 % in six and
10 % in a day of 30 pages or makes a ticket, and 10 % in three days makes one as well.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from genesis_monitoring.slis.budget import Budget

_WORKBOOK = (
    ("page-quick", True, 720, 2),
    ("page-slow", True, 120, 5),
    ("ticket-quick", False, 30, 10),
    ("ticket-slow", False, 10, 10),
)
"""Name, whether it pages, the part of the period that its long window is, percent of the budget in it."""
_SHORT = 12
"""The short window is this part of the long one."""
_LADDER = (
    *(minutes * 60 for minutes in (1, 2, 3, 4, 5, 6, 10, 15, 20, 30)),
    *(minutes * 60 for minutes in (60, 90, 120, 180, 240, 360, 480, 720, 1080)),
    *(days * 86400 for days in range(1, 8)),
)
"""Windows that people say: what is scaled goes to the nearest of them."""
_DIGITS = Decimal("0.000001")
QUICKLY_READ = 7200
"""Windows up to two hours are read from the counters themselves, longer ones from counts of five minutes."""
COUNTED = 300
"""Seconds over which events are counted."""


@dataclass(frozen=True, slots=True)
class Burn:
    """A tier as it is judged. ``factor`` is how many times too fast, ``origin`` where it is said."""

    name: str
    long: int
    short: int
    factor: Decimal
    severity: str
    origin: tuple[str, ...]

    @property
    def alert(self) -> str:
        """Its alert's name, that all budgets with such a tier share."""
        return BURN + "".join(word.capitalize() for word in self.name.split("-"))


BURN = "ErrorBudgetBurn"
"""How names of tiers' alerts begin."""
EXHAUSTED = "ErrorBudgetExhausted"
"""The alert when the budget of the period is used up."""


def burns(budget: Budget, least: int) -> tuple[Burn, ...]:
    """The tiers that are on, the fastest first. Short windows of the workbook have ``least`` seconds."""
    if budget.tiers is None:
        return tuple(_of_the_workbook(budget, least))
    found = [
        Burn(
            name,
            tier.long,
            tier.short,
            _factor(budget.period, tier.long, tier.share)
            if tier.share is not None
            else Decimal(repr(tier.factor)).normalize(),
            tier.severity,
            ("tiers", name),
        )
        for name, tier in budget.tiers.items()
        if tier.enabled
    ]
    return tuple(sorted(found, key=lambda one: (one.long, one.short)))


def _of_the_workbook(budget: Budget, least: int) -> list[Burn]:
    found = []
    for name, pages, part, share in _WORKBOOK:
        severity = budget.page if pages else budget.ticket
        if severity is not None:
            long = _nearest(Fraction(budget.period, part))
            short = max(_nearest(Fraction(long, _SHORT)), least)
            factor = _factor(budget.period, long, share)
            found.append(Burn(name, long, short, factor, severity, ("page" if pages else "ticket",)))
    return found


@lru_cache(maxsize=1000)
def _nearest(seconds: Fraction) -> int:
    """By proportion. Beyond the ladder a window is whole days.

    Remembered: a spec is asked for its tiers dozens of times, and has few periods.
    """
    if seconds > _LADDER[-1]:
        return max(round(seconds / 86400), 8) * 86400
    return min(_LADDER, key=lambda step: max(seconds / step, step / seconds))


def _factor(period: int, long: int, share: float) -> Decimal:
    exact = Decimal(repr(share)) * period / (100 * long)
    return exact.quantize(_DIGITS).normalize() if exact > _DIGITS else exact
