"""promtool as the oracle: at each evaluation its rule engine has to see the ``ALERTS`` that we make up."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from genesis_monitoring.clients.process import run_tool
from genesis_monitoring.clients.samples import Series
from genesis_monitoring.clients.tools import PROMTOOL, find_tool
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.backtest import compared_rules
from genesis_monitoring.rollout.firing import Evaluations, alert_series

from .history import load_plan

COUNT = 40
PLAN = load_plan()
RULES = {rule.alert: rule for rule in compared_rules(PLAN) if rule.condition is not None}
# One of each comparison, and values around each threshold.
NAMES = ("HybridRAGLatencyHigh", "HybridRAGAccuracyLow", "MemoryUsageHigh", "MemoryStoreServiceDown")
INSTANCES = ("a", "b")
KEPT = {"HybridRAGLatencyHigh": 60, "MemoryUsageHigh": 240, "MemoryStoreServiceDown": 120}
"""Some are kept firing, in seconds."""
RULES.update({name: replace(RULES[name], keep_firing_for=kept) for name, kept in KEPT.items()})


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, dict[str, list[float | None]]]:
    """An alert and what its SLI was at each evaluation, by instance; None is an evaluation without value."""
    name = draw(st.sampled_from(NAMES))
    condition = RULES[name].condition
    assert condition is not None
    around = [condition.threshold + step for step in (-1, -0.5, 0, 0.5, 1)]
    values = {}
    for instance in INSTANCES:
        story: list[float | None] = []
        while len(story) < COUNT:
            story.extend([draw(st.sampled_from((None, *around)))] * draw(st.integers(1, 14)))
        # What is kept firing after the last value nobody can tell from values.
        values[instance] = [*story[: COUNT - 1], story[COUNT - 1] or around[0]]
    return name, values


def ours(rule: AlertingRule, values: dict[str, list[float | None]]) -> dict[int, list[tuple[str, str]]]:
    """By evaluation, which instances are in which state."""
    found = []
    for instance, story in values.items():
        kept = [(minute * 60.0, value) for minute, value in enumerate(story) if value is not None]
        labels = (("__name__", "sli"), ("instance", instance))
        found.append(Series(labels, tuple(t for t, _ in kept), tuple(v for _, v in kept)))
    states: dict[int, list[tuple[str, str]]] = {minute: [] for minute in range(COUNT)}
    for series in alert_series(rule, tuple(found), Evaluations(60.0, (), ())):
        assert ("alertname", rule.alert) in series.labels
        for time in series.times:
            states[round(time / 60)].append((series.label("alertstate"), series.label("instance")))
    return states


def promtool_test(
    rule: AlertingRule, values: dict[str, list[float | None]], record: str
) -> dict[str, object]:
    told = {
        instance: " ".join("stale" if value is None else f"{value:g}" for value in story)
        for instance, story in values.items()
    }
    return {
        "interval": "1m",
        "input_series": [
            {"series": f'{record}{{instance="{instance}"}}', "values": text}
            for instance, text in told.items()
        ],
        "promql_expr_test": [
            {
                "expr": f'count by (alertstate, instance) (ALERTS{{alertname="{rule.alert}"}})',
                "eval_time": format_duration(minute * 60),
                "exp_samples": [
                    {"labels": f'{{alertstate="{state}", instance="{instance}"}}', "value": 1}
                    for state, instance in states
                ],
            }
            for minute, states in ours(rule, values).items()
        ],
    }


def run_promtool(folder: Path, stories_: list[tuple[str, dict[str, list[float | None]]]]) -> tuple[int, str]:
    rules = [
        {
            "alert": rule.alert,
            "expr": rule.expr,
            "for": format_duration(rule.for_),
            "keep_firing_for": format_duration(rule.keep_firing_for),
            "labels": dict(rule.labels),
        }
        for rule in RULES.values()
    ]
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "all", "rules": rules}]}))
    tests = [
        promtool_test(RULES[name], values, PLAN.slis[RULES[name].sli or ""].record)
        for name, values in stories_
    ]
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}
    (folder / "tests.yml").write_text(yaml.safe_dump(document))
    argv = (*find_tool(PROMTOOL).argv, "test", "rules", "tests.yml")
    run = run_tool(argv, cwd=folder, timeout=120, merged=True)
    return run.exit_code, run.stdout


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(stories_=st.lists(stories(), min_size=8, max_size=8))
def test_promtool_sees_the_same_alerts(
    stories_: list[tuple[str, dict[str, list[float | None]]]], tmp_path: Path
) -> None:
    code, said = run_promtool(tmp_path, stories_)
    assert code == 0, said


@pytest.mark.parametrize("name", NAMES)
def test_it_would_notice_a_for_that_is_one_evaluation_off(name: str, tmp_path: Path) -> None:
    """The oracle itself can fail."""
    rule = RULES[name]
    condition = rule.condition
    assert condition is not None
    bad = condition.threshold + (1 if condition.upward else -1)
    story: list[float | None] = [bad] * COUNT
    values = {"a": story, "b": list(story)}
    assert run_promtool(tmp_path, [(name, values)])[0] == 0
    tests = tmp_path / "tests.yml"
    document = yaml.safe_load(tests.read_text())
    document["tests"][0]["promql_expr_test"][rule.for_ // 60]["exp_samples"] = []
    tests.write_text(yaml.safe_dump(document))
    argv = (*find_tool(PROMTOOL).argv, "test", "rules", "tests.yml")
    assert run_tool(argv, cwd=tmp_path, timeout=120, merged=True).exit_code != 0
