"""Whether the rollout's criteria can be judged: levels that exist, spans that fit, suites that are fresh.

What has a dangling reference is left alone.
"""

from collections.abc import Iterator

from genesis_monitoring.durations import format_duration
from genesis_monitoring.slis.values import SCRAPES_IN_A_WINDOW
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    BudgetCriterion,
    Criterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
)
from genesis_monitoring.spec.rollout_references import criteria_of
from genesis_monitoring.spec.tier_rules import tiers_of
from genesis_monitoring.units import UNITS, format_level

_SUITE_LABEL = "suite"


def check_rollout(spec: Spec, reporter: Reporter) -> None:
    """The suites and, if there is one, the rollout."""
    _suites(spec, reporter)
    _health_score(spec, reporter)
    rollout = spec.rollout
    if rollout is None:
        return
    if rollout.duration > spec.prometheus.retention:
        reporter.contradiction(
            ("prometheus", "retention"),
            f"the rollout lasts {format_duration(rollout.duration)}, and Prometheus keeps less",
            f"make it {format_duration(rollout.duration)} or longer",
            ("rollout", "duration"),
        )
    firing = frozenset(() if reporter.incomplete else _firing(spec))
    for path, criterion in criteria_of(rollout):
        _criterion(spec, reporter, rollout, path, criterion)
        if isinstance(criterion, AlertsCriterion) and not reporter.incomplete:
            _alerts(reporter, path, criterion, firing)


def _suites(spec: Spec, reporter: Reporter) -> None:
    """Results must not be stale for a criterion before the alert on their age is due."""
    for name, sli in spec.slis.items():
        objective = sli.objective
        unit = UNITS[sli.unit]
        if not sli.since_a_time or objective is None or _SUITE_LABEL not in sli.by:
            continue
        key = "target" if objective.alert is None else "alert"
        level = objective.target if objective.alert is None else objective.alert
        for suite, one in spec.suites.items():
            if unit.dimension == "time" and one.max_age < level * unit.factor:
                reporter.contradiction(
                    ("suites", suite, "max_age"),
                    f"results of {suite} are stale after {format_duration(one.max_age)}, and SLI {name} "
                    f"alerts only at {format_level(level, sli.unit)}",
                    "make max_age at least as long as that level",
                    ("slis", name, "objective", key),
                )


def _health_score(spec: Spec, reporter: Reporter) -> None:
    score = spec.health_score
    metric = spec.metrics.get(score.metric) if score else None
    if score is None or metric is None:
        return
    if (metric.type, metric.unit) != ("gauge", "score"):
        reporter.contradiction(
            ("health_score", "metric"),
            f"the health score is a gauge in score, and {score.metric} is a {metric.type} in {metric.unit}",
            "name a metric of type gauge and unit score",
            ("metrics", score.metric),
        )
    seen: dict[object, Path] = {}
    for name, part in score.parts.items():
        reporter.unique(("health_score", "parts", name, "suite"), "the suite", part.suite, seen)


def _criterion(spec: Spec, reporter: Reporter, rollout: Rollout, path: Path, criterion: Criterion) -> None:
    if isinstance(criterion, SliCriterion):
        _levels(spec, reporter, path, criterion)
    if isinstance(criterion, RegressionCriterion):
        _baselines(spec, reporter, path, criterion)
    if isinstance(criterion, BudgetCriterion):
        _budgets(spec, reporter, rollout, path, criterion)
    for key in ("hold", "final", "window"):
        span = getattr(criterion, key, None)
        if span is not None and span > rollout.duration:
            reporter.contradiction(
                (*path, key),
                f"{key} is longer than the rollout, {format_duration(rollout.duration)}",
                f"make it {format_duration(rollout.duration)} or shorter",
                ("rollout", "duration"),
            )


def _levels(spec: Spec, reporter: Reporter, path: Path, criterion: SliCriterion) -> None:
    for index, name in enumerate(criterion.slis):
        if name not in spec.slis:
            continue
        objective = spec.slis[name].objective
        if objective is None or (criterion.level == "no_go" and objective.no_go is None):
            reporter.contradiction(
                (*path, "slis", index),
                f"SLI {name} has no {criterion.level} level to be judged by",
                "give it one in its objective, or judge by another level",
                ("slis", name),
            )
    if criterion.final is not None and criterion.hold >= criterion.final:
        reporter.contradiction(
            (*path, "hold"),
            f"in the final {format_duration(criterion.final)} nothing lasts longer than "
            f"{format_duration(criterion.hold)}, so nothing is ever violated",
            "shorten hold, or lengthen final",
            (*path, "final"),
        )


def _baselines(spec: Spec, reporter: Reporter, path: Path, criterion: RegressionCriterion) -> None:
    for index, name in enumerate(criterion.slis):
        if name not in spec.slis:
            continue
        baseline = spec.slis[name].baseline
        if baseline is None or baseline.value is None or spec.slis[name].objective is None:
            reporter.contradiction(
                (*path, "slis", index),
                f"SLI {name} has no baseline value, or no objective that says which way is better",
                "give it baseline.value and an objective, or leave it out",
                ("slis", name),
            )


def _budgets(
    spec: Spec, reporter: Reporter, rollout: Rollout, path: Path, criterion: BudgetCriterion
) -> None:
    window = criterion.window or rollout.duration
    least = SCRAPES_IN_A_WINDOW * spec.prometheus.scrape_interval
    if window < least:
        reporter.contradiction(
            (*path, "window"),
            f"in {format_duration(window)} there are fewer than {SCRAPES_IN_A_WINDOW} scrapes",
            f"make it {format_duration(least)} or longer",
            ("prometheus", "scrape_interval"),
        )
    for index, name in enumerate(criterion.slis):
        if name not in spec.slis:
            continue
        budget = spec.slis[name].budget
        if budget is None:
            reporter.contradiction(
                (*path, "slis", index),
                f"SLI {name} has no error budget",
                "give it one, or leave it out",
                ("slis", name),
            )
        elif budget.exclude:
            reporter.contradiction(
                (*path, "slis", index),
                f"the budget of {name} leaves maintenance out, and a criterion counts the whole window",
                "judge it by another budget, or by `budget status`",
                ("slis", name, "budget", "exclude"),
            )
        elif criterion.at_most >= (most := float(100 / budget.allowed * window / budget.period)):
            reporter.contradiction(
                (*path, "at_most"),
                f"if everything failed for {format_duration(window)}, {most:.6g} % of the budget of {name} "
                "would be burnt, so nothing is ever violated",
                "make it less",
                ("slis", name, "budget"),
            )


def _firing(spec: Spec) -> Iterator[tuple[str, str]]:
    """Severity and component of every alert that tells of something wrong."""
    for alert in spec.alerts.values():
        if alert.sli in spec.slis:
            yield alert.severity, spec.slis[alert.sli].component
    for sli in spec.slis.values():
        yield spec.meta_alerts.missing_data.severity, sli.component
        if sli.budget is not None and not sli.budget.shadow:
            tiers = [one.severity for one in tiers_of(spec, sli, sli.budget)]
            yield from ((one, sli.component) for one in (*tiers, sli.budget.exhausted) if one)


def _alerts(
    reporter: Reporter,
    path: Path,
    criterion: AlertsCriterion,
    firing: frozenset[tuple[str, str]],
) -> None:
    for index, severity in enumerate(criterion.severities):
        if not any(severity == one and criterion.component in (None, component) for one, component in firing):
            of = f" of {criterion.component}" if criterion.component else ""
            reporter.contradiction(
                (*path, "severities", index),
                f"there is no {severity} alert{of}, so this proves nothing",
                "use the severity of an alert",
            )
