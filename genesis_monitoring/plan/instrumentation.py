"""Instrumentation: for each target outside the stack, the Python module that declares its metrics.

An application that imports the module exposes exactly what the catalogue says, since names, labels and
buckets come from there.
"""

import keyword
from collections.abc import Iterable
from dataclasses import dataclass

from genesis_monitoring.conventions import instrumentation_path
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.scraping import ScrapeTarget
from genesis_monitoring.spec.target_rules import declared, module_name

CLASSES = {"counter": "Counter", "gauge": "Gauge", "histogram": "Histogram"}
"""The class of prometheus_client for each type of metric."""

NOT_DECLARED = frozenset(
    (
        "up",
        "scrape_duration_seconds",
        "scrape_samples_post_metric_relabeling",
        "scrape_samples_scraped",
        "scrape_series_added",
        "process_cpu_seconds_total",
        "process_max_fds",
        "process_open_fds",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        "process_virtual_memory_bytes",
        "python_gc_collections_total",
        "python_gc_objects_collected_total",
        "python_gc_objects_uncollectable_total",
        "python_info",
    )
)
"""What Prometheus makes of a scrape, and what prometheus_client exposes of each process by itself."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label of a metric, and the parameter that gives its value."""

    name: str
    parameter: str


@dataclass(frozen=True, slots=True)
class MetricDeclaration:
    """One metric: the attribute that holds it, and all that is said of it.

    ``chooser`` is the method that picks one series by its labels; a metric without labels has none.
    ``buckets`` are in ``unit``.
    """

    attribute: str
    name: str
    type: str
    help: str
    unit: str
    labels: tuple[Label, ...]
    chooser: str | None
    buckets: tuple[float, ...]
    origin: str

    @property
    def class_name(self) -> str:
        """The class of prometheus_client."""
        return CLASSES[self.type]


@dataclass(frozen=True, slots=True)
class InstrumentationPlan:
    """One module. ``imports`` are the classes of prometheus_client that it needs, sorted."""

    path: str
    module: str
    class_name: str
    job: str
    description: str
    imports: tuple[str, ...]
    metrics: tuple[MetricDeclaration, ...]
    origin: str


def compile_instrumentation(spec: Spec) -> tuple[InstrumentationPlan, ...]:
    """A module for each target that has metrics in the catalogue, in the order of the spec."""
    plans = (_module(spec, job, target) for job, target in spec.prometheus.targets.items())
    return tuple(plan for plan in plans if plan.metrics)


def _module(spec: Spec, job: str, target: ScrapeTarget) -> InstrumentationPlan:
    module = module_name(job, target)
    own = {
        name: metric
        for name, metric in spec.metrics.items()
        if metric.job == job and name not in NOT_DECLARED and declared(spec, name)
    }
    attributes = dict(zip(own, _distinct(map(_attribute, own)), strict=True))
    labelled = [name for name, metric in own.items() if metric.labels]
    wanted = (f"{attributes[name]}_for" for name in labelled)
    choosers = dict(zip(labelled, _distinct(wanted, taken=attributes.values()), strict=True))
    metrics = tuple(
        _declaration(name, metric, attributes[name], choosers.get(name)) for name, metric in own.items()
    )
    classes = {"REGISTRY", "CollectorRegistry", *(metric.class_name for metric in metrics)}
    return InstrumentationPlan(
        path=instrumentation_path(module),
        module=module,
        class_name="".join(part.capitalize() for part in module.split("_")),
        job=job,
        description=target.description,
        # As ruff sorts them: constants before classes.
        imports=tuple(sorted(classes, key=lambda name: (not name.isupper(), name))),
        metrics=metrics,
        origin=f"prometheus.targets.{job}",
    )


def _declaration(name: str, metric: Metric, attribute: str, chooser: str | None) -> MetricDeclaration:
    parameters = _distinct(map(_identifier, metric.labels))
    return MetricDeclaration(
        attribute=attribute,
        name=name,
        type=metric.type,
        help=metric.help,
        unit=metric.unit,
        labels=tuple(Label(label, own) for label, own in zip(metric.labels, parameters, strict=True)),
        chooser=chooser,
        buckets=metric.buckets or (),
        origin=f"metrics.{name}",
    )


def _attribute(metric: str) -> str:
    """A leading underscore would make it private, two of them another name inside the class."""
    return f"metric{metric}" if metric.startswith("_") else _identifier(metric)


def _identifier(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name == "self" else name


def _distinct(names: Iterable[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """``names``, with underscores added until each is there once."""
    seen, distinct = set(taken), []
    for name in names:
        while name in seen:
            name += "_"
        seen.add(name)
        distinct.append(name)
    return tuple(distinct)
