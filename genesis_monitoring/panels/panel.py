"""What a panel is once it is planned, and what a type of panels says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from genesis_monitoring.panels.keys import Key
from genesis_monitoring.panels.scale import Levels, Limits, scale
from genesis_monitoring.units import Unit, format_number

BASE_STEP = 0
"""What Grafana 12 saves as the value of the first threshold step. On load it makes the first step reach
down to minus infinity whatever stands there, so negative thresholds are safe; JSON has no infinity."""
NEUTRAL = "text"
"""The colour of what says nothing about a state: that of text, in the dark theme and in the light one."""
SERIES_COLOURS = ("blue", "purple", "#2E9FA8", "#A67C52", "#8E8E9C")
"""Of lines, by query. None of them is the colour of a level, and each can be told from both backgrounds."""

SpecKey = Literal["queries", "unit", "stacked", "time_from", "objectives"]
"""The keys of a panel in the spec that are not for every type."""

Preview = Literal["bars", "cells", "gauges", "lines", "spread", "states", "table", "text", "values"]
"""How ``genesis-mon preview`` draws a panel; ``table``, the latest values, fits any that asks."""


@dataclass(frozen=True, slots=True)
class GridPos:
    """Where a panel stands, in grid units; ``x + width`` is at most 24."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class ThresholdStep:
    """From ``value`` upwards the panel has ``color``; None is the base step."""

    value: float | None
    color: str


NO_LEVEL = (ThresholdStep(None, NEUTRAL),)
"""The steps of what has no levels."""


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """A query with its legend. ``instant`` asks for the latest value alone.

    ``steps`` are the colours of its own levels; the base step alone where it has none. ``several``: it may
    give more than one series. ``no_data`` is what stands for no number of it, in few words. ``chosen`` are
    labels of the series ``expr``, of which the page shows the values that are chosen there; what is more than
    a series has the ``choice`` in it.
    With ``worst`` it is the least or the most of ``expr``, which is a series then, since the step before.
    With ``exemplars`` single observations are asked for, too. ``colour`` of its lines, where it is not that
    of its place among the queries; a ``limit`` is what other lines are compared with.
    """

    ref: str
    expr: str
    legend: str
    instant: bool
    steps: tuple[ThresholdStep, ...]
    several: bool
    no_data: str
    chosen: tuple[str, ...] = ()
    worst: Literal["min", "max"] | None = None
    exemplars: bool = False
    colour: str = ""
    limit: bool = False


