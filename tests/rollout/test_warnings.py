"""Whatever the server was asked, an answer that it warns of or calls partial is no ground for a GO."""

import json
from pathlib import Path
from typing import Any

import pytest

from .replaying import read_document, replayed, sealed

WARNINGS: tuple[dict[str, Any], ...] = (
    {"warnings": ["a store is gone"]},
    {"isPartial": True},
    {"warnings": "a store is gone"},
)


def question_of(exchange: dict[str, Any]) -> str:
    query: str = exchange["parameters"].get("query", exchange["path"])
    return query.partition("[172800000ms]")[0].partition("[86400000ms]")[0]


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.live)])
def test_no_question_can_be_answered_in_part(stride: int, records: Path, tmp_path: Path) -> None:
    document = read_document(records / "healthy.json.gz")
    questions: dict[str, int] = {}
    for index, exchange in enumerate(document["exchanges"]):
        questions.setdefault(question_of(exchange), index)
    assert len(questions) > 25
    for question, index in list(questions.items())[::stride]:
        whole = document["exchanges"][index]
        changed = {**whole, "document": {**whole["document"], **WARNINGS[index % len(WARNINGS)]}}
        document["exchanges"][index] = changed
        (tmp_path / "e.json").write_bytes(sealed(document))
        document["exchanges"][index] = whole
        answer = replayed(records / "slo.yaml", tmp_path / "e.json", "--format", "json")
        assert answer.code == 4, question
        verdict = json.loads(answer.stdout)
        assert verdict["verdict"] == "HOLD"
        open_ = [one for one in verdict["criteria"] if one["status"] == "NO_DATA"]
        assert open_, question
        said = [part["reason"] for one in open_ for part in one["evidence"]] + verdict["remarks"]
        assert any("a store is gone" in text or "partial" in text or "not be whole" in text for text in said)


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("/api/v1/rules", {"sli", "alerts", "baseline"}),
        ("genesis_suite_parse_success", {"suite"}),
        ("process_start_time_seconds", {"alerts"}),
        ("/api/v1/status/buildinfo", {"sli", "alerts", "baseline", "suite"}),
    ],
)
def test_what_rests_on_an_answer_is_without_data(
    question: str, kinds: set[str], records: Path, tmp_path: Path
) -> None:
    document = read_document(records / "healthy.json.gz")
    for exchange in document["exchanges"]:
        if question_of(exchange).startswith(question):
            exchange["document"]["warnings"] = ["a store is gone"]
    (tmp_path / "e.json").write_bytes(sealed(document))
    verdict = json.loads(replayed(records / "slo.yaml", tmp_path / "e.json", "--format", "json").stdout)
    statuses = {one["name"]: (one["kind"], one["status"]) for one in verdict["criteria"]}
    assert {kind for kind, status in statuses.values() if status == "NO_DATA"} == kinds
    assert {kind for kind, status in statuses.values() if status == "PASS"}.isdisjoint(kinds)
    assert any(question in remark and "a store is gone" in remark for remark in verdict["remarks"])


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.live)])
def test_no_question_can_be_answered_with_a_label_set_twice(
    stride: int, records: Path, tmp_path: Path
) -> None:
    document = read_document(records / "healthy.json.gz")
    questions: dict[str, int] = {}
    for index, exchange in enumerate(document["exchanges"]):
        data = exchange["document"]["data"]
        if isinstance(data, dict) and data.get("resultType") in ("vector", "matrix") and data["result"]:
            questions.setdefault(question_of(exchange), index)
    assert len(questions) > 20
    for question, index in list(questions.items())[::stride]:
        series = document["exchanges"][index]["document"]["data"]["result"]
        series.append(series[0])
        (tmp_path / "e.json").write_bytes(sealed(document))
        series.pop()
        answer = replayed(records / "slo.yaml", tmp_path / "e.json", "--format", "json")
        assert answer.code == 4, question
        verdict = json.loads(answer.stdout)
        said = [part["reason"] for one in verdict["criteria"] for part in one["evidence"]]
        assert any("stands 2 times" in text for text in [*said, *verdict["remarks"]]), question
