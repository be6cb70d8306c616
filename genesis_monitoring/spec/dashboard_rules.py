"""Whether a panel can show what it is said to show.

What has a dangling reference is left alone.
"""

from typing import get_args

from genesis_monitoring.conventions import DATASOURCE_VARIABLE
from genesis_monitoring.panels.panel import SpecKey
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.slis.objectives import Objective
from genesis_monitoring.spec.base import UnitName
from genesis_monitoring.spec.dashboards import Dashboard, Panel, Query
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
        _variables(spec, reporter, uid, board)
        for index, one in enumerate(board.annotations):
            metric = spec.metrics.get(one.metric.metric)
            if metric is not None and metric.type == "histogram":
                reporter.contradiction(
                    ("dashboards", uid, "annotations", index, "metric"),
                    "a histogram is many series, and none has its name",
                    "take a gauge or a counter that has the label",
                )
        for index, row in enumerate(board.rows):
            for position, panel in enumerate(row.panels):
                path: Path = ("dashboards", uid, "rows", index, "panels", position)
                _keys(reporter, path, panel)
                _units(spec, reporter, path, panel)
                _queries(spec, reporter, path, panel)
                _levels(spec, reporter, path, panel)


def _variables(spec: Spec, reporter: Reporter, uid: str, board: Dashboard) -> None:
    queries = [query.sli for row in board.rows for panel in row.panels for query in panel.queries]
    grouped = {label for name in queries if name in spec.slis and name for label in spec.slis[name].by}
    seen: dict[object, Path] = {}
    for index, label in enumerate(board.variables):
        path: Path = ("dashboards", uid, "variables", index)
        reporter.unique(path, "variable", label, seen)
        if label == DATASOURCE_VARIABLE:
            reporter.contradiction(
                path, f"{label} is what a dashboard calls its data source", "leave it out: one can choose it"
            )
        elif label not in grouped:
            known = ", ".join(sorted(grouped.difference(board.variables)))
            reporter.contradiction(
                path,
                f"no SLI of this dashboard is grouped by {label}, so that there is nothing to choose",
                f"use one of: {known}" if known else "group an SLI by it, or leave it out",
            )


