"""Where the values of a preview come from: a Prometheus, a record of one, or nowhere."""

from bisect import bisect_right
from dataclasses import dataclass
from statistics import median
from typing import Protocol

from genesis_monitoring.clients.http_errors import RefusedError
from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import Series

NOT_RECORDED = "not in the record"
_ALONE_SECONDS = 60.0
_BRIDGED = 4


@dataclass(frozen=True, slots=True)
class Found:
    """What a query gave. ``problem`` is why it gave nothing, where it was refused or never asked."""

    series: tuple[Series, ...] = ()
    problem: str = ""


class Source(Protocol):
    """Times are seconds since 1970. Raises ServerError where nobody answers any more."""

    @property
    def name(self) -> str:
        """What it is, for people; empty where there is none."""

    @property
    def now(self) -> float:
        """The time that it takes for the present; 0 where it has none."""

    @property
    def start(self) -> float | None:
        """Where what it knows begins, if that is to be shown from there on."""

    def latest(self, expr: str, at: float) -> Found:
        """One value each."""

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """A value each ``step``, where there is one."""


class Nowhere:
    """No data at all."""

    name = ""
    now = 0.0
    start: float | None = None

    def latest(self, expr: str, at: float) -> Found:
        """See Source."""
        del expr, at
        return Found()

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """See Source."""
        del expr, start, end, step
        return Found()


class Server:
    """A Prometheus that is asked. A question that it refuses is a problem of one panel."""

    def __init__(self, reader: PrometheusReader, name: str, now: float, start: float | None = None) -> None:
        self._reader = reader
        self.name, self.now, self.start = name, now, start

    def latest(self, expr: str, at: float) -> Found:
        """See Source."""
        try:
            return Found(self._reader.instant(expr, at).series)
        except RefusedError as error:
            return Found(problem=error.message)

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """See Source."""
        try:
            return Found(self._reader.range(expr, start, end, step).series)
        except RefusedError as error:
            return Found(problem=error.message)


class Recorded:
    """Samples that were kept, by what was asked for: only the same question has an answer.

    A series has a value for as long as four of its samples are apart, so that a hole stays one.
    """

    def __init__(self, samples: "dict[str, tuple[Series, ...]]", name: str, start: float, now: float) -> None:
        self._samples = samples
        self.name, self.now = name, now
        self.start: float | None = start

    def latest(self, expr: str, at: float) -> Found:
        """See Source."""
        return self.range(expr, at, at, 1.0)

    def range(self, expr: str, start: float, end: float, step: float) -> Found:
        """See Source."""
        known = self._samples.get(expr)
        if known is None:
            return Found(problem=NOT_RECORDED)
        moments = [start + step * number for number in range(int((end - start) / step + 1e-9) + 1)]
        sampled = (_sampled(series, moments) for series in known)
        return Found(tuple(one for one in sampled if one.times))


def _sampled(series: Series, moments: list[float]) -> Series:
    apart = [later - before for before, later in zip(series.times, series.times[1:], strict=False)]
    bridged = _BRIDGED * median(apart) if apart else _ALONE_SECONDS
    found = []
    for moment in moments:
        place = bisect_right(series.times, moment) - 1
        if place >= 0 and moment - series.times[place] <= bridged:
            found.append((moment, series.values[place]))
    return Series(series.labels, tuple(time for time, _ in found), tuple(value for _, value in found))
