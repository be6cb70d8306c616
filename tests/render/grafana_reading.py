"""How Grafana reads the field config of a panel: the parts of its rules that decide colour, text and axis.

Written from the behaviour of @grafana/data 12.2 (field overrides by refId and, of a column, by its name,
mappings before thresholds, a step begins at its value); ``make look`` asks that code itself.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

DARK = {
    "green": "#73BF69",
    "yellow": "#FADE2A",
    "orange": "#FF9830",
    "red": "#F2495C",
    "dark-red": "#C4162A",
    "text": "#CCCCDC",
    "blue": "#5794F2",
    "purple": "#B877D9",
}
"""Grafana's colours by name, in its dark theme."""
DARK_PANEL = "#181B1F"
STATES = {"green", "yellow", "orange", "red", "dark-red"}


@dataclass(frozen=True)
class Drawn:
    """A query of a panel, with the config that its series have."""

    panel: Mapping[str, Any]
    target: Mapping[str, Any]
    config: Mapping[str, Any]
    own: Mapping[str, Any] = field(default_factory=dict)
    """Of a column: what is not that of the panel."""

    @property
    def name(self) -> str:
        return f"{self.panel['id']} {self.panel['title']}: {self.target['legendFormat']}"

    @property
    def by_value(self) -> bool:
        """Whether it is a number that is coloured by its level: in a table, a cell of a column of numbers."""
        if self.panel["type"] == "table":
            return self.coloured and "unit" in self.own
        return self.panel["type"] in ("stat", "gauge", "bargauge")

    @property
    def coloured(self) -> bool:
        """Whether the cells of a column have the colours of their values."""
        cell = self.config.get("custom.cellOptions") or self.config["custom"]["cellOptions"]
        return str(cell["type"]).startswith("color-")

    @property
    def steps(self) -> list[tuple[float, str]]:
        steps = self.config["thresholds"]["steps"]
        return [(step["value"] if index else -math.inf, step["color"]) for index, step in enumerate(steps)]

    @property
    def levelled(self) -> bool:
        """Whether its levels are shown."""
        return len(self.steps) > 1

    def state(self, value: float | None) -> str:
        """The colour of a value, or of the area it lies in."""
        mapped = self._mapped(value)
        if mapped and "color" in mapped:
            return str(mapped["color"])
        number = -math.inf if value is None or math.isnan(value) else value
        return next(color for begin, color in reversed(self.steps) if number >= begin)

    def text(self, value: float | None) -> str | None:
        """The words for a value; None where it is shown as a number."""
        mapped = self._mapped(value)
        return mapped["text"] if mapped else None

    def _mapped(self, value: float | None) -> Mapping[str, Any] | None:
        for mapping in self.config.get("mappings", ()):
            options = mapping["options"]
            if mapping["type"] == "special" and options["match"] == "null+nan":
                if value is None or math.isnan(value):
                    return dict(options["result"])
            elif mapping["type"] == "value" and value is not None and f"{value:g}" in options:
                return dict(options[f"{value:g}"])
        return None

    @property
    def axis(self) -> tuple[float | None, float | None]:
        """What an axis or a scale shows at least; where there is no end, the data says."""
        custom = self.config.get("custom", {})
        return (
            self.config.get("min", custom.get("axisSoftMin")),
            self.config.get("max", custom.get("axisSoftMax")),
        )

    @property
    def colour(self) -> str:
        """Of its lines; with a classic palette the first is green."""
        color = self.config.get("color", {})
        return str(color.get("fixedColor", "green" if color["mode"] == "palette-classic" else color["mode"]))


def every_drawn(board: Mapping[str, Any]) -> Iterator[Drawn]:
    """Each query of each panel, those in folded rows too, and each column that is not as the others are."""
    for panel in every_panel(board):
        for target in panel.get("targets", ()):
            yield Drawn(panel, target, _config(panel, "byFrameRefID", target["refId"])[0])
        for matcher in matchers(panel, "byName"):
            column = {"refId": "", "expr": "", "legendFormat": matcher}
            yield Drawn(panel, column, *_config(panel, "byName", matcher))


def every_panel(board: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those in folded rows too."""
    for item in board["panels"]:
        yield from (panel for panel in (item, *item.get("panels", ())) if panel["type"] != "row")


def matchers(panel: Mapping[str, Any], kind: str) -> list[str]:
    """What the overrides of ``panel`` are for, of those that match in this way; each once."""
    found = [one["matcher"] for one in panel.get("fieldConfig", {}).get("overrides", ())]
    return list(dict.fromkeys(str(one["options"]) for one in found if one["id"] == kind))


def _config(panel: Mapping[str, Any], kind: str, options: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The whole field config, and what of it is an override's."""
    own: dict[str, Any] = {}
    for override in panel["fieldConfig"]["overrides"]:
        if override["matcher"] == {"id": kind, "options": options}:
            own |= {one["id"]: one["value"] for one in override["properties"]}
    return {**panel["fieldConfig"]["defaults"], **own}, own


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2 between two colours as ``#rrggbb``."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
