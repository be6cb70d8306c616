"""PromQL that people write in a spec: every query with its place, and what it reads."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.conventions import record_name
from genesis_monitoring.promql.grafana_times import in_seconds
from genesis_monitoring.promql.syntax import selectors, tree_or_none
from genesis_monitoring.spec.dashboards import Panel
from genesis_monitoring.spec.jobs import job_names, scrape_interval
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_OF_HISTOGRAMS = ("_bucket", "_count", "_sum")
_SAMPLES = 4
_LONG = 300


@dataclass(frozen=True, slots=True)
class WrittenQuery:
    """A query at ``path``, with the ``unit`` that it has to come to, and the labels (``by``) that it has to
    be able to have; where it is ``closed`` it has no others. ``owner`` says whose it is; ``text`` is as
    Prometheus reads it, each character at its place.
    """

    owner: str
    path: Path
    text: str
    unit: str
    unit_path: Path
    by: tuple[str, ...] = ()
    by_path: Path = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class WrittenSeries:
    """A series to test with: the key of the ``values`` at ``path``."""

    owner: str
    path: Path
    series: str
    values: str


def written_queries(spec: Spec) -> Iterator[WrittenQuery]:
    """Those of metrics that are recorded, of SLIs, of panels."""
    for name, metric in spec.metrics.items():
        if metric.recording is not None:
            at: Path = ("metrics", name)
            path: Path = (*at, "recording", "expr")
            unit, labels = (*at, "unit"), (*at, "labels")
            owner, text = f"metric {name}", metric.recording.expr
            yield WrittenQuery(owner, path, text, metric.unit, unit, metric.labels, labels, closed=True)
    for name, sli in spec.slis.items():
        if sli.query:
            at = ("slis", name)
            unit, by = (*at, "unit"), (*at, "by")
            yield WrittenQuery(f"SLI {name}", (*at, "expr"), sli.query, sli.unit, unit, sli.by, by)
    for path, panel in panels_of(spec):
        for number, query in enumerate(panel.queries):
            if query.expr is not None and query.unit is not None:
                at = (*path, "queries", number)
                owner = f'panel {panel.id} "{panel.title}"'
                text = as_asked(spec, query.expr)
                yield WrittenQuery(owner, (*at, "expr"), text, query.unit, (*at, "unit"))


def written_series(spec: Spec) -> Iterator[WrittenSeries]:
    """Those that metrics that are recorded, and SLIs, are tested with."""
    for name, metric in spec.metrics.items():
        for number, test in enumerate(metric.recording.tests if metric.recording else ()):
            for series, values in test.series.items():
                path: Path = ("metrics", name, "recording", "tests", number, "series", series)
                yield WrittenSeries(f"metric {name}", path, series, values)
    for name, sli in spec.slis.items():
        for below, series, values in sli.written_series:
            yield WrittenSeries(f"SLI {name}", ("slis", name, *below), series, values)


def panels_of(spec: Spec) -> Iterator[tuple[Path, Panel]]:
    """Every panel with its path."""
    for uid, board in spec.dashboards.items():
        for row, members in enumerate(board.rows):
            for position, panel in enumerate(members.panels):
                yield ("dashboards", uid, "rows", row, "panels", position), panel


def as_asked(spec: Spec, expr: str, *, in_place: bool = True) -> str:
    """A panel's query with times for Grafana's variables: four samples of any job at least, and its step.

    With ``in_place`` no character moves.
    """
    slowest = max((scrape_interval(spec, job) for job in job_names(spec)), default=0)
    rate = max(_LONG, _SAMPLES * max(slowest, spec.prometheus.evaluation_interval))
    return in_seconds(expr, rate, spec.prometheus.scrape_interval, in_place=in_place)


def series_read(expr: str) -> tuple[str, ...]:
    """The names of series in a query; of one that our parser refuses, of whatever may be one."""
    tree = tree_or_none(expr)
    names = (one.metric for one in selectors(tree)) if tree is not None else _NAME.findall(expr)
    return tuple(dict.fromkeys(names))


def metrics_read(spec: Spec, expr: str) -> tuple[str, ...]:
    """The metrics of the catalogue that a query reads."""
    found = (known for name in series_read(expr) for known in metrics_of(name) if known in spec.metrics)
    return tuple(dict.fromkeys(found))


def metrics_of(series: str) -> tuple[str, ...]:
    """The metrics that a series may be of: that of its name, and the histogram that it is a part of."""
    return (series, *(series.removesuffix(end) for end in _OF_HISTOGRAMS if series.endswith(end)))


def slis_read(spec: Spec, expr: str) -> tuple[str, ...]:
    """The SLIs whose recorded series a query reads."""
    read = {*series_read(expr)}
    return tuple(name for name, sli in spec.slis.items() if record_name(name, sli.unit) in read)
