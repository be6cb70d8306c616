"""A dashboard file in, its panels and places out: what the dashboard and PromQL checks share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import Path, locate_path
from genesis_monitoring.checks.yaml_files import InvalidYaml, load_json
from genesis_monitoring.findings import Finding, Location

DASHBOARDS = "grafana/dashboards/*.json"
_PREFIX, _SUFFIX = "grafana/dashboards/", ".json"


class InvalidDashboard(Exception):
    """The file is no dashboard. ``place`` is line and column from 1, or (0, 0)."""

    def __init__(self, message: str, place: tuple[int, int] = (0, 0)) -> None:
        super().__init__(message)
        self.message = message
        self.place = place


@dataclass(frozen=True, slots=True)
class PanelNode:
    """A panel as it stands in the file.

    ``path`` leads to it; ``origin`` is the spec path it is rendered from, as far as its position tells;
    ``canvas`` is what it shares a layout with: the dashboard, or the collapsed row that holds it.
    """

    path: Path
    data: Mapping[str, object]
    origin: str
    canvas: Path

    @property
    def name(self) -> str:
        """For messages: ``panel 14 "Success rate"``."""
        kind = "row" if self.is_row else "panel"
        return f'{kind} {self.data.get("id")} "{self.data.get("title") or ""}"'

    @property
    def is_row(self) -> bool:
        """Whether it is a heading over other panels."""
        return self.data.get("type") == "row"


@dataclass(frozen=True, slots=True)
class DashboardFile:
    """A dashboard that could be read."""

    file: TreeFile
    data: Mapping[str, object]
    panels: tuple[PanelNode, ...]

    def finding(
        self, context: CheckContext, code: str, path: Path, message: str, origin: str = ""
    ) -> Finding:
        """A finding at ``path`` in the file, related to ``origin`` in the spec (else to the dashboard)."""
        related: tuple[Location, ...] = (context.source.locate_dotted(origin or self.origin),)
        return context.finding(code, self.file, locate_path(self.file.text, path), message, related=related)

    @property
    def origin(self) -> str:
        """The spec path of the dashboard: its key there is the name of its file."""
        return dashboard_origin(self.file)


def dashboard_origin(file: TreeFile) -> str:
    """The spec path of the dashboard in ``file``."""
    return "dashboards." + file.path.removeprefix(_PREFIX).removesuffix(_SUFFIX)


def load_dashboard(file: TreeFile) -> DashboardFile:
    """Read a dashboard strictly: no duplicate keys, no NaN, panels are objects. Raises InvalidDashboard."""
    try:
        data = load_json(file)
    except InvalidYaml as error:
        raise InvalidDashboard(error.message, error.place) from error
    return DashboardFile(file, data, tuple(_panels(file, data, dashboard_origin(file))))


def objects(owner: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    """The objects in a list; anything else in their place counts as empty."""
    value = owner.get(key)
    return tuple(item if isinstance(item, dict) else {} for item in value) if isinstance(value, list) else ()


def mapping(owner: Mapping[str, object], key: str) -> Mapping[str, object]:
    """The object at ``key``; anything else counts as empty."""
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def _panels(file: TreeFile, data: Mapping[str, object], origin: str) -> Iterator[PanelNode]:
    row, column = -1, 0
    for index, panel in enumerate(_panel_list(file, data, ("panels",))):
        path: Path = ("panels", index)
        if panel.get("type") != "row":
            place = f"{origin}.rows.{row}.panels.{column}" if row >= 0 else origin
            column += 1
            yield PanelNode(path, panel, place, ())
            continue
        row, column = row + 1, 0
        yield PanelNode(path, panel, f"{origin}.rows.{row}", ())
        for inner, nested in enumerate(_panel_list(file, panel, (*path, "panels"))):
            place = f"{origin}.rows.{row}.panels.{inner}"
            yield PanelNode((*path, "panels", inner), nested, place, path)


def _panel_list(file: TreeFile, owner: Mapping[str, object], path: Path) -> list[dict[str, object]]:
    panels = owner.get("panels", [] if len(path) > 1 else None)
    if not isinstance(panels, list) or not all(isinstance(panel, dict) for panel in panels):
        raise InvalidDashboard(
            "not a dashboard: panels is not a list of objects", locate_path(file.text, path)
        )
    return panels
