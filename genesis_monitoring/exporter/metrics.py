"""Readings in, metrics out: which series there are now. Names and help come from the catalogue.

No data gives no series: neither 0 % nor 100 % stands for a suite that has nothing to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from genesis_monitoring import conventions
from genesis_monitoring.exporter.junit import Counts
from genesis_monitoring.exporter.readings import Reading
from genesis_monitoring.spec.exporter_metrics import exporter_metrics
from genesis_monitoring.spec.metrics import HealthScore
from genesis_monitoring.spec.model import Spec

_FIGURES: Mapping[str, Callable[[Counts], float | None]] = {
    "tests_total": lambda counts: counts.total,
    "tests_passed": lambda counts: counts.passed,
    "tests_failed": lambda counts: counts.failed,
    "tests_errors": lambda counts: counts.error,
    "tests_skipped": lambda counts: counts.skipped,
    "pass_rate": lambda counts: counts.pass_rate,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """A series' value; label values in the order of its metric's label names."""

    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric with at least one series."""

    name: str
    help: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """What a catalogue leaves to the exporter: name, help and label names of each metric, in its order.

    ``figures`` are those of them that are of one figure of one suite: suite, figure and name.
    """

    metrics: tuple[tuple[str, str, tuple[str, ...]], ...]
    figures: tuple[tuple[str, str, str], ...]


def find_exposed(spec: Spec) -> Exposed:
    """What the exporter can make and the catalogue lists as ``exported``."""
    forms = exporter_metrics(spec)
    metrics = tuple(
        (name, metric.help, forms[name].labels)
        for name, metric in spec.metrics.items()
        if name in forms and metric.status == "exported"
    )
    names = {name for name, *_ in metrics}
    figures = (
        (suite, figure, conventions.suite_metric(suite, figure))
        for suite in spec.suites
        for figure in _FIGURES
    )
    return Exposed(metrics, tuple(one for one in figures if one[2] in names))


def make_gauges(
    exposed: Exposed, score: HealthScore | None, readings: Sequence[Reading], now: float, version: str
) -> Iterator[Gauge]:
    """``now`` is in seconds since the epoch; it decides which results are still fresh."""
    counts = {
        reading.name: result.counts
        for reading in readings
        if (result := reading.fresh_result(now)) is not None
    }
    samples = {
        **dict(_of_all_suites(readings, counts)),
        **dict(_of_one_suite(exposed, counts)),
        **dict(_health(score, counts) if score is not None else ()),
        conventions.EXPORTER_BUILD_INFO: (Sample((version,), 1),),
    }
    for name, text, labels in exposed.metrics:
        if samples.get(name):
            yield Gauge(name, text, labels, samples[name])


def _of_all_suites(
    readings: Sequence[Reading], counts: Mapping[str, Counts]
) -> Iterator[tuple[str, tuple[Sample, ...]]]:
    yield (
        conventions.SUITE_TESTS,
        tuple(
            Sample((suite, outcome), tests)
            for suite, own in counts.items()
            for outcome, tests in own.by_outcome
        ),
    )
    yield conventions.SUITE_TESTS_EXPECTED, tuple(Sample((r.name,), r.suite.expected) for r in readings)
    # Past max_age too: without it the alert on a result's age would resolve when the result is at its oldest.
    yield (
        conventions.SUITE_RESULT_TIMESTAMP,
        tuple(Sample((r.name,), r.result.written) for r in readings if r.result is not None),
    )
    yield conventions.SUITE_PARSE_SUCCESS, tuple(Sample((r.name,), float(not r.problem)) for r in readings)


def _of_one_suite(exposed: Exposed, counts: Mapping[str, Counts]) -> Iterator[tuple[str, tuple[Sample, ...]]]:
    for suite, figure, name in exposed.figures:
        value = _FIGURES[figure](counts[suite]) if suite in counts else None
        if value is not None:
            yield name, (Sample((), value),)


def _health(score: HealthScore, counts: Mapping[str, Counts]) -> Iterator[tuple[str, tuple[Sample, ...]]]:
    """The weighted mean; none while a part is unknown, since a mean of the others could look healthy."""
    rates = {
        part: rate
        for part, one in score.parts.items()
        if one.suite in counts and (rate := counts[one.suite].pass_rate) is not None
    }
    yield conventions.health_part_metric(score.metric), tuple(Sample((p,), rate) for p, rate in rates.items())
    if len(rates) == len(score.parts):
        mean = sum(score.parts[part].weight * rate for part, rate in rates.items())
        # Weights such as 0.4 + 0.2 + 0.2 + 0.2 add up to a hair above 1.
        yield score.metric, (Sample((), round(min(mean, 100.0), 9)),)
