"""Dashboards: rows of panels with explicit, permanent ids."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from genesis_monitoring.panels.panel import PanelType
from genesis_monitoring.panels.registry import PANEL_TYPES
from genesis_monitoring.spec import patterns
from genesis_monitoring.spec.base import LabelName, Model, Name, PanelId, PositiveSeconds, Text, UnitName
from genesis_monitoring.spec.metrics import MetricRef

if TYPE_CHECKING:
    TypeName = str
else:
    TypeName = Literal[tuple(PANEL_TYPES)]


RolloutNow = Literal["elapsed", "next_checkpoint", "good", "beyond", "no_data", "planned"]
"""What can be asked of the rollout at a moment."""


BudgetShow = Literal["remaining", "burn_rate", "period_burn_rate", "errors", "events"]
"""What can be asked of an error budget."""
_OF_BUDGETS: Mapping[BudgetShow, UnitName] = {
    "remaining": "ratio",
    "burn_rate": "multiple",
    "period_burn_rate": "multiple",
    "errors": "count",
    "events": "count",
}


class Query(Model):
    """What a panel draws: an SLI's recorded series, its error budget, a metric of the catalogue, PromQL, or
    where the rollout stands.

    A counter is drawn as its per-second rate over Grafana's rate interval, a gauge as it is; both are
        added up, unless ``each`` asks for one line a series. A histogram's buckets are for a heatmap.

    ``rollout``: the seconds that are ``elapsed`` or left to the ``next_checkpoint``; or how many of the SLIs
    that GO depends on are ``good`` at the moment, ``beyond`` the level that counts, have ``no_data``, or have
    none yet since metrics of theirs are ``planned``.

    ``budget`` names an SLI that has one, and ``show`` what of it: the part that is ``remaining`` (if left
    out), how many times as fast as it may it burns now (``burn_rate``) or burned over its period
    (``period_burn_rate``), ``errors`` and ``events`` in five minutes. The panel takes unit and levels of it.

    ``expr`` is PromQL as it is written, and ``unit`` what it comes to. It may look over ``$__rate_interval``
    or ``$__interval``, as Grafana knows them. It has no levels: those are an SLI's.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{"sli": "availability"}]})

    sli: Name | None = None
    metric: MetricRef | None = None
    rollout: RolloutNow | None = None
    budget: Name | None = None
    show: BudgetShow | None = None
    expr: Annotated[str, Field(min_length=1, max_length=4000)] | None = None
    unit: UnitName | None = None
    each: bool = False
    legend: Text

    @model_validator(mode="after")
    def _one_source(self) -> "Query":
        sources = (self.sli, self.metric, self.rollout, self.budget, self.expr)
        if sum(source is not None for source in sources) != 1:
            raise ValueError("a query has exactly one of sli, budget, metric, expr and rollout; keep one")
        if (self.expr is None) != (self.unit is None):
            raise ValueError(
                "expr and unit go together: PromQL, and the unit of what it comes to; "
                + ("leave out unit" if self.expr is None else "add unit: seconds")
            )
        if self.show is not None and self.budget is None:
            raise ValueError(
                "show says what of a budget is drawn, and this query names none; keep it for one that does"
            )
        return self

    @property
    def shown(self) -> BudgetShow:
        """What of its budget it shows."""
        return self.show or "remaining"

    @property
    def own_unit(self) -> UnitName | None:
        """The unit of what it asks of the rollout, of a budget or in PromQL."""
        if self.expr is not None:
            return self.unit
        if self.budget is not None:
            return _OF_BUDGETS[self.shown]
        if self.rollout is None:
            return None
        return "seconds" if self.rollout in ("elapsed", "next_checkpoint") else "count"


class Panel(Model):
    """A panel. Its unit and threshold steps are those of its first SLI or budget, or its unit that of its
    first ``expr``, unless ``unit`` is given.

    ``queries``, ``unit``, ``stacked``, ``time_from`` and ``objectives`` are for the types that take them.
    An id is never reused. ``renamed_from`` (a former title) and ``moved_from`` (a former id) are how a spec
    says that a change of either is meant.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"id": 1, "title": "Availability", "type": "stat", "queries": [{"sli": "availability"}]}
            ]
        }
    )

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
    def told_unit(self) -> UnitName | None:
        """The unit of the first budget or PromQL that it draws."""
        return next((query.own_unit for query in self.queries if query.budget or query.expr), None)

    @property
    def drawn_as(self) -> PanelType:
        """All that is special about the panel's type."""
        return PANEL_TYPES[self.type]

    @model_validator(mode="after")
    def _draws_something(self) -> "Panel":
        if "queries" in self.drawn_as.takes and not self.queries:
            raise ValueError(
                f"a panel of type {self.type} has at least one of queries; add queries: [an SLI]"
            )
        return self


class Row(Model):
    """A row of panels, laid out from left to right and wrapped at 24 columns.

    A ``collapsed`` row shows its title until somebody opens it; ``planned``: as long as all that it draws
    needs metrics that are planned.
    """

    id: PanelId
    title: Text
    collapsed: bool | Literal["planned"] = False
    panels: tuple[Panel, ...] = Field(min_length=1)


DashboardUid = Annotated[str, Field(max_length=40, pattern=patterns.KEBAB_CASE)]
"""kebab-case, as Grafana takes it: it refuses a uid of more than 40 characters."""


class Annotation(Model):
    """Marks over the panels: where a value of ``label`` appears that was not there in the day before.

    With the version of a build as the label these are deployments. The rollout's window and checkpoints, and
    the alerts that fire, are marked on every dashboard.
    """

    title: Text
    metric: MetricRef
    label: LabelName


class Dashboard(Model):
    """A dashboard; its key in the spec is its uid and the name of its file.

    ``variables`` are labels that SLIs are grouped by. Who looks chooses among their values, and the panels of
    these SLIs show what is chosen.
    """

    title: Text
    description: Text
    tags: tuple[Text, ...]
    variables: tuple[LabelName, ...] = ()
    annotations: tuple[Annotation, ...] = ()
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
