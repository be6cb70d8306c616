"""SLIs and components: titles from names, units from metrics, components from jobs."""

from collections.abc import Iterator
from typing import Any

from genesis_monitoring.defaults.kinds import kind_of
from genesis_monitoring.defaults.metrics import PARTS, metric_names, selected_jobs
from genesis_monitoring.defaults.titles import title_of
from genesis_monitoring.defaults.tree import Entry, Tree
from genesis_monitoring.units import UNITS

MONITORING = "monitoring"
_OF_THE_MONITORING = ("prometheus", "alertmanager", "grafana")
_BY_KIND = {"ratio": "percent", "latency": "percent", "up": "state"}
_AS_MEASURED = ("gauge", "quantile", "mean")
_BY_REPORT = {"reduction": "percent", "deviation": "percent", "multiple": "multiple"}
_WINDOW = "5m"


def fill_slis(tree: Tree) -> None:
    """What an SLI's name, kind and metrics say about it. What decides whether it alerts is not among it."""
    for name, sli in tree.named("slis"):
        tree.fill(("slis", name), {"title": title_of(name)}, "its name")
        tree.fill(("slis", name), _unit(tree, sli), "its kind and metrics")
        if "objective" not in sli and _has_window(tree, sli):
            tree.fill(("slis", name), {"window": _WINDOW}, "no objective")
    _fill_components(tree)


def _metrics(tree: Tree, sli: Entry) -> Iterator[tuple[str, Entry]]:
    for part in PARTS:
        for name in metric_names(sli.get(part)):
            yield name, tree.section("metrics", name)


def _unit(tree: Tree, sli: Entry) -> dict[str, Any]:
    kind = sli.get("kind")
    if kind in _BY_KIND:
        return {"unit": _BY_KIND[kind]}
    if kind == "relative" and sli.get("report") in _BY_REPORT:
        return {"unit": _BY_REPORT[sli["report"]]}
    unit = next((about.get("unit") for _, about in _metrics(tree, sli)), None)
    if kind in _AS_MEASURED and unit:
        return {"unit": unit}
    if kind == "rate" and unit in UNITS and UNITS[unit].rates:
        return {"unit": UNITS[unit].rates[0][0]}
    return {}


def _has_window(tree: Tree, sli: Entry) -> bool:
    kind = sli.get("kind")
    if kind == "ratio":
        types = {about.get("type") for _, about in _metrics(tree, sli)}
        return types == {"counter"}
    return kind in ("latency", "quantile", "rate", "mean")


def _fill_components(tree: Tree) -> None:
    given = tree.section("components")
    slis = tuple(tree.named("slis"))
    for name, sli in slis:
        jobs = [about.get("job") for _, about in _metrics(tree, sli)]
        selected = _selected(tree, sli)
        component = _component(tree, given, selected or (jobs[0] if jobs else None), sli)
        if component:
            origin = "the job that it selects" if selected else "the job of its metrics"
            tree.fill(("slis", name), {"component": component}, origin)
    recorded = [(name, one) for name, one in tree.named("metrics") if isinstance(one.get("recording"), dict)]
    for name, metric in recorded:
        component = _component(tree, given, metric.get("job"), {})
        if component:
            tree.fill(("metrics", name, "recording"), {"component": component}, "the job of the metric")
    for name, sli in slis:
        # What is made of another SLI belongs where that one does.
        of = tree.section("slis", str(sli.get("sli"))).get("component")
        if of:
            tree.fill(("slis", name), {"component": of}, f"slis.{sli['sli']}")
    if not given:
        owners = [*(sli for _, sli in slis), *(metric["recording"] for _, metric in recorded)]
        used = [one["component"] for one in owners if isinstance(one.get("component"), str)]
        wanted = {name: title_of(name) for name in dict.fromkeys(used) if name != MONITORING}
        tree.fill(("components",), wanted, "the components of slis")


def _selected(tree: Tree, sli: Entry) -> str | None:
    """The first job that it selects by a label, if that is scraped: ``up{job="postgres"}`` is of postgres."""
    scraped = {**tree.section("stack", "services"), **tree.section("prometheus", "targets")}
    return next((job for part in PARTS for job in selected_jobs(sli.get(part)) if job in scraped), None)


def _component(tree: Tree, given: Entry, job: Any, sli: Entry) -> str | None:
    if sli.get("sli"):
        return None
    if not isinstance(job, str):
        name = tree.section("metadata").get("name")
        return name if not given and isinstance(name, str) else None
    service = tree.section("stack", "services", job) or tree.section("prometheus", "targets", job)
    if kind_of(service) in _OF_THE_MONITORING:
        return MONITORING
    if not given or job in given:
        return job
    others = [name for name in given if name != MONITORING]
    name = tree.section("metadata").get("name")
    return others[0] if len(others) == 1 else name if name in given else None
