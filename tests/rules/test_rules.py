"""The guide's 13 alerts: hand-written promtool tests over the generated rules, proven to catch faults.

In: ``*.yml`` beside this file and the rules of ``tests/specs/rollout``. Each mutant changes one rule in a
copy; the tests of its alert must go red.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan.specs import compiled, genesis, rendered

HERE = Path(__file__).parent
TEST_FILES = ("hybrid_rag.yml", "services.yml", "test_suite.yml", "cost.yml", "tokens.yml", "stray_error.yml")
COMPARISON = re.compile(r"(?P<record>sli:\w+:\w+) (?P<operator>>=|<=|>|<) (?P<threshold>[0-9.]+)")
NEGATED = {">=": "<", "<=": ">", ">": "<=", "<": ">="}
BOUNDARY = {">=": ">", "<=": "<", ">": ">=", "<": "<="}

Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class GuideAlert:
    """An alert of the guide, its ``for`` in seconds, and where it is tested. ``state``: its SLI is 0 or 1."""

    name: str
    for_: int
    tests: str
    rules: str
    state: bool = False


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault in one rule: the alert itself, or a recording rule that it stands on."""

    alert: GuideAlert
    fault: str
    record: str | None = None

    def __str__(self) -> str:
        return "-".join((self.alert.name, *((self.record,) if self.record else ()), self.fault))


ALERTS = (
    GuideAlert("HybridRAGLatencyHigh", 300, "hybrid_rag.yml", "hybrid-rag.yml"),
    GuideAlert("HybridRAGAccuracyLow", 600, "hybrid_rag.yml", "hybrid-rag.yml"),
    GuideAlert("HybridRAGErrorRateHigh", 180, "hybrid_rag.yml", "hybrid-rag.yml"),
    GuideAlert("CostReductionTargetMissed", 1800, "cost.yml", "cost.yml"),
    GuideAlert("MonthlyCostProjectionHigh", 3600, "cost.yml", "cost.yml"),
    GuideAlert("MemoryStoreServiceDown", 60, "services.yml", "hybrid-rag.yml", state=True),
    GuideAlert("VectorDBServiceDown", 60, "services.yml", "hybrid-rag.yml", state=True),
    GuideAlert("GraphDBServiceDown", 60, "services.yml", "hybrid-rag.yml", state=True),
    GuideAlert("TestPassRateLow", 300, "test_suite.yml", "test-suite.yml"),
    GuideAlert("CacheHitRateLow", 600, "hybrid_rag.yml", "hybrid-rag.yml"),
    GuideAlert("VectorDBSlowQueries", 600, "hybrid_rag.yml", "hybrid-rag.yml"),
    GuideAlert("LLMTokenUsageSpike", 900, "tokens.yml", "cost.yml"),
    GuideAlert("SystemHealthScoreDegrading", 1800, "test_suite.yml", "test-suite.yml"),
)
STRAY_ERROR = GuideAlert("HybridRAGErrorRateHigh", 180, "stray_error.yml", "hybrid-rag.yml")

ALERT_FAULTS = (
    "threshold doubled",
    "threshold halved",
    "comparator negated",
    "boundary moved",
    "for doubled",
    "for halved",
    "severity changed",
)

PLAIN = ("a thousandfold", "a thousandth", "per instance")
MONEY = ("without the 3600 of Q1", "per instance")
TOKENS = ("a thousandfold", "without the output tokens of Q8", "per instance")
RECORDS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("HybridRAGLatencyHigh", "sli:rag_latency_p95:milliseconds", PLAIN),
    ("HybridRAGAccuracyLow", "sli:rag_accuracy_top3:percent", PLAIN),
    ("HybridRAGErrorRateHigh", "sli:rag_error_rate:percent", PLAIN),
    ("CostReductionTargetMissed", "sli:monthly_cost:usd_per_month", MONEY),
    ("CostReductionTargetMissed", "sli:cost_reduction:percent", ("a thousandfold", "a thousandth")),
    ("MonthlyCostProjectionHigh", "sli:monthly_cost:usd_per_month", MONEY),
    ("MemoryStoreServiceDown", "sli:memory_store_up:state", ("per instance",)),
    ("VectorDBServiceDown", "sli:vector_db_up:state", ("per instance",)),
    ("GraphDBServiceDown", "sli:graph_db_up:state", ("per instance",)),
    ("TestPassRateLow", "sli:test_pass_rate:percent", PLAIN),
    ("CacheHitRateLow", "sli:redis_cache_hit_ratio:percent", PLAIN),
    ("VectorDBSlowQueries", "sli:vector_db_latency_p95:milliseconds", PLAIN),
    ("LLMTokenUsageSpike", "sli:llm_tokens:tokens_per_second", TOKENS),
    ("LLMTokenUsageSpike", "sli:llm_tokens:tokens_per_second_baseline", ("a thousandfold", "a thousandth")),
    ("SystemHealthScoreDegrading", "sli:system_health:score", PLAIN),
)


