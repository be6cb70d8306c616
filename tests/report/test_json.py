"""What other programs read."""

import json

import pytest
from published import check, published

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.json import format_json

from .nasty import FOUND

ONE = Finding("GM401", Severity.ERROR, Location("a", 3, 5), "m \x1b é", "h", (Location("slo.yaml", 12),))
TWO = Finding("GM001", Severity.WARNING, Location("b"), "gone")


def test_the_document_is_whole() -> None:
    assert json.loads(format_json([TWO, ONE], checks=9)) == {
        "version": 1,
        "summary": {"checks": 9, "errors": 1, "warnings": 1, "infos": 0},
        "findings": [
            {
                "code": "GM401",
                "severity": "error",
                "message": "m \x1b é",
                "hint": "h",
                "location": {"file": "a", "line": 3, "column": 5},
                "related": [{"file": "slo.yaml", "line": 12, "column": None}],
            },
            {
                "code": "GM001",
                "severity": "warning",
                "message": "gone",
                "hint": "",
                "location": {"file": "b", "line": None, "column": None},
                "related": [],
            },
        ],
    }


def test_the_bytes_depend_on_the_findings_only() -> None:
    text = format_json([ONE, TWO], checks=9)
    assert text == format_json([TWO, ONE, TWO], checks=9)
    assert text.isascii()
    assert text.endswith("}\n")


def test_nothing_found() -> None:
    document = json.loads(format_json([], checks=0))
    assert document["findings"] == []
    assert document["summary"]["errors"] == 0


def test_the_published_schema_accepts_every_document() -> None:
    for found in ([], [ONE], [TWO, ONE], FOUND):
        published("findings").validate(json.loads(format_json(found, checks=3)))
    words = ("version", "findings.0.code", "findings.0.severity")
    check("findings", json.loads(format_json([TWO, ONE], checks=3)), *words, more_keys=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"version": 1', '"version": 2'),
        ('"code": "GM401"', '"code": "401"'),
        ('"severity": "error"', '"severity": "fatal"'),
        ('"line": 3', '"line": 0'),
        ('"file": "a"', '"path": "a"'),
        ('"errors": 1', '"errors": -1'),
        ('"hint": "h"', '"hint": null'),
    ],
)
def test_the_published_schema_refuses_other_documents(old: str, new: str) -> None:
    text = format_json([ONE], checks=9)
    assert old in text
    assert not published("findings").is_valid(json.loads(text.replace(old, new)))


def test_keys_may_be_added_to_the_published_schema() -> None:
    document = json.loads(format_json([ONE], checks=9))
    for part in (document, document["summary"], *document["findings"], document["findings"][0]["location"]):
        part["later"] = 1
    published("findings").validate(document)
