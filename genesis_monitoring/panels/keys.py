"""The keys that a panel has in the JSON that Grafana 12.2 itself would save, each with what it means."""

from dataclasses import dataclass


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
NO_VALUE = Key("noValue", "shown where there is no data")
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
_TARGETS = Key(
    "targets",
    "queries",
    (
        Key("refId", "name of the query in the panel"),
        DATASOURCE,
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
_DEFAULTS = (
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
)


def drawn(own: Key, *options: Key) -> tuple[Key, ...]:
    """The keys of a panel that draws data: ``own`` stands among its field defaults."""
    config = (Key("defaults", "for all series", (*_DEFAULTS, own)), Key("overrides", "for single series"))
    return (
        *HEAD,
        *ABOUT,
        DATASOURCE,
        Key("timeFrom", "a range of its own, up to now", optional=True),
        Key("interval", "smallest step between points, where samples come slowly", optional=True),
        _TARGETS,
        Key("fieldConfig", "unit, limits, colours", config),
        own_options(*options),
        _LINKS,
    )


def own_options(*options: Key) -> Key:
    """What only this kind of panel has."""
    return Key("options", "of this kind of panel", options)
