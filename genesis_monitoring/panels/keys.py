"""The keys that a panel has in the JSON that Grafana 12.2 itself would save, each with what it means."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Key:
    """A key that may stand in an object: its name, what it says, and the keys of what it holds.

    ``inner`` applies to an object or to each object of a list; without it the value is a scalar, a list
    of scalars or empty. An ``optional`` key is left out where it is unset; an ``or_scalar`` one may be text
    or a number as well.
    """

    name: str
    meaning: str
    inner: tuple["Key", ...] = ()
    optional: bool = False
    or_scalar: bool = False


DATASOURCE = Key(
    "datasource",
    "what is asked",
    (Key("type", "kind of data source"), Key("uid", "which one, by uid or variable")),
)
HEAD = (
    Key("id", "permanent number, part of the address"),
    Key("type", "how it is drawn"),
    Key("title", "heading"),
)
PLACE = Key(
    "gridPos",
    "place on the page",
    (
        Key("x", "column, of 24"),
        Key("y", "grid row from the top"),
        Key("w", "columns wide"),
        Key("h", "grid rows high"),
    ),
)
ABOUT = (
    Key("description", "Markdown behind the i in the corner", optional=True),
    PLACE,
    Key("pluginVersion", "the version that the options are written for"),
)
REDUCE = Key(
    "reduceOptions",
    "how a series becomes one value",
    (
        Key("calcs", "which value is taken"),
        Key("fields", "of which fields; empty for numbers"),
        Key("values", "false: one value a series"),
    ),
)
LAST_VALUE = {"calcs": ["lastNotNull"], "fields": "", "values": False}
"""What stands at ``REDUCE``."""
ORIENTATION = Key("orientation", "how several values are laid out")
LEGEND = Key(
    "legend",
    "names of the series",
    (
        Key("showLegend", "whether it is there"),
        Key("displayMode", "list or table"),
        Key("placement", "side of the panel"),
        Key("calcs", "values shown beside the names"),
    ),
)
_TARGET = (
    Key("refId", "name of the query in the panel"),
    DATASOURCE,
    Key("expr", "PromQL"),
    Key("legendFormat", "name of the series, from labels"),
    Key("editorMode", "code: PromQL as written"),
    Key("range", "asks for the whole range"),
    Key("instant", "asks for the latest value"),
)
FORMAT = Key("format", "shape of the answer, where it is not one series each")
TOOLTIP = Key(
    "tooltip",
    "values under the pointer",
    (Key("mode", "of one series or all"), Key("sort", "order"), Key("hideZeros", "false: all")),
)
HIDE_FROM = Key(
    "hideFrom",
    "where a series is left out",
    (Key("legend", "of the legend"), Key("tooltip", "of the tooltip"), Key("viz", "of the drawing")),
)
_LINKS = Key(
    "links",
    "in the corner of the panel",
    (Key("title", "text"), Key("url", "address"), Key("targetBlank", "true: opens a new tab")),
)
_FIXED = (Key("mode", "fixed, or shades where a query has several lines"), Key("fixedColor", "which"))
_THRESHOLDS = (
    Key("mode", "absolute: in the unit"),
    Key("steps", "ascending", (Key("color", "from here up"), Key("value", "in the unit"))),
)
_WORD = (Key("text", "shown instead"), Key("index", "order"))
_ABSENT = (*_WORD, Key("color", "instead of the one of its level"))
_NOT_A_NUMBER = (
    Key("match", "null+nan: no sample, or one that is no number", optional=True),
    Key("result", "for what matches", _ABSENT, optional=True),
)
_MAPPING = (
    Key("type", "value: exact ones; special: what is no number"),
    Key(
        "options",
        "which, and by what",
        (
            *_NOT_A_NUMBER,
            Key("0", "for 0", _WORD, optional=True),
            Key("1", "for 1", _WORD, optional=True),
        ),
    ),
)
NOT_A_NUMBER = Key("options", "what is no number, and how it looks", _NOT_A_NUMBER, optional=True)
"""Of a column of a table."""
_UNIT = Key("unit", "Grafana's id of the unit")
_NO_VALUE = Key("noValue", "shown where there is no series")
_LEVELS = Key("thresholds", "colours by value", _THRESHOLDS)
BY_LEVEL = Key("color", "what colours a value", (Key("mode", "thresholds"),))
_OF_NUMBERS = (
    _UNIT,
    Key("decimals", "digits behind the point; left to Grafana where it is unset", optional=True),
    _NO_VALUE,
    Key("mappings", "values replaced by text", _MAPPING),
    _LEVELS,
)
OF_TABLES = (_UNIT, _NO_VALUE, Key("mappings", "none for all columns"), _LEVELS, BY_LEVEL)
OF_VALUES = (
    BY_LEVEL,
    Key("min", "lowest value of the scale", optional=True),
    Key("max", "highest value of the scale", optional=True),
)
OF_LINES = (Key("color", "of the lines of the first query", _FIXED),)
COLOUR_OF_A_QUERY = _FIXED
LEVELS_OF_A_QUERY = tuple(replace(key, optional=True) for key in (*_THRESHOLDS, *_MAPPING))


def drawn(
    own: tuple[Key, ...],
    *options: Key,
    asked: tuple[Key, ...] = (),
    overrides: tuple[Key, ...] = (),
    transformations: tuple[Key, ...] = (),
    defaults: tuple[Key, ...] = _OF_NUMBERS,
    beside: tuple[Key, ...] = (),
) -> tuple[Key, ...]:
    """The keys of a panel that draws data: ``own`` stand among its field defaults, ``asked`` in a query.

    ``overrides`` are the properties of single fields, ``transformations`` the options of what the answers go
    through before they are drawn. ``defaults`` are those of all fields, beside ``own``; ``beside`` stand in
    the panel itself.
    """
    changed = Key("value", "what it is", overrides, or_scalar=True)
    single = (Key("id", "which one"), changed) if overrides else ()
    fields = (
        Key("matcher", "which fields", (Key("id", "how they are named"), Key("options", "by this name"))),
        Key("properties", "what is different", single),
    )
    config = (
        Key("defaults", "for all series", (*defaults, *own)),
        Key("overrides", "for single series", fields if overrides else ()),
    )
    changes = Key(
        "transformations",
        "what the answers go through before they are drawn",
        (Key("id", "which change"), Key("options", "how", transformations)),
    )
    return (
        *HEAD,
        *ABOUT,
        DATASOURCE,
        Key("timeFrom", "a range of its own, up to now", optional=True),
        Key("interval", "smallest step between points, where samples come slowly", optional=True),
        *beside,
        Key("targets", "queries", (*_TARGET, *asked)),
        *((changes,) if transformations else ()),
        Key("fieldConfig", "unit, limits, colours", config),
        own_options(*options),
        _LINKS,
    )


def own_options(*options: Key) -> Key:
    """What only this kind of panel has."""
    return Key("options", "of this kind of panel", options)
