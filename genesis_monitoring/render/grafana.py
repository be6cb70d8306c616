"""A dashboard plan in, the dashboard's JSON out: built with grafanalib, then normalised strictly.

Grafana reads titles, legends, descriptions and text panels as templates (``$name``, ``${name}``,
``[[name]]``) and the last two as Markdown that may hold HTML. It has no way to escape either. So where
text would start such a construct, an invisible word joiner (U+2060) is put behind its first character:
what people see is what the spec says, ``$150/month`` and ``< 200 ms`` stay as they are, and a text
without such a construct is not touched. In PromQL strings the same characters are written as escapes, in
addresses as percent codes, since an invisible character would change what they mean.
"""

import re
from dataclasses import replace
from functools import partial
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
from genesis_monitoring.panels.panel import GridPos, PanelPlan, PanelQuery, ThresholdStep
from genesis_monitoring.plan.dashboards import DashboardPlan, RowPlan
from genesis_monitoring.render.grafana_normalise import (
    SCHEMA_VERSION,
    normalise_dashboard,
    normalise_panel,
    normalise_row,
)

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


def render_dashboard(plan: DashboardPlan) -> Artifact:
    """The dashboard as a file."""
    import json

    text = json.dumps(dashboard_document(plan).data, indent=2, ensure_ascii=False, allow_nan=False)
    return Artifact(plan.path, text + "\n", partial(dashboard_document, plan))


def dashboard_document(plan: DashboardPlan) -> Document:
    """The dashboard as Grafana 12.2 would save it, with its keys in the order of the tables."""
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
    )
    panels: list[Node] = []
    for row in plan.rows:
        panels.append(Node(row.origin, normalise_row(_row(g, row))))
        panels.extend(
            Node(panel.origin, normalise_panel(_panel(g, panel), panel.type.keys)) for panel in row.panels
        )
    data = Node(plan.origin, normalise_dashboard(dashboard) | {"panels": panels})
    return Document(plan.path, data)


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


def _row(g: Any, row: RowPlan) -> object:
    return g.RowPanel(id=row.id, title=plain_text(row.title), gridPos=_grid(g, row.grid))


def _panel(g: Any, panel: PanelPlan) -> object:
    shown = replace(
        panel,
        title=plain_text(panel.title),
        description=plain_markdown(panel.description),
        text=plain_markdown(panel.text),
    )
    common = {
        "id": shown.id,
        "title": shown.title,
        "description": shown.description or None,
        "gridPos": _grid(g, shown.grid),
        "dataSource": _DATASOURCE,
        "timeFrom": shown.time_from,
        "interval": shown.interval,
        "targets": [_target(g, query) for query in shown.queries],
        "thresholds": _thresholds(g, shown.steps),
        "links": [
            g.DataLink(plain_text(link.title), linkUrl=plain_url(link.url), isNewTab=True)
            for link in shown.links
        ],
    }
    return shown.type.draw(g, shown, common)


def _grid(g: Any, grid: GridPos) -> object:
    return g.GridPos(h=grid.height, w=grid.width, x=grid.x, y=grid.y)


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
