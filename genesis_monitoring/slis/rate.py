"""How fast counters grow."""

from typing import Literal

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import PositiveSeconds
from genesis_monitoring.spec.metrics import Sum


class RateSli(SliKind):
    """How fast counters grow, added up: per second, or per month for money.

    There is no value until the counters have been there for a whole ``window``: over a part of it
    Prometheus' ``rate`` is too low.
    """

    kind: Literal["rate"]
    counters: Sum
    window: PositiveSeconds
