"""What a case says was measured, as series: edits of a healthy rollout in, OpenMetrics text out.

A case is judged by the repository's spec, evaluated each minute instead of each 15 seconds. Times are offsets
from the start of the rollout. ``from 10h for 30m`` changes the samples at 10:00 up to 10:29, a run of exactly
30 minutes. The edits:

==================================  ========================================================
``set SLI VALUE from A for D``      other values (``NaN`` and ``+Inf`` too)
``drop SLI from A for D``           no samples; without ``from``, none at all
``thin SLI N``                      every Nth sample is missing
``wave SLI PERCENT``                values go up and down by so much over the day, with some noise
``worsen SLI VALUE from A for D``   that value where it is worse than what was there
``second SLI VALUE``                a second series, of another instance
``twin SLI VALUE``                  a second server writes the same series, 20 s later
``pace SLI SECONDS``                one sample each so many seconds (``pace-watchdog SECONDS``)
``fire ALERT from A for D``         the alert fires (``pend``: is pending)
``dark from A for D``               nothing is evaluated: no SLI, no alert, no Watchdog
``restart A``                       Prometheus is started
``quiet from A for D``              the Watchdog alone is not there
``beside ALERT LABEL=VALUE``        another one that differs in a label fires (empty: lacks it)
``suite SUITE FIELD VALUE``         passed, failed, error, skipped, age (a duration), readable
``drop-suite SUITE``                the exporter tells nothing of it (``drop-age``: not when it ran,
                                    ``drop-readable``: not whether its file can be read)
``drop-outcome SUITE OUTCOME``      it does not tell how many failed, say
``date SUITE VALUE``                when the result was written, as a number
``hang SUITE A``                    the exporter tells the result of then ever after
``slow-requests SECONDS``           how long a request takes in the buckets behind the P95
``requests from A for D``           what is behind that P95 is stored for this time only
``counter METRIC before|with``       a raw counter begins 2 hours before the rollout, or with it
``counter METRIC A``                 it begins so late
``traffic``                         a hundred requests a minute are counted (``from A for D``: then)
``no-traffic from A for D``         they are not, in this time
``fail NUMBER from A for D``        so many of them fail each minute
``attest CRITERION yes|no|never``   what a person says
``unsigned N``                      nobody put a name on checkpoint N
==================================  ========================================================
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from backfill import BLOCK_SECONDS, Points
from scratch import ROLLOUT_SPEC

from genesis_monitoring.durations import parse_duration
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.rollout.evidence import Attestation
from genesis_monitoring.rollout.window import Window
from genesis_monitoring.spec.load import parse_spec

INTERVAL = 60
DURATION = 48 * 3600
COUNT = DURATION // INTERVAL
SPARSE = 10
_BASE = BLOCK_SECONDS * 8600
HEALTHY: dict[str, float] = {
    "test_pass_rate": 99.5,
    "system_health": 98.7,
    "rag_latency_p95": 48,
    "rag_accuracy_top3": 94.8,
    "rag_error_rate": 0.02,
    "redis_cache_hit_ratio": 88,
    "memory_store_up": 1,
    "vector_db_up": 1,
    "graph_db_up": 1,
    "monthly_cost": 99,
    "cost_reduction": 80.2,
    "llm_token_deviation": 4,
    "request_error_rate": 0.03,
    "request_latency_p95": 125,
    "htdag_latency_p95": 110,
    "halo_latency_p95": 90,
    "memory_usage": 61,
    "cpu_usage": 44,
}
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2.5, 5)
_SPAN = re.compile(r"^(?P<what>.+?) from (?P<start>\w+) for (?P<length>\w+)$")


@dataclass(frozen=True, slots=True)
class Case:
    """One rollout and what has to come of it. ``at`` is an offset; ``because`` are statuses by criterion.

    ``go`` are criteria that it is judged by beside those of the spec.
    """

    name: str
    about: str
    group: str
    edits: tuple[str, ...]
    verdict: str
    because: dict[str, str]
    says: str
    at: int
    reachable: bool | None
    go: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Past:
    """The rollout while it is edited: values by SLI and series, sample by sample; None is no sample."""

    slis: dict[str, list[list[float | str | None]]]
    alerts: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    beats: set[int] = field(default_factory=set)
    beside: list[tuple[str, str, str, range]] = field(default_factory=list)
    twins: dict[str, dict[int, float | str]] = field(default_factory=dict)
    paces: dict[str, int] = field(default_factory=dict)
    starts: list[tuple[int, int]] = field(default_factory=list)
    suites: dict[str, dict[str, float]] = field(default_factory=dict)
    request_seconds: float = 0.09
    requests: range = range(COUNT)
    attested: dict[str, str] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    small_is_bad: frozenset[str] = frozenset()
    unsigned: list[int] = field(default_factory=list)
    traffic: set[int] = field(default_factory=set)
    failing: dict[int, float] = field(default_factory=dict)


def load_cases(path: Path) -> tuple[Case, ...]:
    """Raises on a case that is not whole."""
    return tuple(
        Case(
            name=str(one["name"]),
            about=str(one["about"]),
            group=str(group["group"]),
            edits=tuple(one.get("edits", ())),
            verdict=str(one["verdict"]),
            because={str(k): str(v) for k, v in one.get("because", {}).items()},
            says=str(one.get("says", "")),
            at=parse_duration(one["at"]) if "at" in one else DURATION,
            reachable=one.get("reachable"),
            go=group.get("go", {}),
        )
        for group in yaml.safe_load(path.read_text())
        for one in group["cases"]
    )


def plan_of(case: Case, plan: Plan) -> Plan:
    """``plan`` with the criteria of a case; its rules are the same."""
    if not case.go:
        return plan
    lines = "".join(f"    {name}: {json.dumps(one)}\n" for name, one in case.go.items())
    text = load_spec_text().replace("\n  go:\n", f"\n  go:\n{lines}", 1)
    spec = parse_spec(text, "slo.yaml").spec
    return compile_plan(spec, spec.profile_in_force)


def load_plan(interval: str = f"{INTERVAL}s") -> Plan:
    """The repository's spec, evaluated each minute or as often as ``interval`` says."""
    spec = parse_spec(load_spec_text(interval), "slo.yaml").spec
    return compile_plan(spec, spec.profile_in_force)


