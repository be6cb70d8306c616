"""The page that Prometheus scrapes: watched suites in, text out, rendered once a change, not once a scrape.

Safe for several threads. A scrape lets changed files be read and is patient for a moment, in which any usual
file is done; of one that takes longer it shows the last result.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from genesis_monitoring.exporter.metrics import find_exposed, make_gauges
from genesis_monitoring.exporter.readings import NOT_READ, Reading, WatchedSuite
from genesis_monitoring.spec.model import Spec

if TYPE_CHECKING:
    from prometheus_client import Metric

OPENMETRICS, PLAIN = "application/openmetrics-text", "text/plain"
PATIENCE = 0.5
"""Seconds that a scrape waits for changed files. A thousand tests take some ten milliseconds."""
_WANTED = {OPENMETRICS: f"{OPENMETRICS}; version=1.0.0", PLAIN: PLAIN}
"""What we ask of prometheus_client, whatever the client's header says: two pages, and no more, are kept."""


@dataclass(frozen=True, slots=True)
class Page:
    """An answer: its content type and its bytes."""

    content_type: str
    body: bytes


class Exposition:
    """All suites of a spec. ``clock`` gives seconds since the epoch; ``tell`` gets what changes.

    ``patience`` is how many seconds a page may wait for files in all; without it, until all are read.
    ``ticks`` are seconds that only go forward.
    """

    def __init__(
        self,
        spec: Spec,
        folder: Path,
        version: str,
        *,
        clock: Callable[[], float],
        tell: Callable[[str], None],
        patience: float | None = PATIENCE,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._exposed, self._score = find_exposed(spec), spec.health_score
        self._version, self._clock, self._tell = version, clock, tell
        self._patience = patience
        self._suites = tuple(WatchedSuite(name, suite, folder, ticks) for name, suite in spec.suites.items())
        self._told = dict.fromkeys(spec.suites, NOT_READ)
        self._lock = Lock()
        self._state: tuple[tuple[Reading, bool], ...] = ()
        self._now = 0.0
        self._pages: dict[str, Page] = {}

    def page(self, media_type: str) -> Page:
        """The metrics as of now, as ``OPENMETRICS`` or ``PLAIN``."""
        self.look()
        self._wait()
        with self._lock:
            self._refresh()
            if media_type not in self._pages:
                self._pages[media_type] = self._render(media_type)
            return self._pages[media_type]

    def unknown(self) -> tuple[str, ...]:
        """The suites that the last page has no result of."""
        with self._lock:
            return tuple(reading.name for reading, fresh in self._state if not fresh)

    def look(self) -> None:
        """Begin to read what has changed."""
        for suite in self._suites:
            suite.look()

    def _wait(self) -> None:
        end = None if self._patience is None else time.monotonic() + self._patience
        for suite in self._suites:
            suite.wait(None if end is None else max(0.0, end - time.monotonic()))

    def _refresh(self) -> None:
        now = self._clock()
        readings = tuple(suite.reading for suite in self._suites)
        for suite, reading in zip(self._suites, readings, strict=True):
            before = self._told[reading.name]
            if reading.problem != before and (reading.problem or before != NOT_READ):
                self._tell(_told(suite.path, reading))
            self._told[reading.name] = reading.problem
        state = tuple((reading, reading.fresh_result(now) is not None) for reading in readings)
        if state != self._state or not self._pages:
            shown = {reading.name for reading, fresh in self._state if fresh}
            for reading, fresh in state:
                if reading.result is not None and not fresh and (reading.name in shown or not self._state):
                    why = "ahead of the clock" if reading.result.newest > now else "older than max_age"
                    self._tell(f"{reading.name}: its result is {why} and not shown")
            self._state, self._now = state, now
            self._pages.clear()

    def _render(self, media_type: str) -> Page:
        from prometheus_client.exposition import choose_encoder

        encode, content_type = choose_encoder(_WANTED[media_type])
        return Page(content_type, encode(self))

    def collect(self) -> "Iterator[Metric]":
        """What prometheus_client asks of a collector."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        readings = tuple(reading for reading, _ in self._state)
        for gauge in make_gauges(self._exposed, self._score, readings, self._now, self._version):
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=gauge.labels)
            for sample in gauge.samples:
                family.add_metric(sample.labels, sample.value)
            yield family


def choose_media_type(accept: str) -> str:
    """``OPENMETRICS`` where the Accept header prefers it or lists it first, else ``PLAIN``."""
    best, chosen = 0.0, PLAIN
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        quality = _quality(parameters)
        if name in (OPENMETRICS, PLAIN) and quality > best:
            best, chosen = quality, name
    return chosen


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _told(path: Path, reading: Reading) -> str:
    if not reading.problem:
        return f"{reading.name}: {path} can be read again"
    kept = "; its last result is kept until max_age" if reading.result is not None else ""
    return f"{reading.name}: {path}: {reading.problem}{kept}"