def choice(label: str) -> str:
    """The matcher of what is chosen on the page."""
    return f'{label}=~"${label}"'


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a panel or at the top of a dashboard. One to another ``dashboard`` takes the time along."""

    title: str
    url: str
    dashboard: bool = False


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """A panel. ``unit`` is Grafana's id; ``text`` is the Markdown of a panel that lists objectives.

    ``limits`` are the ends of its scale, ``decimals`` how many are shown, None where Grafana says; ``words``
    stand for values, and ``per`` is the time that a value is for, as "a month". ``no_data`` is shown where
    there is nothing to show, in few words (``no data``, ``planned``) and in a sentence.
    ``severities`` are those of the alerts that it lists, the worst first, and ``runbooks`` is where their
    pages are. A ``logarithmic`` axis is linear up to 1.
    """

    id: int
    type: "PanelType"
    title: str
    description: str
    grid: GridPos
    unit: str
    decimals: int | None
    words: tuple[tuple[float, str], ...]
    per: str
    limits: Limits
    no_data: "NoData"
    queries: tuple[PanelQuery, ...]
    links: tuple[Link, ...]
    stacked: bool
    text: str
    time_from: str | None
    origin: str
    interval: str | None = None
    severities: tuple[str, ...] = ()
    runbooks: str = ""
    logarithmic: bool = False

    @property
    def steps(self) -> tuple[ThresholdStep, ...]:
        """The colours of its levels: those of its first query that has any."""
        every = (query.steps for query in self.queries)
        return next((steps for steps in every if len(steps) > 1), NO_LEVEL)

    @property
    def names_matter(self) -> bool:
        """Whether it may show more than one series, so that each needs its name."""
        return len(self.queries) > 1 or any(query.several for query in self.queries)

    @property
    def judged_alike(self) -> bool:
        """Whether its levels are those of each of its queries."""
        return all(query.steps == self.steps for query in self.queries)


@dataclass(frozen=True, slots=True)
class NoData:
    """What stands where there is nothing: ``short`` instead of a number, ``long`` in a whole panel."""

    short: str
    long: str


class PanelType(Protocol):
    """One type of panels. The docstring of its class tells who writes a spec what it shows.

    ``name`` is Grafana's where there is one. ``takes`` is what a spec may say of such a panel besides what it
    says of any; one that takes queries must have some. ``instant`` ones ask for the latest value alone; a
    ``levelled`` one draws the levels of all it shows at once, so they have to be the same ones. ``keys`` is
    what stands in the JSON of such a panel, in this order; whatever else grafanalib writes is left out.
    ``format`` is the shape of the answers that it wants. One that ``lists_alerts`` asks by itself.
    ``worst_of_step``: a step shows the worst since the one before, and not its own moment.
    ``preview`` is its drawing where there is no Grafana.
    """

    name: str
    takes: frozenset[SpecKey]
    instant: bool
    levelled: bool = False
    keys: tuple[Key, ...]
    preview: Preview
    format: Literal["time_series", "table", "heatmap"] = "time_series"
    lists_alerts: bool = False
    worst_of_step: bool = False

    @property
    def plugin(self) -> str:
        """What Grafana calls that which draws it."""
        return self.name

    def limits(self, unit: Unit, levels: Levels | None) -> Limits:
        """The ends of the scale of a panel in ``unit`` with ``levels``, in that unit."""
        return scale(unit, levels)

    def draw(self, g: Any, panel: PanelPlan, common: Mapping[str, Any]) -> object:
        """``panel`` as an object of grafanalib, whose core is ``g``.

        All texts of ``panel`` are as Grafana shows them. ``common`` holds the arguments that each class of
        grafanalib's takes: heading, place, queries, thresholds, links.
        """
        ...


class LatestValueType(PanelType, Protocol):
    """A type that shows the latest value of each series, in the colour of its level.

    It asks for that value alone: a range would show the last value of a series that has ended, and absence
    of data must be seen.
    """

    takes: frozenset[SpecKey] = frozenset({"queries", "unit", "time_from"})
    instant: bool = True

    def config(self, panel: PanelPlan) -> dict[str, Any]:
        """The field config of such a panel, as far as grafanalib leaves it out."""
        return values_config(panel, panel.no_data.short)


def values_config(panel: PanelPlan, no_data: str) -> dict[str, Any]:
    """The field config where a value has the colour of its level; ``no_data`` stands where no series is."""
    low, high = panel.limits
    levels = panel.steps if panel.judged_alike else NO_LEVEL
    defaults = {
        **shared_defaults(panel, no_data),
        "color": {"mode": "thresholds"},
        "min": low,
        "max": high,
        "thresholds": thresholds(levels),
    }
    overrides = []
    for query in panel.queries:
        own: dict[str, object] = {}
        if query.steps != levels:
            own["thresholds"] = thresholds(query.steps)
        if query.no_data != panel.no_data.short:
            own["mappings"] = mappings(panel.words, query.no_data)
        if own:
            overrides.append(of_query(query, own))
    return {"defaults": defaults, "overrides": overrides}


def shared_defaults(panel: PanelPlan, no_data: str) -> dict[str, Any]:
    """What the fields of any panel of data have in common; ``no_data`` stands where no series is."""
    return {
        "unit": panel.unit,
        "decimals": panel.decimals,
        "noValue": no_data,
        "mappings": mappings(panel.words, panel.no_data.short),
    }


def mappings(words: tuple[tuple[float, str], ...], no_data: str) -> list[dict[str, Any]]:
    """Words for values, and for what is absent or no number: that is neither zero nor of zero's colour."""
    shown = {
        format_number(value): {"text": word, "index": index} for index, (value, word) in enumerate(words)
    }
    absent = {"text": no_data, "color": NEUTRAL, "index": len(shown)}
    return [
        *([{"type": "value", "options": shown}] if shown else []),
        {"type": "special", "options": {"match": "null+nan", "result": absent}},
    ]


def thresholds(steps: tuple[ThresholdStep, ...]) -> dict[str, Any]:
    """``steps`` as a field config has them; the value of the first one is not read (see BASE_STEP)."""
    if [step.value is None for step in steps] != [index == 0 for index in range(len(steps) or 1)]:
        raise AssertionError("the first threshold step, and no other, is the base step")
    return {
        "mode": "absolute",
        "steps": [
            {"color": step.color, "value": BASE_STEP if step.value is None else step.value} for step in steps
        ],
    }


def of_query(query: PanelQuery, own: Mapping[str, object]) -> dict[str, Any]:
    """What of a field config is otherwise for the series of one query."""
    return {
        "matcher": {"id": "byFrameRefID", "options": query.ref},
        "properties": [{"id": key, "value": value} for key, value in own.items()],
    }


def line_colour(query: PanelQuery, index: int) -> dict[str, str]:
    """Of the lines of a query: shades of one where it has several. What has a state is coloured by areas."""
    colour = query.colour or SERIES_COLOURS[index % len(SERIES_COLOURS)]
    return {"mode": "shades" if query.several else "fixed", "fixedColor": colour}


def line_colours(panel: PanelPlan) -> list[dict[str, Any]]:
    """Of the lines of each query but the first, whose colour is that of the panel."""
    return [
        of_query(query, {"color": line_colour(query, index)})
        for index, query in enumerate(panel.queries[1:], 1)
    ]


def drawn_by(
    g: Any, plugin: str, common: Mapping[str, Any], defaults: Mapping[str, Any], **more: object
) -> object:
    """A panel of a ``plugin`` that grafanalib does not know, or only as it was years ago.

    ``defaults`` are of all fields, ``more`` are the options and whatever else stands beside them.
    """
    overrides = more.pop("overrides", [])
    config = {"defaults": {"mappings": [], **defaults}, "overrides": overrides}
    panel = g.Panel(**common, extraJson={"type": plugin, "fieldConfig": config, **more})
    return panel.panel_json({})
