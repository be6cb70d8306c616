"""What the exporter says while every suite is well: its metric in, label sets and values out."""

import re
from collections.abc import Mapping

from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.stack.synthetic_results import REFRESH_SECONDS, failing_when_healthy

_OUTCOMES = ("passed", "failed", "error", "skipped")
_FIGURE = re.compile(r"_(tests_total|tests_passed|tests_failed|tests_errors|tests_skipped|pass_rate)\Z")


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


def suite_level(spec: Spec, name: str, labels: Mapping[str, str], now: float) -> float | None:
    """The value of a gauge of the suites at ``now``; None for another one."""
    suite = labels.get("suite")
    if suite is not None and name.endswith("_timestamp_seconds"):
        return float(now // REFRESH_SECONDS * REFRESH_SECONDS)
    if suite is not None and "outcome" in labels:
        failed = failing_when_healthy(suite, spec.suites[suite].expected)
        return float(
            {"passed": spec.suites[suite].expected - failed, "failed": failed}.get(labels["outcome"], 0)
        )
    if suite is not None and name.endswith("_expected"):
        return float(spec.suites[suite].expected)
    if spec.health_score is not None and name == spec.health_score.metric:
        return sum(part.weight * _pass_rate(spec, part.suite) for part in spec.health_score.parts.values())
    if "part" in labels and spec.health_score is not None:
        return _pass_rate(spec, spec.health_score.parts[labels["part"]].suite)
    figure = _FIGURE.search(name)
    own = next((s for s in spec.suites if figure and name[: figure.start()].endswith(f"_{s}")), None)
    return _figure(spec, own, figure[1]) if own is not None and figure is not None else None


def _figure(spec: Spec, suite: str, figure: str) -> float:
    expected = spec.suites[suite].expected
    failed = failing_when_healthy(suite, expected)
    known = {
        "tests_total": float(expected),
        "tests_passed": float(expected - failed),
        "tests_failed": float(failed),
        "pass_rate": _pass_rate(spec, suite),
    }
    return known.get(figure, 0.0)


def _pass_rate(spec: Spec, suite: str) -> float:
    expected = spec.suites[suite].expected
    return 100 * (expected - failing_when_healthy(suite, expected)) / expected
