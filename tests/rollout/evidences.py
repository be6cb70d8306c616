"""Evidence of healthy rollouts, made without a server, and ways to make it worse."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.clients.samples import Cost, Labels, Series, SeriesAnswer, ServerInfo
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.coverage import raw_moments
from genesis_monitoring.rollout.evidence import (
    Attestation,
    Evidence,
    LedgerState,
    Measurement,
    RuleState,
    SignOff,
    SuiteResult,
)
from genesis_monitoring.rollout.window import Window

from .history import HEALTHY

START, HOURS = 1_700_000_000.0, 48
OK = "ok"


@dataclass(frozen=True, slots=True)
class Grid:
    """The evaluations of a rollout."""

    start: float
    interval: float
    count: int

    @property
    def times(self) -> tuple[float, ...]:
        return tuple(self.start + (index + 1) * self.interval for index in range(self.count))


def healthy(plan: Plan) -> Evidence:
    """Everything measured, everything good, everything attested."""
    interval = float(plan.spec.prometheus.evaluation_interval)
    grid = Grid(START, interval, round(HOURS * 3600 / interval))
    window = Window(START, START + HOURS * 3600)
    times = grid.times
    return Evidence(
        window=window,
        at=window.end,
        interval=interval,
        url="http://prometheus.example",
        server=ServerInfo("2.42.0", window.end + 60, 30 * 86400.0, START - 86400),
        clock=window.end + 60,
        measurements={
            name: Measurement(
                name, plan.slis[name].record, answer((), times, (value,) * len(times)), RuleState(name, OK)
            )
            for name, value in HEALTHY.items()
        },
        whole={"request_latency_p95": answer((), (window.end,), (97.5,))},
        raw={"request_latency_p95": answer((), raw_moments(window), (1.0,) * len(raw_moments(window)))},
        alerts=SeriesAnswer("ALERTS", (fired(plan, "Watchdog", times),)),
        alert_rules={
            (rule.alert, rule.sli or ""): RuleState(rule.alert, OK)
            for group in plan.rule_groups
            for rule in group.alerting
        },
        restarts=(),
        suites={
            name: SuiteResult(name, (("failed", 0.0), ("passed", float(suite.expected))), window.end - 600)
            for name, suite in plan.spec.suites.items()
        },
        attestations=(Attestation("memory_compression", "Ann", "report", True, window.end),),
        remarks=(),
        cost=Cost(),
        ledger=signed_ledger(plan),
    )


def signed_ledger(plan: Plan, *without: int) -> LedgerState:
    """Every checkpoint taken; each that needs it is signed off, but for those in ``without``."""
    assert plan.rollout is not None
    slots = plan.rollout.checkpoints
    critical = tuple(slot.index for slot in slots if slot.title)
    return LedgerState(
        digest="sha256:" + "1" * 64,
        lines=len(slots) + len(critical) + 1,
        taken=tuple(slot.index for slot in slots),
        signed=tuple(SignOff(index, "Hudson") for index in critical if index not in without),
        reviewed=critical,
    )


def answer(labels: Labels, times: tuple[float, ...], values: tuple[float, ...]) -> SeriesAnswer:
    return SeriesAnswer("q", (Series(labels, times, values),) if times else ())


def alert(name: str, times: tuple[float, ...], *, severity: str = "P1") -> Series:
    """Firing at ``times``."""
    labels = {"alertname": name, "alertstate": "firing", "component": "cost", "severity": severity}
    return Series(tuple(sorted(labels.items())), times, (1.0,) * len(times))


def fired(plan: Plan, name: str, times: tuple[float, ...]) -> Series:
    """An alert of the plan, firing at ``times``."""
    rule = next(rule for group in plan.rule_groups for rule in group.alerting if rule.alert == name)
    labels = {**dict(rule.labels), "alertname": name, "alertstate": "firing"}
    return Series(tuple(sorted(labels.items())), times, (1.0,) * len(times))


def with_values(evidence: Evidence, sli: str, change: Callable[[int, float], float | None]) -> Evidence:
    """``change`` gives each sample's new value by its place, None for no sample."""
    measurement = evidence.measurements[sli]
    series = tuple(_changed(one, change) for one in measurement.answer.series)
    changed = replace(measurement.answer, series=tuple(one for one in series if one.times))
    return with_measurement(evidence, replace(measurement, answer=changed))


def with_measurement(evidence: Evidence, measurement: Measurement) -> Evidence:
    return replace(evidence, measurements={**evidence.measurements, measurement.sli: measurement})


def without_beats(evidence: Evidence, gone: frozenset[int]) -> Evidence:
    (watchdog, *others) = evidence.alerts.series
    times = tuple(time for index, time in enumerate(watchdog.times) if index not in gone)
    left = (replace(watchdog, times=times, values=(1.0,) * len(times)),) if times else ()
    return replace(evidence, alerts=replace(evidence.alerts, series=(*left, *others)))


def worse_values(plan: Plan) -> Mapping[str, tuple[float, ...]]:
    """Values of each SLI from good to bad, with every level it has."""
    found = {}
    for name in HEALTHY:
        sli = plan.spec.slis[name]
        good = sli.good
        if good is None or sli.objective is None:
            continue
        levels = {sli.objective.target, sli.objective.alert, sli.objective.no_go} - {None}
        around = {
            HEALTHY[name],
            *(level + step for level in levels for step in (-1, 0, 1) if level is not None),
        }
        found[name] = tuple(sorted(around, reverse=good.upward))
    return found


def _changed(series: Series, change: Callable[[int, float], float | None]) -> Series:
    pairs = [
        (time, new)
        for index, (time, value) in enumerate(zip(series.times, series.values, strict=True))
        if (new := change(index, value)) is not None
    ]
    return Series(series.labels, tuple(t for t, _ in pairs), tuple(v for _, v in pairs))
