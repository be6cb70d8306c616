"""A part of a whole, over counters or over gauges."""

from typing import Annotated, Literal

from pydantic import Field

from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.spec.base import LARGEST, Number, PositiveSeconds
from genesis_monitoring.spec.metrics import Sum


class RatioSli(SliKind):
    """``numerator / denominator``, or one minus that with ``complement``.

    Over counters it takes a ``window`` and rates; over gauges it takes none. ``minimum_traffic`` is
    the number of events in the window (of the denominator) below which there is no value, unless the
    numerator alone reaches ``unless_numerator`` events: so an outage is seen at any traffic.
    """

    kind: Literal["ratio"]
    numerator: Sum
    denominator: Sum
    complement: bool = False
    window: PositiveSeconds | None = None
    minimum_traffic: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None
    unless_numerator: Annotated[Number, Field(gt=0, le=LARGEST)] | None = None
