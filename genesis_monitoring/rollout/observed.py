"""What each SLI was over the rollout: evidence in; median, tail, coverage and holes of each series out.

Quantiles are of the recorded samples, by nearest rank. Nothing is interpolated: a hole stays a hole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.evidence import Evidence, Measurement
from genesis_monitoring.rollout.runs import JITTER, NO_RUN, Run, analyse, usable
from genesis_monitoring.rollout.window import Window

TAIL = 0.95


@dataclass(frozen=True, slots=True)
class Observation:
    """One series of an SLI, as far as the rollout has come.

    ``times`` and ``values`` are the samples that can be judged. ``median``, ``tail`` and ``worst`` are NaN
    where there is none; 95 % of the samples are as good as ``tail`` or better (at most it, where nothing
    says what is good). ``holes`` are the stretches without samples, the largest of them ``largest``.
    """

    sli: str
    labels: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    expected: int
    missing: int
    median: float
    tail: float
    worst: float
    holes: tuple[Run, ...]

    @property
    def coverage(self) -> float:
        """The share of expected samples that are there, 0 to 1."""
        return max(0.0, 1 - self.missing / self.expected)

    @property
    def largest(self) -> Run:
        """The longest hole."""
        return max(self.holes, key=lambda hole: hole.seconds, default=NO_RUN)


def observe(evidence: Evidence, plan: Plan, name: str) -> tuple[Observation, ...]:
    """Each series of the SLI; one without samples where there is no series."""
    measurement = evidence.measurements[name]
    series = measurement.answer.series or (Series((), (), ()),)
    return tuple(_observe(evidence, plan, measurement, one) for one in series)


def holes_of(times: tuple[float, ...], window: Window, interval: float) -> tuple[Run, ...]:
    """Stretches of ``window`` in which samples are missing, its beginning and end included."""
    allowed = JITTER * interval
    inside = [time for time in times if window.start < time <= window.end]
    if not inside:
        return (Run(window.start, window.end),) if window.seconds else ()
    edges = [window.start, *inside, window.end]
    return tuple(Run(a, b) for a, b in pairwise(edges) if b - a > allowed)


def _observe(evidence: Evidence, plan: Plan, measurement: Measurement, series: Series) -> Observation:
    sli = plan.spec.slis[measurement.sli]
    bad = sli.beyond("target")
    seen = evidence.elapsed
    pairs = [
        (time, value)
        for time, value in zip(series.times, series.values, strict=True)
        if seen.start < time <= seen.end and usable(value, bad)
    ]
    times, values = tuple(time for time, _ in pairs), tuple(value for _, value in pairs)
    expected = Window(min(seen.end, seen.start + measurement.lead_in), seen.end)
    analysis = analyse(series, expected, evidence.interval, bad)
    ordered = sorted(values, reverse=sli.more_is_better)
    return Observation(
        sli=measurement.sli,
        labels=", ".join(f"{name}={value}" for name, value in series.labels if name != "__name__"),
        times=times,
        values=values,
        expected=analysis.expected,
        missing=analysis.missing,
        median=rank(ordered, 0.5),
        tail=rank(ordered, TAIL),
        worst=ordered[-1] if ordered else math.nan,
        holes=holes_of(times, seen, evidence.interval),
    )


def rank(ordered: Sequence[float], share: float) -> float:
    """The value that ``share`` of ``ordered`` do not go beyond, by nearest rank; NaN where there is none."""
    return ordered[math.ceil(share * len(ordered)) - 1] if ordered else math.nan
