"""A server that is none: the questions of a verdict, answered from the series of a case as Prometheus would.

``tests/live`` shows on a real one that the answers are the same. ``change`` may alter any answer, as a proxy
or another server would.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from genesis_monitoring.clients.http import Answer
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.durations import parse_duration
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.collect import Moment, collect
from genesis_monitoring.rollout.judge import judge
from genesis_monitoring.rollout.results import Verdict

from .evidences import signed_ledger
from .history import Case, attestations_of, series_of, unsigned_of, window_of

Document = dict[str, Any]
Samples = list[list[Any]]
"""Times with values as text, as the API has them."""
Change = Callable[[str, Mapping[str, str], Document], Document]
_SELECTOR = re.compile(r"(?P<name>[\w:]+)(?:\{(?P<labels>.*?)\})?(?:\[(?P<range>\w+)\])?")
_PAIR = re.compile(r'(\w+)(=~|=)"([^"]*)"')
_LOOKBACK = 300.0


class Told:
    """A transport."""

    url = "http://told.example"

    def __init__(self, case: Case, plan: Plan, start: float, change: Change | None = None) -> None:
        self._series = [
            (_labels(name), [[time, str(value)] for time, value in points])
            for name, points in series_of(case, plan, start)
        ]
        self._plan = plan
        self._now = start + 10 * 86400
        self._change = change

    def get(self, path: str, parameters: Mapping[str, str]) -> Answer:
        """See Transport."""
        document: Document = {"status": "success", "data": self._data(path, parameters)}
        if self._change is not None:
            document = self._change(path, parameters, document)
        return Answer(document, 200, 0.0)

    def close(self) -> None:
        """See Transport."""

    def _data(self, path: str, parameters: Mapping[str, str]) -> Document:
        query = parameters.get("query", "")
        if path == "/api/v1/rules":
            return {"groups": list(_groups(self._plan))}
        if path == "/api/v1/query_range":
            return {"resultType": "matrix", "result": self._range(query, parameters)}
        if query == "time()":
            return {"resultType": "scalar", "result": [self._now, str(self._now)]}
        if path != "/api/v1/query":
            return {}
        at = float(parameters["time"])
        if "histogram_quantile" in query:
            return {"resultType": "vector", "result": self._quantile(at)}
        match = _SELECTOR.fullmatch(query)
        assert match, query
        if match["range"]:
            since = at - int(match["range"].removesuffix("ms")) / 1000
            found = ((one, _between(points, since, at)) for one, points in self._found(match))
            result = [{"metric": one, "values": points} for one, points in found if points]
            return {"resultType": "matrix", "result": result}
        latest = ((one, _between(points, at - _LOOKBACK, at)) for one, points in self._found(match))
        newest: list[Document] = [
            {"metric": one, "value": [at, points[-1][1]]} for one, points in latest if points
        ]
        return {"resultType": "vector", "result": newest}

    def _range(self, query: str, parameters: Mapping[str, str]) -> list[Document]:
        """``group(SELECTOR)`` and ``group(present_over_time(SELECTOR[...]))``."""
        match = _SELECTOR.search(query.removeprefix("group(").removeprefix("present_over_time("))
        assert match, query
        behind = parse_duration(match["range"]) if match["range"] else _LOOKBACK
        start, end, step = (float(parameters[name]) for name in ("start", "end", "step"))
        moments = [start + index * step for index in range(math.floor((end - start) / step + 1e-9) + 1)]
        times = sorted({time for _, points in self._found(match) for time, _ in points})
        there = [m for m in moments if bisect_right(times, m) > bisect_right(times, m - behind)]
        return [{"metric": {}, "values": [[moment, "1"] for moment in there]}] if there else []

    def _quantile(self, at: float) -> list[Document]:
        """As ``histogram_quantile`` of the buckets' last values; no value where there are none."""
        match = _SELECTOR.fullmatch("genesis_request_duration_seconds_bucket")
        assert match
        counts = {float(one["le"]): points[-1][1] for one, points in self._found(match) if points}
        if not counts:
            return []
        edges = sorted(counts)
        rank = 0.95 * float(counts[math.inf])
        index = next(i for i, edge in enumerate(edges) if float(counts[edge]) >= rank)
        low = edges[index - 1] if index else 0.0
        below = float(counts[edges[index - 1]]) if index else 0.0
        share = (rank - below) / (float(counts[edges[index]]) - below)
        value = 1000 * (low + (edges[index] - low) * share)
        return [{"metric": {}, "value": [at, str(round(value, 6))]}]

    def _found(self, match: re.Match[str]) -> Iterable[tuple[dict[str, str], Samples]]:
        matchers = _PAIR.findall(match["labels"] or "")
        for labels, points in self._series:
            if labels["__name__"] == match["name"] and all(
                re.fullmatch(value if operator == "=~" else re.escape(value), labels.get(name, ""))
                for name, operator, value in matchers
            ):
                yield labels, points


def told(case: Case, plan: Plan, change: Change | None = None) -> Verdict:
    """The verdict on a case, without a server."""
    window = window_of(0)
    reader = HttpPrometheus(Told(case, plan, window.start, change))
    moment = Moment(window.start + case.at, window.start + 10 * 86400)
    evidence = collect(reader, plan, window, moment, attestations_of(case, plan, window.start))
    return judge(replace(evidence, ledger=signed_ledger(plan, *unsigned_of(case, plan))), plan)


def _between(points: Samples, after: float, until: float) -> Samples:
    first = bisect_right(points, after, key=_time)
    return points[first : bisect_right(points, until, key=_time)]


def _time(point: list[Any]) -> float:
    return float(point[0])


def _labels(text: str) -> dict[str, str]:
    name, _, inside = text.partition("{")
    return {"__name__": name, **{key: value for key, _, value in _PAIR.findall(inside)}}


def _groups(plan: Plan) -> Iterable[Document]:
    healthy = {"health": "ok", "lastEvaluation": "2023-01-01T00:00:00Z"}
    for group in plan.rule_groups:
        rules: list[Document] = [
            {"type": "recording", "name": rule.record, "query": rule.expr, **healthy}
            for rule in group.recording
        ]
        rules += [
            {
                "type": "alerting",
                "name": rule.alert,
                "query": rule.expr,
                "duration": rule.for_,
                "keepFiringFor": rule.keep_firing_for,
                "labels": dict(rule.labels),
                **healthy,
            }
            for rule in group.alerting
        ]
        yield {"name": group.name, "interval": plan.spec.prometheus.evaluation_interval, "rules": rules}
