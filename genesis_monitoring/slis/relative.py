"""Another SLI against what it was."""

from typing import Literal

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import Model, Name, PositiveSeconds


class PastAverage(Model):
    """An SLI's own average over ``window``, ending ``offset`` ago so that a spike is not in it."""

    window: PositiveSeconds
    offset: PositiveSeconds


class RelativeSli(SliKind):
    """Another SLI against its baseline: that SLI's ``baseline.value``, or its own past average.

    ``multiple`` is value / baseline; ``reduction`` is how many percent lower it is; ``deviation`` is
    how many percent it differs, either way.
    """

    kind: Literal["relative"]
    sli: Name
    report: Literal["multiple", "reduction", "deviation"]
    past_average: PastAverage | None = None
