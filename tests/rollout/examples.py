"""The rollouts whose reports are in ``docs/examples/``: cases in, evidence and a ledger out; no server."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from scratch import REPOSITORY

from genesis_monitoring.clients.protocols import AlertmanagerReader, PrometheusReader
from genesis_monitoring.clients.samples import Cost, Labels, Series, SeriesAnswer, Silence
from genesis_monitoring.commands.rollout_inputs import RolloutProject
from genesis_monitoring.commands.rollout_report import format_page, report_page
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.report.schedule import Schedule
from genesis_monitoring.rollout.checkpoint import KIND, NOTE, SIGN_OFF, Checkpoint, Due, take_checkpoint
from genesis_monitoring.rollout.coverage import raw_moments
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.ledger import ATTESTATION, Ledger, append_entry, attestations, read_ledger
from genesis_monitoring.rollout.signing import ledger_state
from genesis_monitoring.rollout.window import Window, format_iso
from genesis_monitoring.spec.source import parse_source

from .evidences import healthy
from .history import HEALTHY, INTERVAL, Case, load_cases, load_spec_text, series_of

EXAMPLES = load_cases(Path(__file__).parent / "examples.yaml")
FOLDER = REPOSITORY / "docs" / "examples"
_ALERTS = (
    *("CostReductionTargetMissed", "MonthlyCostProjectionHigh", "HybridRAGLatencyHigh", "TestPassRateLow"),
    *("HybridRAGErrorRateHigh", "MemoryStoreServiceDown", "SystemErrorRateHigh", "VectorDBSlowQueries"),
)
_BAD = (
    *("test_pass_rate 90", "rag_latency_p95 250", "rag_error_rate 2", "request_latency_p95 300"),
    *("memory_usage 95", "cpu_usage 91", "llm_token_deviation 70", "monthly_cost 300"),
)
QUERIES = 27
"""As many as a verdict by the spec asks."""
PLANNED = replace(
    EXAMPLES[0],
    name="planned",
    edits=tuple(f"drop {name}" for name in HEALTHY if name not in ("test_pass_rate", "system_health")),
    verdict="HOLD",
)
"""Nothing is exposed yet but what the tests tell."""
LONG = replace(
    EXAMPLES[1],
    name="long",
    edits=(
        *EXAMPLES[1].edits,
        *(f"fire {alert} from {hour}h for {hour}m" for alert in _ALERTS for hour in range(1, 48, 3)),
        *(f"worsen {what} from {hour}h for 50m" for what in _BAD for hour in range(2, 47, 2)),
    ),
)
"""A rollout on which everything goes wrong again and again."""
_MISSED = {"failed": frozenset({20, 21, 38})}
_NOTES: Mapping[str, Mapping[int, str]] = {
    "healthy": {8: "One P2 of slow queries, over within half an hour; nothing to be done"},
    "failed": {
        17: "Cost below its gate: token use doubled after the cache was emptied",
        30: "The vector database was restarted by its host",
    },
}
_SIGNED: Mapping[str, Mapping[int, str]] = {"healthy": {28: "Hudson", 55: "Hudson"}, "failed": {28: "Hudson"}}
_UNJUDGED: Mapping[str, tuple[Labels, float]] = {
    "vector_db_latency_p95": ((), 31.0),
    "memory_storage_cost_trend": ((), 0.2),
    "llm_token_multiple": ((), 1.04),
    "scrape_targets": ((("instance", "genesis-app:8000"), ("job", "genesis-app")), 1.0),
    "test_result_age": ((("suite", "regression"),), 10.0),
}
"""What no criterion asks for, but a checkpoint reads."""
_START = "process_start_time_seconds"
_LABEL = re.compile(r'(\w+)="([^"]*)"')


def report_of(case: Case, plan: Plan, folder: Path, format_: str) -> str:
    """The report; ``folder`` is for its ledger."""
    evidence = evidence_of(case, plan)
    ledger = ledger_of(case, plan, evidence, folder / f"{case.name}.jsonl")
    said = attestations(ledger, format_iso(evidence.window.start))
    project = RolloutProject(plan, parse_source(load_spec_text(), "slo.yaml"))
    state = ledger_state(ledger, format_iso(evidence.window.start), proven=False)
    return format_page(
        report_page(project, replace(evidence, attestations=said, ledger=state), ledger), format_
    )


def chart_of(page: str, slug: str) -> str:
    """A chart of a report in HTML as an image of its own, for light and dark like the page."""
    drawn = re.search(rf'<svg (?P<head>[^>]*="{slug}-title [^>]*)>(?P<body>.*?)</svg>', page, re.DOTALL)
    assert drawn is not None, slug
    colours = page[page.index(":root {") : page.index("* { box-sizing")].replace(
        "color-scheme: light dark;", ""
    )
    more = "svg { background: var(--paper); } text { font-family: system-ui, sans-serif !important; }"
    style = f"<style>\n{colours}{more}\n</style>"
    return f"<svg {drawn['head']}>{style}{drawn['body']}</svg>\n"


def evidence_of(case: Case, plan: Plan) -> Evidence:
    """What a Prometheus with the history of the case would have answered, at the time the spec names."""
    rollout = plan.spec.rollout
    assert rollout is not None
    start = rollout.start.timestamp()
    window = Window(start, start + rollout.duration)
    series = _all_series(case, plan, start)
    base = healthy(plan)
    slis = {
        name: replace(
            base.measurements[name],
            answer=SeriesAnswer(
                plan.slis[name].record, tuple(one for one in series[plan.slis[name].record] if one.times)
            ),
            planned=plan.slis[name].planned,
        )
        for name in HEALTHY
    }
    starts = {value for one in series[_START] for value in one.values}
    moved = {
        name: replace(one, series=tuple(replace(part, times=(window.end,)) for part in one.series))
        for name, one in base.whole.items()
    }
    return replace(
        base,
        window=window,
        at=window.end,
        interval=float(INTERVAL),
        url="http://localhost:9090",
        measurements=slis,
        whole=moved,
        raw={
            name: replace(one, series=tuple(_there(raw_moments(window)) for _ in one.series))
            for name, one in base.raw.items()
        },
        alerts=SeriesAnswer("ALERTS", series["ALERTS"]),
        restarts=tuple(sorted(value for value in starts if window.start < value <= window.end)),
        suites={name: replace(suite, written=window.end - 600) for name, suite in base.suites.items()},
        attestations=(),
        cost=Cost(QUERIES, 0.0),
    )


def _there(times: tuple[float, ...]) -> Series:
    return Series((), times, (1.0,) * len(times))


def ledger_of(case: Case, plan: Plan, evidence: Evidence, path: Path) -> Ledger:
    """Every checkpoint taken two minutes after it was due but those that are missed, and what people said."""
    start = format_iso(evidence.window.start)
    before: Checkpoint | None = None
    for slot in Schedule.of(plan, evidence.window).slots:
        if slot.index in _MISSED.get(case.name, ()):
            continue
        late = 2400.0 if case.name == "failed" and slot.index == 22 else 120.0
        due = Due(slot.index, slot.due, slot.due + late, 1500.0)
        server = _Answers(evidence, plan)
        taken = take_checkpoint(
            cast(PrometheusReader, server), cast(AlertmanagerReader, server), plan, due, (), before
        )
        append_entry(path, KIND, start, format_iso(due.taken), taken.data())
        for kind, said in ((NOTE, _NOTES), (SIGN_OFF, _SIGNED)):
            text = said.get(case.name, {}).get(slot.index)
            if text:
                append_entry(path, kind, start, format_iso(due.taken), {"index": slot.index, "text": text})
        before = taken
    data = {
        "criterion": "memory_compression",
        "by": "A reviewer",
        "evidence": "the compression job's report: ratio 8.1",
        "passed": True,
    }
    append_entry(path, ATTESTATION, start, format_iso(evidence.window.end), data)
    return read_ledger(path)


class _Answers:
    """Answers a checkpoint's two queries from evidence, and has no silences."""

    def __init__(self, evidence: Evidence, plan: Plan) -> None:
        self._evidence = evidence
        self._records = {name: plan.slis[name].record for name in (*evidence.measurements, *_UNJUDGED)}

    def instant(self, query: str, at: float) -> SeriesAnswer:
        if query.startswith("ALERTS"):
            return SeriesAnswer(query, _at(self._evidence.alerts.series, at))
        if query.startswith("timestamp(ALERTS"):
            firing = _at(self._evidence.alerts.series, at)
            return SeriesAnswer(query, tuple(replace(one, values=one.times) for one in firing))
        found = [
            Series((("__name__", self._records[name]), *labels), (at,), (value,))
            for name, (labels, value) in _UNJUDGED.items()
        ]
        found += [
            replace(one, labels=(("__name__", self._records[name]), *one.labels))
            for name, measurement in self._evidence.measurements.items()
            for one in _at(measurement.answer.series, at)
        ]
        return SeriesAnswer(query, tuple(found))

    def silences(self) -> tuple[Silence, ...]:
        return ()


def _at(series: tuple[Series, ...], at: float) -> tuple[Series, ...]:
    found = []
    for one in series:
        index = next((i for i in range(len(one.times) - 1, -1, -1) if one.times[i] <= at), None)
        if index is not None and at - one.times[index] < INTERVAL:
            found.append(Series(one.labels, (one.times[index],), (one.values[index],)))
    return tuple(found)


def _all_series(case: Case, plan: Plan, start: float) -> Mapping[str, tuple[Series, ...]]:
    found: dict[str, list[Series]] = {}
    for text, points in series_of(case, plan, start):
        name, _, labels = text.partition("{")
        pairs: Labels = tuple(sorted(_LABEL.findall(labels)))
        listed = list(points)
        times = tuple(float(time) for time, _ in listed)
        found.setdefault(name, []).append(Series(pairs, times, tuple(float(v) for _, v in listed)))
    return {name: tuple(series) for name, series in found.items()}
