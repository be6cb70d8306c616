"""A dashboard plan made by hand, and its JSON read back into a plan."""

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from genesis_monitoring.panels.panel import (
    GridPos,
    Link,
    NoData,
    PanelPlan,
    PanelQuery,
    PanelType,
    ThresholdStep,
)
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.plan.dashboards import DashboardPlan, RowPlan
from genesis_monitoring.plan.events import EventsPlan
from genesis_monitoring.plan.variables import VariablePlan
from genesis_monitoring.render.grafana import render_dashboard

BASE = ThresholdStep(None, "green")
Steps = tuple[ThresholdStep, ...]


NO_DATA = NoData("no data", "No data at all.")


def query(
    ref: str, expr: str, legend: str, *, instant: bool = False, steps: Steps = (BASE,), several: bool = False
) -> PanelQuery:
    return PanelQuery(ref, expr, legend, instant, steps, several, "no data")


def panel(
    type_: str = "stat",
    *,
    steps: Steps = (BASE,),
    minimum: float | None = None,
    maximum: float | None = 100.0,
    queries: tuple[PanelQuery, ...] = (query("A", "sli:pass_rate:percent", "Pass rate", instant=True),),
    **changes: Any,
) -> PanelPlan:
    plan = PanelPlan(
        id=1,
        type=PANEL_TYPES[type_],
        title="Pass rate",
        description="How many tests passed.",
        grid=GridPos(0, 1, 6, 7),
        unit="percent",
        decimals=None,
        words=(),
        per="",
        limits=(minimum, maximum),
        no_data=NO_DATA,
        queries=tuple(dataclasses.replace(one, steps=steps) for one in queries),
        links=(),
        stacked=False,
        text="",
        time_from=None,
        origin="dashboards.main.rows.0.panels.0",
    )
    if plan.type.lists_alerts:
        plan = dataclasses.replace(plan, severities=("P0", "P1"), runbooks="https://runs.example/r")
    return dataclasses.replace(plan, **changes)


def row(id_: int, title: str, y: int, *panels: PanelPlan) -> RowPlan:
    return RowPlan(id_, title, GridPos(0, y, 24, 1), panels, "")


def events(name: str, expr: str, **changes: Any) -> EventsPlan:
    plan = EventsPlan(name, expr, "red", "{{alertname}}", "", (), "1m", True, False, False, "")
    return dataclasses.replace(plan, **changes)


HEADER = panel(
    "text",
    id=101,
    title="Status",
    description="The aims.",
    grid=GridPos(0, 1, 24, 4),
    queries=(),
    text="**Aims**\n\n- Cost: < $150/month\n- Größe: ≥ 98 %",
)
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
            query("A", "sli:cost_slope:usd", "Slope"),
            query("B", 'sum(rate(cost_total{kind="llm"}[$__rate_interval]))', "{{suite}}"),
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
    events=(
        events("P0", 'ALERTS{alertstate="firing", alertname!="Watchdog"}', tags=("severity", "component")),
        events("Rollout", 'label_replace(vector(1000), "mark", "Begins", "", "")', timed=True, shown=False),
    ),
    origin="dashboards.main",
    links=(
        Link("Runbooks", "https://runs.example/r"),
        Link("Other", "https://g.example/d/other", dashboard=True),
    ),
    variables=(
        VariablePlan("instance", ("sli:a:percent", "sli:b:ratio"), ""),
        VariablePlan("job", ("sli:a:percent",), ""),
    ),
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
        events=tuple(
            events(
                one["name"],
                one["target"]["expr"],
                color=one["iconColor"],
                title=one["titleFormat"],
                text=one["textFormat"],
                tags=tuple(filter(None, one["tagKeys"].split(","))),
                step=one["target"]["interval"],
                shown=one["enable"],
                timed=one["useValueForTime"],
            )
            for one in data["annotations"]["list"][1:]
        ),
        origin="",
        links=tuple(Link(one["title"], one["url"], one["keepTime"]) for one in data["links"]),
        variables=tuple(
            VariablePlan(one["name"], tuple(re.findall(r"sli:[a-z_0-9:]+", one["definition"])), "")
            for one in data["templating"]["list"][1:]
        ),
    )


def _read_rows(items: list[dict[str, Any]]) -> Iterator[RowPlan]:
    heads = [index for index, item in enumerate(items) if item["type"] == "row"]
    assert heads[0] == 0
    for head, end in pairwise((*heads, len(items))):
        row, below = items[head], items[head + 1 : end]
        assert not (below if row["collapsed"] else row["panels"])
        panels = tuple(_read_panel(item) for item in row["panels"] or below)
        yield RowPlan(row["id"], row["title"], _grid(row), panels, "", row["collapsed"])


