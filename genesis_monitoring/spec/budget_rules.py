"""Error budgets that can hold what they promise: what is counted is known and kept, names are used once.

An SLI with a dangling reference is left alone.
"""

from collections.abc import Iterator

from genesis_monitoring.conventions import budgets_uid
from genesis_monitoring.durations import format_duration
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.budget import Budget
from genesis_monitoring.slis.burn import COUNTED, EXHAUSTED, Burn, burns
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.tier_rules import Order, check_tiers, multiples

_SHORTEST = 12 * COUNTED
_OWN_LABELS = frozenset({"severity", "shadow_severity", "component", "team", "sli", "tier", "alertname"})


def budgets_of(spec: Spec) -> Iterator[tuple[str, SliKind, Budget]]:
    """Every SLI that has one, by name."""
    for name, sli in spec.slis.items():
        if sli.budget is not None:
            yield name, sli, sli.budget


def names_of(name: str, sli: SliKind, budget: Budget) -> tuple[str, str]:
    """Its service and SLO."""
    return budget.service or sli.component, budget.slo or name.replace("_", "-")


def burn_alerts(spec: Spec) -> tuple[str, ...]:
    """The names of all alerts on budgets, each once."""
    found: dict[str, None] = {}
    for _, _, budget in budgets_of(spec):
        found.update(dict.fromkeys(tier.alert for tier in burns(budget, 0)))
        if budget.exhausted is not None:
            found[EXHAUSTED] = None
    return tuple(found)


def told_tiers(spec: Spec) -> Iterator[tuple[str, SliKind, Budget, tuple[Burn, ...]]]:
    """Each budget that is not in shadow, by the name of its SLI, with its tiers, the fastest first.

    Of their windows the order alone is right.
    """
    for name, sli, budget in budgets_of(spec):
        if not budget.shadow:
            yield name, sli, budget, burns(budget, 0)


def check_budget_references(spec: Spec, reporter: Reporter) -> None:
    """Severities that there are, and names that are used once."""
    seen: dict[object, Path] = {}
    alerts = set(burn_alerts(spec))
    for name, sli, budget in budgets_of(spec):
        path: Path = ("slis", name, "budget")
        for key in ("page", "ticket", "exhausted"):
            severity = getattr(budget, key)
            if severity is not None:
                reporter.reference((*path, key), "severity", severity, spec.severities)
        for tier, one in (budget.tiers or {}).items():
            at = (*path, "tiers", tier, "severity")
            reporter.reference(at, "severity", one.severity, spec.severities)
        service, slo = names_of(name, sli, budget)
        key = "slo" if budget.slo else "service" if budget.service else ""
        reporter.unique((*path, key) if key else path, "SLO id", f"{service}-{slo}", seen)
    for known, place in seen.items():
        if f"{known}-period" in seen:
            reporter.error(
                "GM120",
                seen[f"{known}-period"],
                f"the rule groups of the SLO ids {known} and {known}-period have one name",
                "give this SLO another name",
                place,
            )
    uid = budgets_uid(spec.metadata.name)
    if seen and uid in spec.dashboards:
        reporter.error(
            "GM120",
            ("dashboards", uid),
            f"dashboard uid {uid} is used twice: the dashboard of error budgets has it",
            "give this dashboard another uid",
        )
    for name in alerts.intersection(spec.alerts):
        reporter.error(
            "GM120",
            ("alerts", name),
            f"alert name {name} is used twice: alerts on error budgets have it",
            "give this alert another name",
        )


def check_budgets(spec: Spec, reporter: Reporter) -> None:
    """Reports what contradicts itself in a budget, and between two."""
    order: Order = {}
    for name, sli, budget in budgets_of(spec):
        if ("slis", name) in reporter.dangling:
            continue
        path: Path = ("slis", name, "budget")
        if not _countable(reporter, path, sli, budget):
            continue
        _kept(spec, reporter, path, budget)
        _labels(spec, reporter, path, sli, budget)
        _excluded(reporter, path, budget)
        check_tiers(spec, reporter, path, sli, budget, order)


