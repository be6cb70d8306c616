"""A dashboard plan in, the dashboard's JSON out: built with grafanalib, then normalised strictly.

Grafana reads titles, legends, descriptions and text panels as templates (``$name``, ``${name}``,
``[[name]]``) and the last two as Markdown that may hold HTML. It has no way to escape either. So where
text would start such a construct, an invisible word joiner (U+2060) is put behind its first character:
what people see is what the spec says, ``$150/month`` and ``< 200 ms`` stay as they are, and a text
without such a construct is not touched. In PromQL strings the same characters are written as escapes, in
addresses as percent codes, since an invisible character would change what they mean.
"""

import re
from collections.abc import Callable
from typing import Any

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.conventions import (
    COMPONENT_LABEL,
    DATASOURCE_UID,
    DATASOURCE_VARIABLE,
    SEVERITY_LABEL,
    WORD_JOINER,
)
from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.plan.dashboards import DashboardPlan, PanelPlan, PanelQuery, ThresholdStep
from genesis_monitoring.render.grafana_normalise import PLUGIN_VERSION, SCHEMA_VERSION, normalise_dashboard

NO_DATA = "no data"
"""What a stat or gauge says where a query gives nothing: neither zero nor the colour of zero."""

_VARIABLE = re.compile(r"\$(?=[A-Za-z_]|\{\w)|\[(?=\[\w)", re.ASCII)
_MARKUP = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)", re.ASCII)
_PROMQL_STRING = re.compile(r'"(?:\\.|[^"\\])*"', re.DOTALL)

_DATASOURCE = {"type": "prometheus", "uid": f"${{{DATASOURCE_VARIABLE}}}"}
_BUILT_IN_ANNOTATION = {
    "builtIn": 1,
    "name": "Annotations & Alerts",
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "type": "dashboard",
}
_LAST_VALUE = {"calcs": ["lastNotNull"], "fields": "", "values": False}


def render_dashboard(plan: DashboardPlan) -> Artifact:
    """The dashboard as Grafana 12.2 would save it, with its keys in the order of the tables."""
    import json

    import grafanalib.core as g

    dashboard = g.Dashboard(
        uid=plan.uid,
        title=plan.title,
        description=plan.description,
        tags=list(plan.tags),
        schemaVersion=SCHEMA_VERSION,
        editable=False,
        graphTooltip=g.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        timezone=g.UTC,
        time=g.Time(plan.time_from, plan.time_to),
        refresh=plan.refresh,
        templating=g.Templating([_datasource_variable(g)]),
        annotations=g.Annotations([_BUILT_IN_ANNOTATION, _alert_annotation(plan)]),
        panels=[_PANELS[panel.type](g, panel) for panel in plan.panels],
    )
    drawn = normalise_dashboard(dashboard)
    panels = [Node(one.origin, panel) for one, panel in zip(plan.panels, drawn["panels"], strict=True)]
    data = Node(plan.origin, drawn | {"panels": panels})
    text = json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False)
    return Artifact(plan.path, text + "\n", Document(plan.path, data))


def plain_text(text: str) -> str:
    """``text`` as Grafana shows it where it fills in variables: titles and legends."""
    return _VARIABLE.sub(rf"\g<0>{WORD_JOINER}", text)


def plain_markdown(text: str) -> str:
    """``text`` as Grafana shows it where it also takes Markdown: neither variables nor HTML."""
    return _MARKUP.sub(rf"\g<0>{WORD_JOINER}", plain_text(text))


def plain_url(url: str) -> str:
    """``url`` with what starts a variable written as percent codes."""
    return _VARIABLE.sub(lambda match: f"%{ord(match[0]):02X}", url)


def plain_promql(expr: str) -> str:
    """``expr`` with its strings free of variables; outside strings (``$__rate_interval``) they stay."""

    def escape(string: re.Match[str]) -> str:
        return _VARIABLE.sub(lambda match: f"\\x{ord(match[0]):02x}", string[0])

    return _PROMQL_STRING.sub(escape, expr)


def _datasource_variable(g: Any) -> object:
    return g.Template(
        name=DATASOURCE_VARIABLE,
        label="Data source",
        type="datasource",
        query="prometheus",
        default=DATASOURCE_UID,
        regex="",
        refresh=g.REFRESH_ON_DASHBOARD_LOAD,
    )


def _alert_annotation(plan: DashboardPlan) -> dict[str, object]:
    return {
        "name": "Firing alerts",
        "datasource": _DATASOURCE,
        "enable": True,
        "hide": False,
        "iconColor": "red",
        "target": {"refId": "Anno", "expr": plain_promql(plan.alert_query), "interval": "60s"},
        "titleFormat": "{{alertname}}",
        "textFormat": f"{{{{{SEVERITY_LABEL}}}}} {{{{{COMPONENT_LABEL}}}}}",
        "tagKeys": f"{SEVERITY_LABEL},{COMPONENT_LABEL}",
    }