def load_spec_text(interval: str = f"{INTERVAL}s") -> str:
    """As ``load_plan``, the text. No baseline is observed, so that rules are those of any start."""
    text = ROLLOUT_SPEC.read_text()
    for before, after in (
        ("evaluation_interval: 15s", f"evaluation_interval: {interval}"),
        (
            "baseline: {first: 6h, note: observed as the rollout begins}",
            "baseline: {value: 1200, note: given}",
        ),
    ):
        assert before in text
        text = text.replace(before, after)
    return text


def window_of(index: int) -> Window:
    """When the rollout of a case is: each in a block of its own, in 2023."""
    start = _BASE + index * BLOCK_SECONDS + 3 * 3600
    return Window(float(start), float(start + DURATION))


def series_of(case: Case, plan: Plan, start: float) -> Iterator[tuple[str, Points]]:
    """Every series of a case, in OpenMetrics notation."""
    past = _edited(case, plan)
    times = [start + (index + 1) * INTERVAL for index in range(COUNT)]
    for name, all_series in past.slis.items():
        sli = plan.slis[name]
        for number, values in enumerate(all_series):
            labels = dict.fromkeys(sli.sli.by, f"host-{number}")
            if number and not labels:
                labels = {"instance": f"host-{number}"}
            own = list(zip(times, values, strict=True))
            if name in past.paces:
                own = [(time, values[index]) for time, index in _paced(start, past.paces[name])]
            if not number:
                own += [(times[index] + 20, value) for index, value in past.twins.get(name, {}).items()]
            yield (
                _series(sli.record, labels),
                [(time, value) for time, value in sorted(own, key=_time) if value is not None],
            )
    yield from _alerts(past, plan, start, times)
    yield from _starts(past, start, times)
    yield from _suites(past, start)
    yield from _requests(past, times)
    yield from _traffic(past, times)
    for metric, first in past.counters.items():
        yield metric, [(start + offset, offset) for offset in range(first, 4 * 3600, INTERVAL)]


def attestations_of(case: Case, plan: Plan, start: float) -> tuple[Attestation, ...]:
    """What people said, in the order they did."""
    said = _edited(case, plan).attested
    return tuple(
        Attestation(criterion, "A reviewer", "the compression job's report", word == "yes", start)
        for criterion, word in said.items()
        if word != "never"
    )


def unsigned_of(case: Case, plan: Plan) -> tuple[int, ...]:
    """The checkpoints that nobody put a name on."""
    return tuple(_edited(case, plan).unsigned)