def _keys(reporter: Reporter, path: Path, panel: Panel) -> None:
    for key in get_args(SpecKey):
        if getattr(panel, key) and key not in panel.drawn_as.takes:
            types = ", ".join(name for name, one in PANEL_TYPES.items() if key in one.takes)
            reporter.contradiction(
                (*path, key),
                f"a panel of type {panel.type} takes no {key}",
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


def _levels(spec: Spec, reporter: Reporter, path: Path, panel: Panel) -> None:
    """A limit line says nothing if it is not that of each line that has a limit."""
    _levels_of_budgets(spec, reporter, path, panel)
    first: tuple[str, Objective] | None = None
    units = {spec.slis[query.sli].unit for query in panel.queries if query.sli in spec.slis and query.sli}
    if len(units) > 1:
        return
    for number, query in enumerate(panel.queries if panel.drawn_as.levelled else ()):
        sli = spec.slis.get(query.sli) if query.sli is not None else None
        if sli is None or sli.objective is None or query.sli is None:
            continue
        if first is None:
            first = query.sli, sli.objective
        elif sli.objective != first[1] and sli.unit == spec.slis[first[0]].unit:
            reporter.contradiction(
                (*path, "queries", number, "sli"),
                f"SLI {query.sli} has other levels than {first[0]}, and this panel draws one set of them",
                "draw it on a panel of its own",
                ("slis", query.sli, "objective"),
            )


def _levels_of_budgets(spec: Spec, reporter: Reporter, path: Path, panel: Panel) -> None:
    """What is left of a budget ends at nothing, which is the level of no SLI."""
    slis = [query.sli for query in panel.queries if query.sli in spec.slis and query.sli is not None]
    judged = next((name for name in slis if spec.slis[name].objective is not None), None)
    for number, query in enumerate(panel.queries if panel.drawn_as.levelled and judged else ()):
        unlike = query.shown in ("remaining", "period_burn_rate")
        if query.budget is not None and unlike and spec.slis[judged or ""].unit == query.own_unit:
            reporter.contradiction(
                (*path, "queries", number, "budget"),
                f"{query.shown} of a budget has other levels than {judged}, and this panel draws one set",
                "draw it on a panel of its own",
                ("slis", judged or "", "objective"),
            )


def _asked(query: Query) -> tuple[str, str]:
    """The key of what has a unit of its own, and what it is."""
    if query.expr is not None:
        return "unit", "this query"
    return ("rollout", query.rollout) if query.rollout is not None else ("budget", query.shown)


def shown_unit(spec: Spec, panel: Panel) -> UnitName:
    """The unit of what a panel shows: as it says, else that of the first SLI, else of what tells its own."""
    of_sli = next((spec.slis[query.sli].unit for query in panel.queries if query.sli in spec.slis), None)
    return panel.unit or of_sli or panel.told_unit or "count"


def _drawn_in(metric: Metric) -> tuple[str, ...]:
    """The units that a metric may have as a panel draws it: a counter as its rate, without any conversion."""
    if metric.type == "gauge":
        return (metric.unit,)
    return tuple(unit for unit, factor in UNITS[metric.unit].rates if factor == 1)


def _buckets(reporter: Reporter, path: Path, query: Query, metric: Metric | None) -> None:
    if path[-1] != 0:
        reporter.contradiction(
            path, "a heatmap draws the buckets of one histogram", "draw this one on a panel of its own"
        )
    elif query.each:
        reporter.contradiction(
            (*path, "each"),
            "the buckets of all series are added up",
            "leave it out, or select a series by labels",
        )
    elif query.metric is None or (metric is not None and metric.type != "histogram"):
        reporter.contradiction(
            path, "a heatmap draws buckets, and this has none", "take a metric of type histogram"
        )


def _queries(spec: Spec, reporter: Reporter, path: Path, panel: Panel) -> None:
    legends: dict[object, Path] = {}
    of_sli = next((spec.slis[q.sli].unit for q in panel.queries if q.sli in spec.slis), None)
    unit = shown_unit(spec, panel)
    for number, query in enumerate(panel.queries):
        at: Path = (*path, "queries", number)
        reporter.unique((*at, "legend"), "legend", query.legend, legends)
        if query.rollout is not None and spec.rollout is None:
            reporter.contradiction(
                (*at, "rollout"), "the spec has no rollout to tell of", "add one, or remove this query"
            )
        elif query.own_unit not in (None, unit):
            key, asked = _asked(query)
            # Beside what has a unit of its own there is no other unit to write.
            fixed = of_sli or any(one.own_unit == unit for one in panel.queries)
            write = "" if fixed else f"write unit: {query.own_unit}, or "
            reporter.contradiction(
                (*at, key),
                f"{asked} is in {query.own_unit}, and the panel shows {unit}",
                f"{write}draw it on a panel of its own",
                (*path, "unit"),
            )
        budgeted = spec.slis.get(query.budget) if query.budget else None
        if budgeted is not None and budgeted.budget is None:
            reporter.contradiction(
                (*at, "budget"),
                f"SLI {query.budget} has no error budget to be shown",
                "give it one, or write sli: to draw its value",
                ("slis", query.budget or ""),
            )
        metric = spec.metrics.get(query.metric.metric) if query.metric else None
        if panel.drawn_as.format == "heatmap":
            _buckets(reporter, at, query, metric)
        elif metric is not None and metric.type == "histogram":
            reporter.contradiction(
                (*at, "metric"),
                "a histogram is many series, and none of them is a value to draw",
                "draw a quantile SLI of it, or its buckets on a heatmap",
            )
        elif metric is not None and unit not in _drawn_in(metric):
            drawn = " or ".join(_drawn_in(metric))
            fixed = of_sli or any(one.own_unit == unit for one in panel.queries)
            write = "" if fixed else f"write unit: {drawn}, or "
            reporter.contradiction(
                (*at, "metric"),
                f"it is drawn in {drawn or 'no unit there is'}, and the panel shows {unit}",
                f"{write}draw it on a panel of its own" if drawn else "draw an SLI of it",
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
