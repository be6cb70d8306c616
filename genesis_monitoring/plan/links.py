"""Links from alerts to dashboards: which panel shows an SLI, and the address of a panel or runbook."""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class PanelLink:
    """``panel`` is None where only the dashboard as a whole fits."""

    dashboard_url: str
    panel_url: str | None


@dataclass(frozen=True, slots=True)
class PanelIndex:
    """Where each SLI is drawn first: (dashboard uid, panel id) by SLI name."""

    spec: Spec
    default_dashboard: str
    drawn: Mapping[str, tuple[str, int]]
    owners: Mapping[int, str]

    def link(self, sli: str | None, panel: int | None) -> PanelLink:
        """The panel given, else the one that draws ``sli`` first, else the first dashboard."""
        if panel is not None:
            return self._link(self.owners[panel], panel)
        uid, drawn = self.drawn.get(sli or "", (self.default_dashboard, None))
        return self._link(uid, drawn)

    def _link(self, uid: str, panel: int | None) -> PanelLink:
        shown = dashboard_url(self.spec, uid, panel) if panel is not None else None
        return PanelLink(dashboard_url(self.spec, uid), shown)


def index_panels(spec: Spec) -> PanelIndex:
    """Which panel draws what, the first one that does."""
    drawn: dict[str, tuple[str, int]] = {}
    owners: dict[int, str] = {}
    for uid, dashboard in spec.dashboards.items():
        for row in dashboard.rows:
            for panel in row.panels:
                owners.setdefault(panel.id, uid)
                for query in panel.queries:
                    if query.sli is not None:
                        drawn.setdefault(query.sli, (uid, panel.id))
    return PanelIndex(spec, next(iter(spec.dashboards)), drawn, owners)


def dashboard_url(spec: Spec, uid: str, panel: int | None = None) -> str:
    """The address of a dashboard, or of one of its panels."""
    url = f"{spec.metadata.links.grafana.rstrip('/')}/d/{uid}"
    return url if panel is None else f"{url}?viewPanel={panel}"


def runbook_url(spec: Spec, alert: str) -> str:
    """The address of an alert's runbook page."""
    return f"{spec.metadata.links.runbooks.rstrip('/')}/{alert}.md"
