"""Whether the dashboards on disk say what the spec says: files and plan in, findings out.

GM708 (error): a panel or row is missing, has another id, title, type or place, stands below another row, or
is one that the spec does not have. Links, alerts and people's notes lead to panels by id.

GM713 (error): a panel's query, unit, limits or thresholds are not those of its SLI. It shows another number
than the alerts judge, or paints a bad one green.

GM714 (error): another setting of a dashboard or panel is not what the spec says, as its refresh, its
variables, how gaps are drawn or what a panel without data says.

GM715 (error): a panel's link is not the one to its alert's runbook.

What ``dashboard_schema`` (GM707, GM711, GM712) and ``dashboard_queries`` (GM709, GM710) find is told with
it; of all that is wrong with one place, the first.

The files are rendered: run ``genesis-mon render``.
"""

from collections.abc import Iterable, Iterator, Mapping

from genesis_monitoring.checks.context import RENDER_HINT, CheckContext
from genesis_monitoring.checks.dashboards.expected import Words, wanted_dashboard, wanted_panel
from genesis_monitoring.checks.dashboards.files import (
    DASHBOARDS,
    DashboardFile,
    InvalidDashboard,
    PanelNode,
    load_dashboard,
)
from genesis_monitoring.checks.dashboards.queries import metric_faults, variable_faults
from genesis_monitoring.checks.dashboards.schema import TypeFault, schema_faults
from genesis_monitoring.checks.differences import ABSENT, Difference, differences, show
from genesis_monitoring.checks.positions import Path, locate_path
from genesis_monitoring.checks.promql.types import Catalogue
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.dashboards import DashboardPlan, PanelPlan

CODES: tuple[str, ...] = (
    "GM707", "GM708", "GM709", "GM710", "GM711", "GM712", "GM713", "GM714", "GM715",
)  # fmt: skip

_IDENTITY = frozenset({"id", "type", "title", "gridPos"})
_LOOK = frozenset({"custom", "color", "noValue"})


def check_dashboard_meaning(context: CheckContext) -> Iterator[Finding]:
    """GM707 to GM715."""
    wanted = context.read(DASHBOARDS, "dashboards")
    yield from wanted.findings
    plans = {plan.path: plan for plan in context.plan.dashboards} if context.plan is not None else {}
    catalogue = Catalogue(context.plan) if context.plan is not None else None
    for file in wanted.files:
        plan = plans.get(file.path)
        try:
            dashboard = load_dashboard(file)
        except InvalidDashboard as invalid:
            yield context.unchecked(file.path, f"the file is {invalid.message}", invalid.place)
            continue
        if plan is None or catalogue is None:
            yield context.unchecked(file.path, "there is no plan of the spec to compare the dashboard with")
            continue
        yield from _findings(context, dashboard, plan, dashboard_faults(dashboard, plan, catalogue))


def dashboard_faults(
    dashboard: DashboardFile, plan: DashboardPlan, catalogue: Catalogue
) -> Iterator[TypeFault]:
    """Every fault, and of those that are about one place the first."""
    told: list[Path] = []
    for fault in _all_faults(dashboard, plan, catalogue):
        if not any(_about_one_place(fault.path, path) for path in told):
            yield fault
        if fault.covers not in ((), ("panels",)):
            told.append(fault.covers)


def _all_faults(dashboard: DashboardFile, plan: DashboardPlan, catalogue: Catalogue) -> Iterator[TypeFault]:
    yield from _other_types(dashboard, plan)
    yield from schema_faults(dashboard)
    for fault in (*variable_faults(dashboard), *metric_faults(dashboard, catalogue)):
        yield TypeFault(fault.code, fault.path, fault.message, _origin(dashboard, fault.path))
    data = {key: value for key, value in dashboard.data.items() if key != "panels"}
    for difference in differences(wanted_dashboard(plan), data):
        yield TypeFault("GM714", difference.path, f"{_where(difference.path)} {difference.text}")
    yield from _panel_faults(dashboard, plan)


