"""The load of the synthetic Genesis: conditions in, what every metric of the catalogue does out.

Counters and histogram buckets are flows, so much a second: their value at a moment is what has flowed since
``ORIGIN``, whoever asks. So a history that was written beforehand and the live process that follows it fit
together. A metric that is not known here has a flow of its type and unit.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.stack.timeline import Conditions, Timeline
from genesis_monitoring.units import SECONDS_PER_MONTH

ORIGIN = 1_700_000_000
"""When all counters were zero (Unix time). Any fixed time long past does."""
SYNTHETIC_LABEL = ("synthetic", "true")
"""On every series that is made up."""

_REQUESTS, _QUERIES, _SEARCHES, _CACHE = 20.0, 30.0, 60.0, 40.0

_COUNTERS: Mapping[str, Callable[[Conditions], float]] = {
    "hybrid_rag_queries_total": lambda _: _QUERIES,
    "hybrid_rag_errors_total": lambda c: _QUERIES * c.rag_error_ratio,
    "vector_db_searches_total": lambda _: _SEARCHES,
    "vector_db_cache_hits_total": lambda _: _SEARCHES * 0.8,
    "vector_db_cache_misses_total": lambda _: _SEARCHES * 0.2,
    "graph_db_queries_total": lambda _: 25.0,
    "redis_cache_hits_total": lambda c: _CACHE * c.cache_hit_ratio,
    "redis_cache_misses_total": lambda c: _CACHE * (1 - c.cache_hit_ratio),
    # $98.70 a month in all, a little below the target of $99.
    "total_system_cost_total": lambda c: _monthly(70.7 * c.llm_cost_factor + 13 * c.memory_cost_factor + 15),
    "llm_api_cost_total": lambda c: _monthly(70.7 * c.llm_cost_factor),
    "memory_storage_cost_total": lambda c: _monthly(13 * c.memory_cost_factor),
    "vector_db_cost_total": lambda _: _monthly(15),
    "llm_input_tokens_total": lambda c: 900 * c.token_factor,
    "llm_output_tokens_total": lambda c: 300 * c.token_factor,
    "genesis_requests_total": lambda _: _REQUESTS,
    "genesis_request_errors_total": lambda c: _REQUESTS * c.request_error_ratio,
}
"""A second, under some conditions."""

_LATENCIES: Mapping[str, tuple[float, float, float]] = {
    "hybrid_rag_retrieval_latency_seconds": (_QUERIES, 0.020, 0.050),
    "vector_db_search_latency_seconds": (_SEARCHES, 0.008, 0.020),
    "genesis_request_duration_seconds": (_REQUESTS, 0.060, 0.13157),
    "htdag_decomposition_duration_seconds": (8.0, 0.055, 0.110),
    "halo_routing_duration_seconds": (16.0, 0.040, 0.095),
}
"""Observations a second, median and P95 of a log-normal distribution, in seconds."""

_P95 = 1.6448536269514722
"""Standard deviations from the median to the 95th percentile of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A counter, or one bucket of a histogram (``bucket`` is its index, None for a counter).

    ``labels`` are its label values, in the order of the catalogue. ``whole``: it is seen in whole numbers.
    """

    metric: str
    labels: tuple[str, ...]
    bucket: int | None
    whole: bool

    def seen(self, amount: float) -> float:
        """What is seen of ``amount``, when so much has flowed."""
        # A hair above, lest 29.999999 of 30 events that have all happened be seen as 29.
        return float(math.floor(amount + 1e-6)) if self.whole else amount


Amounts = Mapping[Flow, float]


LabelSets = Mapping[str, Mapping[tuple[str, ...], bool]]
"""Of each metric its label sets, and whether what is counted with one is bad."""


def label_values(slis: Mapping[str, SliPlan], metrics: Mapping[str, Metric]) -> LabelSets:
    """Those that some SLI asks for, and what is not asked for beside it; made-up values if none does."""
    found: dict[str, dict[tuple[str, ...], bool]] = {name: {} for name in metrics}

    def keep(metric: str, values: Mapping[str, str], bad: bool) -> None:
        labels = metrics[metric].labels
        chosen = {label: values.get(label, f"synthetic-{label}") for label in labels}
        found[metric][tuple(chosen.values())] = bad or found[metric].get(tuple(chosen.values()), False)

    for plan in slis.values():
        for selector in plan.metrics:
            examples = {one.label: one.example() or "" for one in selector.conditions}
            if set(metrics[selector.metric].labels) <= set(examples):
                keep(selector.metric, examples, False)
        if isinstance(plan.sli, RatioSli) and plan.sli.counts_events:
            for metric, values, bad in plan.sli.outcomes():
                keep(metric, values, bad)
    for name, sets in found.items():
        if not sets:
            keep(name, {}, False)
    return found


def flows(metrics: Mapping[str, Metric], sets: LabelSets, conditions: Conditions) -> dict[Flow, float]:
    """What flows a second, under ``conditions``: the counters and histograms of ``metrics``."""
    found: dict[Flow, float] = {}
    for name, metric in metrics.items():
        for labels, bad in sets[name].items():
            if metric.type == "counter":
                usual = _REQUESTS if metric.unit == "count" else 1.0
                share = conditions.request_error_ratio if bad else 1.0
                rate = _COUNTERS[name](conditions) if name in _COUNTERS else usual * share
                found[Flow(name, labels, None, metric.unit != "usd" and metric.unit != "seconds")] = rate
            elif metric.type == "histogram":
                for index, amount in enumerate(_bucket_rates(name, metric, conditions)):
                    found[Flow(name, labels, index, True)] = amount
    return found


class Load:
    """What has flowed by when, for a scenario."""

    def __init__(self, metrics: Mapping[str, Metric], sets: LabelSets, timeline: Timeline) -> None:
        self._metrics, self._sets, self._timeline = metrics, sets, timeline
        self._base = flows(metrics, sets, timeline.base)
        self._known: dict[float, dict[Flow, float]] = {}

    @property
    def flows(self) -> tuple[Flow, ...]:
        """All there are."""
        return tuple(self._base)

    def since_restart(self, flow: Flow, now: float) -> float:
        """What ``flow`` has come to at ``now`` since the application was started last."""
        started = self._timeline.started
        if now <= started:
            return self._base[flow] * (now - ORIGIN)
        restarted = self._timeline.restarted(now)
        before = 0.0 if restarted is None else self._at(restarted)[flow]
        return self._at(now)[flow] - before

    def _at(self, now: float) -> dict[Flow, float]:
        if now not in self._known:
            self._known[now] = self.amounts(now)
        return self._known[now]

    def amounts(self, now: float) -> dict[Flow, float]:
        """What each flow has come to at ``now`` since ``ORIGIN``, restarts aside."""
        started = self._timeline.started
        total = {flow: rate * (min(now, started) - ORIGIN) for flow, rate in self._base.items()}
        for seconds, conditions in self._timeline.spans(started, now) if now > started else ():
            for flow, rate in flows(self._metrics, self._sets, conditions).items():
                total[flow] += rate * seconds
        return total


def middle(buckets: Sequence[float], index: int) -> float:
    """A value inside a bucket, in the histogram's unit."""
    lower = buckets[index - 1] if index else 0.0
    return (lower + buckets[index]) / 2 if index < len(buckets) else lower * 1.5


