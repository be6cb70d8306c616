"""What is known about every series: its type, unit, labels and how often it gets a sample.

A plan goes in: the spec's metric catalogue (histograms as their ``_bucket``, ``_count`` and ``_sum``), the
recorded series of all SLIs, and what Prometheus makes by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from genesis_monitoring.checks.promql.syntax import (
    COMPARISONS,
    Aggregation,
    Binary,
    Call,
    Negation,
    Node,
    Number,
    Selector,
    Text,
)
from genesis_monitoring.conventions import TARGET_LABELS
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.spec.jobs import job_names, scrape_interval
from genesis_monitoring.spec.metrics import Metric

SCALAR_FUNCTIONS = frozenset({"scalar", "time", "pi"})
RATES = frozenset({"rate", "irate", "increase"})
"""The functions that make something of a counter's growth."""

_TARGET = frozenset(TARGET_LABELS)
_OF_EACH_TARGET = {
    "up": "state",
    "scrape_duration_seconds": "seconds",
    "scrape_samples_scraped": "count",
    "scrape_samples_post_metric_relabeling": "count",
    "scrape_series_added": "count",
}


@dataclass(frozen=True, slots=True)
class Series:
    """A kind of series. ``labels`` is None where they are not known; ``interval`` (s) is between samples.

    ``histogram`` names the metric whose buckets these are; ``sli`` the SLI that is recorded here.
    """

    name: str
    kind: Literal["counter", "gauge"]
    unit: str
    labels: frozenset[str] | None
    interval: int
    histogram: str = ""
    sli: str = ""


class Catalogue:
    """Every series that the stack may read, by its exact name."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._metrics: Mapping[str, Metric] = plan.spec.metrics

    def find(self, name: str) -> Series | None:
        """The series of that name; None if nothing exposes or records it."""
        return self._series.get(name)

    def sli(self, name: str) -> SliPlan | None:
        """The SLI that is recorded under ``name``."""
        found = self.find(name)
        return self.plan.slis[found.sli] if found is not None and found.sli else None

    def names(self) -> tuple[str, ...]:
        """All names."""
        return tuple(self._series)

    def histogram(self, name: str) -> bool:
        """Whether ``name`` is a histogram, so that no series has just that name."""
        metric = self._metrics.get(name)
        return metric is not None and metric.type == "histogram"

    def edges(self, histogram: str) -> tuple[float, ...]:
        """The finite bucket edges of a histogram, in its unit."""
        metric = self._metrics.get(histogram)
        return metric.buckets or () if metric is not None else ()

    @cached_property
    def _series(self) -> Mapping[str, Series]:
        return {series.name: series for series in (*self._built_in(), *self._exposed(), *self._recorded())}

    def _built_in(self) -> Iterator[Series]:
        slowest = max((self._interval(name) for name in job_names(self.plan.spec)), default=0)
        for name, unit in _OF_EACH_TARGET.items():
            yield Series(name, "gauge", unit, _TARGET, slowest)
        evaluation = self.plan.spec.prometheus.evaluation_interval
        yield Series("ALERTS", "gauge", "", None, evaluation)
        yield Series("ALERTS_FOR_STATE", "gauge", "timestamp", None, evaluation)

    def _exposed(self) -> Iterator[Series]:
        slowest = max((self._interval(name) for name in self.plan.spec.stack.services), default=0)
        for name, metric in self._metrics.items():
            labels = _TARGET.union(metric.labels)
            interval = slowest if name in _OF_EACH_TARGET else self._interval(metric.job)
            if metric.type == "histogram":
                yield Series(f"{name}_bucket", "counter", "count", labels | {"le"}, interval, name)
                yield Series(f"{name}_count", "counter", "count", labels, interval)
                yield Series(f"{name}_sum", "counter", metric.unit, labels, interval)
            else:
                yield Series(name, metric.type, metric.unit, labels, interval)

    def _recorded(self) -> Iterator[Series]:
        interval = self.plan.spec.prometheus.evaluation_interval
        for name, plan in self.plan.slis.items():
            yield Series(plan.record, "gauge", plan.sli.unit, frozenset(plan.sli.by), interval, sli=name)

    def _interval(self, job: str) -> int:
        return scrape_interval(self.plan.spec, job)


def is_scalar(node: Node) -> bool:
    """Whether ``node`` is a number or a string rather than a vector."""
    match node:
        case Number() | Text():
            return True
        case Call():
            return node.function in SCALAR_FUNCTIONS
        case Negation():
            return is_scalar(node.body)
        case Binary():
            return is_scalar(node.left) and is_scalar(node.right)
        case _:
            return False


def vector_argument(node: Call) -> Node | None:
    """The first argument that is a vector; None if there is none."""
    return next((argument for argument in node.arguments if not is_scalar(argument)), None)


def filters(node: Node) -> bool:
    """Whether ``node`` is empty at times by its own doing, as a comparison is: what makes an alert."""
    match node:
        case Binary():
            if node.operator in ("and", "or", "unless"):
                sides = (filters(node.left), filters(node.right))
                return node.operator == "unless" or (all if node.operator == "or" else any)(sides)
            if node.operator in COMPARISONS and not node.returns_bool and not is_scalar(node):
                return True
            return filters(node.left) or filters(node.right)
        case Call():
            if node.function in ("absent", "absent_over_time"):
                return True
            inner = None if node.function in SCALAR_FUNCTIONS else vector_argument(node)
            return inner is not None and filters(inner)
        case Aggregation() | Negation():
            return filters(node.body)
        case Selector():
            return node.metric == "ALERTS"
        case _:
            return False
