"""Dashboards: rows of panels with explicit, permanent ids."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from genesis_monitoring.spec.base import Model, Name, PanelId, PositiveSeconds, Text, UnitName
from genesis_monitoring.spec.metrics import MetricRef


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

    An id is never reused. ``renamed_from`` (a former title) and ``moved_from`` (a former id) are how
    a spec says that a change of either is meant.
    """

    id: PanelId
    title: Text
    type: Literal["gauge", "stat", "timeseries", "text"]
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

    @model_validator(mode="after")
    def _queries_fit_the_type(self) -> "Panel":
        if (self.type == "text") == bool(self.queries):
            raise ValueError("every panel has queries, except a text panel, which has none")
        if self.objectives and self.type != "text":
            raise ValueError("objectives are listed on text panels; other panels take them from their SLIs")
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
