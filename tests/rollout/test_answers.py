"""A healthy rollout, and a server that has other rules loaded or answers twice: never a GO."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from genesis_monitoring.plan.compile import Plan

from .history import CASES
from .told import Document, told

HEALTHY = next(case for case in CASES if case.name == "healthy")
Edit = Callable[[Document, Document], None]
"""A group and one of its rules, to be changed."""


def rules_changed(kind: str, edit: Edit) -> Callable[[str, Mapping[str, str], Document], Document]:
    """The first rule of ``kind`` with that record or alert (``recording NAME``) is loaded otherwise."""
    wanted, _, name = kind.partition(" ")

    def change(path: str, parameters: Mapping[str, str], document: Document) -> Document:
        if path != "/api/v1/rules":
            return document
        changed = copy.deepcopy(document)
        for group in changed["data"]["groups"]:
            for rule in group["rules"]:
                if (rule["type"], rule["name"]) == (wanted, name):
                    edit(group, rule)
        return changed

    return change


def setting(key: str, value: Any) -> Edit:
    return lambda _group, rule: rule.__setitem__(key, value)


def of_group(key: str, value: Any) -> Edit:
    return lambda group, _rule: group.__setitem__(key, value)


ALERT = "alerting MonthlyCostProjectionHigh"
RECORD = "recording sli:cost_reduction:percent"
OTHERS: list[tuple[str, str, Edit, str]] = [
    ("keep-firing", ALERT, setting("keepFiringFor", 3600), "keep_firing_for: 1h"),
    ("for", ALERT, setting("duration", 60), "for: 1m"),
    ("no-labels", ALERT, setting("labels", {}), "not loaded"),
    (
        "more-labels",
        ALERT,
        lambda _group, rule: rule["labels"].update(cluster="b"),
        "loaded with other labels",
    ),
    ("severity", ALERT, lambda _group, rule: rule["labels"].update(severity="P3"), "other labels"),
    ("team", ALERT, lambda _group, rule: rule["labels"].update(team="other"), "other labels"),
    ("interval", ALERT, of_group("interval", 80), "evaluated each 80 s"),
    ("limit", ALERT, of_group("limit", 1), "limit: 1"),
    ("offset", ALERT, of_group("queryOffset", 60), "query_offset: 60 s"),
    ("alert-expression", ALERT, setting("query", "vector(0) > 1"), "another expression"),
    ("alert-fails", ALERT, setting("health", "err"), "fails"),
    ("record-labels", RECORD, setting("labels", {"team": "x"}), "other labels"),
    ("record-interval", RECORD, of_group("interval", 61), "evaluated each 61 s"),
    ("record-interval-untold", RECORD, of_group("interval", 0), "not told how often"),
    ("record-limit", RECORD, of_group("limit", 5), "limit: 5"),
    ("record-offset", RECORD, of_group("queryOffset", 30), "query_offset: 30 s"),
    ("record-expression", RECORD, setting("query", "vector(80)"), "another expression"),
    ("watchdog-team", "alerting Watchdog", lambda _g, rule: rule["labels"].update(team="x"), "other labels"),
    ("watchdog-for", "alerting Watchdog", setting("duration", 60), "for: 1m"),
]


HOSTILE = ("(" * 100_000 + "1" + ")" * 100_000, "+".join("x" * 100_000), "x" * 10_000_000)
OTHERS += [
    (f"too-much-{index}", RECORD, setting("query", text), "another expression")
    for index, text in enumerate(HOSTILE)
]


@pytest.mark.parametrize(
    ("kind", "edit", "says"), [one[1:] for one in OTHERS], ids=[one[0] for one in OTHERS]
)
def test_a_rule_that_is_loaded_otherwise_is_no_proof(kind: str, edit: Edit, says: str, plan: Plan) -> None:
    verdict = told(HEALTHY, plan, rules_changed(kind, edit))
    assert verdict.outcome == "HOLD"
    reasons = [proof.reason for result in verdict.results for proof in result.proofs]
    assert any(says in reason for reason in reasons)


def test_rules_as_the_spec_has_them_are_go_also_if_evaluated_more_often(plan: Plan) -> None:
    assert told(HEALTHY, plan).outcome == "GO"
    assert told(HEALTHY, plan, rules_changed(RECORD, of_group("interval", 30))).outcome == "GO"


def doubled(question: str, value: str | None) -> Callable[[str, Mapping[str, str], Document], Document]:
    """Each series of the answers to ``question`` stands twice, the second time with another value."""

    def change(path: str, parameters: Mapping[str, str], document: Document) -> Document:
        if not parameters.get("query", "").startswith(question):
            return document
        data = document["data"]
        again = []
        for one in data["result"]:
            other = dict(one)
            if value is not None and "values" in one:
                other["values"] = [[time, value] for time, _ in one["values"]]
            elif value is not None:
                other["value"] = [one["value"][0], value]
            again.append(other)
        return {**document, "data": {**data, "result": [*data["result"], *again]}}

    return change


QUESTIONS = (
    *(
        ("sli:cost_reduction:percent", "60"),
        ("sli:system_health:score", "1"),
        ("sli:memory_usage:percent", "97"),
    ),
    *(("ALERTS", "1"), ("genesis_suite_tests", "1"), ("genesis_suite_parse_success", "0")),
    *(("genesis_suite_result_timestamp_seconds", "1"), ("round(1000 * histogram_quantile", "900")),
    *(("sli:cost_reduction:percent", None), ("genesis_suite_tests", None)),
)


@pytest.mark.parametrize(("question", "value"), QUESTIONS)
def test_a_label_set_that_stands_twice_in_an_answer_is_no_proof(
    question: str, value: str | None, plan: Plan
) -> None:
    verdict = told(HEALTHY, plan, doubled(question, value))
    assert verdict.outcome == "HOLD"
    reasons = [proof.reason for result in verdict.results for proof in result.proofs]
    assert any("stands 2 times in the answer" in reason for reason in reasons)


@pytest.mark.parametrize(
    "question", ["genesis_suite_tests", "genesis_suite_parse_success", "round(1000 * histogram_quantile"]
)
def test_an_answer_of_an_hour_ago_is_no_proof(question: str, plan: Plan) -> None:
    def change(path: str, parameters: Mapping[str, str], document: Document) -> Document:
        if not parameters.get("query", "").startswith(question):
            return document
        data = document["data"]
        old = [{**one, "value": [one["value"][0] - 3600, one["value"][1]]} for one in data["result"]]
        return {**document, "data": {**data, "result": old}}

    verdict = told(HEALTHY, plan, change)
    assert verdict.outcome == "HOLD"
    reasons = [proof.reason for result in verdict.results for proof in result.proofs]
    assert any("3600 s before the time that was asked for" in reason for reason in reasons)


def test_an_answer_to_another_question_is_no_proof(plan: Plan) -> None:
    def change(path: str, parameters: Mapping[str, str], document: Document) -> Document:
        if not parameters.get("query", "").startswith("sli:memory_usage"):
            return document
        data = document["data"]
        other = [{**one, "metric": {"__name__": "sli:cpu_usage:percent"}} for one in data["result"]]
        return {**document, "data": {**data, "result": other}}

    verdict = told(HEALTHY, plan, change)
    assert verdict.outcome == "HOLD"
    reasons = [proof.reason for result in verdict.results for proof in result.proofs]
    assert any("is of sli:cpu_usage:percent" in reason for reason in reasons)
