"""A dashboard plan made by hand, and its JSON read back into a plan."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from genesis_monitoring.plan.dashboards import (
    DashboardPlan,
    GridPos,
    Link,
    PanelPlan,
    PanelQuery,
    ThresholdStep,
)
from genesis_monitoring.render.grafana import render_dashboard

BASE = ThresholdStep(None, "green")


def panel(**changes: Any) -> PanelPlan:
    plan = PanelPlan(
        id=1,
        type="stat",
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


def row(id_: int, title: str, y: int) -> PanelPlan:
    grid = GridPos(0, y, 24, 1)
    return PanelPlan(id_, "row", title, "", grid, "none", None, None, (), (), (), False, "", None, "")


HEADER = PanelPlan(
    101, "text", "Status", "The aims.", GridPos(0, 1, 24, 4), "short", None, None, (BASE,), (), (), False,
    "**Aims**\n\n- Cost: < $150/month\n- Größe: ≥ 98 %", None, "",
)  # fmt: skip
PANELS = (
    row(100, "Status", 0),
    HEADER,
    row(102, "Tests", 5),
    panel(
        id=1,
        type="gauge",
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
        id=33,
        type="timeseries",
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
    panel(id=34, type="timeseries", grid=GridPos(0, 14, 24, 8), stacked=True),
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
    panels=PANELS,
    alert_query='ALERTS{alertstate="firing", alertname!="Watchdog"}',
    origin="dashboards.main",
)


def rendered(plan: DashboardPlan) -> dict[str, Any]:
    data = json.loads(render_dashboard(plan).text)
    assert isinstance(data, dict)
    return data


def one(**changes: Any) -> dict[str, Any]:
    """A dashboard with a single panel: that panel, as rendered."""
    found = rendered(dataclasses.replace(PLAN, panels=(panel(**changes),)))["panels"][0]
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
        panels=tuple(read_panel(item) for item in data["panels"]),
        alert_query=data["annotations"]["list"][1]["target"]["expr"],
        origin="",
    )


def read_panel(data: Mapping[str, Any]) -> PanelPlan:
    place = data["gridPos"]
    grid = GridPos(place["x"], place["y"], place["w"], place["h"])
    defaults = data.get("fieldConfig", {}).get("defaults", {})
    steps = defaults.get("thresholds", {}).get("steps", [])
    custom = defaults.get("custom", {})
    return PanelPlan(
        id=data["id"],
        type=data["type"],
        title=data["title"],
        description=data.get("description", ""),
        grid=grid,
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
        text=data["options"]["content"] if data["type"] == "text" else "",
        time_from=data.get("timeFrom"),
        interval=data.get("interval"),
        origin="",
    )


def comparable(plan: DashboardPlan) -> DashboardPlan:
    """``plan`` without what Grafana has no place for: origins, and the values of rows and text panels."""

    def strip(item: PanelPlan) -> PanelPlan:
        if item.type in ("row", "text"):
            item = dataclasses.replace(item, unit="", minimum=None, maximum=None, steps=(), links=())
        return dataclasses.replace(item, origin="")

    return dataclasses.replace(plan, origin="", panels=tuple(strip(item) for item in plan.panels))
