"""The metric catalogue: every series the stack may read, by its exact exposed name."""

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from genesis_monitoring.promql.matchers import Matcher, check_matched, one_of, read_matcher
from genesis_monitoring.promql.selectors import read_selector
from genesis_monitoring.promql.test_values import samples
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


def _spelled(value: Any) -> Any:
    """A label is a text: the number of a status code need not be in quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


LabelValue = Annotated[Text, BeforeValidator(_spelled, json_schema_input_type=Text | int)]
LabelValues = Annotated[tuple[LabelValue, ...], Field(min_length=1)]
MetricType = Literal["counter", "gauge", "histogram"]


class RecordingTest(Model):
    """Series written by hand, in promtool's notation with a sample a minute, and what is recorded of them.

    ``5x20`` is 5 for 20 minutes, ``0+60x20`` a counter that grows by 60 a minute. ``values`` are all that is
    recorded at the end of the longest of them, each by its labels as ``{path="/cart"}``; ``{}`` without any.
    """

    series: dict[Text, Text] = Field(min_length=1)
    values: dict[Text, Annotated[Number, Field(ge=-LARGEST, le=LARGEST)]]

    @property
    def length(self) -> int:
        """The samples of the longest series."""
        return max(map(samples, self.series.values()))


class Recording(Model):
    """A rule of one's own that records a metric, among the rules of ``component`` and before its SLIs.

    ``expr`` is PromQL. It is tested with series written by hand, as nothing can be derived from a query.
    """

    component: Slug
    expr: Annotated[str, Field(min_length=1, max_length=4000)]
    tests: tuple[RecordingTest, ...] = Field(min_length=1)


class Metric(Model):
    """A metric. ``planned`` ones have no exporter yet: what they feed has no data, and says so.

    ``labels`` are those the application sets; the scrape adds ``job`` and ``instance``. ``buckets``
    are a histogram's finite upper edges in its unit, ascending; ``+Inf`` is implied. ``exemplars`` says that
    some of its observations come with a label such as a trace's id: Prometheus then keeps them, and a heatmap
    marks them. ``values`` are those that a label can have, where they are known: a selector that asks for
    another is then refused. A metric with a ``recording`` is a gauge that this spec's own rule records; its
    labels are all that the rule leaves, and its job is whose metrics it is made of.
    """

    type: Annotated[
        MetricType, Field(description="one that has buckets is a histogram by them: buckets: [0.1, 0.3, 1]")
    ]
    unit: UnitName
    help: Text
    job: Slug
    status: Literal["exported", "planned"]
    labels: tuple[LabelName, ...] = ()
    buckets: tuple[Annotated[Number, Field(gt=0, le=LARGEST)], ...] | None = None
    exemplars: bool = False
    values: dict[LabelName, LabelValues] = Field(default_factory=dict)
    recording: Recording | None = None

    @model_validator(mode="after")
    def _buckets_fit_the_type(self) -> "Metric":
        if (self.type == "histogram") != (self.buckets is not None):
            raise ValueError(
                "a histogram declares its buckets, and nothing else does; "
                + ("add buckets: [0.1, 0.3, 1]" if self.buckets is None else "leave out type, or the buckets")
            )
        if self.buckets is not None and (
            len(self.buckets) < 2 or any(a >= b for a, b in zip(self.buckets, self.buckets[1:], strict=False))
        ):
            raise ValueError(
                "buckets are two or more edges, each above the one before; "
                "keep them in order, as [0.1, 0.3, 1]"
            )
        if self.exemplars and self.buckets is None:
            raise ValueError("exemplars are those of a histogram's observations; keep them for one")
        if self.recording is not None and self.type != "gauge":
            raise ValueError("what is recorded is a gauge; keep type: gauge, or none")
        return self


class LabelMatch(Model):
    """What a label must be, if it is no exact value: one of ``not``, ``matches``, ``not_matches``.

    ``not`` is a value, or a list of which it is none. ``matches`` and ``not_matches`` are patterns (RE2),
    matched against the whole value: ``5..`` is 500 and 503, and neither 50 nor 5000; write ``.*`` around a
    part. ``examples`` are values that are selected, for the generated tests, where none can be made up of the
    pattern. A series without the label has the empty value, which ``not`` selects.
    """

    not_: Annotated[LabelValue | LabelValues | None, Field(alias="not")] = None
    matches: Text | None = None
    not_matches: Text | None = None
    examples: LabelValues | tuple[()] = ()

    @model_validator(mode="after")
    def _is_one_that_can_be_tested(self) -> "LabelMatch":
        if sum(one is not None for one in (self.not_, self.matches, self.not_matches)) != 1:
            raise ValueError(
                'a label has exactly one of not, matches and not_matches; keep one, as matches: "5.."'
            )
        if self.not_ is None:
            check_matched(self.matcher(""))
        elif self.examples:
            raise ValueError("examples are those of a pattern, and of not they are known; leave them out")
        return self

    def matcher(self, label: str) -> Matcher:
        """As the matcher of ``label``."""
        if self.not_ is not None:
            return one_of(label, self.excluded, excluded=True)
        operator = "=~" if self.matches is not None else "!~"
        return Matcher(label, operator, self.matches or self.not_matches or "", self.examples)

    @property
    def excluded(self) -> tuple[str, ...]:
        """The values that it must not be."""
        return (self.not_,) if isinstance(self.not_, str) else self.not_ or ()


class Selector(Model):
    """A metric, narrowed by what its labels must be. In a spec a bare metric name does as well, or a selector
    as in PromQL: ``http_requests_total{code=~"5.."}``.

    A label has an exact value, a list of which it is one, or ``not``, ``matches``, ``not_matches``:
    ``{code: "200"}``, ``{code: [500, 502]}``, ``{code: {not: "200"}}``, ``{code: {matches: "5.."}}``.
    ``matchers`` say the same in one text with its operator first, as ``code: "=~5.."``.
    """

    metric: MetricName
    labels: dict[LabelName, LabelValue | LabelValues | LabelMatch] = Field(default_factory=dict)
    matchers: dict[LabelName, Text] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _matchers_are_read(self) -> "Selector":
        for label, text in self.matchers.items():
            read_matcher(label, text)
            if label in self.labels:
                raise ValueError(f"{label} has an exact value in labels and a matcher; keep one of the two")
        return self

    @property
    def exact(self) -> dict[str, str]:
        """The labels that have one value."""
        found = {label: self.listed(label) for label in self.labels}
        return {label: values[0] for label, values in found.items() if len(values) == 1}

    def listed(self, label: str) -> tuple[str, ...]:
        """The values of which a label is one; empty if it is selected otherwise."""
        wanted = self.labels.get(label, ())
        if isinstance(wanted, LabelMatch):
            return ()
        return (wanted,) if isinstance(wanted, str) else wanted

    @property
    def conditions(self) -> tuple[Matcher, ...]:
        """All that a series must have: the exact labels, then the matchers."""
        labels = (
            wanted.matcher(label) if isinstance(wanted, LabelMatch) else one_of(label, self.listed(label))
            for label, wanted in self.labels.items()
        )
        return (*labels, *(read_matcher(label, text) for label, text in self.matchers.items()))

    @property
    def narrowed(self) -> tuple[str, ...]:
        """The labels that it asks for."""
        return (*self.labels, *self.matchers)


_MORE_THAN_A_NAME = re.compile(r"[{}()\[\]=<>]")


def _selector(value: Any) -> Any:
    if not isinstance(value, str) or not _MORE_THAN_A_NAME.search(value):
        return {"metric": value} if isinstance(value, str) else value
    metric, matchers = read_selector(value)
    exact = {one.label: one.value for one in matchers if one.operator == "="}
    others = {one.label: f"{one.operator}{one.value}" for one in matchers if one.operator != "="}
    if len(exact) + len(others) < len(matchers):
        raise ValueError("a label has one matcher: write what it may be as one pattern")
    return {"metric": metric, "labels": exact, "matchers": others}


MetricRef = Annotated[Selector, BeforeValidator(_selector, json_schema_input_type=str | Selector)]
"""A metric name, a selector as in PromQL, or a mapping with ``metric``, ``labels`` and ``matchers``."""


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | dict) else value


Sum = Annotated[
    tuple[MetricRef, ...],
    Field(min_length=1),
    BeforeValidator(_listed, json_schema_input_type=tuple[MetricRef, ...] | str | Selector),
]
"""Metrics that are added up; one may stand without a list."""


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
            raise ValueError(
                f"the weights of the parts add up to 1, here to {total:g}; write others, as 0.4 and 0.6"
            )
        return self
