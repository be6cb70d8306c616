"""Every kind that an SLI may have: the one list of them."""

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from genesis_monitoring.slis.age import AgeSli
from genesis_monitoring.slis.base import SliKind
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.gauge import GaugeSli
from genesis_monitoring.slis.latency import LatencySli
from genesis_monitoring.slis.mean import MeanSli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.slis.rate import RateSli
from genesis_monitoring.slis.ratio import RatioSli
from genesis_monitoring.slis.relative import RelativeSli
from genesis_monitoring.slis.runs_out import RunsOutSli
from genesis_monitoring.slis.time_until import TimeUntilSli
from genesis_monitoring.slis.trend import TrendSli
from genesis_monitoring.slis.up import UpSli


def _complete(*kinds: type[SliKind]) -> tuple[type[SliKind], ...]:
    """A call, so that mypy refuses a kind that leaves a question open."""
    return kinds


KINDS = _complete(
    GaugeSli,
    RatioSli,
    QuantileSli,
    LatencySli,
    MeanSli,
    RateSli,
    UpSli,
    AgeSli,
    TimeUntilSli,
    RunsOutSli,
    TrendSli,
    RelativeSli,
    ExprSli,
)

if TYPE_CHECKING:
    Sli: TypeAlias = SliKind
else:
    Sli = Annotated[Union[KINDS], Field(discriminator="kind")]  # noqa: UP007
