"""Whether a panel can show what it is said to show.

What has a dangling reference is left alone.
"""

from typing import get_args

from genesis_monitoring.panels.panel import SpecKey
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.spec.dashboards import Panel
from genesis_monitoring.spec.metrics import Metric
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.reporter import Path, Reporter
from genesis_monitoring.units import UNITS

_ROOT_FOLDER = "general"


def check_dashboards(spec: Spec, reporter: Reporter) -> None:
    """The titles in their folder, then the panels of every dashboard, one by one.

    Grafana trims titles, and in one folder it keeps one dashboard of a title, whatever its case.
    """
    titles: dict[object, Path] = {}
    for uid, board in spec.dashboards.items():
        title = board.title.strip()
        first = titles.setdefault(title.casefold(), ("dashboards", uid, "title"))
        if first != ("dashboards", uid, "title"):
            reporter.duplicate(("dashboards", uid, "title"), f'the dashboard title "{title}"', first)
    if spec.metadata.title.strip().casefold() == _ROOT_FOLDER:
        reporter.contradiction(
            ("metadata", "title"),
            f'the folder of the dashboards has this title, and "{spec.metadata.title}" is Grafana\'s own',
            "give the system a title of its own",
        )
    for uid, board in spec.dashboards.items():
        for index, row in enumerate(board.rows):
            for position, panel in enumerate(row.panels):
                path: Path = ("dashboards", uid, "rows", index, "panels", position)
                _keys(reporter, path, panel)
                _units(spec, reporter, path, panel)
                _queries(spec, reporter, path, panel)


def _keys(reporter: Reporter, path: Path, panel: Panel) -> None:
    for key in get_args(SpecKey):
        if getattr(panel, key) and key not in panel.drawn_as.takes:
            types = ", ".join(name for name, one in PANEL_TYPES.items() if key in one.takes)
            reporter.contradiction(
                (*path, key),
                f"a {panel.type} panel takes no {key}",
                f"remove it, or use a type that does: {types}",
                (*path, "type"),
            )


def _units(spec: Spec, reporter: Reporter, path: Path, panel: Panel) -> None:
    drawn = [
        ((*path, "queries", number, "sli"), query.sli)
        for number, query in enumerate(panel.queries)
        if query.sli in spec.slis and query.sli is not None
    ]
    if not drawn:
        return
    name = drawn[0][1]
    unit = spec.slis[name].unit
    if panel.unit is not None and panel.unit != unit:
        reporter.contradiction(
            (*path, "unit"),
            f"SLI {name} is in {unit}, and this panel would show it as {panel.unit}",
            "remove unit: the panel takes it from the SLI",
            ("slis", name, "unit"),
        )
    for at, other in drawn[1:]:
        if spec.slis[other].unit != unit:
            reporter.contradiction(
                at,
                f"SLI {other} is in {spec.slis[other].unit}, and {name} on the same panel in {unit}",
                "draw it on a panel of its own",
                ("slis", other, "unit"),
            )


def _drawn_in(metric: Metric) -> str | None:
    """The unit of a metric as a panel draws it: a counter as its rate, without any conversion."""
    if metric.type == "gauge":
        return metric.unit
    return next((unit for unit, factor in UNITS[metric.unit].rates if factor == 1), None)


def _queries(spec: Spec, reporter: Reporter, path: Path, panel: Panel) -> None:
    legends: dict[object, Path] = {}
    unit = panel.unit or next((spec.slis[q.sli].unit for q in panel.queries if q.sli in spec.slis), "count")
    for number, query in enumerate(panel.queries):
        at: Path = (*path, "queries", number)
        reporter.unique((*at, "legend"), "legend", query.legend, legends)
        metric = spec.metrics.get(query.metric.metric) if query.metric else None
        if metric is not None and metric.type == "histogram":
            reporter.contradiction(
                (*at, "metric"),
                "a histogram is many series, and none of them is a value to draw",
                "draw a quantile SLI of it",
            )
        elif metric is not None and _drawn_in(metric) != unit:
            drawn = _drawn_in(metric)
            reporter.contradiction(
                (*at, "metric"),
                f"it is drawn in {drawn or 'no unit there is'}, and the panel shows {unit}",
                f"write unit: {drawn}, or draw it on a panel of its own" if drawn else "draw an SLI of it",
                (*path, "unit"),
            )
    for index, name in enumerate(panel.objectives):
        if name in spec.slis and spec.slis[name].objective is None:
            reporter.contradiction(
                (*path, "objectives", index),
                f"SLI {name} has no objective to be listed",
                "give it one, or leave it out",
                ("slis", name),
            )
