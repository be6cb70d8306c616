"""The healthy past of a stack, so that no window is empty when a drill begins: plan in, OpenMetrics text out.

``promtool tsdb create-blocks-from openmetrics`` makes blocks of it. Counters go on in the live simulator
without a step, since both take them from ``synthetic_load``.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

from genesis_monitoring.conventions import JOB_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.instrumentation import NOT_DECLARED
from genesis_monitoring.spec.metrics import Metric, Selector
from genesis_monitoring.stack.scenario import Scenario
from genesis_monitoring.stack.synthetic_levels import Levels
from genesis_monitoring.stack.synthetic_load import (
    ORIGIN,
    SYNTHETIC_LABEL,
    Flow,
    LabelSets,
    Load,
    flows,
    label_values,
    samples,
)
from genesis_monitoring.stack.synthetic_suites import suite_level, suite_sets
from genesis_monitoring.stack.timeline import Timeline

STEP_SECONDS = 15
_SPARE_SECONDS = 600
_BURNING_SECONDS = 6 * 3600
"""So much of the windows of an error budget: what is counted is right over a past that is shorter."""
_CPU_SHARES = {"idle": 0.8, "user": 0.15, "system": 0.05}
_MEMORY = {"node_memory_MemTotal_bytes": 16e9, "node_memory_MemAvailable_bytes": 10e9}

Labels = Mapping[str, str]
ValueAt = Callable[[int], float]


def history_needed(plan: Plan) -> int:
    """Seconds of past that the rules look at, or as long as the first hours of a rollout that something is
    compared with, and ten minutes to spare."""
    first = (
        one.compared_with.until - one.compared_with.start for one in plan.slis.values() if one.compared_with
    )
    burning = (min(tier.long, _BURNING_SECONDS) for one in plan.budgets for tier in one.tiers)
    reaches = (one.sli.reach for one in plan.slis.values())
    return max((*reaches, *first, *burning), default=0) + _SPARE_SECONDS


def write_history(
    plan: Plan,
    scenario: Scenario,
    file: Path,
    *,
    start: int,
    end: int,
    instances: Mapping[str, str],
    step: int = STEP_SECONDS,
    begins: float | None = None,
) -> int:
    """Write the past from ``start`` to ``end`` (Unix time, seconds, both included) to ``file``; the samples.

    ``instances`` gives the label ``instance`` of each job, as Prometheus will set it: write
    ``127.0.0.1:8000`` for a target at that address. A job that is left out gets no past; leave out a real
    node exporter, whose counters would not go on from made-up ones. What the scenario's ``base`` says holds
    all the time, and no phase, unless the scenario ``begins`` before the end (Unix time).

    There is a sample of each series every ``step`` seconds, the last one at ``end``: every metric of the
    catalogue, ``up`` of each job, and, of a scenario that has not begun, the recorded series that another SLI
    looks back at, without labels, if they are gauges, ratios or rates that are not grouped. The series of
    targets outside the stack are marked as synthetic.

    Raises OSError, and ValueError for a span that is empty or begins before ``ORIGIN``.
    """
    if not ORIGIN <= start < end:
        raise ValueError(f"a history from {start} to {end} is empty or begins before {ORIGIN}")
    times = range(end - (end - start) // step * step, end + 1, step)
    written = 0
    timeline = Timeline(scenario, end + 1.0 if begins is None else begins)
    with file.open("w", encoding="utf-8") as out:
        for name, labels, value in _series(plan, timeline, start, instances, recorded=begins is None):
            pairs = ",".join(f'{key}="{_escaped(text)}"' for key, text in labels.items())
            head = f"{name}{{{pairs}}} " if pairs else f"{name} "
            out.writelines(f"{head}{float(value(time))!r} {time}\n" for time in times)
            written += len(times)
        out.write("# EOF\n")
    return written


def _series(
    plan: Plan, timeline: Timeline, start: int, instances: Mapping[str, str], *, recorded: bool
) -> Iterator[tuple[str, Labels, ValueAt]]:
    sets = label_values(plan.slis, plan.spec.metrics)
    levels = Levels(plan.spec, plan.slis, timeline)
    outside = plan.spec.prometheus.targets
    given = {job.job: dict(job.example[1]) for job in plan.prometheus.scrape_configs}
    targets = {
        job: {JOB_LABEL: job, "instance": instance, **given.get(job, {})}
        for job, instance in instances.items()
    }
    for target in targets.values():
        yield "up", target, lambda _: 1.0
    for name, metric in plan.spec.metrics.items():
        if metric.job not in instances or metric.recording or name in NOT_DECLARED:
            continue
        target = targets[metric.job]
        if metric.job in outside:
            made_up = {**target, SYNTHETIC_LABEL[0]: SYNTHETIC_LABEL[1]}
            yield from _of_catalogue(name, metric, sets, timeline, levels, made_up)
        elif name == "node_cpu_seconds_total":
            for mode, share in _CPU_SHARES.items():
                yield name, {**target, "cpu": "0", "mode": mode}, _linear(share, start)
        else:
            yield from _of_service(plan, name, metric, sets, timeline, levels, target)
    if recorded:
        yield from _recorded(plan, sets, timeline, levels)


def _of_catalogue(
    name: str,
    metric: Metric,
    sets: LabelSets,
    timeline: Timeline,
    levels: Levels,
    target: Labels,
) -> Iterator[tuple[str, Labels, ValueAt]]:
    load = Load({name: metric}, sets, timeline)
    for values in sets[name]:
        own = dict(zip(metric.labels, values, strict=True))
        labels = {**own, **target}
        flowing = tuple(flow for flow in load.flows if flow.labels == values)
        if metric.buckets is not None:
            yield from _histogram(name, metric.buckets, load, flowing, labels)
        elif flowing:
            yield name, labels, partial(_flowed, load, flowing[0])
        else:
            yield name, labels, partial(levels.at, name, own)


def _histogram(
    name: str, buckets: tuple[float, ...], load: Load, flowing: tuple[Flow, ...], labels: Labels
) -> Iterator[tuple[str, Labels, ValueAt]]:
    known: dict[int, list[float]] = {}

    def value(index: int, time: int) -> float:
        if time not in known:
            counts = [_flowed(load, flow, time) for flow in flowing]
            known[time] = [one for _, _, one in samples(name, buckets, counts)]
        return known[time][index]

    for index, (series, edge, _) in enumerate(samples(name, buckets, [0.0] * len(flowing))):
        own = {**labels, "le": edge} if edge else labels
        yield series, own, partial(value, index)


def _of_service(
    plan: Plan,
    name: str,
    metric: Metric,
    sets: LabelSets,
    timeline: Timeline,
    levels: Levels,
    target: Labels,
) -> Iterator[tuple[str, Labels, ValueAt]]:
    """A metric of the exporter, or of a service that is not known here."""
    if metric.type != "gauge":
        yield from _of_catalogue(name, metric, sets, timeline, levels, target)
        return
    for own in suite_sets(plan.spec, metric) or tuple(
        dict(zip(metric.labels, values, strict=True)) for values in sets[name]
    ):
        yield (
            name,
            {**own, **target},
            partial(_gauge, plan, name, own, timeline, levels),
        )


def _gauge(plan: Plan, name: str, own: Labels, timeline: Timeline, levels: Levels, now: float) -> float:
    if name in _MEMORY:
        return _MEMORY[name]
    of_suite = suite_level(plan.spec, name, own, timeline, now)
    return of_suite if of_suite is not None else levels.at(name, own, now)


def _recorded(
    plan: Plan, sets: LabelSets, timeline: Timeline, levels: Levels
) -> Iterator[tuple[str, Labels, ValueAt]]:
    bases = [one.sli.of for one in plan.slis.values() if one.sli.of and (one.sli.reach or one.compared_with)]
    metrics = plan.spec.metrics
    rates = flows(metrics, sets, timeline.base)

    def growth(series: Selector) -> float:
        return sum(amount for flow, amount in rates.items() if flow.metric == series.metric)

    def stands(series: Selector) -> float:
        return levels.at(series.metric, series.exact, timeline.started - 1)

    for name in dict.fromkeys(bases):
        base = plan.slis[name]
        value = None if base.sli.by else base.sli.steady(plan.spec, growth, stands)
        if value is not None:
            yield base.record, {}, _constant(round(value, 6))


def _flowed(load: Load, flow: Flow, time: int) -> float:
    return flow.seen(load.since_restart(flow, time))


def _linear(rate: float, start: int) -> ValueAt:
    return lambda time: rate * (time - start)


def _constant(value: float) -> ValueAt:
    return lambda _: value


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
