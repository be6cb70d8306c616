"""Where two sets of rules fire at different times, and who is right: by arithmetic on the requests."""

from collections.abc import Mapping

from bench.synthetic import Slo

from .requests import History
from .twins import Tier

QUICKLY_READ, COUNTED, SCRAPED = 7200, 300, 60
_LAG = range(0, 361, 60)
_NEAR = 0.05
_YOUNG = 0.2
"""At a scrape a minute the first errors after a restart count as five sixths: increase() stops at zero."""
FEW, LAG, NEAR, YOUNG, FIRST, NONE = (
    "few errors",
    "lag of a long window",
    "at the limit",
    "a young counter",
    "before a first scrape",
    "of no listed kind",
)
KINDS = (FEW, LAG, NEAR, YOUNG, FIRST, NONE)


def kind_of(slo: Slo, tier: Tier, history: History, at: float, ours: bool) -> str:
    """Why only one of the two fires: we do (``ours``), or Sloth does."""
    if not ours and _ours(history, at, tier.long)[0] < slo.minimum_errors:
        return FEW
    if tier.long > QUICKLY_READ and len({_exactly(slo, tier, history, at - lag) for lag in _LAG}) > 1:
        return LAG
    paces = [_share(*history.counted(at, window)) / tier.limit for window in (tier.long, tier.short)]
    if any(abs(pace - 1) < _NEAR for pace in paces):
        return NEAR
    if (
        (history.resets or history.gone)
        and tier.long > QUICKLY_READ
        and any(abs(pace - 1) < _YOUNG for pace in paces)
    ):
        return YOUNG
    we = all(_share(*_ours(history, at, window)) > tier.limit for window in (tier.long, tier.short))
    they = all(_share(*_theirs(history, at, window)) > tier.limit for window in (tier.long, tier.short))
    return FIRST if (we, they) == (ours, not ours) else NONE


def _exactly(slo: Slo, tier: Tier, history: History, at: float) -> bool:
    errors, total = history.counted(at, tier.long)
    return (
        errors >= slo.minimum_errors
        and _share(errors, total) > tier.limit
        and _share(*history.counted(at, tier.short)) > tier.limit
    )


def _theirs(history: History, at: float, window: int) -> tuple[int, int]:
    """A window of a counter begins with the first scrape in it."""
    return history.counted(at, window - SCRAPED)


def _ours(history: History, at: float, window: int) -> tuple[int, int]:
    """A count begins with the last scrape before it, and long windows are made of counts."""
    if window > QUICKLY_READ:
        return history.by_counts(at, window)
    return history.counted(at, window) if window == COUNTED else _theirs(history, at, window)


def _share(errors: float, total: float) -> float:
    return errors / total if total else 0.0


def table(counted: Mapping[tuple[str, str, bool], int]) -> str:
    """Steps by history, kind and who fires."""
    return "\n".join(
        f"{history:14} {kind:22} {'only ours' if ours else 'only theirs':12} {steps:7}"
        for (history, kind, ours), steps in sorted(counted.items())
    )
