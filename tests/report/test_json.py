"""What other programs read."""

import json

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.json import format_json

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
