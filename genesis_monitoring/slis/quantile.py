"""A quantile of a histogram."""

from typing import Annotated, Literal

from pydantic import Field

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import MetricRef


class QuantileSli(SliKind):
    """A quantile of a classic histogram, aggregated by ``le``; no value below ``minimum_traffic``."""

    kind: Literal["quantile"]
    histogram: MetricRef
    q: Annotated[Number, Field(gt=0, lt=1)]
    window: PositiveSeconds
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None
