"""Service level indicators: typed, so that the tool understands what it measures.

From an SLI's kind follow its recording rule, alert expression, panel query, rule tests and the
verdict's query.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from genesis_monitoring.spec.base import (
    LARGEST,
    Amount,
    LabelName,
    Model,
    Name,
    Number,
    PositiveSeconds,
    Slug,
    Text,
    UnitName,
)
from genesis_monitoring.spec.metrics import Selector


def _selector(value: Any) -> Any:
    return {"metric": value} if isinstance(value, str) else value


MetricRef = Annotated[Selector, BeforeValidator(_selector, json_schema_input_type=str | Selector)]
"""A metric name, or a mapping with ``metric`` and ``labels``."""
Sum = Annotated[tuple[MetricRef, ...], Field(min_length=1)]
"""Metrics that are added up."""


class Baseline(Model):
    """What the value was before. ``value`` is left out while it has not been measured."""

    value: Amount | None = None
    note: Text


class Objective(Model):
    """What a good value is, and the levels at which people act; all in the SLI's unit.

    A value is good when ``value good target`` holds. The alert fires on the negation of that; with a
    level of its own (``alert``) it fires strictly beyond it. ``no_go`` is violated strictly beyond it.
    So exactly on a level of its own is still quiet, and no value is neither good nor alerted.
    """

    good: Literal["<", "<=", ">=", ">"]
    target: Amount
    alert: Amount | None = None
    no_go: Amount | None = None


class _Sli(Model):
    title: Text
    unit: UnitName
    component: Slug
    by: tuple[LabelName, ...] = ()
    objective: Objective | None = None
    baseline: Baseline | None = None


class GaugeSli(_Sli):
    """The value as exposed, aggregated over instances; several metrics are added up."""

    kind: Literal["gauge"]
    metrics: Sum
    aggregation: Literal["sum", "min", "max", "avg"]


class RatioSli(_Sli):
    """``numerator / denominator``, or one minus that with ``complement``.

    Over counters it takes a ``window`` and rates; over gauges it takes none. ``minimum_traffic`` is
    the number of events in the window (of the denominator) below which there is no value, unless the
    numerator alone reaches ``unless_numerator`` events: so an outage is seen at any traffic.
    """

    kind: Literal["ratio"]
    numerator: Sum
    denominator: Sum
    complement: bool = False
    window: PositiveSeconds | None = None
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None
    unless_numerator: Annotated[Number, Field(gt=0, le=LARGEST)] | None = None


class QuantileSli(_Sli):
    """A quantile of a classic histogram, aggregated by ``le``; no value below ``minimum_traffic``."""

    kind: Literal["quantile"]
    histogram: MetricRef
    q: Annotated[Number, Field(gt=0, lt=1)]
    window: PositiveSeconds
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None


class RateSli(_Sli):
    """How fast counters grow, added up: per second, or per month for money.

    There is no value until the counters have been there for a whole ``window``: over a part of it
    Prometheus' ``rate`` is too low.
    """

    kind: Literal["rate"]
    counters: Sum
    window: PositiveSeconds


class UpSli(_Sli):
    """1 while the thing is up, 0 while it is down: the lowest of its series."""

    kind: Literal["up"]
    metric: MetricRef
    objective: Objective | None = Field(default_factory=lambda: Objective(good=">=", target=1.0))


class AgeSli(_Sli):
    """Time since the newest of the timestamps that a metric holds."""

    kind: Literal["age"]
    metric: MetricRef


class TrendSli(_Sli):
    """The slope of another SLI, in its unit per day."""

    kind: Literal["trend"]
    sli: Name
    window: PositiveSeconds


class PastAverage(Model):
    """An SLI's own average over ``window``, ending ``offset`` ago so that a spike is not in it."""

    window: PositiveSeconds
    offset: PositiveSeconds


class RelativeSli(_Sli):
    """Another SLI against its baseline: that SLI's ``baseline.value``, or its own past average.

    ``multiple`` is value / baseline; ``reduction`` is how many percent lower it is; ``deviation`` is
    how many percent it differs, either way.
    """

    kind: Literal["relative"]
    sli: Name
    report: Literal["multiple", "reduction", "deviation"]
    past_average: PastAverage | None = None


class Fixture(Model):
    """Series written by hand, in promtool's notation, one sample a minute, and what they come to."""

    series: dict[Text, Text] = Field(min_length=1)
    value: Amount


class Fixtures(Model):
    """What an ``expr`` SLI is tested with, as nothing can be derived from a query."""

    good: Fixture
    bad: Fixture


class ExprSli(_Sli):
    """PromQL as written, for what no other kind can say. It brings the series to test it with."""

    kind: Literal["expr"]
    expr: Annotated[str, Field(min_length=1, max_length=4000)]
    metrics: Sum
    fixtures: Fixtures


Sli = Annotated[
    GaugeSli | RatioSli | QuantileSli | RateSli | UpSli | AgeSli | TrendSli | RelativeSli | ExprSli,
    Field(discriminator="kind"),
]
