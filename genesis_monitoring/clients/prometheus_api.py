"""Reads a user's Prometheus, 2.42 to 3.x, or what speaks its API: questions in, typed samples out.

Range queries are cut where they would pass the server's limit of 11,000 points, raw samples where an answer
would be long; the pieces are joined without a sample twice. Everything is asked with a fixed time, so the
same question has the same answer tomorrow.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from genesis_monitoring.clients.http import Transport
from genesis_monitoring.clients.http_errors import RefusedError, ServerError, refusal
from genesis_monitoring.clients.prometheus_answers import (
    FAULTS,
    read_alerts,
    read_metadata,
    read_rules,
    read_series,
    read_targets,
    read_time,
    read_warnings,
)
from genesis_monitoring.clients.samples import (
    ActiveAlert,
    ActiveTarget,
    Cost,
    LoadedRule,
    Series,
    SeriesAnswer,
    ServerInfo,
)
from genesis_monitoring.durations import SECONDS
from genesis_monitoring.times import LATEST

_T = TypeVar("_T")

_UNITS = {**SECONDS, "y": 365 * SECONDS["d"]}
_KEPT = re.compile(r"(?:[0-9]+[ywdhms])+")
_DURATION_PART = re.compile(r"([0-9]+)([ywdhms])")

RULES = "/api/v1/rules"
POINTS_LIMIT = 11_000
"""The most steps of a range query that Prometheus answers."""
SUBQUERY_POINTS_LIMIT = 28_800
"""Of a subquery in a range query: VictoriaMetrics ends at 30,000, and gauges are bridged by steps of 1 s."""
RAW_CHUNK_SECONDS = 86_400.0
"""At 15 s this is 5,760 samples a series, some 150 kB."""
SERIES_LIMIT = 20_000
"""More series than this are an answer to another question than any of ours."""
_SUBQUERY = re.compile(r":((?:[0-9]+[ywdhms])+)\]")
_ANOTHER_TIME = 1.0
"""Seconds between what was asked for and what an answer is of: a cache in between may round, or be old."""


class HttpPrometheus:
    """See PrometheusReader. ``transport`` is not closed here."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._queries = 0
        self._seconds = 0.0
        self._warned: dict[str, tuple[str, ...]] = {}

    @property
    def url(self) -> str:
        """See PrometheusReader."""
        return self._transport.url

    @property
    def cost(self) -> Cost:
        """See PrometheusReader."""
        return Cost(self._queries, self._seconds)

    @property
    def warned(self) -> Mapping[str, tuple[str, ...]]:
        """See PrometheusReader."""
        return dict(self._warned)

    def instant(self, query: str, at: float) -> SeriesAnswer:
        """See PrometheusReader."""
        document = self._ask("/api/v1/query", {"query": query, "time": _stamp(at)})
        answer = self._series(query, document, ("vector", "scalar"))
        others = [time for series in answer.series for time in series.times if abs(time - at) > _ANOTHER_TIME]
        if not others:
            return answer
        beside = "before" if others[0] < at else "after"
        said = f"it is of {abs(others[0] - at):.0f} s {beside} the time that was asked for"
        return replace(answer, warnings=(*answer.warnings, said))

    def range(self, query: str, start: float, end: float, step: float) -> SeriesAnswer:
        """See PrometheusReader."""
        if step <= 0 or end < start:
            raise ValueError(f"no range: {start} to {end} by {step}")
        pieces = [
            self._series(
                query,
                self._ask(
                    "/api/v1/query_range",
                    {"query": query, "start": _stamp(first), "end": _stamp(last), "step": f"{step:.3f}"},
                ),
                ("matrix",),
            )
            for first, last in _steps(start, end, step, _longest(query))
        ]
        return join_pieces(query, pieces)

    def samples(self, selector: str, start: float, end: float) -> SeriesAnswer:
        """See PrometheusReader."""
        pieces = []
        for first, last in _chunks(start, end):
            span = math.ceil((last - first) * 1000)
            query = f"{selector}[{span}ms]"
            document = self._ask("/api/v1/query", {"query": query, "time": _stamp(last)}, selector)
            answer = self._series(query, document, ("matrix",), selector)
            # Prometheus 2 takes the sample at the beginning of a range in, Prometheus 3 leaves it out.
            pieces.append(_between(answer, first, last))
        return join_pieces(selector, pieces)

    def rules(self) -> tuple[LoadedRule, ...]:
        """See PrometheusReader."""
        return self._read(read_rules, self._ask(RULES, {}))

    def alerts(self) -> tuple[ActiveAlert, ...]:
        """See PrometheusReader."""
        return self._read(read_alerts, self._ask("/api/v1/alerts", {}))

    def targets(self) -> tuple[ActiveTarget, ...]:
        """See PrometheusReader."""
        return self._read(read_targets, self._ask("/api/v1/targets", {"state": "active"}))

    def metadata(self) -> Mapping[str, tuple[str, str]]:
        """Type and help of each metric that a target says them of; of several, those of the first."""
        return self._read(read_metadata, self._ask("/api/v1/metadata", {}))

    def info(self) -> ServerInfo:
        """See PrometheusReader."""
        answer = self._series("time()", self._ask("/api/v1/query", {"query": "time()"}), ("scalar", "vector"))
        now = answer.series[0].values[0] if len(answer.series) == 1 else math.nan
        if not 0 <= now < LATEST:
            raise ServerError(f"{self.url} does not tell its time", "see whether it is a Prometheus")
        told: dict[str, Any] = {}
        for part in ("buildinfo", "runtimeinfo"):
            try:
                data = self._ask(f"/api/v1/status/{part}", {}).get("data")
                told.update(data if isinstance(data, dict) else {})
            except RefusedError:
                continue
        return ServerInfo(
            version=str(told.get("version", "")),
            now=now,
            retention=_retention(str(told.get("storageRetention", ""))),
            started=self._read(lambda one: read_time(str(one.get("startTime", ""))), told),
        )

    def _ask(self, path: str, parameters: Mapping[str, str], question: str = "") -> Mapping[str, Any]:
        """The document. What it warns of is kept here, so that no reader of it can leave it out.

        ``question`` is what was asked, where it is not the query itself.
        """
        self._queries += 1
        answer = self._transport.get(path, parameters)
        self._seconds += answer.seconds
        document = answer.document
        if not isinstance(document, dict) or document.get("status") not in ("success", "error"):
            if answer.status // 100 != 2:
                raise refusal(self.url, answer.status, "")
            raise ServerError(
                f"{self.url}{path} answers with JSON, but not as Prometheus does",
                "correct the address; behind a proxy it needs the path prefix too",
            )
        if document["status"] == "error" or answer.status // 100 != 2:
            what = f"{document.get('errorType', 'error')}: {document.get('error', '')}"
            raise refusal(self.url, answer.status, what)
        said = (*read_warnings(document), *(("the answer is partial",) if document.get("isPartial") else ()))
        self._keep(question or parameters.get("query", path), said)
        return document

    def _keep(self, question: str, said: tuple[str, ...]) -> None:
        if said:
            self._warned[question] = tuple(dict.fromkeys((*self._warned.get(question, ()), *said)))

    def _series(
        self, query: str, document: Mapping[str, Any], types: tuple[str, ...], question: str = ""
    ) -> SeriesAnswer:
        """What reading it shows, as a label set that stands twice, is kept as what the server warns of is."""
        answer = self._read(lambda body: read_series(query, body, types), document)
        self._keep(question or query, answer.warnings)
        if len(answer.series) > SERIES_LIMIT:
            raise ServerError(
                f"{self.url} answered {query[:100]} with {len(answer.series)} series",
                "see what writes so many series under this name",
            )
        return answer

    def _read(self, read: Callable[[Mapping[str, Any]], _T], document: Mapping[str, Any]) -> _T:
        try:
            return read(document)
        except FAULTS as error:
            raise ServerError(
                f"{self.url} answered in a form that is not Prometheus': {str(error)[:200]}",
                "Prometheus 2.42 to 3.x is supported",
            ) from error


