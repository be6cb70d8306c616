"""Whether the rollout's criteria can be judged: levels that exist, spans that fit, suites that are fresh.

What has a dangling reference is left alone.
"""

from datetime import UTC, datetime, timedelta

from genesis_monitoring.durations import format_duration
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.rollout import (
    AlertsCriterion,
    Criterion,
    RegressionCriterion,
    Rollout,
    SliCriterion,
)
from genesis_monitoring.spec.slis import AgeSli
from genesis_monitoring.units import UNITS, format_value

_SUITE_LABEL = "suite"
_LAST = datetime(9999, 1, 1, tzinfo=UTC)


def check_rollout(spec: Spec, reporter: Reporter) -> None:
    """The suites and, if there is one, the rollout."""
    _suites(spec, reporter)
    _health_score(spec, reporter)
    rollout = spec.rollout
    if rollout is None:
        return
    if rollout.start > _LAST - timedelta(seconds=rollout.duration):
        reporter.contradiction(
            ("rollout", "start"), "the rollout ends after the year 9998", "correct the year"
        )
    if rollout.duration > spec.prometheus.retention:
        reporter.contradiction(
            ("prometheus", "retention"),
            f"the rollout lasts {format_duration(rollout.duration)}, and Prometheus keeps less",
            f"make it {format_duration(rollout.duration)} or longer",
            ("rollout", "duration"),
        )
    for path, criterion in criteria(rollout):
        _criterion(spec, reporter, rollout, path, criterion)


def criteria(rollout: Rollout) -> tuple[tuple[Path, Criterion], ...]:
    """Every criterion of the rollout with its path in the spec."""
    found: list[tuple[Path, Criterion]] = []
    for key, group in (("go", rollout.go), ("no_go", rollout.no_go)):
        found.extend((("rollout", key, name), criterion) for name, criterion in group.items())
    for index, section in enumerate(rollout.checklist):
        at: Path = ("rollout", "checklist", index, "items")
        found.extend(((*at, name), criterion) for name, criterion in section.items.items())
    return tuple(found)


def _suites(spec: Spec, reporter: Reporter) -> None:
    """Results must not be stale for a criterion before the alert on their age is due."""
    for name, sli in spec.slis.items():
        objective = sli.objective
        unit = UNITS[sli.unit]
        if not isinstance(sli, AgeSli) or objective is None or _SUITE_LABEL not in sli.by:
            continue
        key = "target" if objective.alert is None else "alert"
        level = objective.target if objective.alert is None else objective.alert
        for suite, one in spec.suites.items():
            if unit.dimension == "time" and one.max_age < level * unit.factor:
                reporter.contradiction(
                    ("suites", suite, "max_age"),
                    f"results of {suite} are stale after {format_duration(one.max_age)}, and SLI {name} "
                    f"alerts only at {format_value(level, sli.unit)}",
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
    for key in ("hold", "final", "window"):
        span = getattr(criterion, key, None)
        if span is not None and span > rollout.duration:
            reporter.contradiction(
                (*path, key),
                f"{key} is longer than the rollout, {format_duration(rollout.duration)}",
                f"make it {format_duration(rollout.duration)} or shorter",
                ("rollout", "duration"),
            )
    if isinstance(criterion, AlertsCriterion) and not reporter.partial:
        _alerts(spec, reporter, path, criterion)


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


def _alerts(spec: Spec, reporter: Reporter, path: Path, criterion: AlertsCriterion) -> None:
    meta = spec.meta_alerts
    fire = {
        (alert.severity, spec.slis[alert.sli].component)
        for alert in spec.alerts.values()
        if alert.sli in spec.slis
    }
    fire.update((meta.missing_data.severity, sli.component) for sli in spec.slis.values())
    for index, severity in enumerate(criterion.severities):
        known = severity in spec.severities and criterion.component in (None, *spec.components)
        if known and not any(
            severity == one and criterion.component in (None, component) for one, component in fire
        ):
            of = f" of {criterion.component}" if criterion.component else ""
            reporter.contradiction(
                (*path, "severities", index),
                f"there is no {severity} alert{of}, so this proves nothing",
                "use the severity of an alert",
            )