def _edited(case: Case, plan: Plan) -> _Past:
    past = _Past({name: [[value] * COUNT] for name, value in HEALTHY.items()})
    past.beats = set(range(COUNT))
    goods = {name: plan.spec.slis[name].good for name in HEALTHY}
    past.small_is_bad = frozenset(name for name, good in goods.items() if good is None or good.upward)
    past.attested = {"memory_compression": "yes"}
    for name, suite in plan.spec.suites.items():
        past.suites[name] = {"passed": suite.expected, "failed": 0, "error": 0, "skipped": 0, "age": 600}
    for edit in case.edits:
        _edit(past, edit)
    return past


def _edit(past: _Past, edit: str) -> None:
    match = _SPAN.match(edit)
    span = range(COUNT)
    what = edit
    if match:
        first = max(0, parse_duration(match["start"]) // INTERVAL - 1)
        span = range(first, min(COUNT, first + parse_duration(match["length"]) // INTERVAL))
        what = match["what"]
    words = what.split()
    match words:
        case ["set", sli, value]:
            for index in span:
                past.slis[sli][0][index] = value
        case ["drop", sli]:
            for index in span:
                past.slis[sli][0][index] = None
        case ["thin", sli, step]:
            for index in range(0, COUNT, int(step)):
                past.slis[sli][0][index] = None
        case ["wave", sli, percent]:
            for index in span:
                before = past.slis[sli][0][index]
                if before is not None:
                    past.slis[sli][0][index] = round(
                        float(before) * (1 + float(percent) / 100 * _wave(index)), 3
                    )
        case ["worsen", sli, value]:
            bad = sli in past.small_is_bad
            for index in span:
                before = past.slis[sli][0][index]
                if before is not None and (float(value) < float(before)) == bad:
                    past.slis[sli][0][index] = value
        case ["twin", sli, value]:
            past.twins.setdefault(sli, {}).update(dict.fromkeys(span, value))
        case ["pace", sli, pace]:
            past.paces[sli] = int(pace)
        case ["pace-watchdog", pace]:
            past.paces["Watchdog"] = int(pace)
        case ["beside", alert, pair]:
            label, _, value = pair.partition("=")
            past.beside.append((alert, label, value, span))
        case ["second", sli, value]:
            past.slis[sli].append([value if index in span else None for index in range(COUNT)])
        case ["fire" | "pend" as state, alert]:
            past.alerts.setdefault((alert, "firing" if state == "fire" else "pending"), set()).update(span)
        case ["dark"]:
            past.beats -= set(span)
            for values in (values for all_series in past.slis.values() for values in all_series):
                for index in span:
                    values[index] = None
        case ["restart", offset]:
            seconds = parse_duration(offset)
            past.starts.append((seconds // INTERVAL, seconds))
        case ["quiet"]:
            past.beats -= set(span)
        case ["suite", suite, key, value]:
            number = parse_duration(value) if key == "age" and value[-1].isalpha() else float(value)
            past.suites[suite][key] = number
        case ["drop-suite", suite]:
            del past.suites[suite]
        case ["drop-age", suite]:
            past.suites[suite].pop("age", None)
        case ["drop-readable", suite]:
            past.suites[suite]["unread"] = 1
        case ["drop-outcome", suite, outcome]:
            past.suites[suite].pop(outcome, None)
        case ["date", suite, value]:
            past.suites[suite]["date"] = float(value)
        case ["hang", suite, moment]:
            past.suites[suite]["hung"] = parse_duration(moment)
        case ["requests"]:
            past.requests = span
        case ["slow-requests", seconds]:
            past.request_seconds = float(seconds)
        case ["traffic"]:
            past.traffic |= set(span)
        case ["no-traffic"]:
            past.traffic -= set(span)
        case ["fail", number]:
            past.failing.update(dict.fromkeys(span, float(number)))
        case ["counter", metric, when]:
            known = {"before": -2 * 3600, "with": INTERVAL}
            past.counters[metric] = known[when] if when in known else parse_duration(when)
        case ["attest", criterion, word]:
            past.attested[criterion] = word
        case ["unsigned", index]:
            past.unsigned.append(int(index))
        case _:
            raise ValueError(f"no such edit: {edit}")


def _wave(index: int) -> float:
    """From -1 to 1: a day's course, and noise that is the same each time."""
    noise = (index * 2654435761 % 2**32) / 2**31 - 1
    return 0.6 * math.sin(2 * math.pi * index * INTERVAL / 86400) + 0.4 * noise


def _paced(start: float, seconds: int) -> Iterator[tuple[float, int]]:
    """Evaluations each so many seconds, and which value there was by then."""
    for offset in range(seconds, DURATION + 1, seconds):
        yield start + offset, min(COUNT - 1, max(0, offset // INTERVAL - 1))


def _time(point: tuple[float, float | str | None]) -> float:
    return point[0]


def _alerts(past: _Past, plan: Plan, start: float, times: list[float]) -> Iterator[tuple[str, Points]]:
    rules = {rule.alert: rule for group in plan.rule_groups for rule in group.alerting}
    moments = {(plan.spec.meta_alerts.watchdog.name, "firing"): past.beats, **past.alerts}
    for (alert, state), indices in moments.items():
        labels = {"alertname": alert, "alertstate": state, **dict(rules[alert].labels)}
        moments_of = [times[index] for index in sorted(indices)]
        if alert in past.paces:
            moments_of = [time for time, index in _paced(start, past.paces[alert]) if index in indices]
        yield _series("ALERTS", labels), [(time, 1) for time in moments_of]
    for alert, label, value, span in past.beside:
        labels = {"alertname": alert, "alertstate": "firing", **dict(rules[alert].labels), label: value}
        labels = {name: text for name, text in labels.items() if text}
        yield _series("ALERTS", labels), [(times[index], 1) for index in span]


def _starts(past: _Past, start: float, times: list[float]) -> Iterator[tuple[str, Points]]:
    points: list[tuple[float, float | str]] = []
    for index in range(0, COUNT, SPARSE):
        begun = [seconds for first, seconds in past.starts if first <= index]
        points.append((times[index], start + begun[-1] if begun else start - 86400))
    yield 'process_start_time_seconds{job="prometheus",instance="prometheus:9090"}', points


def _suites(past: _Past, start: float) -> Iterator[tuple[str, Points]]:
    # What the exporter said within the last two hours is enough: only the end is asked for.
    for suite, told in past.suites.items():
        shown = [start + DURATION - 7200 + index * INTERVAL for index in range(121)]
        early = [start + index * INTERVAL for index in range(1, COUNT, SPARSE)]
        times = sorted({*early, *shown})
        for outcome in [one for one in ("passed", "failed", "error", "skipped") if one in told]:
            labels = {"suite": suite, "outcome": outcome, "job": "genesis-metrics"}
            yield _series("genesis_suite_tests", labels), [(time, told[outcome]) for time in times]
        labels = {"suite": suite, "job": "genesis-metrics"}
        if "age" in told:
            written = _series("genesis_suite_result_timestamp_seconds", labels)
            yield written, [(time, told.get("date", _written(told, start, time))) for time in times]
        if "unread" not in told:
            readable = _series("genesis_suite_parse_success", labels)
            yield readable, [(time, told.get("readable", 1)) for time in times]


def _written(told: dict[str, float], start: float, time: float) -> float:
    return min(time, start + told.get("hung", math.inf)) - told["age"]


def _requests(past: _Past, times: list[float]) -> Iterator[tuple[str, Points]]:
    """A hundred requests a minute that all take as long."""
    name = "genesis_request_duration_seconds"
    counted = [(times[index], (index + 1) * 100) for index in past.requests[::SPARSE]]
    for edge in _BUCKETS:
        inside = past.request_seconds <= edge
        yield f'{name}_bucket{{le="{edge:g}"}}', [(time, value if inside else 0) for time, value in counted]
    yield f'{name}_bucket{{le="+Inf"}}', counted
    yield f"{name}_count", counted


def _traffic(past: _Past, times: list[float]) -> Iterator[tuple[str, Points]]:
    """A hundred requests a minute, of which some fail; counted always, and told where there is traffic."""
    failed = 0.0
    total: list[tuple[float, float | str]] = []
    bad: list[tuple[float, float | str]] = []
    for index, time in enumerate(times):
        failed += past.failing.get(index, 0.0)
        if index in past.traffic:
            total.append((time, (index + 1) * 100))
            bad.append((time, failed))
    labels = {"job": "genesis-metrics", "instance": "exporter"}
    for name, points in (("genesis_requests_total", total), ("genesis_request_errors_total", bad)):
        if points:
            yield _series(name, labels), points


def _series(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


CASES = load_cases(Path(__file__).parent / "cases.yaml")
