"""What the exporter says of the suites of a scenario: its metric in, label sets and values out."""

from collections.abc import Mapping

from genesis_monitoring import conventions
from genesis_monitoring.spec.exporter_metrics import SUITE_FIGURES
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.stack.synthetic_results import REFRESH_SECONDS, failing_when_healthy
from genesis_monitoring.stack.timeline import Timeline

_OUTCOMES = ("passed", "failed", "error", "skipped")


def suite_sets(spec: Spec, metric: Metric) -> tuple[dict[str, str], ...]:
    """The label sets of a metric of the suites; none for another one."""
    match metric.labels:
        case ("suite",):
            return tuple({"suite": suite} for suite in spec.suites)
        case ("suite", "outcome"):
            return tuple({"suite": one, "outcome": outcome} for one in spec.suites for outcome in _OUTCOMES)
        case ("part",) if spec.health_score is not None:
            return tuple({"part": part} for part in spec.health_score.parts)
    return ()


def suite_level(
    spec: Spec, name: str, labels: Mapping[str, str], timeline: Timeline, now: float
) -> float | None:
    """The value of a gauge of the suites at ``now``; None for another one."""
    suite = labels.get("suite", "")
    score = spec.health_score
    failing = timeline.conditions(now).failing_tests
    match name:
        case conventions.SUITE_RESULT_TIMESTAMP:
            return _written(timeline, now)
        case conventions.SUITE_TESTS_EXPECTED:
            return float(spec.suites[suite].expected)
        case conventions.SUITE_TESTS:
            figure = {"passed": "tests_passed", "failed": "tests_failed"}.get(labels["outcome"], "")
            return _figure(spec, suite, figure, failing)
    if score is not None and name == score.metric:
        return sum(
            part.weight * _figure(spec, part.suite, "pass_rate", failing) for part in score.parts.values()
        )
    if score is not None and name == conventions.health_part_metric(score.metric):
        return _figure(spec, score.parts[labels["part"]].suite, "pass_rate", failing)
    figures = (
        (one, figure)
        for one in spec.suites
        for figure in SUITE_FIGURES
        if conventions.suite_metric(one, figure) == name
    )
    own = next(figures, None)
    return _figure(spec, *own, failing) if own is not None else None


def _written(timeline: Timeline, now: float) -> float:
    """When the results were: those that have an age were written that long before they got it."""
    age = timeline.conditions(now).results_age
    if age is None:
        return float(now // REFRESH_SECONDS * REFRESH_SECONDS)
    return min(timeline.since(now), now) - age


def _figure(spec: Spec, suite: str, figure: str, failing: Mapping[str, int]) -> float:
    expected = spec.suites[suite].expected
    failed = min(failing.get(suite, failing_when_healthy(suite, expected)), expected)
    known = {
        "tests_total": float(expected),
        "tests_passed": float(expected - failed),
        "tests_failed": float(failed),
        "pass_rate": 100 * (expected - failed) / expected,
    }
    return known.get(figure, 0.0)
