"""A scenario as a Prometheus would have it afterwards: plan and scenario in, a server with all of it out.

Metrics are made up as the simulator makes them. A real Prometheus then evaluates what the recording rules
say of them, at every evaluation of the span, and after that what the alerts say; each is stored as if it had
been recorded. Only the waiting of an alert (``for``) is done here. Nobody has to wait for hours to pass.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from genesis_monitoring.clients.http_errors import RefusedError
from genesis_monitoring.clients.loopback_prometheus import LoopbackTransport
from genesis_monitoring.clients.prometheus import store_series
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.clients.samples import Labels, Series
from genesis_monitoring.clients.server import LISTEN, scratch_folder, serve
from genesis_monitoring.clients.tools import PROMETHEUS, PROMTOOL, find_tool
from genesis_monitoring.plan.budgets import ALL_ERRORS, ALL_TOTAL, ERRORS, TOTAL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.inlined import inlined_expr
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule
from genesis_monitoring.stack.history import history_needed, write_history
from genesis_monitoring.stack.scenario import Scenario
from genesis_monitoring.stack.synthetic_load import ORIGIN

PLAYED_SECONDS = 1800
"""How long a scenario has been played at the end, if the span is twice as long."""
_LEAD_SECONDS = 3600
"""Rules are evaluated from before the span on, so that alerts that look back an hour see something."""
_TIMEOUT_SECONDS = 300.0
_EARLIEST_SECONDS = 30 * 86400
_OTHERWISE = 1_760_000_400
"""Some time, for a spec without a rollout: the same scenario is the same picture tomorrow."""
_FLAGS = (
    "--storage.tsdb.retention.time=20y",
    "--storage.tsdb.min-block-duration=2h",
    "--storage.tsdb.max-block-duration=2h",
)


@dataclass(frozen=True, slots=True)
class Played:
    """A running server that knows the scenario, up to ``end`` (seconds since 1970)."""

    reader: HttpPrometheus
    end: float
    version: str


@contextmanager
def play(plan: Plan, scenario: Scenario, span: int) -> Iterator[Played]:
    """The last ``span`` seconds with ``scenario``, which begins in the middle of them or half an hour ago.

    Nothing of it is left afterwards. Raises ToolMissing, ToolCrashed, ToolTimedOut.
    """
    find_tool(PROMTOOL)
    version = find_tool(PROMETHEUS).version
    end = _end(plan, span)
    begins = end - min(PLAYED_SECONDS, span // 2)
    start = end - span - _LEAD_SECONDS
    instances = {job.job: job.example[0] for job in plan.prometheus.scrape_configs}
    with scratch_folder() as scratch:
        data, file = scratch / "data", scratch / "series.txt"
        since = start - history_needed(plan)
        write_history(plan, scenario, file, start=since, end=end, instances=instances, begins=begins)
        store_series(file, data, timeout=_TIMEOUT_SECONDS)
        with _running(scratch, data) as reader:
            recorded = tuple(_recorded(plan, reader, since, start, end))
        _store(recorded, file, data)
        for rules in _rounds(plan):
            with _running(scratch, data) as reader:
                beside = tuple(_recorded_beside(plan, rules, reader, since, start, end))
            _store(beside, file, data)
        with _running(scratch, data) as reader:
            alerts = tuple(_alerts(plan, reader, start, end))
        _store(alerts, file, data)
        with _running(scratch, data) as reader:
            yield Played(reader, end, version)


_COUNTS = frozenset({ERRORS, TOTAL, ALL_ERRORS, ALL_TOTAL})


def _end(plan: Plan, span: int) -> int:
    """In the rollout, if there is one, and after those first hours of it that something is compared with."""
    rollout = plan.spec.rollout
    if rollout is None or rollout.start.timestamp() < ORIGIN + _EARLIEST_SECONDS:
        return _OTHERWISE
    start = int(rollout.start.timestamp())
    first = max((one.compared_with.until for one in plan.slis.values() if one.compared_with), default=start)
    return math.ceil((max(start, int(first)) + span + _LEAD_SECONDS) / 60) * 60


@contextmanager
def _running(scratch: Path, data: Path) -> Iterator[HttpPrometheus]:
    config = scratch / "prometheus.yml"
    config.write_text("global: {}\n", encoding="utf-8")
    argv = (
        *find_tool(PROMETHEUS).argv,
        *_FLAGS,
        f"--config.file={config}",
        f"--storage.tsdb.path={data}",
        f"--web.listen-address={LISTEN}",
    )
    with serve("prometheus", argv, cwd=scratch, scratch=scratch, timeout=_TIMEOUT_SECONDS) as server:
        port = urlsplit(server.url).port or 0
        yield HttpPrometheus(LoopbackTransport(port, _TIMEOUT_SECONDS))


def _recorded(
    plan: Plan, reader: HttpPrometheus, since: int, start: int, end: int
) -> Iterator[tuple[str, Series]]:
    """From ``since`` on what others look back at, and from ``start`` on the rest."""
    asked = {name for sli in plan.slis.values() for name in sli.depends_on}
    interval = plan.spec.prometheus.evaluation_interval
    for name, sli in plan.slis.items():
        expr = inlined_expr(plan.slis, name, interval)
        for series in _asked(reader, expr, since if name in asked else start, end, interval):
            yield sli.record, series


def _rounds(plan: Plan) -> Iterator[tuple[RecordingRule, ...]]:
    """What rules record that is no SLI, such as a baseline or a budget: what is made of others is later."""
    known = {sli.record for sli in plan.slis.values()}
    left = [rule for group in plan.rule_groups for rule in group.recording if rule.record not in known]
    names = {rule.record: re.compile(rf"(?<![\w:]){re.escape(rule.record)}(?![\w:])") for rule in left}
    while left:
        waited_for = {rule.record for rule in left}
        now = [rule for rule in left if not any(names[name].search(rule.expr) for name in waited_for)]
        if not now:
            return
        yield tuple(now)
        left = [rule for rule in left if rule not in now]


def _recorded_beside(
    plan: Plan,
    rules: tuple[RecordingRule, ...],
    reader: HttpPrometheus,
    since: int,
    start: int,
    end: int,
) -> Iterator[tuple[str, Series]]:
    """From ``since`` on what is counted over long windows, and from ``start`` on the rest."""
    interval = plan.spec.prometheus.evaluation_interval
    for rule in rules:
        begins = since if rule.record in _COUNTS else start
        for series in _asked(reader, rule.expr, begins, end, interval):
            labels = {**dict(series.labels), **dict(rule.labels)}
            yield rule.record, replace(series, labels=_sorted(labels))


def _alerts(plan: Plan, reader: HttpPrometheus, start: int, end: int) -> Iterator[tuple[str, Series]]:
    interval = plan.spec.prometheus.evaluation_interval
    for group in plan.rule_groups:
        for rule in group.alerting:
            for series in _asked(reader, rule.expr, start, end, interval):
                yield from _states(rule, series, interval)


def _asked(reader: HttpPrometheus, expr: str, start: int, end: int, interval: int) -> tuple[Series, ...]:
    """A rule that this server does not understand records nothing, as it would there."""
    try:
        return reader.range(expr, start // interval * interval, end, interval).series
    except RefusedError:
        return ()


def _states(rule: AlertingRule, series: Series, interval: int) -> Iterator[tuple[str, Series]]:
    """``ALERTS`` and ``ALERTS_FOR_STATE`` of one label set, as Prometheus writes them."""
    own = {key: value for key, value in series.labels if key != "__name__"}
    labels = {**own, **dict(rule.labels), "alertname": rule.alert}
    found: dict[str, list[float]] = {"pending": [], "firing": []}
    sinces: list[tuple[float, float]] = []
    since = last = fired = None
    for time in _evaluated(series, rule.keep_firing_for, interval):
        if last is None or since is None or time[0] - last > 1.5 * interval:
            since, fired = time[0], None
        if not time[1] and fired is None:
            last = None
            continue
        last = time[0]
        firing = fired is not None or time[0] - since >= rule.for_
        fired = time[0] if firing else None
        found["firing" if firing else "pending"].append(time[0])
        sinces.append((time[0], since))
    for state, times in found.items():
        if times:
            yield (
                "ALERTS",
                Series(_sorted({**labels, "alertstate": state}), tuple(times), (1.0,) * len(times)),
            )
    if sinces:
        yield "ALERTS_FOR_STATE", Series(_sorted(labels), *map(tuple, zip(*sinces, strict=True)))


def _evaluated(series: Series, kept: int, interval: int) -> Iterator[tuple[float, bool]]:
    """Each evaluation at which the condition holds, and those after it at which a firing alert is kept."""
    for place, time in enumerate(series.times):
        yield time, True
        later = series.times[place + 1] if place + 1 < len(series.times) else time + kept + interval
        held = time + interval
        while kept and held < min(later, time + kept + 1):
            yield held, False
            held += interval


def _sorted(labels: Mapping[str, str]) -> Labels:
    return tuple(sorted(labels.items()))


def _store(found: Iterable[tuple[str, Series]], file: Path, data: Path) -> None:
    with file.open("w", encoding="utf-8") as out:
        for name, series in found:
            pairs = ",".join(
                f'{key}="{_escaped(value)}"' for key, value in series.labels if key != "__name__"
            )
            out.writelines(
                f"{name}{{{pairs}}} {value!r} {time:.3f}\n"
                for time, value in zip(series.times, series.values, strict=True)
            )
        out.write("# EOF\n")
    if file.stat().st_size > len("# EOF\n"):
        store_series(file, data, timeout=_TIMEOUT_SECONDS)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
