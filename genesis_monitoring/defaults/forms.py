"""What ``expand`` fills in and which short forms it knows, for the schema that editors check a spec with.

Kept beside the code that does it; tests leave out each of ``FILLED`` from a spec, and each key that is not
among them.
"""

from collections.abc import Mapping
from typing import Any

_SLI = ("title", "unit", "component", "window")
_OF_NO_KNOWN_UNIT = ("AgeSli", "TimeUntilSli", "RunsOutSli", "TrendSli", "ExprSli")
"""Neither their kind nor their metrics tell the unit."""
FILLED: Mapping[str, tuple[str, ...]] = {
    "Spec": (
        "components",
        "severities",
        "meta_alerts",
        "slack",
        "routing",
        "dashboards",
        "profiles",
        "prometheus",
        "stack",
    ),
    "Metadata": ("title", "description", "team", "contacts", "links"),
    "Contact": ("role",),
    "Team": ("title",),
    "Links": ("grafana", "prometheus", "alertmanager", "runbooks"),
    "Severity": (
        "title",
        "acknowledge_within",
        "page",
        "receivers",
        "group_by",
        "group_wait",
        "group_interval",
        "repeat_interval",
        "workflow",
    ),
    "Metric": ("type", "unit", "help", "job", "status"),
    "Recording": ("component",),
    "Alert": ("summary", "impact", "response"),
    "MetaAlerts": ("component", "watchdog", "missing_data"),
    "Watchdog": ("name", "severity", "receiver", "repeat_interval", "summary", "impact", "response"),
    "MissingData": ("name", "for", "severity", "summary", "impact", "response"),
    "Slack": ("enabled", "api_url_secret", "channels"),
    "Receiver": ("description",),
    "Routing": ("default_receiver", "resolve_timeout"),
    "Panel": ("type", "description", "width", "height"),
    "Query": ("legend",),
    "Prometheus": (
        "service",
        "alertmanager",
        "scrape_interval",
        "scrape_timeout",
        "evaluation_interval",
        "retention",
        "external_labels",
    ),
    "ScrapeTarget": ("description",),
    "Stack": ("project", "networks", "logs"),
    "Service": ("description", "user", "health", "networks", "limits", "stop_grace_period"),
    "Limits": ("cpus", "memory", "pids"),
    "Health": ("interval", "timeout", "retries", "start_period"),
    "Secret": ("file", "purpose"),
}
"""By the name of the model: keys that it needs, and a spec may leave out."""


def filled(model: str) -> tuple[str, ...]:
    """Keys that a model needs and a spec may leave out; of an SLI ``window`` only without an objective."""
    if not model.endswith("Sli"):
        return FILLED.get(model, ())
    return tuple(key for key in _SLI if key != "unit" or model not in _OF_NO_KNOWN_UNIT)


_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_NOTHING: dict[str, Any] = {"type": "null"}
SHORT: Mapping[str, tuple[dict[str, Any], ...]] = {
    "Contact": (_TEXT,),
    "Severity": (_TEXT, _TEXTS, _NOTHING),
    "Metric": (_TEXTS, _NOTHING),
    "Receiver": (_TEXT, _NOTHING),
    "Webhook": (_TEXT,),
    "Email": (_TEXT, _TEXTS),
    "Query": (_TEXT,),
    "ScrapeTarget": (_TEXT, _TEXTS),
    "Service": (_TEXT,),
    "Scrape": ({"type": "integer"},),
    "PublishedPort": ({"type": "integer"}, {"type": "string", "pattern": "^[0-9]+:[0-9]+$"}),
    "Health": ({"type": "string", "pattern": "^(:[0-9]{1,5})?/"},),
    "Secret": (_TEXT, _NOTHING),
}
"""By the name of the model: what may stand in its place."""


def with_defaults(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a spec or of a part as people may write it, from that of one written out in full."""
    parts = {"Spec": schema, **schema["$defs"]}
    for name, part in parts.items():
        if "required" in part:
            part["required"] = [key for key in part["required"] if key not in filled(name)]
    for name, forms in SHORT.items():
        if name not in schema["$defs"]:
            continue
        whole = dict(schema["$defs"][name])
        schema["$defs"][name] = {"anyOf": [whole, *forms]}
    return schema
