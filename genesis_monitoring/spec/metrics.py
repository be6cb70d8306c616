"""The metric catalogue: every series the stack may read, by its exact exposed name."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from genesis_monitoring.promql.matchers import Matcher, read_matcher
from genesis_monitoring.spec.base import (
    LARGEST,
    LabelName,
    MetricName,
    Model,
    Name,
    Number,
    PositiveSeconds,
    ResultFiles,
    Slug,
    Text,
    UnitName,
)

MetricType = Literal["counter", "gauge", "histogram"]


class Metric(Model):
    """A metric. ``planned`` ones have no exporter yet: what they feed has no data, and says so.

    ``labels`` are those the application sets; the scrape adds ``job`` and ``instance``. ``buckets``
    are a histogram's finite upper edges in its unit, ascending; ``+Inf`` is implied.
    """

    type: MetricType
    unit: UnitName
    help: Text
    job: Slug
    status: Literal["exported", "planned"]
    labels: tuple[LabelName, ...] = ()
    buckets: tuple[Annotated[Number, Field(gt=0, le=LARGEST)], ...] | None = None

    @model_validator(mode="after")
    def _buckets_fit_the_type(self) -> "Metric":
        if (self.type == "histogram") != (self.buckets is not None):
            raise ValueError("a histogram declares its buckets, and nothing else does")
        if self.buckets is not None and (
            len(self.buckets) < 2 or any(a >= b for a, b in zip(self.buckets, self.buckets[1:], strict=False))
        ):
            raise ValueError("buckets are two or more edges, each above the one before")
        return self


class Selector(Model):
    """A metric, narrowed by label values. In a spec a bare metric name does as well.

    ``labels`` are exact values. ``matchers`` begin with ``=~``, ``!~`` or ``!=``, as ``code: "=~5.."``; a
    pattern is matched against the whole value.
    """

    metric: MetricName
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    matchers: dict[LabelName, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _matchers_are_read(self) -> "Selector":
        for label, text in self.matchers.items():
            read_matcher(label, text)
            if label in self.labels:
                raise ValueError(f"{label} has an exact value in labels and a matcher; keep one of the two")
        return self

    @property
    def conditions(self) -> tuple[Matcher, ...]:
        """All that a series must have: the exact labels, then the matchers."""
        exact = (Matcher(label, "=", value) for label, value in self.labels.items())
        return (*exact, *(read_matcher(label, text) for label, text in self.matchers.items()))

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The labels that it asks for."""
        return (*self.labels, *self.matchers)


def _selector(value: Any) -> Any:
    return {"metric": value} if isinstance(value, str) else value


MetricRef = Annotated[Selector, BeforeValidator(_selector, json_schema_input_type=str | Selector)]
"""A metric name, or a mapping with ``metric`` and ``labels``."""
Sum = Annotated[tuple[MetricRef, ...], Field(min_length=1)]
"""Metrics that are added up."""


class Suite(Model):
    """A test suite whose JUnit results the exporter reads.

    ``results`` is a file, or as ``TEST-*.xml`` all files with such names: the age of the result is then
    that of the oldest. ``expected`` is the number of tests that must be there; results older than
    ``max_age`` are stale.
    """

    title: Text
    results: ResultFiles
    expected: Annotated[int, Field(ge=1)]
    max_age: PositiveSeconds


class HealthPart(Model):
    """One part of the health score: a suite's pass rate in percent, with its weight."""

    suite: Name
    weight: Annotated[Number, Field(gt=0, le=1)]


class HealthScore(Model):
    """The health score: the weighted mean of its parts, 0 to 100. Weights add up to 1."""

    metric: MetricName
    parts: dict[Name, HealthPart] = Field(min_length=1)

    @model_validator(mode="after")
    def _weights_add_up(self) -> "HealthScore":
        total = sum(part.weight for part in self.parts.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"the weights of the parts add up to 1, here to {total:g}")
        return self