def join_pieces(query: str, pieces: Iterable[SeriesAnswer]) -> SeriesAnswer:
    """Pieces in the order of their times as one answer. A time that a series has already is left out."""
    joined: dict[tuple[tuple[str, str], ...], tuple[list[float], list[float]]] = {}
    warnings: dict[str, None] = {}
    infos: dict[str, None] = {}
    partial = False
    for piece in pieces:
        warnings.update(dict.fromkeys(piece.warnings))
        infos.update(dict.fromkeys(piece.infos))
        partial = partial or piece.partial
        for series in piece.series:
            times, values = joined.setdefault(series.labels, ([], []))
            skip = bisect_right(series.times, times[-1]) if times else 0
            times.extend(series.times[skip:])
            values.extend(series.values[skip:])
    return SeriesAnswer(
        query,
        tuple(Series(labels, tuple(t), tuple(v)) for labels, (t, v) in sorted(joined.items()) if t),
        tuple(warnings),
        tuple(infos),
        partial,
    )


def _between(answer: SeriesAnswer, after: float, until: float) -> SeriesAnswer:
    def cut(series: Series) -> Series:
        first, last = bisect_right(series.times, after), bisect_right(series.times, until)
        if first == 0 and last == len(series.times):
            return series
        return Series(series.labels, series.times[first:last], series.values[first:last])

    return replace(answer, series=tuple(cut(series) for series in answer.series))


def _longest(query: str) -> float:
    """How many seconds one range query may cover, for its subqueries to be answered."""
    return min(
        (SUBQUERY_POINTS_LIMIT * _seconds(every) for every in _SUBQUERY.findall(query)), default=math.inf
    )


def _steps(start: float, end: float, step: float, longest: float) -> Iterator[tuple[float, float]]:
    """First and last step of each piece; a piece begins one step after the one before ended."""
    count = math.floor((end - start) / step + 1e-9) + 1
    most = max(1, math.floor(min(POINTS_LIMIT, longest / step)))
    for first in range(0, count, most):
        last = min(first + most, count) - 1
        yield start + first * step, start + last * step


def _chunks(start: float, end: float) -> Iterator[tuple[float, float]]:
    """Pieces of ``(start, end]``, each without its beginning and with its end."""
    first = start
    while first < end:
        last = min(first + RAW_CHUNK_SECONDS, end)
        yield first, last
        first = last


def _stamp(time: float) -> str:
    return f"{time:.3f}"


def _retention(text: str) -> float:
    """Seconds kept: ``15d or 1GiB``, ``1y``; 0 where the server keeps by size only or does not tell."""
    for part in text.split(" or "):
        if _KEPT.fullmatch(part):
            return _seconds(part)
    return 0.0


def _seconds(duration: str) -> float:
    return float(sum(int(number) * _UNITS[unit] for number, unit in _DURATION_PART.findall(duration)))
