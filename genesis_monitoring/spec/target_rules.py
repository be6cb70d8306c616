"""Whether the targets outside the stack can be scraped beside it, and their metrics declared in Python.

A client library is stricter than Prometheus: it names a counter's series itself, and refuses two metrics
that would expose one series.
"""

from urllib.parse import urlsplit

from genesis_monitoring.conventions import TARGET_LABELS
from genesis_monitoring.spec import jobs
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.spec.scraping import Endpoint, Probe, ProbedEndpoint, Scraped, ScrapeTarget

Given = Scraped | Endpoint | ProbedEndpoint
"""What gives labels to the series of a scrape."""
COUNTER_SUFFIX = "_total"
CLAIMED = {
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
            server = jobs.asked_at(spec, name)
            scraped[f"{server.target}{server.prefix}{service.scrape.path}"] = place
            _given_labels(spec, reporter, name, (*place, "labels"), service.scrape)
    for name, target in spec.prometheus.targets.items():
        path: Path = ("prometheus", "targets", name)
        if name in spec.stack.services:
            reporter.duplicate(path, f"the job name {name}", ("stack", "services", name))
        _addresses(reporter, path, target, scraped)
        _given_labels(spec, reporter, name, (*path, "labels"), target)
        below: Path = ("addresses",) if target.probe is None else ("probe", "addresses")
        for index, one in enumerate(target.endpoints):
            _given_labels(spec, reporter, name, (*path, *below, index, "labels"), one)
        _files(spec, reporter, path, target)
        if target.probe is not None:
            _probe(spec, reporter, path, target, target.probe)
        else:
            reporter.unique((*path, "module"), "module", module_name(name, target), modules)
        _metrics(spec, reporter, name)


def _addresses(reporter: Reporter, path: Path, target: ScrapeTarget, scraped: dict[object, Path]) -> None:
    """Each address once; one that answers several questions is told apart by them."""
    asked = f"{target.asked_path}{_query(target)}"
    for index, one in enumerate(target.addresses):
        reporter.unique((*path, "addresses", index), "target", f"{one.address.lower()}{asked}", scraped)
    seen: dict[object, Path] = {}
    for index, probed in enumerate(target.probe.addresses if target.probe else ()):
        reporter.unique((*path, "probe", "addresses", index), "probed address", probed.address, seen)


def _query(target: ScrapeTarget) -> str:
    return "".join(f"&{name}={value}" for name, values in target.params.items() for value in values)


def _given_labels(spec: Spec, reporter: Reporter, job: str, path: Path, given: Given) -> None:
    """What a scrape gives hides what is exposed, and ``job`` and ``instance`` are known by other means."""
    how = jobs.scraped(spec, job)
    kept = how is not None and how.honor_labels
    for label in given.labels:
        if label in TARGET_LABELS:
            reporter.contradiction(
                (*path, label),
                f"each series has the label {label} already: the job's name, or the address",
                "give this label another name",
            )
        for name, metric in spec.metrics.items():
            if metric.job == job and label in metric.labels and not kept:
                reporter.contradiction(
                    (*path, label),
                    f"{name} exposes a label {label} of its own, which this one would hide",
                    f"give this label another name, or take {label} out of the metric's labels",
                    ("metrics", name, "labels"),
                )
                break


def _files(spec: Spec, reporter: Reporter, path: Path, target: ScrapeTarget) -> None:
    """Prometheus sees a file only where something is mounted."""
    service = spec.stack.services.get(spec.prometheus.service)
    if service is None or service.address:
        return
    mounted = [mount.target.rstrip("/") for mount in service.mounts]
    for index, file in enumerate(target.file_sd):
        folder = file.rpartition("/")[0]
        if not any(file == one or f"{folder}/".startswith(f"{one}/") for one in mounted):
            reporter.contradiction(
                (*path, "file_sd", index),
                f"{spec.prometheus.service} sees nothing at {folder or '/'}: no mount brings it there",
                f"add a mount to stack.services.{spec.prometheus.service}, as "
                f"{{bind: targets, target: {folder or '/etc/targets'}, read_only: true}}",
                ("stack", "services", spec.prometheus.service),
            )
    reporter.references((*path, "file_labels"), "label", target.file_labels, target.file_labels)
    for index, label in enumerate(target.file_labels):
        if label in (*TARGET_LABELS, *target.labels):
            reporter.contradiction(
                (*path, "file_labels", index),
                f"the targets have the label {label} without their files",
                "leave it out",
            )


def _probe(spec: Spec, reporter: Reporter, path: Path, target: ScrapeTarget, probe: Probe) -> None:
    service = spec.stack.services.get(probe.service)
    if service is not None and not jobs.reaches_outside(spec, service):
        for index, one in enumerate(probe.addresses):
            url = one.address if "://" in one.address else f"//{one.address}"
            if urlsplit(url).hostname not in spec.stack.services:
                reporter.contradiction(
                    (*path, "probe", "addresses", index),
                    f"{probe.service} is on internal networks alone, so it reaches nothing outside the stack",
                    f"add a network that is not internal to stack.services.{probe.service}.networks",
                    ("stack", "services", probe.service, "networks"),
                )
                break
    if target.module is not None:
        reporter.contradiction(
            (*path, "module"),
            "what a probe exposes is declared by its exporter, and by no module of an application",
            "remove it; the module of the exporter's configuration is probe.module",
            (*path, "probe"),
        )
    for name in ("module", "target"):
        if name in target.params:
            reporter.contradiction(
                (*path, "params", name),
                f"a probe asks with the parameter {name} of its own",
                "remove it: probe.module and probe.addresses say it",
                (*path, "probe"),
            )


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
    if target is None or target.probe is not None or ":" in name:
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
        for series in dict.fromkeys(f"{base}{suffix}" for suffix in CLAIMED[metric.type]):
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