def _row(g: Any, panel: PanelPlan) -> object:
    return g.RowPanel(id=panel.id, title=plain_text(panel.title), gridPos=_grid(g, panel))


def _text(g: Any, panel: PanelPlan) -> object:
    return g.Text(
        **_head(g, panel),
        mode=g.TEXT_MODE_MARKDOWN,
        content=plain_markdown(panel.text),
        extraJson=_extra({}, {}),
    )


def _stat(g: Any, panel: PanelPlan) -> object:
    return g.Stat(
        **_head(g, panel),
        **_data(g, panel),
        format=panel.unit,
        color={"mode": "thresholds"},
        noValue=NO_DATA,
        colorMode="value",
        graphMode="none",
        alignment="auto",
        orientation="auto",
        textMode="auto",
        reduceCalc="lastNotNull",
        extraJson=_extra(
            _limits(panel),
            {"wideLayout": True, "showPercentChange": False, "percentChangeColorMode": "standard"},
        ),
    )


def _gauge(g: Any, panel: PanelPlan) -> object:
    return g.GaugePanel(
        **_head(g, panel),
        **_data(g, panel),
        format=panel.unit,
        min=panel.minimum,
        max=panel.maximum,
        extraJson=_extra(
            {"color": {"mode": "thresholds"}, "noValue": NO_DATA},
            {
                "reduceOptions": _LAST_VALUE,
                "orientation": "auto",
                "showThresholdLabels": False,
                "showThresholdMarkers": True,
                "sizing": "auto",
                "minVizHeight": 75,
                "minVizWidth": 75,
            },
        ),
    )


def _timeseries(g: Any, panel: PanelPlan) -> object:
    custom = {
        "insertNulls": False,
        "axisColorMode": "text",
        "axisBorderShow": False,
        "axisCenteredZero": False,
    }
    return g.TimeSeries(
        **_head(g, panel),
        **_data(g, panel),
        unit=panel.unit,
        drawStyle="line",
        lineWidth=1,
        fillOpacity=10,
        showPoints="never",
        spanNulls=False,
        stacking={"mode": "normal" if panel.stacked else "none", "group": "A"},
        thresholdsStyleMode="dashed" if len(panel.steps) > 1 else "off",
        legendDisplayMode="list",
        legendPlacement="bottom",
        legendCalcs=["lastNotNull"],
        tooltipMode="multi",
        tooltipSort="desc",
        extraJson=_extra(
            {"custom": custom, **_limits(panel)},
            {"legend": {"showLegend": True}, "tooltip": {"hideZeros": False}},
        ),
    )


_PANELS: dict[str, Callable[[Any, PanelPlan], object]] = {
    "row": _row,
    "text": _text,
    "stat": _stat,
    "gauge": _gauge,
    "timeseries": _timeseries,
}


def _head(g: Any, panel: PanelPlan) -> dict[str, Any]:
    return {
        "id": panel.id,
        "title": plain_text(panel.title),
        "description": plain_markdown(panel.description) or None,
        "gridPos": _grid(g, panel),
    }


def _grid(g: Any, panel: PanelPlan) -> object:
    return g.GridPos(h=panel.grid.height, w=panel.grid.width, x=panel.grid.x, y=panel.grid.y)


def _data(g: Any, panel: PanelPlan) -> dict[str, Any]:
    return {
        "dataSource": _DATASOURCE,
        "timeFrom": panel.time_from,
        "interval": panel.interval,
        "targets": [_target(g, query) for query in panel.queries],
        "thresholds": _thresholds(g, panel.steps),
        "links": [
            g.DataLink(plain_text(link.title), linkUrl=plain_url(link.url), isNewTab=True)
            for link in panel.links
        ],
    }


def _thresholds(g: Any, steps: tuple[ThresholdStep, ...]) -> list[object]:
    if [step.value is None for step in steps] != [index == 0 for index in range(len(steps) or 1)]:
        raise AssertionError("the first threshold step, and no other, is the base step")
    return [g.Threshold(step.color, index, float(step.value or 0)) for index, step in enumerate(steps)]


def _target(g: Any, query: PanelQuery) -> dict[str, Any]:
    target: dict[str, Any] = g.Target(
        refId=query.ref,
        expr=plain_promql(query.expr),
        legendFormat=plain_text(query.legend),
        datasource=_DATASOURCE,
        instant=query.instant,
    ).to_json_data()
    return target | {"editorMode": "code", "range": not query.instant}


def _limits(panel: PanelPlan) -> dict[str, Any]:
    return {"min": panel.minimum, "max": panel.maximum}


def _extra(defaults: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """What Grafana 12 knows and grafanalib does not."""
    return {
        "pluginVersion": PLUGIN_VERSION,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
    }
