"""What a tier is to do, by arithmetic on the history alone: a second opinion on two sets of rules."""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from .histories import Minutes

FIVE = 5


class Said(Enum):
    """``EDGE``: so near a limit that extrapolation decides."""

    FIRES = "fires"
    QUIET = "quiet"
    EDGE = "edge"


@dataclass(frozen=True, slots=True)
class Tier:
    """Windows in minutes."""

    long: int
    short: int
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Counted:
    """What happened between the samples of a window, and between how many of them."""

    errors: int
    total: int
    intervals: int


def counted(minutes: Minutes, end: int, window: int) -> Counted:
    """Between the samples of minutes ``end - window`` to ``end``, both ends included."""
    there = [one for one in range(max(end - window, 0), end + 1) if one not in minutes.gone]
    if len(there) < 2:
        return Counted(0, 0, 0)
    between = slice(there[0] + 1, end + 1)
    return Counted(sum(minutes.errors[between]), sum(minutes.total[between]), len(there) - 1)


def judged(minutes: Minutes, tier: Tier, allowed: Fraction, end: int, least: int, lag: int) -> Said:
    """Whether the tier fires at a minute. Windows of more than two hours end ``lag`` minutes earlier.

    ``least`` errors have to be in the long window.
    """
    limit = tier.factor * allowed
    answers = []
    for window in (tier.long, tier.short):
        seen = counted(minutes, end - lag if window > 120 else end, window)
        answers.append(_above(Fraction(seen.errors, seen.total), limit) if seen.total else Said.QUIET)
    if least:
        seen = counted(minutes, end - lag if tier.long > 120 else end, tier.long)
        most = seen.errors * (1 + Fraction(2, max(seen.intervals, 1)))
        enough = seen.errors >= least
        answers.append(Said.FIRES if enough else Said.EDGE if most >= least - Fraction(1, 2) else Said.QUIET)
    if Said.QUIET in answers:
        return Said.QUIET
    return Said.EDGE if Said.EDGE in answers else Said.FIRES


def _above(value: Fraction, limit: Fraction) -> Said:
    if abs(value - limit) <= limit / 10**9:
        return Said.EDGE
    return Said.FIRES if value > limit else Said.QUIET
