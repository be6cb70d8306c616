"""grafanalib's objects in, the JSON that Grafana 12.2 itself would save out: known keys in a fixed order.

Every key that may stand in a dashboard is in the tables below with what it means. What is not there is
left out, however deep it sits: grafanalib's schema 12 writes dozens of keys that Grafana has dropped, and
nulls for what is unset. No null is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCHEMA_VERSION = 42
"""What Grafana 12.2 saves: it migrates nothing on load."""

PLUGIN_VERSION = "12.2.0"
"""Without it Grafana takes a panel for one of version 6.1, and its migration to 8.0 writes ``min: 0`` into
stats and gauges in percent, which draws a negative percentage wrong."""

BASE_STEP = 0
"""What Grafana 12 saves as the value of the first threshold step. On load it makes the first step reach
down to minus infinity whatever stands there, so negative thresholds are safe; JSON has no infinity."""

_EXACT = 2**53


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may stand in an object: its name, what it says, and the keys of what it holds.

    ``inner`` applies to an object or to each object of a list; without it the value is a scalar, a list
    of scalars or empty. An ``optional`` key is left out where it is unset.
    """

    name: str
    meaning: str
    inner: tuple["Key", ...] = ()
    optional: bool = False


_DATASOURCE = (Key("type", "kind of data source"), Key("uid", "which one, by uid or variable"))
_GRID = (
    Key("x", "column, of 24"),
    Key("y", "grid row from the top"),
    Key("w", "columns wide"),
    Key("h", "grid rows high"),
)
_ANNOTATION = (
    Key("builtIn", "1 for the query that every dashboard has", optional=True),
    Key("name", "shown as its switch"),
    Key("datasource", "what is asked", _DATASOURCE),
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
)
_VARIABLE = (
    Key("name", "how queries refer to it"),
    Key("label", "how people see it"),
    Key("type", "kind of variable"),
    Key("query", "for a data source variable: which kind to offer"),
    Key("current", "the choice at the start", (Key("text", "as shown"), Key("value", "as used"))),
    Key("options", "empty: Grafana lists the data sources itself"),
    Key("regex", "which names to offer; empty for all"),
    Key("includeAll", "whether all can be chosen at once"),
    Key("refresh", "1: the list is made on load"),
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
    Key("links", "of the dashboard; panels have their own"),
)

_REDUCE = Key(
    "reduceOptions",
    "how a series becomes one value",
    (
        Key("calcs", "which value is taken"),
        Key("fields", "of which fields; empty for numbers"),
        Key("values", "false: one value a series"),
    ),
)
_ORIENTATION = Key("orientation", "how several values are laid out")
_NO_VALUE = Key("noValue", "shown where there is no data")
_TIMESERIES_CUSTOM = Key(
    "custom",
    "how lines are drawn",
    (
        Key("drawStyle", "line, bars or points"),
        Key("lineInterpolation", "how points are joined"),
        Key("lineWidth", "pixels"),
        Key("fillOpacity", "percent below the line"),
        Key("gradientMode", "shading of the fill"),
        Key("showPoints", "whether samples are marked"),
        Key("pointSize", "pixels"),
        Key("spanNulls", "false: a gap in the data is a gap in the line"),
        Key("insertNulls", "false: samples far apart stay joined"),
        Key("barAlignment", "of bars to their moment"),
        Key("stacking", "whether series are added up", (Key("mode", "none or normal"), Key("group", "A"))),
        Key("thresholdsStyle", "whether thresholds are drawn", (Key("mode", "dashed or off"),)),
        Key("scaleDistribution", "of the axis", (Key("type", "linear"),)),
        Key("axisPlacement", "side of the axis"),
        Key("axisLabel", "text at the axis"),
        Key("axisColorMode", "colour of the axis"),
        Key("axisBorderShow", "whether the axis has a line"),
        Key("axisCenteredZero", "whether zero is in the middle"),
        Key(
            "hideFrom",
            "where a series is left out",
            (Key("legend", "of the legend"), Key("tooltip", "of the tooltip"), Key("viz", "of the drawing")),
        ),
    ),
)
_OPTIONS: Mapping[str, tuple[Key, ...]] = {
    "stat": (
        _REDUCE,
        _ORIENTATION,
        Key("colorMode", "what the threshold colours"),
        Key("graphMode", "sparkline behind the value"),
        Key("justifyMode", "alignment of the value"),
        Key("textMode", "value, name or both"),
        Key("wideLayout", "name and value side by side where there is room"),
        Key("showPercentChange", "change over the range"),
        Key("percentChangeColorMode", "how the change is coloured"),
    ),
    "gauge": (
        _REDUCE,
        _ORIENTATION,
        Key("showThresholdLabels", "numbers at the thresholds"),
        Key("showThresholdMarkers", "coloured outer band"),
        Key("sizing", "auto: fills the panel"),
        Key("minVizHeight", "pixels, for manual sizing"),
        Key("minVizWidth", "pixels, for manual sizing"),
    ),
    "timeseries": (
        Key(
            "legend",
            "names of the series",
            (
                Key("showLegend", "whether it is there"),
                Key("displayMode", "list or table"),
                Key("placement", "side of the panel"),
                Key("calcs", "values shown beside the names"),
            ),
        ),
        Key(
            "tooltip",
            "values under the pointer",
            (Key("mode", "of one series or all"), Key("sort", "order"), Key("hideZeros", "false: all")),
        ),
    ),
    "text": (Key("mode", "language of the text"), Key("content", "the text")),
}
_TARGETS = Key(
    "targets",
    "queries",
    (
        Key("refId", "name of the query in the panel"),
        Key("datasource", "what is asked", _DATASOURCE),
        Key("expr", "PromQL"),
        Key("legendFormat", "name of the series, from labels"),
        Key("editorMode", "code: PromQL as written"),
        Key("range", "asks for the whole range"),
        Key("instant", "asks for the latest value"),
    ),
)
_LINKS = Key(
    "links",
    "in the corner of the panel",
    (Key("title", "text"), Key("url", "address"), Key("targetBlank", "true: opens a new tab")),
)
_HEAD = (
    Key("id", "permanent number, part of the address"),
    Key("type", "how it is drawn"),
    Key("title", "heading"),
)
_PLACE = Key("gridPos", "place on the page", _GRID)
_ABOUT = (
    Key("description", "Markdown behind the i in the corner", optional=True),
    _PLACE,
    Key("pluginVersion", "the version that the options are written for"),
)


