"""The basics that a dashboard needs to open and to be read right.

GM701: not valid JSON, or not a dashboard. Grafana would not load it.
GM702: a panel's id is missing, no whole number from 1, or used twice. Links and alerts lead to panels by id.
GM703: a panel lies outside the 24 columns, or over another. One of the two would be hidden or moved.
GM704: a panel, query or variable has no datasource ``{type, uid}``, or one that is not defined. It would
stay empty.
GM705: a stat, gauge or time series has no unit. A number without a unit is read wrong.
GM706: a title, description or query is missing. The panel says nothing.

All are errors. The files are rendered: run ``genesis-mon render``, or correct the panel in the spec.
"""

from collections.abc import Iterator, Mapping

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.dashboards.files import (
    DASHBOARDS,
    DashboardFile,
    InvalidDashboard,
    PanelNode,
    dashboard_origin,
    load_dashboard,
    mapping,
    objects,
)
from genesis_monitoring.checks.positions import Path, child, items, read_nodes, scalar
from genesis_monitoring.findings import Finding

CODES = ("GM701", "GM702", "GM703", "GM704", "GM705", "GM706")
COLUMNS = 24
PROVISIONED = "grafana/provisioning/datasources/*.yml"

_DRAWN = frozenset({"stat", "gauge", "timeseries"})
_UNDESCRIBED = frozenset({"row", "text"})
_BUILT_IN = frozenset({"grafana", "-- Grafana --", "-- Mixed --", "-- Dashboard --"})

Datasources = dict[str, str]
"""Type by uid, of those that a panel may name."""


def check_dashboards(context: CheckContext) -> Iterator[Finding]:
    """GM701 to GM706."""
    wanted = context.read(DASHBOARDS, "dashboards")
    yield from wanted.findings
    provisioned = _provisioned(context)
    for file in wanted.files:
        try:
            dashboard = load_dashboard(file)
        except InvalidDashboard as invalid:
            related = (context.source.locate_dotted(dashboard_origin(file)),)
            yield context.finding("GM701", file, invalid.place, invalid.message, related=related)
            continue
        for code, path, message, origin in _faults(dashboard, provisioned):
            yield dashboard.finding(context, code, path, message, origin)


Fault = tuple[str, Path, str, str]
"""Code, place in the file, message, place in the spec."""


def _faults(dashboard: DashboardFile, provisioned: Datasources) -> Iterator[Fault]:
    if not _is_text(dashboard.data.get("title")):
        yield "GM706", ("title",), "the dashboard has no title", ""
    if not dashboard.panels:
        yield "GM706", ("panels",), "the dashboard has no panel", ""
    yield from _id_faults(dashboard.panels)
    yield from _grid_faults(dashboard.panels)
    defined = provisioned | _variables(dashboard.data)
    yield from _variable_faults(dashboard.data, defined)
    for panel in dashboard.panels:
        yield from _datasource_faults(panel, defined)
        yield from _content_faults(panel)


def _id_faults(panels: tuple[PanelNode, ...]) -> Iterator[Fault]:
    seen: dict[int, str] = {}
    for panel in panels:
        number = panel.data.get("id")
        place = (*panel.path, "id")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield "GM702", place, f"{panel.name}: the id is not a whole number from 1", panel.origin
        elif number in seen:
            message = f"{panel.name}: the id is that of {seen[number]} as well"
            yield "GM702", place, message, panel.origin
        else:
            seen[number] = panel.name


def _grid_faults(panels: tuple[PanelNode, ...]) -> Iterator[Fault]:
    canvases: dict[Path, list[tuple[int, int, int, int, int, PanelNode]]] = {}
    for order, panel in enumerate(panels):
        grid = mapping(panel.data, "gridPos")
        sides = [grid.get(key) for key in ("x", "y", "w", "h")]
        x, y, w, h = (s if isinstance(s, int) and not isinstance(s, bool) else -1 for s in sides)
        if x < 0 or y < 0 or w < 1 or h < 1 or x + w > COLUMNS:
            shown = ", ".join(f"{key}={side}" for key, side in zip("xywh", sides, strict=True))
            message = f"{panel.name}: gridPos {shown} is not within {COLUMNS} columns"
            yield "GM703", (*panel.path, "gridPos"), message, panel.origin
        else:
            canvases.setdefault(panel.canvas, []).append((y, x, order, w, h, panel))
    for canvas in canvases.values():
        bottoms: list[tuple[int, str]] = [(0, "")] * COLUMNS
        for y, x, _, w, h, panel in sorted(canvas, key=lambda entry: entry[:3]):
            bottom, above = max(bottoms[x : x + w])
            if bottom > y:
                yield "GM703", (*panel.path, "gridPos"), f"{panel.name} lies over {above}", panel.origin
            for column in range(x, x + w):
                bottoms[column] = max(bottoms[column], (y + h, panel.name))


