"""Dashboards: rows of panels with explicit, permanent ids."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from genesis_monitoring.panels.panel import PanelType
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.spec.base import Model, Name, PanelId, PositiveSeconds, Text, UnitName
from genesis_monitoring.spec.metrics import MetricRef

if TYPE_CHECKING:
    TypeName = str
else:
    TypeName = Literal[tuple(PANEL_TYPES)]


class Query(Model):
    """What a panel draws: an SLI's recorded series, or a metric of the catalogue.

    A counter is drawn as its per-second rate over Grafana's rate interval, a gauge as it is; both are
    added up, unless ``each`` asks for one line a series.
    """

    sli: Name | None = None
    metric: MetricRef | None = None
    each: bool = False
    legend: Text

    @model_validator(mode="after")
    def _one_source(self) -> "Query":
        if (self.sli is None) == (self.metric is None):
            raise ValueError("a query has exactly one of sli and metric")
        return self


class Panel(Model):
    """A panel. Its unit and threshold steps are those of its first SLI, unless ``unit`` is given.

    ``queries``, ``unit``, ``stacked``, ``time_from`` and ``objectives`` are for the types that take them.
    An id is never reused. ``renamed_from`` (a former title) and ``moved_from`` (a former id) are how a spec
    says that a change of either is meant.
    """

    id: PanelId
    title: Text
    type: TypeName = Field(
        description="\n".join(f"{name}: {type(one).__doc__}" for name, one in PANEL_TYPES.items())
    )
    description: Text
    width: Annotated[int, Field(ge=1, le=24)]
    height: Annotated[int, Field(ge=2, le=40)]
    unit: UnitName | None = None
    stacked: bool = False
    queries: tuple[Query, ...] = ()
    objectives: tuple[Name, ...] = ()
    time_from: PositiveSeconds | None = None
    renamed_from: Text | None = None
    moved_from: PanelId | None = None

    @property
    def drawn_as(self) -> PanelType:
        """All that is special about the panel's type."""
        return PANEL_TYPES[self.type]

    @model_validator(mode="after")
    def _draws_something(self) -> "Panel":
        if "queries" in self.drawn_as.takes and not self.queries:
            raise ValueError(f"a {self.type} panel has at least one of queries")
        return self


class Row(Model):
    """A row of panels, laid out from left to right and wrapped at 24 columns."""

    id: PanelId
    title: Text
    panels: tuple[Panel, ...] = Field(min_length=1)


DashboardUid = Annotated[str, Field(max_length=40, pattern=r"^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$")]
"""kebab-case, as Grafana takes it: it refuses a uid of more than 40 characters."""


class Dashboard(Model):
    """A dashboard; its key in the spec is its uid and the name of its file."""

    title: Text
    description: Text
    tags: tuple[Text, ...]
    rows: tuple[Row, ...] = Field(min_length=1)


class Profile(Model):
    """How the dashboards behave in a phase: while a rollout is watched, and after it.

    ``for_at_most`` shortens the ``for`` of every alert that has a longer one: a drill wants to see an alert
    fire within seconds; on missing data it takes four scrapes. Everything else is as in the other profiles.
    """

    title: Text
    refresh: PositiveSeconds
    time_range: PositiveSeconds
    for_at_most: PositiveSeconds | None = None