def mutants() -> Iterator[Mutant]:
    """Every fault of every alert, then those of the recording rules."""
    for alert in ALERTS:
        for fault in ALERT_FAULTS:
            yield Mutant(alert, fault)
    by_name = {alert.name: alert for alert in ALERTS}
    for name, record, faults in RECORDS:
        for fault in faults:
            yield Mutant(by_name[name], fault, record)
    yield Mutant(STRAY_ERROR, "unguarded", "sli:rag_error_rate:percent")


@pytest.mark.parametrize("name", TEST_FILES)
def test_hand_written_rule_tests_pass(name: str, tmp_path: Path) -> None:
    """Each on the rules that it asks for and what they stand on: promtool evaluates all that it is given."""
    rules = rules_of(next(one for one in (*ALERTS, STRAY_ERROR) if one.tests == name))
    document = load_tests(name)
    files = []
    for index, group in enumerate(document["tests"]):
        rule_file, test_file = tmp_path / f"rules-{index}.yml", tmp_path / f"tests-{index}.yml"
        kept = standing_on(rules, asked_by(rules, group))
        rule_file.write_text(yaml.safe_dump({"groups": [{"name": "kept", "rules": kept}]}), "utf-8")
        alone = {**document, "rule_files": [rule_file.name], "tests": [group]}
        test_file.write_text(yaml.safe_dump(alone), "utf-8")
        files.append(test_file)
    done = run_promtool(*files)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(files)


def test_every_rule_test_file_is_run() -> None:
    assert sorted(path.name for path in HERE.glob("*.yml")) == sorted(TEST_FILES)


