"""Tiers of error budgets that can do what they are for: fire, soon and late enough, and once."""

from itertools import combinations, pairwise

from genesis_monitoring.durations import format_duration
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.budget import Budget
from genesis_monitoring.slis.burn import COUNTED, QUICKLY_READ, Burn, burns
from genesis_monitoring.slis.values import SCRAPES_IN_A_WINDOW
from genesis_monitoring.spec.jobs import sample_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter

_SLICE = 60
"""Seconds of a time slice."""
Order = dict[tuple[str, str], Path]
"""Where an alert is faster than another, by their names."""


def multiples(seconds: int) -> str:
    """The nearest durations that are made of whole counts."""
    below = seconds // COUNTED * COUNTED
    return f"{format_duration(below)} or {format_duration(below + COUNTED)}"


def sampled(spec: Spec, sli: SliKind) -> int:
    """Seconds between two of the samples that its budget counts."""
    if not sli.counts_events:
        return _SLICE
    return max(sample_interval(spec, one.metric) for one in sli.metrics_named)


def tiers_of(spec: Spec, sli: SliKind, budget: Budget) -> tuple[Burn, ...]:
    """The tiers that are on, the fastest first."""
    return burns(budget, SCRAPES_IN_A_WINDOW * sampled(spec, sli))


def check_tiers(
    spec: Spec, reporter: Reporter, path: Path, sli: SliKind, budget: Budget, order: Order
) -> None:
    """Reports what contradicts itself in the tiers of the budget at ``path``. ``order`` is of all budgets."""
    tiers = tiers_of(spec, sli, budget)
    for tier in tiers:
        _tier(spec, reporter, path, sli, budget, tier)
    if not budget.shadow:
        _one_order(reporter, path, tiers, order)
    for faster, slower in pairwise(tiers):
        if (faster.long, faster.short) == (slower.long, slower.short):
            reporter.contradiction(
                (*path, *slower.origin),
                f"the tiers {faster.name} and {slower.name} have the same windows",
                "remove one of them",
                (*path, *faster.origin),
            )
        if faster.severity > slower.severity:
            reporter.contradiction(
                (*path, *faster.origin),
                f"the tier {faster.name} is {faster.severity}, and {slower.name}, which is slower, is "
                f"{slower.severity}: what burns faster is at least as urgent",
                f"make it {slower.severity} or more urgent",
                (*path, *slower.origin),
            )


def _one_order(reporter: Reporter, path: Path, tiers: tuple[Burn, ...], order: Order) -> None:
    """Alerts are named by tiers, and the faster one keeps the slower quiet, in every budget."""
    for faster, slower in combinations(tiers, 2):
        other = order.get((slower.alert, faster.alert))
        if other is not None:
            reporter.contradiction(
                (*path, *slower.origin),
                f"the tier {faster.name} is faster than {slower.name} here, and slower in another budget, so "
                "that each alert would keep the other quiet",
                "give one of the two another name",
                other,
            )
        order.setdefault((faster.alert, slower.alert), (*path, *faster.origin))


def _tier(spec: Spec, reporter: Reporter, path: Path, sli: SliKind, budget: Budget, tier: Burn) -> None:
    at = (*path, *tier.origin)
    own = budget.tiers is not None
    if tier.factor * budget.allowed >= 1:
        most = 100 - 100 / float(tier.factor)
        reporter.contradiction(
            at,
            f"the tier {tier.name} can never fire: it waits for {tier.factor:f} times the "
            f"{(budget.allowed * 100).normalize():f} % that may be bad, which is more than all",
            f"lower its factor, or set an objective above {most:.4g}"
            if own
            else f"set an objective above {most:.4g}, or list tiers of your own",
            (*path, "objective"),
        )
    if tier.long >= budget.period:
        reporter.contradiction(
            (*at, "long") if own else at,
            f"the long window of {format_duration(tier.long)} is not shorter than the period of the budget, "
            f"{format_duration(budget.period)}: that is what exhausted tells",
            "shorten it",
            (*path, "period"),
        )
    if tier.long % COUNTED and tier.long > QUICKLY_READ:
        reporter.contradiction(
            (*at, "long") if own else at,
            f"a window of more than {format_duration(QUICKLY_READ)} is made of counts of "
            f"{format_duration(COUNTED)}, and {format_duration(tier.long)} is no multiple of it",
            f"make it a multiple of {format_duration(COUNTED)}: {multiples(tier.long)}",
        )
    minutes, wanted = tier.long // _SLICE, budget.minimum_errors or 0
    if not sli.counts_events and wanted > minutes:
        reporter.contradiction(
            (*path, "minimum_errors"),
            f"there are {minutes} minutes in the long window of {tier.name}, so it waits for more bad ones "
            "than there can be",
            f"make it {minutes} or less",
            at,
        )
    least = SCRAPES_IN_A_WINDOW * sampled(spec, sli)
    if tier.short < least or tier.short >= tier.long:
        what = "minutes" if not sli.counts_events else "scrapes"
        reporter.contradiction(
            (*at, "short") if own else at,
            f"the short window of {format_duration(tier.short)} of the tier {tier.name} holds fewer than "
            f"{SCRAPES_IN_A_WINDOW} {what}, or is not below the long one of {format_duration(tier.long)}",
            f"make it {format_duration(least)} or longer"
            if own
            else "the period is too short for the tiers of the workbook: list tiers of your own",
            (*path, "period"),
        )
