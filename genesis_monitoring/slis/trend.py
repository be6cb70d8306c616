"""The slope of another SLI."""

from typing import Literal

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import Name, PositiveSeconds


class TrendSli(SliKind):
    """The slope of another SLI, in its unit per day."""

    kind: Literal["trend"]
    sli: Name
    window: PositiveSeconds