def _about_one_place(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _panel_faults(dashboard: DashboardFile, plan: DashboardPlan) -> Iterator[TypeFault]:
    found: dict[object, PanelNode] = {}
    for panel in dashboard.panels:
        number = panel.data.get("id")
        if isinstance(number, int) and not isinstance(number, bool):
            found.setdefault(number, panel)
    known = {panel.id: panel for panel in plan.panels}
    yield from _misplaced(dashboard, plan, found)
    renamed: set[int] = set()
    for number, panel_plan in known.items():
        if number in found:
            yield from _panel_differences(found[number], panel_plan)
            continue
        twin = _same_title(dashboard, panel_plan, known)
        what = f'{"row" if panel_plan.type == "row" else "panel"} {number} "{panel_plan.title}"'
        if twin is None:
            yield TypeFault("GM708", ("panels",), f"{what} is missing", panel_plan.origin)
        else:
            renamed.add(id(twin))
            message = f"{twin.name}: the id of this panel is {number}, and does not change"
            yield TypeFault("GM708", (*twin.path, "id"), message, panel_plan.origin)
    for panel in dashboard.panels:
        number = panel.data.get("id")
        stranger = not isinstance(number, int) or isinstance(number, bool) or number not in known
        if (stranger or found[number] is not panel) and id(panel) not in renamed:
            yield TypeFault("GM708", (*panel.path, "id"), f"{panel.name} is not in the spec", panel.origin)


def _same_title(
    dashboard: DashboardFile, plan: PanelPlan, known: Mapping[int, PanelPlan]
) -> PanelNode | None:
    """The panel that has this title and an id that is not its own."""
    for panel in dashboard.panels:
        if not Words(plan.title).accepts(panel.data.get("title")):
            continue
        number = panel.data.get("id")
        owner = known.get(number) if isinstance(number, int) else None
        if owner is None or owner.title != plan.title:
            return panel
    return None


def _other_types(dashboard: DashboardFile, plan: DashboardPlan) -> Iterator[TypeFault]:
    """Panels of another type than in the spec: nothing else of them can be compared."""
    types = {panel.id: panel for panel in plan.panels}
    for node in dashboard.panels:
        number = node.data.get("id")
        panel = types.get(number) if isinstance(number, int) else None
        if panel is not None and node.data.get("type", ABSENT) != panel.type:
            difference = Difference(("type",), panel.type, node.data.get("type", ABSENT))
            message = f"{node.name}: type {difference.text}"
            yield TypeFault("GM708", (*node.path, "type"), message, panel.origin, around=True)


def _misplaced(
    dashboard: DashboardFile, plan: DashboardPlan, found: Mapping[object, PanelNode]
) -> Iterator[TypeFault]:
    """Panels below another row than in the spec: Grafana folds a panel away with the row above it."""
    rows: dict[object, object] = {}
    row: object = None
    for panel in dashboard.panels:
        row = panel.data.get("id") if panel.is_row else row
        rows.setdefault(panel.data.get("id"), row)
    above = 0
    for panel_plan in plan.panels:
        above = panel_plan.id if panel_plan.type == "row" else above
        seen = rows.get(panel_plan.id)
        if panel_plan.id in found and panel_plan.type != "row" and above in found and seen != above:
            node = found[panel_plan.id]
            message = f"{node.name} stands below row {seen}, and must stand below row {above}"
            yield TypeFault("GM708", (*node.path, "id"), message, panel_plan.origin)


def _panel_differences(node: PanelNode, plan: PanelPlan) -> Iterator[TypeFault]:
    for difference in differences(wanted_panel(plan), dict(node.data)):
        message = f"{node.name}: {_where(difference.path)} {difference.text}"
        yield TypeFault(_code(difference), (*node.path, *difference.path), message, plan.origin)


def _code(difference: Difference) -> str:
    head, *rest = (*difference.path, "")
    if head in _IDENTITY:
        return "GM708"
    if head == "links":
        return "GM715"
    if head == "targets" or (head == "fieldConfig" and not _LOOK & set(rest[1:2])):
        return "GM713"
    return "GM714"


_NUMBERED = {
    "targets": "query",
    "steps": "threshold",
    "links": "link",
    "list": "entry",
}
_SILENT = frozenset({"fieldConfig", "defaults", "thresholds", "templating", "options"})


def _where(path: Path) -> str:
    """A place in words: ``query 1, expr``."""
    words: list[str] = []
    for step, after in zip(path, (*path[1:], None), strict=True):
        if isinstance(step, int):
            words[-1] += f" {step + 1}"
        elif isinstance(after, int):
            words.append(_NUMBERED.get(step, step))
        elif after is None or step not in _SILENT:
            words.append(step)
    return ", ".join(words) or show(list(path))


def _origin(dashboard: DashboardFile, path: Path) -> str:
    """The spec path of the panel that ``path`` leads into."""
    inside = [panel for panel in dashboard.panels if path[: len(panel.path)] == panel.path]
    return max(inside, key=lambda panel: len(panel.path)).origin if inside else ""


def _findings(
    context: CheckContext, dashboard: DashboardFile, plan: DashboardPlan, faults: Iterable[TypeFault]
) -> Iterator[Finding]:
    for fault in faults:
        place = locate_path(dashboard.file.text, fault.path)
        related = (context.source.locate_dotted(fault.origin or plan.origin),)
        yield context.finding(
            fault.code, dashboard.file, place, fault.message, hint=RENDER_HINT, related=related
        )
