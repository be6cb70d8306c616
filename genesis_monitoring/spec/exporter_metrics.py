"""The metrics that the exporter can make, by name: a spec in, the form of each out; and their rule.

The exporter exposes those of them that the catalogue lists as ``exported``, with the catalogue's help.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring import conventions
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Reporter

SUITE_FIGURES: Mapping[str, str] = {
    "tests_total": "count",
    "tests_passed": "count",
    "tests_failed": "count",
    "tests_errors": "count",
    "tests_skipped": "count",
    "pass_rate": "percent",
}
"""Figures of a suite that may have a metric of their own, ``genesis_<suite>_<figure>``, and their units."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a metric must be declared as. All of them are gauges."""

    unit: str
    labels: tuple[str, ...] = ()


def exporter_metrics(spec: Spec) -> dict[str, Form]:
    """Every metric that the exporter can make of this spec's suites, listed in its catalogue or not."""
    forms = {
        conventions.SUITE_TESTS: Form("count", ("suite", "outcome")),
        conventions.SUITE_TESTS_EXPECTED: Form("count", ("suite",)),
        conventions.SUITE_RESULT_TIMESTAMP: Form("timestamp", ("suite",)),
        conventions.SUITE_PARSE_SUCCESS: Form("state", ("suite",)),
        conventions.EXPORTER_BUILD_INFO: Form("state", ("version",)),
    }
    for suite in spec.suites:
        for figure, unit in SUITE_FIGURES.items():
            forms[conventions.suite_metric(suite, figure)] = Form(unit)
    if spec.health_score is not None:
        forms[spec.health_score.metric] = Form("score")
        forms[conventions.health_part_metric(spec.health_score.metric)] = Form("percent", ("part",))
    return forms


def check_exporter_metrics(spec: Spec, reporter: Reporter) -> None:
    """A metric that the exporter makes is declared as the exporter makes it."""
    for name, form in exporter_metrics(spec).items():
        metric = spec.metrics.get(name)
        if metric is None or (spec.health_score and name == spec.health_score.metric and not metric.labels):
            # The form of the score itself is told where the spec names it.
            continue
        declared = (metric.type, metric.unit, frozenset(metric.labels))
        if declared != ("gauge", form.unit, frozenset(form.labels)):
            labels = f" with the labels {', '.join(form.labels)}" if form.labels else " without labels"
            reporter.contradiction(
                ("metrics", name),
                f"the exporter makes {name} a gauge in {form.unit}{labels}, and here it is something else",
                "declare it so, or give your own metric another name",
            )
