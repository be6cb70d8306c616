"""The catalogue: what a metric's name says by convention, and the metrics that known products expose.

Source of the conventions: Prometheus, "Metric and label naming"; OpenMetrics, "Suffixes".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from genesis_monitoring.conventions import JOB_LABEL
from genesis_monitoring.defaults.kinds import kind_of, known
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Entry, Tree
from genesis_monitoring.promql.selectors import read_selector

_UNITS = {
    "_timestamp_seconds": "timestamp",
    "_seconds": "seconds",
    "_bytes": "bytes",
    "_ratio": "ratio",
    "_percent": "percent",
    "_info": "state",
}
"""By the end of a name; the first that fits."""
_SURE_GAUGES = ("_timestamp_seconds", "_bytes", "_ratio", "_percent", "_info")
_PROBES = "blackbox-exporter"
_ENDINGS = r"(?:_seconds|_bytes)?(?:_total)?$"
PARTS = (
    *("metrics", "numerator", "denominator", "histogram", "counters", "metric"),
    *("left", "used", "total", "sum", "count"),
)
"""The keys under which an SLI names metrics."""


def fill_metrics(tree: Tree) -> None:
    """Types, units and jobs where they are certain; what known products expose, where it is used."""
    metrics = tree.section("metrics")
    for name, entry in tuple(metrics.items()):
        if isinstance(entry, tuple):
            tree.write_out(("metrics", name), {"labels": entry})
    _take_in(tree)
    job = _own_job(tree)
    for name, entry in tree.named("metrics"):
        recording = entry.get("recording")
        if isinstance(recording, dict):
            tree.fill(("metrics", name), {"type": "gauge"}, "it is recorded")
            read = (metrics[one].get("job") for one in _read(recording) if isinstance(metrics.get(one), dict))
            of = next((one for one in read if isinstance(one, str)), None)
            tree.fill(("metrics", name), {"job": of} if of else {}, "the job of what it is made of")
        about = {**_by_name(name, entry), "help": title_of(re.sub(_ENDINGS, "", name))}
        tree.fill(("metrics", name), about, "its name")
        tree.fill(("metrics", name), job, "the job of the application")
        tree.fill(("metrics", name), {"status": "exported"}, "not planned")


def _by_name(name: str, entry: Entry) -> dict[str, str]:
    counter = name.endswith("_total")
    ending = next((end for end in _UNITS if name.removesuffix("_total").endswith(end)), "")
    found = {}
    if "buckets" in entry:
        found["type"] = "histogram"
    elif counter:
        found["type"] = "counter"
    elif ending in _SURE_GAUGES:
        found["type"] = "gauge"
    if ending:
        found["unit"] = _UNITS[ending]
    elif counter:
        found["unit"] = "count"
    return found


def _own_job(tree: Tree) -> dict[str, str]:
    """The one job that is no known product's, or the one that has the name of the system."""
    services = (
        name for name, entry in tree.named("stack", "services") if entry.get("scrape") and not kind_of(entry)
    )
    targets = (
        name
        for name, entry in tree.section("prometheus", "targets").items()
        # One that is malformed is a job all the same.
        if not isinstance(entry, dict) or (not kind_of(entry) and "probe" not in entry)
    )
    jobs = (*services, *targets)
    name = tree.section("metadata").get("name")
    if len(jobs) == 1:
        return {"job": jobs[0]}
    return {"job": name} if name in jobs else {}


def _take_in(tree: Tree) -> None:
    offered: dict[str, tuple[str, Any]] = {}
    for section in (("stack", "services"), ("prometheus", "targets")):
        for job, entry in tree.named(*section):
            kind = _PROBES if "probe" in entry else kind_of(entry)
            for name, about in offered_by(kind, probes="probe" in entry).items():
                offered.setdefault(name, (kind, {**about, "job": job}))
    declared = tree.section("metrics")
    for name in dict.fromkeys(_used(tree)):
        if name in offered and name not in declared:
            kind, about = offered[name]
            tree.fill(("metrics", name), about, f"kind {kind}")


def offered_by(kind: str, *, probes: bool) -> Mapping[str, Any]:
    """The metrics of a product by name. What a probe finds is exposed where it is asked for alone."""
    if probes or kind == _PROBES:
        kind = _PROBES if probes else ""
    metrics: Mapping[str, Any] = known(kind)["metrics"] if kind else {}
    return metrics


def _used(tree: Tree) -> Iterator[str]:
    for _, sli in tree.named("slis"):
        for part in PARTS:
            yield from metric_names(sli.get(part))
        yield from _read(sli)
    for _, metric in tree.named("metrics"):
        if isinstance(metric.get("recording"), dict):
            yield from _read(metric["recording"])
    yield from _drawn(tree.root.get("dashboards"))


def _drawn(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from metric_names(value.get("metric"))
        yield from _read(value)
        for below in value.values():
            yield from _drawn(below)
    elif isinstance(value, tuple):
        for below in value:
            yield from _drawn(below)


def _read(value: Entry) -> list[str]:
    """Whatever may be a name in PromQL that a person wrote."""
    expr = value.get("expr")
    return re.findall("[a-zA-Z_:][a-zA-Z0-9_:]*", expr) if isinstance(expr, str) else []


def metric_names(value: Any) -> Iterator[str]:
    """The metrics that a reference, or a list of them, names in whatever form."""
    if isinstance(value, str):
        yield value.partition("{")[0].strip()
    elif isinstance(value, dict):
        yield from metric_names(value.get("metric"))
    elif isinstance(value, tuple):
        for one in value:
            yield from metric_names(one)


def selected_jobs(value: Any) -> Iterator[str]:
    """The one job that a reference, or each of a list of them, selects by its labels."""
    if isinstance(value, str) and JOB_LABEL in value:
        try:
            _, matchers = read_selector(value)
        except ValueError:
            return
        yield from (one.value for one in matchers if (one.label, one.operator) == (JOB_LABEL, "="))
    elif isinstance(value, dict) and isinstance(value.get("labels"), dict):
        job = value["labels"].get(JOB_LABEL)
        listed = job if isinstance(job, tuple) else (job,)
        yield from (one for one in listed if len(listed) == 1 and isinstance(one, str))
    elif isinstance(value, tuple):
        for one in value:
            yield from selected_jobs(one)
