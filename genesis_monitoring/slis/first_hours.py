"""A baseline that is observed: what an SLI was on average over the first hours of the rollout.

Its ends are fixed, so what comes later never becomes a part of it: a doubling that lasts stays one. It is a
recorded series of its own, so that tests can give it and people can look at it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from genesis_monitoring.conventions import baseline_name, record_name
from genesis_monitoring.promql import building as promql

if TYPE_CHECKING:
    from genesis_monitoring.spec.model import Spec

_SHARE = 2
"""One of so many evaluations must have had a value: a baseline of a few samples is a guess."""


@dataclass(frozen=True, slots=True)
class FirstHours:
    """The baseline of the SLI ``of``, recorded as ``record``.

    It is the average of the samples from ``start`` to ``until`` (seconds since 1970), known from then on.
    """

    of: str
    record: str
    start: int
    until: int

    def expr(self, spec: "Spec") -> str:
        """What is recorded: nothing before ``until``, nor where less than half of the samples are there."""
        values = promql.selector(record_name(self.of, spec.slis[self.of].unit), window=self.seconds)
        fewest = -(-self.seconds // (_SHARE * spec.prometheus.evaluation_interval))
        seen = f"count_over_time({values} @ {self.until}) >= {fewest}"
        return promql.rounded(f"avg_over_time({values} @ {self.until}) and {seen} and on () ({self.over})")

    @property
    def seconds(self) -> int:
        """How long they are."""
        return self.until - self.start

    @property
    def words(self) -> str:
        """Which hours these are."""
        start, until = (
            f"{datetime.fromtimestamp(one, UTC):%Y-%m-%d %H:%M}" for one in (self.start, self.until)
        )
        return f"the average from {start} to {until} UTC"

    @property
    def over(self) -> str:
        """The time, once these hours are over."""
        return f"vector(time()) >= {self.until}"

    @property
    def not_yet(self) -> str:
        """The time, before they are over."""
        return f"vector(time()) < {self.until}"


def first_hours(spec: "Spec", name: str) -> FirstHours | None:
    """Those of the baseline of the SLI ``name``; None where it stands in the spec, or there is no rollout."""
    sli = spec.slis[name]
    first = sli.baseline.first if sli.baseline else None
    if first is None or spec.rollout is None:
        return None
    start = round(spec.rollout.start.timestamp())
    return FirstHours(name, baseline_name(name, sli.unit), start, start + first)