@pytest.mark.live
@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_the_tests_of_one_alert_pass_on_its_rules_alone(alert: GuideAlert, tmp_path: Path) -> None:
    done = run_promtool(lay_out(alert, rules_of(alert), tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.live
@pytest.mark.parametrize("mutant", tuple(mutants()), ids=str)
def test_a_fault_in_a_rule_turns_its_tests_red(mutant: Mutant, tmp_path: Path) -> None:
    rules = [mutate(mutant, rule) for rule in rules_of(mutant.alert)]
    assert rules != rules_of(mutant.alert), f"{mutant} changes nothing"
    done = run_promtool(lay_out(mutant.alert, rules, tmp_path))
    assert done.returncode == 1, f"{mutant} was not caught"
    assert "got:" in done.stdout + done.stderr, f"promtool failed for another reason: {done.stderr}"


def mutate(mutant: Mutant, rule: Rule) -> Rule:
    """The rule with the mutant's fault in it, if it is the one."""
    if mutant.record is not None:
        if rule.get("record") != mutant.record:
            return rule
        return {**rule, "expr": mutate_recording(mutant.fault, rule["expr"])}
    if rule.get("alert") != mutant.alert.name:
        return rule
    return mutate_alert(mutant, rule)


def mutate_alert(mutant: Mutant, rule: Rule) -> Rule:
    """An alerting rule with another threshold, comparator, ``for`` or severity."""
    found = COMPARISON.fullmatch(rule["expr"].strip())
    assert found, f"{rule['expr']!r} is not `series comparator threshold`"
    record, operator, threshold = found["record"], found["operator"], float(found["threshold"])
    match mutant.fault:
        case "threshold doubled":
            return {**rule, "expr": f"{record} {operator} {threshold * 2}"}
        case "threshold halved":
            # Between 0 and 1 a state has no values: half of 1 would say the same.
            return {**rule, "expr": f"{record} {operator} {0 if mutant.alert.state else threshold / 2}"}
        case "comparator negated":
            return {**rule, "expr": f"{record} {NEGATED[operator]} {threshold}"}
        case "boundary moved":
            return {**rule, "expr": f"{record} {BOUNDARY[operator]} {threshold}"}
        case "for doubled":
            return {**rule, "for": f"{mutant.alert.for_ * 2}s"}
        case "for halved":
            return {**rule, "for": f"{mutant.alert.for_ // 2}s"}
        case "severity changed":
            labels = {**rule["labels"], "severity": "P2" if rule["labels"]["severity"] != "P2" else "P1"}
            return {**rule, "labels": labels}
    raise AssertionError(f"unknown fault {mutant.fault!r}")


def mutate_recording(fault: str, expr: str) -> str:
    """A recording rule's expression in another scale, or no longer aggregated over instances."""
    match fault:
        case "a thousandfold":
            return f"({expr}) * 1000"
        case "a thousandth":
            return f"({expr}) / 1000"
        case "without the 3600 of Q1":
            return f"({expr}) / 3600"
        case "without the output tokens of Q8":
            return expr.replace("llm_output_tokens_total", "no_such_counter_total")
        case "unguarded":
            return re.sub(r">= ?1000\b", "> 0", expr).replace("30m", "5m")
        case "per instance":
            grouped = expr.replace("by (le)", "by (le, instance)")
            return re.sub(r"\b(sum|min|max)\(", r"\1 by (instance) (", grouped)
    raise AssertionError(f"unknown fault {fault!r}")


def rules_of(alert: GuideAlert) -> list[Rule]:
    """The generated rules that one file of tests asks for, with what they are recorded from."""
    rules = load_rules(alert.rules)
    names = {known.name for known in (*ALERTS, STRAY_ERROR) if known.tests == alert.tests}
    asked = (HERE / alert.tests).read_text("utf-8")
    kept = [rule for rule in rules if rule.get("alert") in names or names_record(asked, rule)]
    missing = names - {rule.get("alert") for rule in kept}
    assert not missing, f"{alert.rules} has no alert {', '.join(sorted(missing))}"
    return standing_on(rules, kept)


def asked_by(rules: list[Rule], group: Mapping[str, Any]) -> list[Rule]:
    """The rules that a test group names, or all if it asks for any alert. Each matcher has to match one."""
    asked = " ".join(case["expr"] for case in group["promql_expr_test"])
    patterns = re.findall(r'alertname=~?"([^"]*)"', asked)
    if asked.count("ALERTS") > len(patterns):
        return rules
    for pattern in patterns:
        assert any(re.fullmatch(pattern, rule.get("alert", "")) for rule in rules), pattern
    return [
        rule
        for rule in rules
        if names_record(asked, rule)
        or any(re.fullmatch(pattern, rule.get("alert", "")) for pattern in patterns)
    ]


def names_record(text: str, rule: Rule) -> bool:
    """Whether ``rule`` records what ``text`` names."""
    return "record" in rule and rule["record"] in text


def standing_on(rules: list[Rule], kept: list[Rule]) -> list[Rule]:
    """``kept`` and what they are recorded from, in the order of ``rules``."""
    while True:
        text = " ".join(rule["expr"] for rule in kept)
        more = [rule for rule in rules if names_record(text, rule) and rule not in kept]
        if not more:
            return [rule for rule in rules if rule in kept]
        kept = kept + more


def lay_out(alert: GuideAlert, rules: list[Rule], folder: Path) -> Path:
    """Write ``rules`` and the tests that mention the alert into ``folder``; returns the test file."""
    rule_file = folder / "generated" / "prometheus" / "rules" / alert.rules
    rule_file.parent.mkdir(parents=True)
    rule_file.write_text(yaml.safe_dump({"groups": [{"name": "mutant", "rules": rules}]}), encoding="utf-8")
    test_file = folder / "tests" / "rules" / alert.tests
    test_file.parent.mkdir(parents=True)
    tests = load_tests(alert.tests)
    chosen = [group for group in tests["tests"] if mentions(group, alert.name)]
    assert chosen, f"{alert.tests} has no test of {alert.name}"
    test_file.write_text(yaml.safe_dump({**tests, "tests": chosen}), encoding="utf-8")
    return test_file


def mentions(group: Mapping[str, Any], alert: str) -> bool:
    """Whether a test group asks for the state of the alert."""
    asked = " ".join(case["expr"] for case in group["promql_expr_test"])
    return alert in asked or (alert.endswith("ServiceDown") and ".+ServiceDown" in asked)


@cache
def load_rules(name: str) -> list[Rule]:
    """All rules of a generated rule file, in order, for a rollout that begins when promtool's time does.

    They are evaluated each minute, as the tests do it.
    """
    data = genesis()
    data["rollout"]["start"] = "1970-01-01T00:00:00Z"
    data["prometheus"]["evaluation_interval"] = "1m"
    document = yaml.safe_load(rendered(compiled(data))[f"prometheus/rules/{name}"])
    return [rule for group in document["groups"] for rule in group["rules"]]


@cache
def load_tests(name: str) -> dict[str, Any]:
    """A hand-written promtool test file."""
    loaded: dict[str, Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return loaded


def run_promtool(*test_files: Path) -> subprocess.CompletedProcess[str]:
    """Run test files. Without promtool nothing is proven, so its absence fails."""
    tool = shutil.which("promtool")
    assert tool, "promtool is not installed: `apt-get install prometheus`"
    return subprocess.run(
        [tool, "test", "rules", *map(str, test_files)],
        env={**os.environ, "GOGC": "400", "GOMAXPROCS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
