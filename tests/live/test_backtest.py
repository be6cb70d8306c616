"""A backtest makes up what a real Prometheus recorded: ``ALERTS`` evaluated live, killed in the middle."""

import time
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from backfill import running
from rollout.history import load_spec_text
from rollout.judging import wait_for_rules, write_rules

from genesis_monitoring.clients.http import HttpTransport
from genesis_monitoring.clients.http_settings import HttpSettings
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.rollout.backtest_results import Origin
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.episodes import alert_history, beats_of, blackouts_of
from genesis_monitoring.rollout.past import Span, backtest
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.server_told import recorded_alerts
from genesis_monitoring.spec.load import judged
from genesis_monitoring.spec.setting import with_setting
from genesis_monitoring.spec.source import parse_source

pytestmark = pytest.mark.live
FOR = {"TestPassRateLow": "4s", "MemoryUsageHigh": "3s", "SystemHealthScoreDegrading": "0s"}
BEFORE_SECONDS, OUTAGE_SECONDS, AFTER_SECONDS = 35, 8, 30


def short_plan() -> Plan:
    source = parse_source(load_spec_text("1s"), "slo.yaml")
    for alert, seconds in FOR.items():
        source = with_setting(source, judged(source).spec, f"{alert}.for={seconds}")
    spec = judged(source).spec
    return compile_plan(spec, spec.profile_in_force)


def feed() -> dict[str, object]:
    """Metrics that go up and down; a test result that is missing for a while, and two hosts that overlap."""
    free = "vector(5 + 40 * ((time() {shift}) % 19 > bool 9))"
    rules = [
        (
            "genesis_regression_pass_rate",
            "vector(99 - 5 * (time() % 13 > bool 5)) and (vector(time() % 23) < 21)",
            {},
        ),
        ("genesis_system_health", "vector(98 - 9 * (time() % 11 > bool 7))", {}),
        *(
            ("node_memory_MemAvailable_bytes", free.format(shift=shift), {"instance": instance})
            for instance, shift in (("a", "+ 0"), ("b", "+ 6"))
        ),
        *(("node_memory_MemTotal_bytes", "vector(100)", {"instance": instance}) for instance in ("a", "b")),
    ]
    return {
        "name": "feed",
        "rules": [{"record": name, "expr": expr, "labels": labels} for name, expr, labels in rules],
    }


def test_the_episodes_are_those_that_were_recorded(tmp_path: Path) -> None:
    plan = short_plan()
    write_rules(plan, tmp_path)
    (tmp_path / "rules" / "feed.yml").write_text(yaml.safe_dump({"groups": [feed()]}))
    config = yaml.safe_dump(
        {
            "global": {"evaluation_interval": "1s", "scrape_interval": "1s"},
            "rule_files": ["rules/*.yml"],
        }
    )
    start = 0.0
    for seconds in (BEFORE_SECONDS, AFTER_SECONDS):
        with running(tmp_path / "data", tmp_path, config) as server:
            wait_for_rules(server)
            start = start or time.time() + 3
            time.sleep(seconds)
            if seconds == AFTER_SECONDS:
                reader = HttpPrometheus(HttpTransport(HttpSettings(server.url)))
                outcome = backtest(
                    reader, plan, None, Span(start, None), Moment(time.time() - 3, time.time())
                )
                recorded = recorded_alerts(reader, plan, outcome.window)
        time.sleep(OUTAGE_SECONDS)

    beats = beats_of(recorded.series, plan, outcome.window)
    blackouts = blackouts_of(beats, 1.0)
    assert any(run.seconds >= OUTAGE_SECONDS for run in blackouts)
    history = alert_history(recorded.series, outcome.window, 1.0, frozenset({"P1", "P2"}), None, blackouts)
    for one in outcome.current.alerts:
        if one.alert in FOR:
            seen = [
                episode.run
                for episode in history.episodes
                if (episode.alert, episode.component, episode.slo) == one.key
            ]
            assert one.origin is Origin.RECORDED
            assert len(seen) >= 3
            assert certain(one.episodes, blackouts) == certain(seen, blackouts), one.alert
            assert one.recorded == len(seen)


def certain(runs: Iterable[Run], blackouts: tuple[Run, ...]) -> list[tuple[float, float]]:
    """What of the runs lies outside of the outages and of what is not certain around them.

    In its first two evaluations Prometheus holds alerts, but writes no ``ALERTS`` yet, and the groups are not
    evaluated at the same moment as the one whose beats tell of an outage.
    """
    pieces = [(run.start, run.end) for run in runs]
    for outage in blackouts:
        before, after = outage.start - 1, outage.end + 2
        pieces = [
            piece
            for start, end in pieces
            for piece in ((start, min(end, before)), (max(start, after), end))
            if piece[0] < piece[1]
        ]
    return pieces