def _countable(reporter: Reporter, path: Path, sli: SliKind, budget: Budget) -> bool:
    if sli.counts_events and isinstance(sli, RatioSli):
        if budget.errors is None and sli.bad_part is None:
            reporter.contradiction(
                path,
                "nothing says which part of this ratio is bad: it has no objective",
                "add errors: numerator, or errors: rest",
            )
            return False
        if None not in (budget.errors, sli.bad_part) and budget.errors != sli.bad_part:
            reporter.contradiction(
                (*path, "errors"),
                f"by the objective of this SLI the bad part is the {sli.bad_part}",
                "remove errors, or correct the objective",
                (*path[:-1], "objective"),
            )
        return True
    if budget.errors is not None:
        reporter.contradiction(
            (*path, "errors"),
            f"this {sli.kind} SLI has no numerator whose events could be errors",
            "remove errors",
        )
    if not sli.counts_events and sli.good is None:
        reporter.contradiction(
            path,
            f"a {sli.kind} SLI counts no events, and without an objective no minute of it is good or bad",
            "give the SLI an objective, or put the budget on a ratio or a latency",
        )
        return False
    return True


def _kept(spec: Spec, reporter: Reporter, path: Path, budget: Budget) -> None:
    retention = spec.prometheus.retention
    if budget.period < _SHORTEST:
        reporter.contradiction(
            (*path, "period"),
            f"a period of {format_duration(budget.period)} holds fewer than twelve counts of "
            f"{format_duration(COUNTED)}",
            f"make it {format_duration(_SHORTEST)} or longer",
        )
    elif budget.period % COUNTED:
        reporter.contradiction(
            (*path, "period"),
            f"a period is made of counts of {format_duration(COUNTED)}, and "
            f"{format_duration(budget.period)} is no multiple of it",
            f"make it a multiple of {format_duration(COUNTED)}: {multiples(budget.period)}",
        )
    if budget.period > retention:
        reporter.contradiction(
            (*path, "period"),
            f"a period of {format_duration(budget.period)} is longer than what Prometheus keeps, "
            f"{format_duration(retention)}, so the budget would be wrong in silence",
            "shorten the period, or lengthen the retention",
            ("prometheus", "retention"),
        )


def _labels(spec: Spec, reporter: Reporter, path: Path, sli: SliKind, budget: Budget) -> None:
    if "groups_at_most" in budget.model_fields_set and not sli.by:
        reporter.contradiction(
            (*path, "groups_at_most"),
            "this SLI is grouped by no label, so there is one budget and nothing to cap",
            "remove groups_at_most, or group the SLI by a label",
        )
    for index, label in enumerate(sli.by):
        if label in ("tier", "shadow_severity") or label.startswith("sloth_"):
            reporter.contradiction(
                (*path[:-1], "by", index),
                f"series and alerts of a budget have a label {label} of their own, which would hide this one",
                "give the metric's label another name",
            )
    for label in budget.labels:
        if label in spec.prometheus.external_labels:
            reporter.contradiction(
                (*path, "labels", label),
                f"the label {label} hides the external label of that name",
                "use another name",
                ("prometheus", "external_labels", label),
            )
        if label in _OWN_LABELS or label in sli.by or label.startswith("sloth_"):
            reporter.contradiction(
                (*path, "labels", label),
                f"series and alerts of a budget have a label {label} already",
                "use another name",
            )


def _excluded(reporter: Reporter, path: Path, budget: Budget) -> None:
    seen: dict[object, Path] = {}
    for index, one in enumerate(budget.exclude):
        at: Path = (*path, "exclude", index)
        if one.lasts >= budget.period:
            reporter.contradiction(
                (*at, "lasts"),
                f"maintenance of {format_duration(one.lasts)} leaves nothing of a period of "
                f"{format_duration(budget.period)}",
                "shorten it",
                (*path, "period"),
            )
        same = (one.start, one.every, one.at)
        if same in seen:
            reporter.contradiction(
                at, "this maintenance begins when another does", "make one of the two", seen[same]
            )
        seen.setdefault(same, at)
