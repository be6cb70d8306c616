"""How long ago something happened."""

from typing import Literal

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.metrics import MetricRef


class AgeSli(SliKind):
    """Time since the newest of the timestamps that a metric holds."""

    kind: Literal["age"]
    metric: MetricRef
