"""PromQL that a person wrote."""

from typing import Annotated, Literal

from pydantic import Field

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import Amount, Model, Text
from genesis_monitoring.spec.metrics import Sum


class Fixture(Model):
    """Series written by hand, in promtool's notation, one sample a minute, and what they come to."""

    series: dict[Text, Text] = Field(min_length=1)
    value: Amount


class Fixtures(Model):
    """What an ``expr`` SLI is tested with, as nothing can be derived from a query."""

    good: Fixture
    bad: Fixture


class ExprSli(SliKind):
    """PromQL as written, for what no other kind can say. It brings the series to test it with."""

    kind: Literal["expr"]
    expr: Annotated[str, Field(min_length=1, max_length=4000)]
    metrics: Sum
    fixtures: Fixtures
