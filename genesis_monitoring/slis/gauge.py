"""A gauge as it is exposed."""

from typing import Literal

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.metrics import Sum


class GaugeSli(SliKind):
    """The value as exposed, aggregated over instances; several metrics are added up."""

    kind: Literal["gauge"]
    metrics: Sum
    aggregation: Literal["sum", "min", "max", "avg"]
