"""Whether the targets outside the stack can be scraped beside it, and their metrics declared in Python.

A client library is stricter than Prometheus: it names a counter's series itself, and refuses two metrics
that would expose one series.
"""

from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.services import ScrapeTarget

COUNTER_SUFFIX = "_total"
_CLAIMED = {
    "counter": ("", COUNTER_SUFFIX, "_created"),
    "gauge": ("",),
    "histogram": ("", "_bucket", "_count", "_sum", "_created"),
}
"""What a metric of a type takes of the names in a registry of prometheus_client, after its base name."""


def check_targets(spec: Spec, reporter: Reporter) -> None:
    """Names, addresses and metrics of the targets."""
    scraped: dict[object, Path] = {}
    modules: dict[object, Path] = {}
    for name, service in spec.stack.services.items():
        if service.scrape is not None:
            place: Path = ("stack", "services", name, "scrape")
            scraped[f"{name}:{service.scrape.port}{service.scrape.path}"] = place
    for name, target in spec.prometheus.targets.items():
        path: Path = ("prometheus", "targets", name)
        if name in spec.stack.services:
            reporter.duplicate(path, f"the job name {name}", ("stack", "services", name))
        for index, address in enumerate(target.addresses):
            where = f"{address.lower()}{target.path}"
            reporter.unique((*path, "addresses", index), "target", where, scraped)
        reporter.unique((*path, "module"), "module", module_name(name, target), modules)
        _metrics(spec, reporter, name)


def module_name(job: str, target: ScrapeTarget) -> str:
    """The Python module that declares the metrics of a target."""
    return target.module if target.module is not None else f"{job.replace('-', '_')}_metrics"


def declared(spec: Spec, name: str) -> bool:
    """Whether a metric of a target is declared in the target's module.

    What a rule records is exposed by no application. A counter that is ``exported`` without ``_total`` by a
    target that names no module comes of an exporter that is not made with such a module.
    """
    metric = spec.metrics[name]
    target = spec.prometheus.targets.get(metric.job)
    if target is None or ":" in name:
        return False
    foreign = metric.status == "exported" and target.module is None
    return not (metric.type == "counter" and not _counts(name) and foreign)


def _metrics(spec: Spec, reporter: Reporter, job: str) -> None:
    claimed: dict[str, str] = {}
    for name, metric in spec.metrics.items():
        if metric.job != job:
            continue
        path: Path = ("metrics", name)
        if not declared(spec, name):
            continue
        if metric.type == "counter" and not _counts(name):
            foreign = (
                f"write status: exported and no module at prometheus.targets.{job}"
                if metric.status == "planned"
                else f"leave out module at prometheus.targets.{job}"
            )
            reporter.contradiction(
                path,
                f"{name} is a counter of an application, and its client library exposes it with "
                f"{COUNTER_SUFFIX} at the end",
                f"name it as it is exposed: {name.removesuffix(COUNTER_SUFFIX) or 'events'}{COUNTER_SUFFIX}; "
                f"or, if an exporter of others exposes it so, {foreign}",
            )
            continue
        base = name.removesuffix(COUNTER_SUFFIX) if metric.type == "counter" else name
        for series in dict.fromkeys(f"{base}{suffix}" for suffix in _CLAIMED[metric.type]):
            other = claimed.setdefault(series, name)
            if other != name:
                reporter.contradiction(
                    path,
                    f"{name} and {other} both take the name {series}, which a client library refuses",
                    "rename one of the two",
                    ("metrics", other),
                )
                break


def _counts(name: str) -> bool:
    return name.endswith(COUNTER_SUFFIX) and name != COUNTER_SUFFIX
