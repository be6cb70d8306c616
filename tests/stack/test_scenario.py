"""Scenario files: those that are shipped, those of users, and what is wrong in them."""

import re
from pathlib import Path

import pytest
from plan.specs import ROOT, genesis_plan

from genesis_monitoring.errors import UsageError
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.stack.scenario import load_scenario, shipped_scenarios
from genesis_monitoring.stack.timeline import Conditions, Timeline

WANTED = {
    "healthy", "latency-regression", "accuracy-drop", "error-burst", "cost-blow-out", "token-spike",
    "cache-collapse", "service-outage", "flapping", "restart", "exporter-stale", "test-failures",
}  # fmt: skip
HEAD = "title: Mine\ndescription: Of a user\n"


@pytest.mark.parametrize("name", sorted(WANTED))
def test_what_is_shipped_fits_the_shipped_spec(name: str) -> None:
    scenario = load_scenario(name)
    spec = genesis_plan().spec
    assert set(scenario.expect.alerts) <= set(spec.alerts)
    services = {
        selector.labels["service"]
        for plan in genesis_plan().slis.values()
        for selector in plan.metrics
        if "service" in selector.labels
    }
    for phase in scenario.phases:
        assert set(phase.down or ()) <= services
        assert phase.flapping is None or phase.flapping.service in services
        assert set(phase.failing_tests or {}) <= set(spec.suites)


def test_all_are_shipped_and_healthy_is_health() -> None:
    assert set(shipped_scenarios()) == WANTED
    assert Timeline(load_scenario("healthy"), 0).conditions(1e6) == Conditions()


def test_a_file_of_a_user(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{HEAD}base: {{token_factor: 2}}\nexpect: {{alerts: []}}\n")
    assert load_scenario(str(file)).base.token_factor == 2


def test_an_unknown_name_is_told_with_the_near_one() -> None:
    with pytest.raises(UsageError) as told:
        load_scenario("error-brust")
    assert 'did you mean "error-burst"' in told.value.message
    assert "healthy" in told.value.hint


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("phases:\n  - {title: T, after: 20s, acuracy: 80}\nexpect: {alerts: []}", 4, "accuracy"),
        ("phases:\n  - {title: T, after: 20}\nexpect: {alerts: []}", 4, "30s"),
        ("base: {request_error_ratio: 2}\nexpect: {alerts: []}", 3, "1"),
        ("expect: {alerts: [A], inhibited: [B]}", 3, "B"),
        ("base: {flapping: {service: a, period: 10s, down: 10s}}\nexpect: {alerts: []}", 3, "period"),
        ("base: {}", 0, "expect"),
    ],
)
def test_mistakes_are_told_where_they_are(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(f"{HEAD}{text}\n")
    with pytest.raises(SpecError) as told:
        load_scenario(str(file))
    findings = told.value.findings
    assert len(findings) == 1
    assert line in (0, findings[0].location.line)
    assert words in findings[0].message + findings[0].hint


def test_phases_change_what_they_say_and_the_later_one_counts(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        f"{HEAD}base: {{accuracy: 92}}\nphases:\n"
        "  - {title: One, after: 10s, lasts: 20s, accuracy: 80, token_factor: 3}\n"
        "  - {title: Two, after: 20s, accuracy: 70, restart: true}\n"
        "expect: {alerts: []}\n"
    )
    timeline = Timeline(load_scenario(str(file)), 1000)
    seen = [(c.accuracy, c.token_factor) for c in map(timeline.conditions, (900, 1009, 1010, 1020, 1030))]
    assert seen == [(92, 1), (92, 1), (80, 3), (70, 3), (70, 1)]
    assert [seconds for seconds, _ in timeline.spans(1000, 1040)] == [10, 10, 10, 10]
    assert (timeline.restarted(1019), timeline.restarted(1020)) == (None, 1020)


def test_a_service_flaps() -> None:
    timeline = Timeline(load_scenario("flapping"), 1000)
    states = [timeline.answers("memory_store", 1000 + second) for second in range(20, 140)]
    assert states.count(False) == 20
    assert timeline.answers("memory_store", 1019.9)
    assert timeline.answers("vector_db", 1061)


def test_the_document_says_what_is_shipped() -> None:
    text = (ROOT / "docs/scenarios.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", text, re.MULTILINE))
    assert set(rows) == WANTED
    for name, alerts in rows.items():
        expect = load_scenario(name).expect
        assert set(re.findall(r"\b[A-Z]\w+[a-z][A-Z]\w+", alerts)) == set(expect.alerts)
        assert ("inhibited" in alerts) == bool(expect.inhibited)


def test_the_example_of_the_document_is_a_scenario(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/scenarios.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "mine.yaml").write_text(example, "utf-8")
    assert len(load_scenario(str(tmp_path / "mine.yaml")).phases) == 2
