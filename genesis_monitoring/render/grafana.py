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
from dataclasses import replace
from functools import partial
from typing import Any

from genesis_monitoring.artifacts import Artifact
from genesis_monitoring.conventions import (
    DATASOURCE_UID,
    DATASOURCE_VARIABLE,
    WORD_JOINER,
)
from genesis_monitoring.documents.node import Document, Node
from genesis_monitoring.panels.panel import GridPos, Link, PanelPlan, PanelQuery, choice
from genesis_monitoring.plan.dashboards import DashboardPlan, RowPlan
from genesis_monitoring.plan.events import EventsPlan
from genesis_monitoring.plan.variables import VariablePlan
from genesis_monitoring.promql.building import quote
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
        templating=g.Templating([_datasource_variable(g), *map(_variable, plan.variables)]),
        links=[_top_link(link) for link in plan.links],
        annotations=g.Annotations([_BUILT_IN_ANNOTATION, *map(_annotation, plan.events)]),
    )
    panels: list[Node] = []
    for row in plan.rows:
        below = [
            Node(panel.origin, normalise_panel(_panel(g, panel), panel.type.keys)) for panel in row.panels
        ]
        # The panels of a collapsed row stand in it, and those of an open one below it.
        inside = {"panels": below} if row.collapsed else {}
        panels.append(Node(row.origin, normalise_row(_row(g, row)) | inside))
        panels.extend([] if row.collapsed else below)
    data = normalise_dashboard(dashboard)
    origins = {
        "templating": [one.origin for one in plan.variables],
        "annotations": [one.origin for one in plan.events],
    }
    for key, own in origins.items():
        # The first one of each is every dashboard's.
        first, *others = data[key]["list"]
        nodes = [Node(origin, drawn) for origin, drawn in zip(own, others, strict=True)]
        data[key]["list"] = [first, *nodes]
    return Document(plan.path, Node(plan.origin, data | {"panels": panels}))


def plain_text(text: str) -> str:
    """``text`` as Grafana shows it where it fills in variables: titles and legends."""
    return _VARIABLE.sub(rf"\g<0>{WORD_JOINER}", text)


def plain_markdown(text: str) -> str:
    """``text`` as Grafana shows it where it also takes Markdown: neither variables nor HTML."""
    return _break_markup(plain_text(text))


def plain_url(url: str) -> str:
    """``url`` with what starts a variable written as percent codes."""
    return _VARIABLE.sub(lambda match: f"%{ord(match[0]):02X}", url)


def plain_promql(expr: str, chosen: tuple[str, ...] = ()) -> str:
    """``expr`` with its strings free of variables, but for those ``chosen`` on the page.

    Outside strings (``$__rate_interval``) they stay.
    """
    variables = {f'"${label}"' for label in chosen}

    def escape(string: str) -> str:
        if string in variables:
            return string
        return _VARIABLE.sub(lambda match: f"\\x{ord(match[0]):02x}", string)

    return _in_strings(escape, expr)


def _in_strings(change: Callable[[str], str], expr: str) -> str:
    return _PROMQL_STRING.sub(lambda string: change(string[0]), expr)


def _break_markup(text: str) -> str:
    return _MARKUP.sub(rf"\g<0>{WORD_JOINER}", text)


def _datasource_variable(g: Any) -> object:
    return g.Template(
        name=DATASOURCE_VARIABLE,
        label="Data source",
        type="datasource",
        query="prometheus",
        default=DATASOURCE_UID,
        regex="",
        refresh=g.REFRESH_ON_DASHBOARD_LOAD,
        sort=None,
    )


def _variable(variable: VariablePlan) -> dict[str, object]:
    names = quote(f"^({'|'.join(variable.series)})$") if len(variable.series) > 1 else ""
    series = f"{{__name__=~{names}}}" if names else variable.series[0]
    query = f"label_values({series}, {variable.label})"
    return {
        "name": variable.label,
        "label": variable.label,
        "type": "query",
        "datasource": _DATASOURCE,
        "definition": query,
        "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "current": {"text": [variable.first or "All"], "value": [variable.first or "$__all"]},
        "options": [],
        "regex": "",
        "includeAll": True,
        "allValue": ".*",
        "multi": True,
        "refresh": 2,
        "sort": 1,
    }


def _top_link(link: Link) -> dict[str, object]:
    return {
        "title": plain_text(link.title),
        "type": "link",
        "icon": "dashboard" if link.dashboard else "external link",
        "tooltip": "",
        "url": plain_url(link.url),
        "tags": [],
        "asDropdown": False,
        "targetBlank": not link.dashboard,
        "includeVars": link.dashboard,
        "keepTime": link.dashboard,
    }


def _annotation(events: EventsPlan) -> dict[str, object]:
    # Texts of the rollout's queries are shown as Markdown, and what they select is selected by numbers.
    expr = _in_strings(_break_markup, events.expr) if events.of_rollout else events.expr
    return {
        "name": plain_text(events.name),
        "datasource": _DATASOURCE,
        "enable": events.shown,
        "hide": False,
        "iconColor": events.color,
        "target": {"refId": "Anno", "expr": plain_promql(expr), "interval": events.step},
        "titleFormat": plain_markdown(events.title),
        "textFormat": plain_markdown(events.text),
        "tagKeys": ",".join(events.tags),
        "useValueForTime": events.timed,
    }


def _row(g: Any, row: RowPlan) -> object:
    title = plain_text(row.title) + (f": ${row.repeat}" if row.repeat else "")
    return g.RowPanel(
        id=row.id,
        title=title,
        gridPos=_grid(g, row.grid),
        collapsed=row.collapsed,
        repeat=g.Repeat("h", row.repeat) if row.repeat else g.Repeat(),
    )


def _panel(g: Any, panel: PanelPlan) -> object:
    shown = replace(
        panel,
        title=plain_text(panel.title),
        description=plain_markdown(panel.description),
        text=plain_markdown(panel.text),
        no_data=replace(panel.no_data, long=plain_text(panel.no_data.long)),
        runbooks=plain_url(panel.runbooks),
    )
    common = {
        "id": shown.id,
        "title": shown.title,
        "description": shown.description or None,
        "gridPos": _grid(g, shown.grid),
        "dataSource": _DATASOURCE,
        "timeFrom": shown.time_from,
        "interval": shown.interval,
        "targets": [_target(g, query, shown.type.format) for query in shown.queries],
        "links": [
            g.DataLink(plain_text(link.title), linkUrl=plain_url(link.url), isNewTab=True)
            for link in shown.links
        ],
    }
    return shown.type.draw(g, shown, common)


def _grid(g: Any, grid: GridPos) -> object:
    return g.GridPos(h=grid.height, w=grid.width, x=grid.x, y=grid.y)


def _asked(query: PanelQuery) -> str:
    chosen = ", ".join(one for label in query.chosen if (one := choice(label)) not in query.expr)
    series = plain_promql(query.expr, query.chosen) + (f"{{{chosen}}}" if chosen else "")
    return f"{query.worst}_over_time({series}[$__rate_interval])" if query.worst else series


def _target(g: Any, query: PanelQuery, format_: str) -> dict[str, Any]:
    target: dict[str, Any] = g.Target(
        refId=query.ref,
        expr=_asked(query),
        legendFormat=plain_text(query.legend),
        datasource=_DATASOURCE,
        format=format_,
        instant=query.instant,
    ).to_json_data()
    return target | {"editorMode": "code", "range": not query.instant, "exemplar": query.exemplars}