def _drawn(type_: str, own: Key) -> tuple[Key, ...]:
    """The keys of a panel that draws data; ``own`` stands among its field defaults."""
    defaults = (
        Key("unit", "Grafana's id of the unit"),
        Key("min", "lowest value that can occur", optional=True),
        Key("max", "highest value that can occur", optional=True),
        Key("color", "what colours a value or a series", (Key("mode", "threshold or palette"),)),
        Key("mappings", "values replaced by text"),
        Key(
            "thresholds",
            "colours by value",
            (
                Key("mode", "absolute: in the unit"),
                Key("steps", "ascending", (Key("color", "from here up"), Key("value", "in the unit"))),
            ),
        ),
        own,
    )
    config = (Key("defaults", "for all series", defaults), Key("overrides", "for single series"))
    return (
        *_HEAD,
        *_ABOUT,
        Key("datasource", "what is asked", _DATASOURCE),
        Key("timeFrom", "a range of its own, up to now", optional=True),
        Key("interval", "smallest step between points, where samples come slowly", optional=True),
        _TARGETS,
        Key("fieldConfig", "unit, limits, colours", config),
        Key("options", "of this kind of panel", _OPTIONS[type_]),
        _LINKS,
    )


PANEL_KEYS: Mapping[str, tuple[Key, ...]] = {
    "row": (
        *_HEAD,
        _PLACE,
        Key("collapsed", "false: its panels stand below it in this list"),
        Key("panels", "only those of a collapsed row"),
    ),
    "text": (*_HEAD, *_ABOUT, Key("options", "of this kind of panel", _OPTIONS["text"])),
    "stat": _drawn("stat", _NO_VALUE),
    "gauge": _drawn("gauge", _NO_VALUE),
    "timeseries": _drawn("timeseries", _TIMESERIES_CUSTOM),
}


def normalise_dashboard(dashboard: object) -> dict[str, Any]:
    """The JSON object of a grafanalib ``Dashboard``. Raises AssertionError for what the tables do not fit."""
    data = _plain(dashboard)
    data |= {
        "schemaVersion": SCHEMA_VERSION,
        "liveNow": False,
        "preload": False,
        "fiscalYearStartMonth": 0,
        "timepicker": {},
    }
    panels = [_normalise_panel(_plain(panel)) for panel in data["panels"]]
    return _keep(data, DASHBOARD_KEYS, "dashboard") | {"panels": panels}


def _normalise_panel(panel: dict[str, Any]) -> dict[str, object]:
    """``panel`` with its known keys; grafanalib writes the base step's value as the text "null"."""
    thresholds = panel["fieldConfig"]["defaults"]["thresholds"]
    thresholds["steps"] = steps = [_plain(step) for step in thresholds["steps"]]
    for base in steps[:1]:
        base["value"] = BASE_STEP
    return _keep(panel, PANEL_KEYS[panel["type"]], f"panel {panel['id']}")


def _plain(value: Any) -> dict[str, Any]:
    """What a grafanalib object writes; what is a dict already stays as it is."""
    return dict(value.to_json_data() if hasattr(value, "to_json_data") else value)


def _keep(data: Mapping[str, Any], keys: tuple[Key, ...], where: str) -> dict[str, object]:
    kept: dict[str, object] = {}
    for key in keys:
        value = data.get(key.name)
        if value is not None:
            kept[key.name] = _value(value, key, f"{where}.{key.name}")
        elif not key.optional:
            raise AssertionError(f"{where}.{key.name} is not set")
    return kept


def _value(value: Any, key: Key, where: str) -> object:
    if not key.inner:
        return _leaf(value, where)
    if isinstance(value, list):
        return [_keep(_plain(item), key.inner, f"{where}.{index}") for index, item in enumerate(value)]
    return _keep(_plain(value), key.inner, where)


def _leaf(value: object, where: str) -> object:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _EXACT else value
    if isinstance(value, str | int) or value in ({}, []):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    raise AssertionError(f"{where}: the table of keys does not say what {value!r} may hold")
