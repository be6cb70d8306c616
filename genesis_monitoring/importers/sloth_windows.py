"""Sloth's catalogue of windows (``AlertWindows``): documents in, the tiers of each period out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genesis_monitoring.importers.documents import Document
from genesis_monitoring.importers.fields import Fields
from genesis_monitoring.importers.report import Report
from genesis_monitoring.importers.slo import Choices, WrittenTier

_TIERS = (("page", "quick"), ("page", "slow"), ("ticket", "quick"), ("ticket", "slow"))


@dataclass(frozen=True, slots=True)
class Windows:
    """``long``, ``short`` in seconds and percent of the budget, by kind and pace, in Sloth's order."""

    document: Document
    tiers: Mapping[tuple[str, str], tuple[int, int, float]]

    def of(self, choices: Choices, *, page: bool, ticket: bool) -> tuple[WrittenTier, ...]:
        """As tiers of a budget; what is disabled stays, and is off."""
        on = {"page": page, "ticket": ticket}
        severity = {"page": choices.page, "ticket": choices.ticket}
        return tuple(
            WrittenTier(f"{kind}-{pace}", long, short, severity[kind], share=share, enabled=on[kind])
            for (kind, pace), (long, short, share) in self.tiers.items()
        )


def read_windows(documents: Iterable[Document], report: Report) -> Mapping[int, Windows]:
    """By period in seconds."""
    found: dict[int, Windows] = {}
    for document in documents:
        top = Fields.of(document, report)
        top.unknown("apiVersion", "kind", "metadata", "spec")
        spec = top.below("spec")
        spec.unknown("sloPeriod", "page", "ticket")
        before = report.errors
        if not spec.text("sloPeriod", needed=True):
            continue
        period = spec.seconds("sloPeriod")
        tiers = {(kind, pace): _tier(spec, kind, pace) for kind, pace in _TIERS}
        if report.errors > before:
            continue
        if period in found:
            first = found[period].document.at(("spec", "sloPeriod"))
            spec.error("sloPeriod", f"the windows of this period are there already, at {first}", "keep one")
        else:
            found[period] = Windows(document, tiers)
    return found


def _tier(spec: Fields, kind: str, pace: str) -> tuple[int, int, float]:
    group = spec.below(kind)
    group.unknown("quick", "slow")
    tier = group.below(pace)
    tier.unknown("errorBudgetPercent", "shortWindow", "longWindow")
    for key in ("shortWindow", "longWindow"):
        tier.text(key, needed=True)
    before = tier.report.errors
    long, short, share = (
        tier.seconds("longWindow"),
        tier.seconds("shortWindow"),
        tier.number("errorBudgetPercent"),
    )
    if share is None or not 0 < share <= 100:
        tier.error("errorBudgetPercent", "is no percentage of the budget above 0", "write one, as 2")
        share = 0.0
    if tier.report.errors == before and long and short and short >= long:
        tier.error("shortWindow", "is not shorter than the long one", "shorten it")
    return long, short, share
