"""Whether a thing is up."""

from typing import Literal

from pydantic import Field

from genesis_monitoring.slis.base import Objective, SliKind
from genesis_monitoring.spec.metrics import MetricRef


class UpSli(SliKind):
    """1 while the thing is up, 0 while it is down: the lowest of its series."""

    kind: Literal["up"]
    metric: MetricRef
    objective: Objective | None = Field(default_factory=lambda: Objective(good=">=", target=1.0))
