"""grafanalib's objects in, the JSON that Grafana 12.2 itself would save out: known keys in a fixed order.

Every key that may stand in a dashboard is in the tables below with what it means. What is not there is
left out, however deep it sits: grafanalib's schema 12 writes dozens of keys that Grafana has dropped, and
nulls for what is unset. No null is left.
"""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import DATASOURCE, HEAD, PLACE, Key

SCHEMA_VERSION = 42
"""What Grafana 12.2 saves: it migrates nothing on load."""

PLUGIN_VERSION = "12.2.0"
"""Without it Grafana takes a panel for one of version 6.1, and its migration to 8.0 writes ``min: 0`` into
stats and gauges in percent, which draws a negative percentage wrong."""

_EXACT = 2**53


_ANNOTATION = (
    Key("builtIn", "1 for the query that every dashboard has", optional=True),
    Key("name", "shown as its switch"),
    DATASOURCE,
    Key("enable", "switched on at the start"),
    Key("hide", "whether its switch is hidden"),
    Key("iconColor", "colour of the markers"),
    Key("type", "kind of the built-in query", optional=True),
    Key(
        "target",
        "the query",
        (Key("refId", "its name"), Key("expr", "PromQL"), Key("interval", "smallest step between points")),
        optional=True,
    ),
    Key("titleFormat", "title of a marker, from labels", optional=True),
    Key("textFormat", "text of a marker, from labels", optional=True),
    Key("tagKeys", "labels shown as tags", optional=True),
    Key("useValueForTime", "whether a value is the time of its marker, in milliseconds", optional=True),
)
_VARIABLE = (
    Key("name", "how queries refer to it"),
    Key("label", "how people see it"),
    Key("type", "kind of variable"),
    Key("datasource", "where its values come from", DATASOURCE.inner, optional=True),
    Key("definition", "the query, as people see it", optional=True),
    Key(
        "query",
        "where its values come from; for a data source variable: which kind to offer",
        (Key("qryType", "1: values of a label"), Key("query", "the query"), Key("refId", "its name")),
        or_scalar=True,
    ),
    Key("current", "the choice at the start", (Key("text", "as shown"), Key("value", "as used"))),
    Key("options", "empty: Grafana makes the list itself"),
    Key("regex", "which names to offer; empty for all"),
    Key("includeAll", "whether all can be chosen at once"),
    Key("allValue", "what a query gets for all: also series without the label", optional=True),
    Key("multi", "whether several can be chosen", optional=True),
    Key("refresh", "1: the list is made on load; 2: when the time range changes"),
    Key("sort", "1: by name", optional=True),
)
_LINK = (
    Key("title", "text"),
    Key("type", "link: to an address"),
    Key("icon", "picture before the text"),
    Key("tooltip", "shown under the pointer; empty for the title"),
    Key("url", "address"),
    Key("tags", "for lists of dashboards alone"),
    Key("asDropdown", "for lists of dashboards alone"),
    Key("targetBlank", "true: opens a new tab"),
    Key("includeVars", "whether the choices of the variables go along"),
    Key("keepTime", "whether the time range goes along"),
)

DASHBOARD_KEYS = (
    Key("uid", "permanent name, part of the address"),
    Key("title", "name on the page"),
    Key("description", "what it is for"),
    Key("tags", "to find it by"),
    Key("schemaVersion", "shape of this file"),
    Key("editable", "false: the spec is edited, not the page"),
    Key("graphTooltip", "1: the crosshair is shared by all panels"),
    Key("liveNow", "false: redrawn by the refresh alone"),
    Key("preload", "false: panels load when they come into view"),
    Key("fiscalYearStartMonth", "0: January"),
    Key("timezone", "how times are shown"),
    Key("time", "range at the start", (Key("from", "first moment"), Key("to", "last moment"))),
    Key("timepicker", "empty: Grafana's own choices"),
    Key("refresh", "time between reloads"),
    Key("templating", "variables", (Key("list", "in the order shown", _VARIABLE),)),
    Key("annotations", "events drawn over panels", (Key("list", "in the order shown", _ANNOTATION),)),
    Key("links", "at the top; panels have their own", _LINK),
)

ROW_KEYS = (
    *HEAD,
    PLACE,
    Key("collapsed", "whether only its title is shown; false: its panels stand below it in this list"),
    Key("repeat", "the row is there once for each value chosen of this variable", optional=True),
    Key("panels", "only those of a collapsed row"),
)


def normalise_dashboard(dashboard: object) -> dict[str, Any]:
    """The JSON object of a grafanalib ``Dashboard``, without panels.

    This and the others raise AssertionError for what the tables do not fit.
    """
    own = {
        "schemaVersion": SCHEMA_VERSION,
        "liveNow": False,
        "preload": False,
        "fiscalYearStartMonth": 0,
        "timepicker": {},
    }
    return _keep(_plain(dashboard) | own, DASHBOARD_KEYS, "dashboard")


def normalise_row(row: object) -> dict[str, Any]:
    """The JSON object of a grafanalib ``RowPanel``."""
    return _keep(_plain(row), ROW_KEYS, "row")


def normalise_panel(drawn: object, keys: tuple[Key, ...]) -> dict[str, Any]:
    """The JSON object of a panel of grafanalib, with those of ``keys`` that are set, in their order."""
    panel = _plain(drawn) | {"pluginVersion": PLUGIN_VERSION}
    return _keep(panel, keys, f"panel {panel['id']}")


def _plain(value: Any) -> dict[str, Any]:
    """What a grafanalib object writes; what is a dict already stays as it is."""
    return dict(value.to_json_data() if hasattr(value, "to_json_data") else value)


def _keep(data: Mapping[str, Any], keys: tuple[Key, ...], where: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key in keys:
        value = data.get(key.name)
        if value is not None:
            kept[key.name] = _value(value, key, f"{where}.{key.name}")
        elif not key.optional:
            raise AssertionError(f"{where}.{key.name} is not set")
    return kept


def _value(value: Any, key: Key, where: str) -> object:
    if not key.inner or (key.or_scalar and isinstance(value, str | int)):
        return _leaf(value, where)
    if isinstance(value, list):
        return [_keep(_plain(item), key.inner, f"{where}.{index}") for index, item in enumerate(value)]
    return _keep(_plain(value), key.inner, where)


def _leaf(value: object, where: str) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, str | int) or value in ({}, []):
        return value
    if isinstance(value, list) and all(isinstance(item, str | int) for item in value):
        return value
    raise AssertionError(f"{where}: the table of keys does not say what {value!r} may hold")
