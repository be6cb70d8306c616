"""What a panel is once it is planned, and what a type of panels says about itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from genesis_monitoring.panels.keys import Key
from genesis_monitoring.units import Unit

NO_DATA = "no data"
"""What is shown where a query gives nothing: neither zero nor the colour of zero."""

SpecKey = Literal["queries", "unit", "stacked", "time_from", "objectives"]
"""The keys of a panel in the spec that are not for every type."""

Limits = tuple[float | None, float | None]
"""The lowest and the highest value that an axis or a scale has; None where the data says."""


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


@dataclass(frozen=True, slots=True)
class PanelQuery:
    """A query with its legend. ``instant`` asks for the latest value alone."""

    ref: str
    expr: str
    legend: str
    instant: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link on a panel."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class PanelPlan:
    """A panel. ``unit`` is Grafana's id; ``text`` is the Markdown of a panel that lists objectives."""

    id: int
    type: "PanelType"
    title: str
    description: str
    grid: GridPos
    unit: str
    minimum: float | None
    maximum: float | None
    steps: tuple[ThresholdStep, ...]
    queries: tuple[PanelQuery, ...]
    links: tuple[Link, ...]
    stacked: bool
    text: str
    time_from: str | None
    origin: str
    interval: str | None = None


class PanelType(Protocol):
    """One type of panels. The docstring of its class tells who writes a spec what it shows.

    ``name`` is Grafana's. ``takes`` is what a spec may say of such a panel besides what it says of any;
    one that takes queries must have some. ``instant`` panels ask for the latest value alone. ``keys`` is
    what stands in the JSON of such a panel, in this order; whatever else grafanalib writes is left out.
    """

    name: str
    takes: frozenset[SpecKey]
    instant: bool
    keys: tuple[Key, ...]

    def limits(self, unit: Unit) -> Limits:
        """The ends of the scale of a panel in ``unit``, in that unit."""
        return unit.lower, unit.upper

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

    def defaults(self, panel: PanelPlan) -> dict[str, Any]:
        """What the series of such a panel have in common and grafanalib leaves out."""
        return {
            "color": {"mode": "thresholds"},
            "noValue": NO_DATA,
            "min": panel.minimum,
            "max": panel.maximum,
        }


def limits_from_zero(unit: Unit) -> Limits:
    """For what is filled from its lower end on: without one, it would be filled from the lowest value."""
    return unit.lower or 0.0, unit.upper
