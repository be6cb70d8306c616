"""Whether Grafana can read a dashboard as it is written: its keys, the kinds of their values, its units.

GM707 (error): a value of the wrong kind, or one that is not among those that Grafana knows, or a key is
missing that a panel of this type needs. Grafana drops the value or fails to draw the panel.

GM711 (error): a key that Grafana does not have (most are of old versions), or a null. It is ignored at best;
old keys start migrations, which change other values.

GM712 (error): a unit that Grafana does not know. It shows the bare number, which is read wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.checks.dashboards.files import DashboardFile, PanelNode, mapping
from genesis_monitoring.checks.dashboards.grafana_types import CUSTOM, OPTIONS, SchemaFault, type_faults
from genesis_monitoring.checks.dashboards.grafana_units import UNIT_IDS, is_unit
from genesis_monitoring.checks.positions import Path

CODES: tuple[str, ...] = ("GM707", "GM711", "GM712")


@dataclass(frozen=True, slots=True)
class TypeFault:
    """What is wrong at ``path``; ``origin`` is the spec path of the panel, empty for the dashboard.

    With ``around`` nothing else of what holds it can be judged.
    """

    code: str
    path: Path
    message: str
    origin: str = ""
    around: bool = False

    @property
    def covers(self) -> Path:
        """The place that this fault speaks for."""
        return self.path[:-1] if self.around else self.path


def schema_faults(dashboard: DashboardFile) -> Iterator[TypeFault]:
    """GM707, GM711 and GM712."""
    for fault in type_faults(dashboard.data, "Dashboard", ()):
        yield _told(fault, "")
    for panel in dashboard.panels:
        for fault in _panel_faults(panel):
            yield _told(fault, panel.origin, f"{panel.name}: ")
        unit = _defaults(panel).get("unit")
        if isinstance(unit, str) and unit.strip() and not is_unit(unit):
            from genesis_monitoring.spec.problems import suggest

            path = (*panel.path, "fieldConfig", "defaults", "unit")
            message = f'{panel.name}: Grafana knows no unit "{unit}"{suggest(unit, sorted(UNIT_IDS))}'
            yield TypeFault("GM712", path, message, panel.origin)


def _panel_faults(panel: PanelNode) -> Iterator[SchemaFault]:
    if panel.is_row:
        yield from type_faults(panel.data, "Row", panel.path)
        return
    kind = str(panel.data.get("type"))
    yield from type_faults(panel.data, "Panel", panel.path)
    if kind in OPTIONS:
        yield from type_faults(panel.data.get("options", {}), OPTIONS[kind], (*panel.path, "options"))
    custom = _defaults(panel).get("custom")
    if custom is not None and kind in CUSTOM:
        yield from type_faults(custom, CUSTOM[kind], (*panel.path, "fieldConfig", "defaults", "custom"))


def _defaults(panel: PanelNode) -> dict[str, object]:
    return dict(mapping(mapping(panel.data, "fieldConfig"), "defaults"))


def _told(fault: SchemaFault, origin: str, owner: str = "") -> TypeFault:
    return TypeFault("GM707" if fault.known else "GM711", fault.path, f"{owner}{fault.message}", origin)
