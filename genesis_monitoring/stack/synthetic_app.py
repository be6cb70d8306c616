"""The synthetic Genesis itself: the generated module, fed by a load; what it exposes at a moment out.

It uses the module as the real application would: ``inc``, ``observe`` and ``set``. Only what had flowed
before it was started is added where the series are read, since nobody can observe a year of requests.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.samples import Sample

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.instrumentation import InstrumentationPlan
from genesis_monitoring.stack.synthetic_levels import Levels
from genesis_monitoring.stack.synthetic_load import (
    SYNTHETIC_LABEL,
    Flow,
    Load,
    label_values,
    middle,
    samples,
)
from genesis_monitoring.stack.timeline import Timeline

_Key = tuple[str, frozenset[tuple[str, str]]]


class SyntheticApp:
    """One process of the application. Not for several threads at once."""

    def __init__(
        self,
        module: ModuleType,
        instrumentation: InstrumentationPlan,
        plan: Plan,
        timeline: Timeline,
        now: float,
    ) -> None:
        """It has run for long at ``now``; ``instrumentation`` is the plan of ``module``."""
        self._class = getattr(module, instrumentation.class_name)
        self._declared = {metric.name: metric for metric in instrumentation.metrics}
        self._metrics = {name: plan.spec.metrics[name] for name in self._declared}
        self._sets = label_values(plan.slis, plan.spec.metrics)
        self._timeline = timeline
        self._levels = Levels(plan.spec, plan.slis, timeline)
        self._load = Load(self._metrics, self._sets, timeline)
        self._restarted: float | None = None
        self._begin(self._load.amounts(now), fresh=False)

    def collect(self, now: float) -> Iterator[Family]:
        """What it exposes at ``now``, which is no earlier than the last time."""
        restarted = self._timeline.restarted(now)
        if restarted != self._restarted:
            self._restarted = restarted
            self._begin(self._load.amounts(restarted or now), fresh=True)
        self._advance(now)
        for family in self._registry.collect():
            shown = Family(family.name, family.documentation, family.type)
            for sample in family.samples:
                if not sample.name.endswith("_created"):
                    shown.samples.append(self._shown(sample))
            yield shown

    def _begin(self, amounts: Mapping[Flow, float], *, fresh: bool) -> None:
        self._registry = CollectorRegistry()
        self._instance: Any = self._class(self._registry)
        self._done = {flow: flow.seen(amount) for flow, amount in amounts.items()}
        self._before: dict[_Key, float] = {} if fresh else dict(self._exposed(self._done))

    def _advance(self, now: float) -> None:
        amounts = self._load.amounts(now)
        for flow, amount in amounts.items():
            # A clock that is set back takes nothing away.
            seen = max(flow.seen(amount), self._done[flow])
            more, self._done[flow] = seen - self._done[flow], seen
            child = self._child(flow.metric, flow.labels)
            if flow.bucket is None:
                child.inc(more)
                continue
            value = middle(self._metrics[flow.metric].buckets or (), flow.bucket)
            for _ in range(int(more)):
                child.observe(value)
        for name, metric in self._metrics.items():
            if metric.type == "gauge":
                for values in self._sets[name]:
                    labels = dict(zip(metric.labels, values, strict=True))
                    self._child(name, values).set(self._levels.at(name, labels, now))

    def _child(self, name: str, labels: tuple[str, ...]) -> Any:
        parent = getattr(self._instance, self._declared[name].attribute)
        return parent.labels(*labels) if labels else parent

    def _exposed(self, amounts: Mapping[Flow, float]) -> Iterator[tuple[_Key, float]]:
        for name, metric in self._metrics.items():
            for values in self._sets[name]:
                labels = list(zip(metric.labels, values, strict=True))
                if metric.type == "counter":
                    counted = [a for f, a in amounts.items() if (f.metric, f.labels) == (name, values)]
                    yield (name, frozenset(labels)), counted[0]
                elif metric.buckets is not None:
                    counts = [a for f, a in amounts.items() if (f.metric, f.labels) == (name, values)]
                    for series, edge, value in samples(name, metric.buckets, counts):
                        own = [*labels, ("le", edge)] if edge else labels
                        yield (series, frozenset(own)), value

    def _shown(self, sample: Sample) -> Sample:
        before = self._before.get((sample.name, frozenset(sample.labels.items())), 0.0)
        labels = {**sample.labels, SYNTHETIC_LABEL[0]: SYNTHETIC_LABEL[1]}
        return Sample(sample.name, labels, sample.value + before)


def load_module(path: Path) -> ModuleType:
    """Import the generated module at ``path``. Raises GenesisMonError for what cannot be imported.

    Nothing is compiled into the tree beside it, which is somebody's repository.
    """
    import importlib.util
    from importlib.machinery import SourceFileLoader

    class Reader(SourceFileLoader):
        def set_data(self, path: str, data: object, *, _mode: int = 0o666) -> None:
            """The compiled module is not kept."""

    spec = importlib.util.spec_from_file_location(path.stem, path, loader=Reader(path.stem, str(path)))
    if spec is None or spec.loader is None or not path.is_file():
        raise GenesisMonError(f"{path}: there is no such module", "run genesis-mon render")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise GenesisMonError(f"{path}: cannot be imported ({error})", "run genesis-mon render") from error
    return module
