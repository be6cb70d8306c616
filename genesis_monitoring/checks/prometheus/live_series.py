"""A past for a real Prometheus: the metric catalogue in, OpenMetrics text with samples of every series out.

Each metric has one target, as in the stack, and with labels two series: joins that only work for one series
show up as errors.
"""

from collections.abc import Iterator

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.units import format_number

_STEP_SECONDS = 60
_SAMPLES = 11
_SERIES = ("a", "b")
_PER_STEP = 600


def catalogue_series(plan: Plan, now: int) -> str:
    """Samples of the last minutes before ``now`` (Unix time, seconds)."""
    lines: list[str] = []
    targets = {}
    for job in plan.prometheus.scrape_configs:
        instance, given = job.example
        targets[job.job] = {"job": job.job, "instance": instance, **dict(given)}
    for name, metric in plan.spec.metrics.items():
        for labels in _label_sets(name, metric, targets):
            for series, scale in _series(name, metric, labels):
                for number in range(_SAMPLES):
                    moment = now - (_SAMPLES - number) * _STEP_SECONDS
                    value = scale * number if metric.type != "gauge" else scale
                    lines.append(f"{series} {value} {moment}")
    return "\n".join([*lines, "# EOF", ""])


def _label_sets(name: str, metric: Metric, targets: dict[str, dict[str, str]]) -> Iterator[dict[str, str]]:
    jobs = list(targets) if name == "up" else [metric.job]
    for job in jobs:
        own = targets.get(job, {"job": job, "instance": job})
        for value in _SERIES if metric.labels else _SERIES[:1]:
            yield {**own, **dict.fromkeys(metric.labels, value)}


def _series(name: str, metric: Metric, labels: dict[str, str]) -> Iterator[tuple[str, int]]:
    if metric.type != "histogram":
        yield _selector(name, labels), 1 if metric.type == "gauge" else _PER_STEP
        return
    edges = [*map(format_number, metric.buckets or ()), "+Inf"]
    for number, edge in enumerate(edges, 1):
        yield _selector(f"{name}_bucket", {**labels, "le": edge}), number * _PER_STEP
    for suffix in ("_count", "_sum"):
        yield _selector(f"{name}{suffix}", labels), len(edges) * _PER_STEP


def _selector(name: str, labels: dict[str, str]) -> str:
    pairs = ",".join(f'{label}="{value}"' for label, value in labels.items())
    return f"{name}{{{pairs}}}"