def every_panel(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows and panels in the order of the page, those of collapsed rows too."""
    return [one for item in data["panels"] for one in (item, *item.get("panels", []))]


def _grid(item: Mapping[str, Any]) -> GridPos:
    place = item["gridPos"]
    return GridPos(place["x"], place["y"], place["w"], place["h"])


def _type(data: Mapping[str, Any]) -> PanelType:
    shapes = {target.get("format", "time_series") for target in data.get("targets", [])}
    (found,) = (
        one
        for one in PANEL_TYPES.values()
        if one.plugin == data["type"] and one.format in (shapes or {"time_series"})
    )
    return found


def _read_panel(data: Mapping[str, Any]) -> PanelPlan:
    config = data.get("fieldConfig", {})
    defaults = config.get("defaults", {})
    custom = defaults.get("custom", {})
    words, special = _read_mappings(defaults.get("mappings", []))
    return PanelPlan(
        id=data["id"],
        type=_type(data),
        title=data["title"],
        description=data.get("description", ""),
        grid=_grid(data),
        unit=defaults.get("unit", ""),
        decimals=defaults.get("decimals"),
        words=words,
        per=custom.get("axisLabel", ""),
        limits=(
            defaults.get("min", custom.get("axisSoftMin")),
            defaults.get("max", custom.get("axisSoftMax")),
        ),
        no_data=NoData(special, defaults.get("noValue", "")),
        queries=tuple(_read_query(item, config) for item in data.get("targets", [])),
        links=tuple(Link(item["title"], item["url"]) for item in data.get("links", [])),
        stacked=custom.get("stacking", {}).get("mode") == "normal",
        text=data["options"].get("content", ""),
        time_from=data.get("timeFrom"),
        interval=data.get("interval"),
        origin="",
    )


def _read_query(target: Mapping[str, Any], config: Mapping[str, Any]) -> PanelQuery:
    own = dict(config["defaults"])
    for override in config["overrides"]:
        if override["matcher"] == {"id": "byFrameRefID", "options": target["refId"]}:
            own |= {item["id"]: item["value"] for item in override["properties"]}
    steps = own["thresholds"]["steps"]
    expr = target["expr"]
    if over := re.fullmatch(r"(min|max)_over_time\((.*)\[\$__rate_interval\]\)", expr):
        expr = over[2]
    chosen = tuple(re.findall(r'(\w+)=~"\$\1"', expr))
    worst: Any = over[1] if over else None
    return PanelQuery(
        target["refId"],
        expr.partition("{")[0] if chosen else expr,
        target["legendFormat"],
        target["instant"],
        tuple(
            ThresholdStep(step["value"] if index else None, step["color"]) for index, step in enumerate(steps)
        ),
        own["color"]["mode"] == "shades",
        _read_mappings(own["mappings"])[1],
        chosen,
        worst,
        target.get("exemplar", False),
    )


def _read_mappings(mappings: list[dict[str, Any]]) -> tuple[tuple[tuple[float, str], ...], str]:
    words: tuple[tuple[float, str], ...] = ()
    special = ""
    for mapping in mappings:
        if mapping["type"] == "value":
            words = tuple((float(value), one["text"]) for value, one in mapping["options"].items())
        else:
            special = mapping["options"]["result"]["text"]
    return words, special


def comparable(plan: DashboardPlan) -> DashboardPlan:
    """``plan`` without what Grafana has no place for: origins, and the values of panels that draw none.

    Only lines say whether a query gives several series, and what a value is for; only they have a sentence
    where there is no data.
    """

    def strip(item: PanelPlan) -> PanelPlan:
        if not item.queries:
            return dataclasses.replace(
                item, origin="", unit="", per="", limits=(None, None), links=(), no_data=NoData("", "")
            )
        if item.type.lists_alerts:
            asked = tuple(dataclasses.replace(one, no_data="", several=False) for one in item.queries)
            return dataclasses.replace(
                item, origin="", unit="", limits=(None, None), no_data=NoData("", ""), queries=asked,
                severities=(), runbooks="",
            )  # fmt: skip
        if item.type.name == "timeseries":
            queries = tuple(dataclasses.replace(one, steps=item.steps) for one in item.queries)
            return dataclasses.replace(item, origin="", queries=queries)
        short = item.no_data.short
        queries = tuple(dataclasses.replace(one, several=False) for one in item.queries)
        return dataclasses.replace(
            item,
            origin="",
            queries=queries,
            per="",
            no_data=NoData(short, short),
            severities=(),
            runbooks="",
        )

    rows = tuple(
        dataclasses.replace(one, origin="", panels=tuple(strip(item) for item in one.panels))
        for one in plan.rows
    )
    marks = tuple(dataclasses.replace(one, origin="", of_rollout=False) for one in plan.events)
    chosen = tuple(dataclasses.replace(one, origin="") for one in plan.variables)
    return dataclasses.replace(plan, origin="", rows=rows, events=marks, variables=chosen)