def samples(name: str, buckets: Sequence[float], counts: Sequence[float]) -> Iterator[tuple[str, str, float]]:
    """A histogram's series: name, value of ``le`` (empty where there is none) and value."""
    from prometheus_client.utils import floatToGoString

    total = 0.0
    for edge, count in zip((*buckets, math.inf), counts, strict=True):
        total += count
        yield f"{name}_bucket", floatToGoString(edge), total  # type: ignore[no-untyped-call]
    yield f"{name}_count", "", total
    yield f"{name}_sum", "", sum(count * middle(buckets, index) for index, count in enumerate(counts))


def _bucket_rates(name: str, metric: Metric, conditions: Conditions) -> tuple[float, ...]:
    edges = metric.buckets or ()
    rate, median, high = _LATENCIES.get(name, (10.0, edges[0] / 2, edges[0]))
    return _spread(rate, median * conditions.latency_factor, math.log(high / median) / _P95, edges)


@cache
def _spread(rate: float, median: float, sigma: float, edges: tuple[float, ...]) -> tuple[float, ...]:
    """A rate over the buckets of a log-normal distribution."""
    below = [0.5 * (1 + math.erf(math.log(edge / median) / (sigma * math.sqrt(2)))) for edge in edges]
    return tuple(rate * (high - low) for low, high in zip((0.0, *below), (*below, 1.0), strict=True))


def noise(key: str, width: float) -> float:
    """The same for the same ``key``, at most ``width`` up or down."""
    return random.Random(key).uniform(-width, width)  # noqa: S311


def _monthly(dollars: float) -> float:
    return dollars / SECONDS_PER_MONTH
