"""Links from alerts to dashboards and from dashboards to pages: which panel shows an SLI, and addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from genesis_monitoring.conventions import (
    BUDGET_BURNS_PANEL,
    DOCS_FOLDER,
    RUNBOOKS_FOLDER,
    SLO_ID,
    budgets_uid,
)
from genesis_monitoring.panels.panel import Link
from genesis_monitoring.spec.model import Spec

BUDGETS_TITLE = "Error budgets"
"""The generated dashboard of them."""


@dataclass(frozen=True, slots=True)
class PanelLink:
    """``panel`` is None where only the dashboard as a whole fits."""

    dashboard_url: str
    panel_url: str | None


@dataclass(frozen=True, slots=True)
class PanelIndex:
    """Where each SLI is drawn: (dashboard uid, panel id) by SLI name.

    First over time, where one sees since when; else first at all.
    """

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

    def budget(self, slo: str) -> PanelLink:
        """The panel of the generated dashboard on which a budget burns, by the id of its SLO; "" for all."""
        uid = budgets_uid(self.spec.metadata.name)
        if not slo:
            return self._link(uid, None)
        return PanelLink(
            dashboard_url(self.spec, uid, chosen=slo), dashboard_url(self.spec, uid, BUDGET_BURNS_PANEL, slo)
        )

    def _link(self, uid: str, panel: int | None) -> PanelLink:
        shown = dashboard_url(self.spec, uid, panel) if panel is not None else None
        return PanelLink(dashboard_url(self.spec, uid), shown)


def index_panels(spec: Spec) -> PanelIndex:
    """Which panel draws what, the first one that does."""
    now: dict[str, tuple[str, int]] = {}
    over_time: dict[str, tuple[str, int]] = {}
    owners: dict[int, str] = {}
    for uid, dashboard in spec.dashboards.items():
        for row in dashboard.rows:
            for panel in row.panels:
                owners.setdefault(panel.id, uid)
                drawn = now if panel.drawn_as.instant else over_time
                for query in panel.queries:
                    if query.sli is not None:
                        drawn.setdefault(query.sli, (uid, panel.id))
    return PanelIndex(spec, next(iter(spec.dashboards)), now | over_time, owners)


def dashboard_url(spec: Spec, uid: str, panel: int | None = None, chosen: str = "") -> str:
    """The address of a dashboard, or of one of its panels; with the SLO ``chosen``, by its id."""
    asked = [f"var-{SLO_ID}={quote(chosen, safe='')}"] if chosen else []
    asked += [] if panel is None else [f"viewPanel={panel}"]
    url = f"{spec.metadata.links.grafana.rstrip('/')}/d/{uid}"
    return f"{url}?{'&'.join(asked)}" if asked else url


def runbook_url(spec: Spec, alert: str) -> str:
    """The address of an alert's runbook page."""
    return f"{runbooks_url(spec)}/{alert}.md"


def runbooks_url(spec: Spec) -> str:
    """Where the runbook pages are, without a slash at the end."""
    return spec.metadata.links.runbooks.rstrip("/")


def top_links(spec: Spec, uid: str) -> Iterator[Link]:
    """What stands at the top of a dashboard: where to read and to look further, then the other dashboards.

    The checkpoints have a link where they are published beside the runbooks, as they are written.
    """
    links, runbooks = spec.metadata.links, runbooks_url(spec)
    if spec.rollout is not None:
        start = round(spec.rollout.start.timestamp() * 1000)
        window = f"from={start}&to={start + spec.rollout.duration * 1000}"
        yield Link("The whole window", f"{dashboard_url(spec, uid)}?{window}")
    yield Link("Runbooks", runbooks)
    folder = RUNBOOKS_FOLDER.removeprefix(f"{DOCS_FOLDER}/")
    if spec.rollout is not None and runbooks.endswith(f"/{folder}"):
        yield Link("Checkpoints", f"{runbooks.removesuffix(folder)}checkpoints.md")
    yield Link("Alertmanager", links.alertmanager)
    yield Link("Rules in Prometheus", f"{links.prometheus.rstrip('/')}/rules")
    for other, dashboard in spec.dashboards.items():
        if other != uid:
            yield Link(dashboard.title, dashboard_url(spec, other), dashboard=True)
    budgets = budgets_uid(spec.metadata.name)
    if uid != budgets and any(sli.budget is not None for sli in spec.slis.values()):
        yield Link(BUDGETS_TITLE, dashboard_url(spec, budgets), dashboard=True)


def graph_url(spec: Spec, expr: str) -> str:
    """Prometheus' page of a query, drawn. 2.42 and 3.x take this address, as they write it themselves."""
    prometheus = spec.metadata.links.prometheus.rstrip("/")
    return f"{prometheus}/graph?g0.expr={quote(expr, safe='')}&g0.tab=0"
