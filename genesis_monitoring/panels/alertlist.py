"""``alertlist``: what fires and what may soon, as a table over Prometheus' own series of its alerts.

Grafana's own alert list has no published shape, asks for rules past the data source that the page has chosen,
and shows nothing to who may not read rules. A query of ``ALERTS`` needs none of that.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from genesis_monitoring.conventions import (
    BUDGET_LABELS,
    COMPONENT_LABEL,
    SEVERITY_LABEL,
    SLI_LABEL,
    SLO_ID,
    TEAM_LABEL,
)
from genesis_monitoring.panels.keys import FORMAT, OF_TABLES, Key, drawn
from genesis_monitoring.panels.panel import (
    NO_LEVEL,
    PanelPlan,
    PanelType,
    Preview,
    SpecKey,
    drawn_by,
    thresholds,
)
from genesis_monitoring.panels.table import CELL, COLOURED, COLUMN_STYLE, COLUMNS, TABLE_OPTIONS, column

NO_ALERTS = "no alerts"
SEVERITY_COLOURS = ("red", "orange", "yellow", "blue")
"""By severity, the worst first; all that are milder have the last."""
EMPTY = {"matcher": {"id": "byType", "options": "string"}, "properties": [{"id": "noValue", "value": ""}]}
"""A label that an alert does not have is an empty text, for which Grafana puts what an empty list says."""
SINCE = {"id": "unit", "value": "dateTimeFromNow"}
"""For the column of times alone: with it, Grafana reads texts as times, and shows NaN."""
_COLUMNS = {
    SEVERITY_LABEL: "Severity",
    "alertname": "Alert",
    COMPONENT_LABEL: "Component",
    "alertstate": "State",
    "Value": "Since",
    SLO_ID: "SLO",
}
"""By what Prometheus calls them. Further labels of an alert follow."""
_OF_SLOS = tuple(label for label in BUDGET_LABELS if label != SLO_ID)
"""Labels of an alert on an error budget that its name, its severity and its SLO say already."""
_HIDDEN = ("Time", SLI_LABEL, TEAM_LABEL, *_OF_SLOS)


def severity_colour(rank: int) -> str:
    """The colour of a severity; 0 is the worst."""
    return SEVERITY_COLOURS[min(rank, len(SEVERITY_COLOURS) - 1)]


class AlertList(PanelType):
    """The alerts that fire or may soon, silenced ones too: since when, and a link to the runbook."""

    name = "alertlist"
    preview: Preview = "table"
    plugin = "table"
    takes: frozenset[SpecKey] = frozenset()
    instant = True
    format = "table"
    lists_alerts = True
    keys = drawn(
        (COLUMNS,),
        *TABLE_OPTIONS,
        defaults=OF_TABLES,
        asked=(FORMAT,),
        overrides=(
            *(Key(key.name, key.meaning, optional=True) for key in CELL),
            Key(
                "options",
                "a severity and its colour",
                (Key("pattern", "the severity"), Key("result", "how it looks", (Key("color", "colour"),))),
                optional=True,
            ),
            Key("title", "text of a link", optional=True),
            Key("url", "address of the runbook of the alert in the cell", optional=True),
            Key("targetBlank", "true: opens a new tab", optional=True),
        ),
        transformations=(
            Key("indexByName", "order of the columns", tuple(Key(name, "place") for name in _COLUMNS)),
            Key("renameByName", "their names", tuple(Key(name, "as shown") for name in _COLUMNS)),
            Key("excludeByName", "what is no column", tuple(Key(name, "true") for name in _HIDDEN)),
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
                "noValue": NO_ALERTS,
                "unit": "none",
                "thresholds": thresholds(NO_LEVEL),
                "custom": COLUMN_STYLE,
            },
            overrides=[
                EMPTY,
                column("Severity", COLOURED, _severities(panel)),
                column("Alert", _runbook(panel)),
                column("Since", SINCE),
            ],
            transformations=[
                {
                    "id": "organize",
                    "options": {
                        "indexByName": {name: place for place, name in enumerate(_COLUMNS)},
                        "renameByName": _COLUMNS,
                        "excludeByName": dict.fromkeys(_HIDDEN, True),
                    },
                }
            ],
            options={
                "frameIndex": 0,
                "showHeader": True,
                "cellHeight": "sm",
                "sortBy": [{"displayName": "Severity", "desc": False}],
            },
        )


def _severities(panel: PanelPlan) -> dict[str, object]:
    def mappings() -> Iterator[object]:
        for rank, severity in enumerate(panel.severities):
            result = {"color": severity_colour(rank)}
            yield {"type": "regex", "options": {"pattern": re.escape(severity), "result": result}}

    return {"id": "mappings", "value": list(mappings())}


def _runbook(panel: PanelPlan) -> dict[str, object]:
    url = f"{panel.runbooks}/${{__value.raw}}.md"
    return {"id": "links", "value": [{"title": "Runbook", "url": url, "targetBlank": True}]}
