"""A dashboard plan made by hand, and its JSON read back into a plan."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from genesis_monitoring.panels.panel import GridPos, Link, PanelPlan, PanelQuery, ThresholdStep
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.plan.dashboards import DashboardPlan, RowPlan
from genesis_monitoring.render.grafana import render_dashboard

BASE = ThresholdStep(None, "green")


def panel(type_: str = "stat", **changes: Any) -> PanelPlan:
    plan = PanelPlan(
        id=1,
        type=PANEL_TYPES[type_],
        title="Pass rate",
        description="How many tests passed.",
        grid=GridPos(0, 1, 6, 7),
        unit="percent",
        minimum=None,
        maximum=100.0,
        steps=(BASE,),
        queries=(PanelQuery("A", "sli:pass_rate:percent", "Pass rate", True),),
        links=(),
        stacked=False,
        text="",
        time_from=None,
        origin="dashboards.main.rows.0.panels.0",
    )
    return dataclasses.replace(plan, **changes)


def row(id_: int, title: str, y: int, *panels: PanelPlan) -> RowPlan:
    return RowPlan(id_, title, GridPos(0, y, 24, 1), panels, "")


HEADER = PanelPlan(
    101, PANEL_TYPES["text"], "Status", "The aims.", GridPos(0, 1, 24, 4), "short", None, None, (BASE,), (),
    (), False, "**Aims**\n\n- Cost: < $150/month\n- Größe: ≥ 98 %", None, "",
)  # fmt: skip
TESTS = (
    panel(
        "gauge",
        id=1,
        minimum=0.0,
        maximum=120.0,
        grid=GridPos(0, 6, 6, 7),
        steps=(ThresholdStep(None, "dark-red"), ThresholdStep(95.0, "red"), ThresholdStep(98.5, "green")),
        links=(
            Link("Runbook A", "https://runs.example/a.md"),
            Link("Runbook B", "https://runs.example/b.md"),
        ),
    ),
    panel(id=2, grid=GridPos(6, 6, 6, 7), time_from="1h"),
    panel(
        "timeseries",
        id=33,
        title="Slope",
        grid=GridPos(12, 6, 12, 8),
        unit="currencyUSD",
        maximum=None,
        steps=(ThresholdStep(None, "red"), ThresholdStep(-5.0, "yellow"), ThresholdStep(-0.5, "green")),
        queries=(
            PanelQuery("A", "sli:cost_slope:usd", "Slope", False),
            PanelQuery("B", 'sum(rate(cost_total{kind="llm"}[$__rate_interval]))', "{{suite}}", False),
        ),
    ),
    panel("timeseries", id=34, grid=GridPos(0, 14, 24, 8), stacked=True),
)
PLAN = DashboardPlan(
    uid="main",
    path="grafana/dashboards/main.json",
    title="Größe & <b>Kosten</b>",
    description="What it costs.",
    tags=("genesis", "production"),
    refresh="30s",
    time_from="now-48h",
    time_to="now",
    rows=(row(100, "Status", 0, HEADER), row(102, "Tests", 5, *TESTS)),
    alert_query='ALERTS{alertstate="firing", alertname!="Watchdog"}',
    origin="dashboards.main",
)


def rendered(plan: DashboardPlan) -> dict[str, Any]:
    data = json.loads(render_dashboard(plan).text)
    assert isinstance(data, dict)
    return data


def one(type_: str = "stat", **changes: Any) -> dict[str, Any]:
    """A dashboard with a single panel: that panel, as rendered."""
    found = rendered(dataclasses.replace(PLAN, rows=(row(100, "Row", 0, panel(type_, **changes)),)))[
        "panels"
    ][1]
    assert isinstance(found, dict)
    return found


def read_back(data: Mapping[str, Any], path: str) -> DashboardPlan:
    """The plan that a dashboard's JSON was rendered from, as far as Grafana has a place for it."""
    return DashboardPlan(
        uid=data["uid"],
        path=path,
        title=data["title"],
        description=data["description"],
        tags=tuple(data["tags"]),
        refresh=data["refresh"],
        time_from=data["time"]["from"],
        time_to=data["time"]["to"],
        rows=tuple(_read_rows(data["panels"])),
        alert_query=data["annotations"]["list"][1]["target"]["expr"],
        origin="",
    )


def _read_rows(items: list[dict[str, Any]]) -> Iterator[RowPlan]:
    heads = [index for index, item in enumerate(items) if item["type"] == "row"]
    assert heads[0] == 0
    for head, end in pairwise((*heads, len(items))):
        panels = tuple(_read_panel(item) for item in items[head + 1 : end])
        yield RowPlan(items[head]["id"], items[head]["title"], _grid(items[head]), panels, "")


def _grid(item: Mapping[str, Any]) -> GridPos:
    place = item["gridPos"]
    return GridPos(place["x"], place["y"], place["w"], place["h"])


def _read_panel(data: Mapping[str, Any]) -> PanelPlan:
    defaults = data.get("fieldConfig", {}).get("defaults", {})
    steps = defaults.get("thresholds", {}).get("steps", [])
    custom = defaults.get("custom", {})
    return PanelPlan(
        id=data["id"],
        type=PANEL_TYPES[data["type"]],
        title=data["title"],
        description=data.get("description", ""),
        grid=_grid(data),
        unit=defaults.get("unit", ""),
        minimum=defaults.get("min"),
        maximum=defaults.get("max"),
        steps=tuple(
            ThresholdStep(step["value"] if index else None, step["color"]) for index, step in enumerate(steps)
        ),
        queries=tuple(
            PanelQuery(item["refId"], item["expr"], item["legendFormat"], item["instant"])
            for item in data.get("targets", [])
        ),
        links=tuple(Link(item["title"], item["url"]) for item in data.get("links", [])),
        stacked=custom.get("stacking", {}).get("mode") == "normal",
        text=data["options"].get("content", ""),
        time_from=data.get("timeFrom"),
        interval=data.get("interval"),
        origin="",
    )


def comparable(plan: DashboardPlan) -> DashboardPlan:
    """``plan`` without what Grafana has no place for: origins, and the values of panels that draw none."""

    def strip(item: PanelPlan) -> PanelPlan:
        if not item.queries:
            item = dataclasses.replace(item, unit="", minimum=None, maximum=None, steps=(), links=())
        return dataclasses.replace(item, origin="")

    rows = tuple(
        dataclasses.replace(one, origin="", panels=tuple(strip(item) for item in one.panels))
        for one in plan.rows
    )
    return dataclasses.replace(plan, origin="", rows=rows)
