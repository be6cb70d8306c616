"""The table of error budgets: a line for each, with its objective, what is left, its pace and its owner.

No type of the spec: the generated dashboard of error budgets has one. Its queries ``A`` and ``B`` are what is
left and the pace, with the objective as a label, and the answers are merged by their labels.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from genesis_monitoring.panels.keys import FORMAT, NOT_A_NUMBER, OF_TABLES, Key, drawn
from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    PanelPlan,
    PanelType,
    Preview,
    SpecKey,
    drawn_by,
    mappings,
    thresholds,
)
from genesis_monitoring.panels.table import COLUMN_STYLE, COLUMNS, TABLE_OPTIONS, column

SHOWN = {
    "sloth_id": "SLO",
    "sloth_objective": "Objective %",
    "Value #A": "Left",
    "Value #B": "Burn rate",
    "owner": "Owner",
}
"""By what the answers call them. Labels that a budget is grouped by follow."""
_HIDDEN = ("Time", "sloth_service", "sloth_slo")
_TEXT_COLOURED = {"id": "custom.cellOptions", "value": {"type": "color-text"}}
"""Of what has no data only the words are seen; a background would be the brightest thing on the page."""
_FRACTION, _TIMES = "percentunit", "none"
_NAME, _OBJECTIVE, _NUMBER = 160, 105, 85
"""Pixels that a column has at least: all numbers are seen on a telephone. Grafana's own is 150."""


class BudgetTable(PanelType):
    """A line for each error budget."""

    name = "budgettable"
    preview: Preview = "table"
    plugin = "table"
    takes: frozenset[SpecKey] = frozenset()
    instant = True
    format = "table"
    keys = drawn(
        (COLUMNS,),
        *TABLE_OPTIONS,
        defaults=OF_TABLES,
        asked=(FORMAT,),
        overrides=(
            Key("type", "color-text: a number has the colour of its level", optional=True),
            Key("steps", "colours", (Key("color", "from here up"), Key("value", "it")), optional=True),
            NOT_A_NUMBER,
            Key("title", "text of a link", optional=True),
            Key("url", "this dashboard, with the budget in the cell", optional=True),
        ),
        transformations=(
            Key(
                "indexByName", "order of columns", tuple(Key(name, "place") for name in SHOWN), optional=True
            ),
            Key("renameByName", "names", tuple(Key(name, "as shown") for name in SHOWN), optional=True),
            Key("excludeByName", "no column", tuple(Key(name, "true") for name in _HIDDEN), optional=True),
        ),
    )

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """See PanelType."""
        return drawn_by(
            g,
            self.plugin,
            common,
            {
                "color": {"mode": "thresholds"},
                "noValue": panel.no_data.short,
                "unit": "none",
                "thresholds": thresholds(NO_LEVEL),
                "custom": COLUMN_STYLE,
            },
            overrides=[
                column("SLO", {"id": "links", "value": [_chosen(panel.runbooks)]}, _width(_NAME)),
                column("Left", *_levels(panel, 0, _FRACTION), _width(_NUMBER)),
                column("Burn rate", *_levels(panel, 1, _TIMES), _width(_NUMBER)),
                column("Objective %", _width(_OBJECTIVE)),
            ],
            transformations=[
                {"id": "merge", "options": {}},
                {
                    "id": "organize",
                    "options": {
                        "indexByName": {name: place for place, name in enumerate(SHOWN)},
                        "renameByName": SHOWN,
                        "excludeByName": dict.fromkeys(_HIDDEN, True),
                    },
                },
            ],
            options={
                "frameIndex": 0,
                "showHeader": True,
                "cellHeight": "sm",
                "sortBy": [{"displayName": "Left", "desc": False}],
            },
        )


def _levels(panel: PanelPlan, query: int, unit: str) -> Iterator[Mapping[str, object]]:
    yield {"id": "unit", "value": unit}
    yield {"id": "mappings", "value": mappings((), panel.no_data.short)}
    steps = panel.queries[query].steps
    if len(steps) > 1:
        yield {"id": "thresholds", "value": thresholds(steps)}
        yield _TEXT_COLOURED


def _width(pixels: int) -> Mapping[str, object]:
    return {"id": "custom.minWidth", "value": pixels}


def _chosen(url: str) -> Mapping[str, object]:
    return {"title": "This budget", "url": f"{url}${{__value.raw}}"}
