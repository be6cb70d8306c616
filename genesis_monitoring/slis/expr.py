"""PromQL that a person wrote."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql import building as promql
from genesis_monitoring.promql.test_values import gone_on, samples
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.input_series import Clock, Inputs, InputSeries, Labels
from genesis_monitoring.slis.reading import usable
from genesis_monitoring.slis.values import Probes
from genesis_monitoring.spec.base import Amount, Model, Text
from genesis_monitoring.spec.metrics import Selector, Sum
from genesis_monitoring.units import format_level

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec
    from genesis_monitoring.spec.reporter import Path, Reporter


_LABEL = re.compile(r'([A-Za-z_][A-Za-z0-9_]*)="([^"\\]*)"')


class Fixture(Model):
    """Series written by hand, in promtool's notation, one sample a minute, and what they come to.

    ``5x20`` is 5 for 20 minutes, ``0+60x20`` a counter that grows by 60 a minute, ``_x5`` is no sample for
    five. ``value`` is what the query comes to at the end of the longest of them, so they are as long as its
    windows need. In a test each goes on as it ended, for as long as the alert takes to fire whatever its
    ``for`` is, unless it ends with ``_`` or ``stale``.
    """

    series: dict[Text, Text] = Field(min_length=1)
    value: Amount

    @property
    def length(self) -> int:
        """The samples of the longest series."""
        return max(map(samples, self.series.values()))


class Fixtures(Model):
    """What an ``expr`` SLI is tested with, as nothing can be derived from a query.

    Of the ``good`` series no alert fires, of the ``bad`` ones each does.
    """

    good: Fixture
    bad: Fixture


class ExprSli(SliKind):
    """PromQL as written, for what no other kind can say. It brings the series to test it with."""

    parts = ("metrics",)
    mixes_units = True
    reads = ("_bucket", "_sum", "_count")
    unobservable = "its query is your own, so nobody else knows what its level stands for"

    kind: Literal["expr"]
    expr: Annotated[str, Field(min_length=1, max_length=4000)]
    metrics: Sum
    fixtures: Fixtures

    @property
    def query(self) -> str:
        """As it is written."""
        return self.expr

    @property
    def written_series(self) -> "tuple[tuple[Path, str, str], ...]":
        """Those of its fixtures."""
        return tuple(
            (("fixtures", key, "series", series), series, values)
            for key, fixture in (("good", self.fixtures.good), ("bad", self.fixtures.bad))
            for series, values in fixture.series.items()
        )

    def groupable(self, labels: Sequence[set[str]]) -> set[str]:
        """Nobody knows which of them the query keeps."""
        return set().union(*labels)

    def check(self, spec: "Spec", reporter: "Reporter", path: "Path") -> None:
        """The good fixture is quiet, and the bad one alerts."""
        alerts = self.beyond("alert")
        for key, fixture, fires in (("good", self.fixtures.good, False), ("bad", self.fixtures.bad, True)):
            if alerts is not None and alerts.holds(fixture.value) != fires:
                reporter.contradiction(
                    (*path, "fixtures", key, "value"),
                    f"{format_level(fixture.value, self.unit)} is not {key}: the alert "
                    f"{'stays quiet' if fires else 'fires'} there",
                    "correct the fixture or the objective",
                    (*path, "objective"),
                )

    def measured(self, spec: "Spec") -> str:
        """Its finite values."""
        return promql.finite_query(self.expr)

    def needed(self, spec: "Spec") -> tuple[tuple[str, ...], ...]:
        """Nobody knows which of its metrics it can do without."""
        return tuple((_exposed(spec, one),) for one in self.metrics)

    def seen_within(self, spec: "Spec", seconds: int) -> tuple[str, ...]:
        """Nobody knows which labels its query makes."""
        return ()

    def no_number(self, spec: "Spec", record: str) -> Iterator[str]:
        """Its query returns something, and nothing is recorded."""
        if not promql.is_number(self.expr):
            query = promql.in_parentheses(self.expr)
            yield f"group({query} - {query} != 0) unless on () group({record})"

    def held_at(self, spec: "Spec", value: float, clock: Clock, by: Labels) -> Inputs:
        """The fixture that comes to it."""
        _, key = self.written_at(value)
        fixture: Fixture = getattr(self.fixtures, str(key))
        return tuple(
            InputSeries(series, gone_on(values, clock.count + 1)) for series, values in fixture.series.items()
        )

    def written_at(self, value: float) -> "Path":
        """The fixture that comes to it."""
        return ("fixtures", "good" if value == self.fixtures.good.value else "bad")

    @property
    def written_samples(self) -> int:
        """Those of the longer of its fixtures."""
        return max(self.fixtures.good.length, self.fixtures.bad.length)

    @property
    def given_labels(self) -> Mapping[str, str]:
        """Those of its good fixture; of two the first one's."""
        labels: dict[str, str] = {}
        for series in self.fixtures.good.series:
            labels = {**dict(_LABEL.findall(series)), **labels}
        return labels

    def probes(self, spec: "Spec", alerting: Predicate) -> Probes:
        """What its fixtures come to."""
        return Probes(self.fixtures.good.value, self.fixtures.bad.value)

    def sample(self, spec: "Spec") -> float:
        """What its good fixture comes to."""
        return self.fixtures.good.value


def _exposed(spec: "Spec", series: Selector) -> str:
    histogram = spec.metrics[series.metric].type == "histogram"
    return usable(spec, series, suffix="_count" if histogram else "")
