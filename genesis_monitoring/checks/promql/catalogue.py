"""What is known about every series: its type, unit, labels and how often it gets a sample.

A plan goes in: the spec's metric catalogue (histograms as their ``_bucket``, ``_count`` and ``_sum``), the
recorded series of all SLIs, and what Prometheus makes by itself.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

from genesis_monitoring.conventions import TARGET_LABELS
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql.syntax import Selector
from genesis_monitoring.promql.types import Series
from genesis_monitoring.spec.jobs import (
    job_labels,
    job_names,
    sample_interval,
    scrape_interval,
    scrape_labels,
)
from genesis_monitoring.spec.metrics import Metric

_TARGET = frozenset(TARGET_LABELS)
_OF_EACH_TARGET = {
    "up": "state",
    "scrape_duration_seconds": "seconds",
    "scrape_samples_scraped": "count",
    "scrape_samples_post_metric_relabeling": "count",
    "scrape_series_added": "count",
}


class Catalogue:
    """Every series that the stack may read, by its exact name."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._metrics: Mapping[str, Metric] = plan.spec.metrics

    def interval(self, selector: Selector) -> int | None:
        """Seconds between two samples of what is selected; of a job that it names, if it names one."""
        series = self.find(selector.metric)
        named = [one.value for one in selector.matchers if (one.label, one.operator) == ("job", "=")]
        if series is not None and selector.metric in _OF_EACH_TARGET and named:
            return self._interval(named[0])
        return series.interval if series is not None else None

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
        given = [label for job in job_names(self.plan.spec) for label in job_labels(self.plan.spec, job)]
        for name, unit in _OF_EACH_TARGET.items():
            yield Series(name, "gauge", unit, _TARGET.union(given), self._fastest)
        evaluation = self.plan.spec.prometheus.evaluation_interval
        yield Series("ALERTS", "gauge", "", None, evaluation)
        yield Series("ALERTS_FOR_STATE", "gauge", "timestamp", None, evaluation)

    def _exposed(self) -> Iterator[Series]:
        for name, metric in self._metrics.items():
            labels = frozenset((*scrape_labels(self.plan.spec, name), *metric.labels))
            interval = self._fastest if name in _OF_EACH_TARGET else sample_interval(self.plan.spec, name)
            if metric.type == "histogram":
                yield Series(f"{name}_bucket", "counter", "count", labels | {"le"}, interval, name)
                yield Series(f"{name}_count", "counter", "count", labels, interval)
                yield Series(f"{name}_sum", "counter", metric.unit, labels, interval)
            else:
                yield Series(name, metric.type, metric.unit, labels, interval)

    def _recorded(self) -> Iterator[Series]:
        interval = self.plan.spec.prometheus.evaluation_interval
        for name, plan in self.plan.slis.items():
            for one in plan.recordings:
                yield Series(one.record, "gauge", plan.sli.unit, frozenset(plan.sli.by), interval, sli=name)
        yield from self._of_budgets()

    def _of_budgets(self) -> Iterator[Series]:
        """All budgets share the names of their series, whose labels are those that any of them has."""
        labels: dict[str, frozenset[str]] = {}
        interval: dict[str, int] = {}
        of = {name: budget for budget in self.plan.budgets for name in budget.groups}
        for group in self.plan.rule_groups:
            for one in group.recording if group.name in of else ():
                own = {label for label, _ in one.labels}.union(of[group.name].by)
                labels[one.record] = labels.get(one.record, frozenset()) | own
                seconds = group.interval or self.plan.spec.prometheus.evaluation_interval
                interval[one.record] = max(interval.get(one.record, 0), seconds)
        for name, known in labels.items():
            yield Series(name, "gauge", "", known, interval[name])

    @cached_property
    def _fastest(self) -> int:
        """How often what each target has gets a sample, at the most: which target is meant is not known."""
        return min((self._interval(name) for name in job_names(self.plan.spec)), default=0)

    def _interval(self, job: str) -> int:
        return scrape_interval(self.plan.spec, job)
