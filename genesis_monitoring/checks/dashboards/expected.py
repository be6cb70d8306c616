"""What a dashboard must say: a plan in, the values that Grafana must read out.

Made from the plan alone, not by the renderer, so that a mistake in the renderer shows. Two texts are one
text if they differ in word joiners (U+2060) only, which keep Grafana from taking prose for a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from genesis_monitoring.checks.dashboards.queries import Query
from genesis_monitoring.checks.differences import OneOf, Wanted, show
from genesis_monitoring.conventions import (
    COMPONENT_LABEL,
    DATASOURCE_UID,
    DATASOURCE_VARIABLE,
    SEVERITY_LABEL,
    WORD_JOINER,
)
from genesis_monitoring.plan.dashboards import DashboardPlan, PanelPlan, PanelQuery

SCHEMA_VERSION = 42
PLUGIN_VERSION = "12.2.0"

_SOURCE = {
    "type": "prometheus",
    "uid": OneOf((f"${{{DATASOURCE_VARIABLE}}}", f"${DATASOURCE_VARIABLE}")),
}
_LAST_VALUE = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_FREE: Mapping[str, object] = {
    "schemaVersion": SCHEMA_VERSION,
    "editable": False,
    "graphTooltip": 1,
    "liveNow": False,
    "preload": False,
    "fiscalYearStartMonth": 0,
    "timezone": "utc",
    "timepicker": {},
    "links": [],
}
_OPTIONS: Mapping[str, Mapping[str, object]] = {
    "stat": {
        "reduceOptions": _LAST_VALUE,
        "orientation": "auto",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    },
    "gauge": {
        "reduceOptions": _LAST_VALUE,
        "orientation": "auto",
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
        "sizing": "auto",
        "minVizHeight": 75,
        "minVizWidth": 75,
    },
    "timeseries": {
        "legend": {
            "showLegend": True,
            "displayMode": "list",
            "placement": "bottom",
            "calcs": ["lastNotNull"],
        },
        "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": False},
    },
}
_LINES: Mapping[str, object] = {
    "drawStyle": "line",
    "lineInterpolation": "linear",
    "lineWidth": 1,
    "fillOpacity": 10,
    "gradientMode": "none",
    "showPoints": "never",
    "pointSize": 5,
    "spanNulls": False,
    "insertNulls": False,
    "barAlignment": 0,
    "scaleDistribution": {"type": "linear"},
    "axisPlacement": "auto",
    "axisLabel": "",
    "axisColorMode": "text",
    "axisBorderShow": False,
    "axisCenteredZero": False,
    "hideFrom": {"legend": False, "tooltip": False, "viz": False},
}


@dataclass(frozen=True, slots=True)
class Words(Wanted):
    """Prose."""

    text: str

    def accepts(self, seen: object) -> bool:
        """Whether ``seen`` reads the same."""
        return isinstance(seen, str) and seen.replace(WORD_JOINER, "") == self.text.replace(WORD_JOINER, "")

    def __str__(self) -> str:
        return show(self.text)


@dataclass(frozen=True, slots=True)
class Address(Wanted):
    """A link's address; percent codes do not matter."""

    url: str

    def accepts(self, seen: object) -> bool:
        """Whether ``seen`` leads there too."""
        return isinstance(seen, str) and unquote(seen) == unquote(self.url)

    def __str__(self) -> str:
        return show(self.url)


def wanted_dashboard(plan: DashboardPlan) -> dict[str, object]:
    """Everything but the panels."""
    return {
        **_FREE,
        "uid": plan.uid,
        "title": Words(plan.title),
        "description": Words(plan.description),
        "tags": plan.tags,
        "time": {"from": plan.time_from, "to": plan.time_to},
        "refresh": plan.refresh,
        "templating": {"list": [_variable()]},
        "annotations": {"list": [_built_in_annotation(), _alert_annotation(plan)]},
    }


def wanted_panel(plan: PanelPlan) -> dict[str, object]:
    """One panel or row."""
    grid = {"x": plan.grid.x, "y": plan.grid.y, "w": plan.grid.width, "h": plan.grid.height}
    panel: dict[str, object] = {"id": plan.id, "type": plan.type, "title": Words(plan.title), "gridPos": grid}
    if plan.type == "row":
        return panel | {"collapsed": False, "panels": []}
    panel["pluginVersion"] = PLUGIN_VERSION
    if plan.description:
        panel["description"] = Words(plan.description)
    if plan.type == "text":
        return panel | {"options": {"mode": "markdown", "content": Words(plan.text)}}
    if plan.time_from is not None:
        panel["timeFrom"] = plan.time_from
    if plan.interval is not None:
        panel["interval"] = plan.interval
    return panel | {
        "datasource": _SOURCE,
        "targets": [_target(query) for query in plan.queries],
        "fieldConfig": {"defaults": _defaults(plan), "overrides": []},
        "options": _OPTIONS[plan.type],
        "links": [
            {"title": Words(link.title), "url": Address(link.url), "targetBlank": True} for link in plan.links
        ],
    }


def _defaults(plan: PanelPlan) -> dict[str, object]:
    lines = plan.type == "timeseries"
    defaults: dict[str, object] = {
        "unit": plan.unit,
        "mappings": [],
        "color": {"mode": "palette-classic" if lines else "thresholds"},
        "thresholds": {
            "mode": "absolute",
            "steps": [
                {"color": step.color, "value": OneOf((0, None)) if step.value is None else step.value}
                for step in plan.steps
            ],
        },
    }
    for name, limit in (("min", plan.minimum), ("max", plan.maximum)):
        if limit is not None:
            defaults[name] = limit
    if not lines:
        return defaults | {"noValue": "no data"}
    drawn = {
        "stacking": {"mode": "normal" if plan.stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if len(plan.steps) > 1 else "off"},
    }
    return defaults | {"custom": {**_LINES, **drawn}}


def _target(query: PanelQuery) -> dict[str, object]:
    return {
        "refId": query.ref,
        "datasource": _SOURCE,
        "expr": Query(query.expr),
        "legendFormat": Words(query.legend),
        "editorMode": "code",
        "range": not query.instant,
        "instant": query.instant,
    }


def _variable() -> dict[str, object]:
    return {
        "name": DATASOURCE_VARIABLE,
        "label": "Data source",
        "type": "datasource",
        "query": "prometheus",
        "current": {"text": DATASOURCE_UID, "value": DATASOURCE_UID},
        "options": [],
        "regex": "",
        "includeAll": False,
        "refresh": 1,
    }


def _built_in_annotation() -> dict[str, object]:
    return {
        "builtIn": 1,
        "name": "Annotations & Alerts",
        "datasource": {"type": "grafana", "uid": "-- Grafana --"},
        "enable": True,
        "hide": True,
        "iconColor": "rgba(0, 211, 255, 1)",
        "type": "dashboard",
    }


def _alert_annotation(plan: DashboardPlan) -> dict[str, object]:
    return {
        "name": "Firing alerts",
        "datasource": _SOURCE,
        "enable": True,
        "hide": False,
        "iconColor": "red",
        "target": {"refId": "Anno", "expr": Query(plan.alert_query), "interval": "60s"},
        "titleFormat": "{{alertname}}",
        "textFormat": f"{{{{{SEVERITY_LABEL}}}}} {{{{{COMPONENT_LABEL}}}}}",
        "tagKeys": f"{SEVERITY_LABEL},{COMPONENT_LABEL}",
    }