def _datasource_faults(panel: PanelNode, defined: Datasources) -> Iterator[Fault]:
    for index, target in enumerate(objects(panel.data, "targets")):
        path = (*panel.path, "targets", index)
        fault = _datasource_fault(target, defined)
        if fault:
            yield "GM704", (*path, "datasource"), f"{panel.name}, query {index + 1}: {fault}", panel.origin
    if panel.data.get("datasource") is not None:
        fault = _datasource_fault(panel.data, defined)
        if fault:
            yield "GM704", (*panel.path, "datasource"), f"{panel.name}: {fault}", panel.origin


def _variable_faults(data: Mapping[str, object], defined: Datasources) -> Iterator[Fault]:
    for index, variable in enumerate(objects(mapping(data, "templating"), "list")):
        fault = _datasource_fault(variable, defined) if variable.get("type") == "query" else ""
        if fault:
            path = ("templating", "list", index, "datasource")
            yield "GM704", path, f'variable "{variable.get("name")}": {fault}', ""
    for index, annotation in enumerate(objects(mapping(data, "annotations"), "list")):
        fault = _datasource_fault(annotation, defined)
        if fault:
            path = ("annotations", "list", index, "datasource")
            yield "GM704", path, f'annotation "{annotation.get("name")}": {fault}', ""


def _datasource_fault(owner: Mapping[str, object], defined: Datasources) -> str:
    """What is wrong with an object's datasource; nothing if it is fine."""
    datasource = mapping(owner, "datasource")
    kind, uid = datasource.get("type"), datasource.get("uid")
    if not _is_text(kind) or not _is_text(uid):
        return "the datasource is not {type, uid}"
    name = str(uid)
    if name in _BUILT_IN:
        return ""
    if name not in defined:
        return f'the datasource "{name}" is neither provisioned nor a datasource variable'
    if defined[name] != kind:
        return f'the datasource "{name}" is of type {defined[name]}, not {kind}'
    return ""


def _content_faults(panel: PanelNode) -> Iterator[Fault]:
    kind = str(panel.data.get("type"))
    if not _is_text(panel.data.get("title")):
        yield "GM706", (*panel.path, "title"), f"{panel.name} has no title", panel.origin
    if kind not in _UNDESCRIBED and not _is_text(panel.data.get("description")):
        path: Path = (*panel.path, "description")
        yield "GM706", path, f"{panel.name} has no description", panel.origin
    targets = objects(panel.data, "targets")
    if kind in _DRAWN:
        defaults = mapping(mapping(panel.data, "fieldConfig"), "defaults")
        if not _is_text(defaults.get("unit")):
            path = (*panel.path, "fieldConfig", "defaults", "unit")
            yield "GM705", path, f"{panel.name} has no unit", panel.origin
        if not targets:
            yield "GM706", (*panel.path, "targets"), f"{panel.name} has no query", panel.origin
    for index, target in enumerate(targets):
        if not _is_text(target.get("expr")):
            path = (*panel.path, "targets", index, "expr")
            yield "GM706", path, f"{panel.name}, query {index + 1} has no expression", panel.origin


def _variables(data: Mapping[str, object]) -> Datasources:
    """The dashboard's datasource variables, in both ways of writing one."""
    found: Datasources = {}
    for variable in objects(mapping(data, "templating"), "list"):
        if variable.get("type") == "datasource":
            name, kind = str(variable.get("name")), str(variable.get("query"))
            found |= {f"${{{name}}}": kind, f"${name}": kind}
    return found


def _provisioned(context: CheckContext) -> Datasources:
    """The datasources that the tree brings along; unreadable files count as bringing none."""
    found: Datasources = {}
    for file in context.read(PROVISIONED, "datasources").files:
        for node in items(child(read_nodes(file.text), "datasources")):
            uid, kind = scalar(child(node, "uid")), scalar(child(node, "type"))
            if uid and kind:
                found[uid] = kind
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())
