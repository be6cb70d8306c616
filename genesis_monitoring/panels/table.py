"""``table``: a line for each series, with its name and its latest value.

Grafana turns the answers into such a table itself, so that a query without an answer takes no other's name.
"""

from collections.abc import Mapping
from typing import Any

from genesis_monitoring.panels.keys import OF_VALUES, Key, drawn
from genesis_monitoring.panels.panel import LatestValueType, PanelPlan, Preview, drawn_by

COLUMNS = Key(
    "custom",
    "of each column",
    (
        Key("align", "auto: numbers to the right, text to the left"),
        Key("cellOptions", "how a cell is drawn", (Key("type", "auto: as text"),)),
        Key("inspect", "whether a cell can be opened"),
    ),
)
CELL = (Key("type", "color-background: a cell has the colour of its value"), Key("mode", "basic: one colour"))
TABLE_OPTIONS = (
    Key("frameIndex", "0: the only table there is"),
    Key("showHeader", "whether columns have names"),
    Key("cellHeight", "sm: as many lines as fit"),
    Key("sortBy", "order of the lines", (Key("displayName", "by this column"), Key("desc", "largest first"))),
)
COLUMN_STYLE = {"align": "auto", "cellOptions": {"type": "auto"}, "inspect": False}
COLOURED = {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}}
"""A cell in the colour of its value. Only for columns of values: in another, text has the colour of zero."""

_SERIES, _VALUE = "Series", "Value"


def column(name: str, *properties: Mapping[str, object]) -> dict[str, object]:
    """How one column is drawn, by its name."""
    return {"matcher": {"id": "byName", "options": name}, "properties": list(properties)}


class Table(LatestValueType):
    """A line for each series: its name, and its latest value in the colour of its level."""

    name = "table"
    preview: Preview = "table"
    keys = drawn(
        (*OF_VALUES, COLUMNS),
        *TABLE_OPTIONS[:3],
        overrides=CELL,
        transformations=(
            Key("reducers", "which value of a series is taken", optional=True),
            Key(
                "renameByName",
                "columns",
                (Key("Field", "the name"), Key("Last *", "the value")),
                optional=True,
            ),
        ),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        config = self.config(panel)
        coloured = column(_VALUE, COLOURED)
        return drawn_by(
            g,
            self.plugin,
            common,
            {**config["defaults"], "custom": COLUMN_STYLE},
            # Levels of single queries are lost in a table, whose lines have no query any more.
            overrides=[coloured],
            transformations=[
                {"id": "reduce", "options": {"reducers": ["lastNotNull"]}},
                {"id": "organize", "options": {"renameByName": {"Field": _SERIES, "Last *": _VALUE}}},
            ],
            options={"frameIndex": 0, "showHeader": True, "cellHeight": "sm"},
        )
