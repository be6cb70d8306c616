"""Every SLI kind: the one list of them."""

from typing import Annotated, get_args

from pydantic import Field

from genesis_monitoring.slis.age import AgeSli
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.gauge import GaugeSli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.rate import RateSli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.slis.trend import TrendSli
from genesis_monitoring.slis.up import UpSli

Sli = Annotated[
    GaugeSli | RatioSli | QuantileSli | RateSli | UpSli | AgeSli | TrendSli | RelativeSli | ExprSli,
    Field(discriminator="kind"),
]
KINDS: tuple[type[SliKind], ...] = get_args(get_args(Sli)[0])
"""The same, as classes."""
