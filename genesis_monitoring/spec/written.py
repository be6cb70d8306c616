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
    """A query at ``path``. Beside it stand the ``unit`` that it has to come to, and the labels (``by``) that
    it has to be able to have. ``owner`` says whose it is; ``text`` is as Prometheus reads it, each character
    at its place.
    """

    owner: str
    path: Path
    text: str
    unit: str
    by: tuple[str, ...] = ()

    def beside(self, *keys: str | int) -> Path:
        """What stands beside it."""
        return (*self.path[:-1], *keys)


def written_queries(spec: Spec) -> Iterator[WrittenQuery]:
    """Those of SLIs, then those of panels."""
    for name, sli in spec.slis.items():
        if sli.query:
            yield WrittenQuery(f"SLI {name}", ("slis", name, "expr"), sli.query, sli.unit, sli.by)
    for path, panel in panels_of(spec):
        for number, query in enumerate(panel.queries):
            if query.expr is not None and query.unit is not None:
                at: Path = (*path, "queries", number, "expr")
                owner = f'panel {panel.id} "{panel.title}"'
                yield WrittenQuery(owner, at, as_asked(spec, query.expr), query.unit)


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
