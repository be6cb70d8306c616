"""What code scanning reads: SARIF that the official schema accepts."""

import json
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker

from genesis_monitoring.code_pages import all_codes, page
from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.sarif import SCHEMA, format_sarif
from genesis_monitoring.spec.suppressions import Suppressed

from .nasty import CHECKED, FOUND, NASTY, NOTE, ODD, RULE, SAME, TOOL

OFFICIAL = json.loads((Path(__file__).parent.parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))
ROOT = PurePosixPath("/repo")


def check(text: str) -> dict[str, Any]:
    """The one run of a log that the official schema accepts."""
    log: dict[str, Any] = json.loads(text)
    Draft4Validator(OFFICIAL, format_checker=FormatChecker()).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def results(*findings: Finding) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = check(format_sarif(findings, checked=(), root=ROOT))["results"]
    return found


def test_the_schema_is_the_one_that_the_log_names() -> None:
    assert OFFICIAL["id"] == SCHEMA
    assert json.loads(format_sarif([], checked=(), root=ROOT))["$schema"] == SCHEMA


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(format_sarif(FOUND, checked=CHECKED, root=ROOT))
    log["runs"][0]["results"][0]["level"] = "info"
    assert not Draft4Validator(OFFICIAL).is_valid(log)


def test_nothing_found() -> None:
    run = check(format_sarif([], checked=CHECKED[:1], root=ROOT))
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0]["executionSuccessful"] is True


def test_every_finding_is_a_result_of_its_rule() -> None:
    run = check(format_sarif(FOUND, checked=CHECKED, root=ROOT))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["GM001", "GM130", "GM299", "GM401"]
    assert len(run["results"]) == len(FOUND)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["ruleId"]: result["level"] for result in run["results"]} == {
        "GM001": "warning",
        "GM130": "note",
        "GM299": "warning",
        "GM401": "error",
    }


def test_a_rule_tells_its_page() -> None:
    run = check(format_sarif([RULE], checked=(), root=ROOT))
    (rule,) = run["tool"]["driver"]["rules"]
    about = page("GM401")
    assert rule["shortDescription"]["text"] == about.title
    assert rule["help"]["markdown"] == about.text
    assert rule["fullDescription"]["text"] == about.summary
    assert rule["name"].isalnum()
    assert rule["name"][0].isupper()


def test_every_code_makes_a_valid_rule() -> None:
    findings = [Finding(code, Severity.ERROR, Location("x", 1), "m") for code in all_codes()]
    names = [
        rule["name"]
        for rule in check(format_sarif(findings, checked=(), root=ROOT))["tool"]["driver"]["rules"]
    ]
    assert len(names) == len(set(names)) == len(findings)


def test_places_and_what_mends() -> None:
    (result,) = results(RULE)
    assert result["message"]["text"] == "unclosed parenthesis, in line 3\nTo mend it: correct the spec"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "generated/prometheus/rules/api.yml", "uriBaseId": "SRCROOT"},
                "region": {"startLine": 3, "startColumn": 5},
            }
        }
    ]
    related = [
        (one["id"], one["physicalLocation"]["artifactLocation"]["uri"], one["physicalLocation"]["region"])
        for one in result["relatedLocations"]
    ]
    assert related == [
        (1, "slo.yaml", {"startLine": 12, "startColumn": 3}),
        (2, "slo.yaml", {"startLine": 40}),
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("slo.yaml", "slo.yaml"),
        ("./a/../slo.yaml", "slo.yaml"),
        ("/repo/generated/x.yml", "generated/x.yml"),
        ("../other/x.yml", "file:///other/x.yml"),
        ("/tmp/x y.yml", "file:///tmp/x%20y.yml"),
        ("a b/é:,%#?.yml", "a%20b/%C3%A9%3A%2C%25%23%3F.yml"),
        ("bad\udcff.yml", "bad%FF.yml"),
    ],
)
def test_files_are_relative_uris(file: str, uri: str) -> None:
    (result,) = results(Finding("GM201", Severity.ERROR, Location(file), "m"))
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == uri
    assert ("uriBaseId" in physical["artifactLocation"]) == (not uri.startswith("file:"))
    assert "region" not in physical


def test_whatever_a_finding_holds_is_text() -> None:
    text = format_sarif([ODD], checked=(), root=ROOT)
    assert text.isascii()
    (result,) = check(text)["results"]
    shown = result["message"]["text"]
    assert shown.replace("\n", "").isprintable()
    assert "\\x1b" in shown
    assert NASTY not in shown


def test_the_bytes_depend_on_the_findings_only() -> None:
    text = format_sarif(FOUND, checked=CHECKED, root=ROOT)
    assert text == format_sarif((*FOUND[::-1], RULE), checked=CHECKED, root=ROOT)
    assert text.endswith("}\n")


def fingerprint(result: dict[str, Any]) -> str:
    prints = set(result["partialFingerprints"].values())
    assert len(prints) == 1
    return str(prints.pop())


def test_a_fingerprint_outlives_a_moved_line() -> None:
    moved = Finding(
        "GM401", Severity.ERROR, Location(RULE.location.file, 77, 9), "unclosed parenthesis, in line 77"
    )
    assert fingerprint(results(RULE)[0]) == fingerprint(results(moved)[0])


def test_fingerprints_tell_findings_apart() -> None:
    other = Finding("GM401", Severity.ERROR, Location("generated/other.yml", 3, 5), RULE.message)
    worse = Finding("GM401", Severity.ERROR, RULE.location, "another message")
    found = results(RULE, SAME, other, worse, NOTE)
    assert len({fingerprint(result) for result in found}) == len(found) == 5


def test_what_could_not_run_is_no_success() -> None:
    (invocation,) = check(format_sarif(FOUND, checked=CHECKED, root=ROOT))["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["descriptor"]["id"] == "GM001"
    assert notification["message"]["text"] == TOOL.message
    assert invocation["properties"]["checks"] == ["spec", "promql", "rule-tests", "criteria"]


def test_what_is_suppressed_is_listed_as_such() -> None:
    text = format_sarif(
        [RULE], checked=(), root=ROOT, suppressed=[Suppressed(NOTE, "the exporter comes in May")]
    )
    found = {result["ruleId"]: result for result in check(text)["results"]}
    assert "suppressions" not in found["GM401"]
    assert found["GM130"]["suppressions"] == [
        {"kind": "external", "justification": "the exporter comes in May"}
    ]
