"""What test reports read: JUnit XML that the schema accepts, in which only what was proven has passed."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from xmlschema import XMLSchema10, XMLSchemaValidationError

from genesis_monitoring.findings import Finding, Location, Severity
from genesis_monitoring.report.checked import Checked
from genesis_monitoring.report.junit import format_junit

from .nasty import CHECKED, FOUND, NOTE, ODD, RULE, SAME, TOOL

JENKINS = XMLSchema10(str(Path(__file__).parent.parent / "schemas" / "junit-10.xsd"))


def suite(findings: Iterable[Finding], checked: Iterable[Checked]) -> ElementTree.Element:
    """The one suite of a document that the schema accepts; its counts are right."""
    text = format_junit(findings, checked=tuple(checked), seconds=1234.5678)
    JENKINS.validate(text)
    root = ElementTree.fromstring(text.encode())
    (only,) = root
    assert only.get("time") == "1234.568"
    cases = only.findall("testcase")
    for element in (root, only):
        assert element.get("tests") == str(len(cases))
        assert element.get("errors") == str(len(only.findall("testcase/error")))
        assert element.get("failures") == str(len(only.findall("testcase/failure")))
    return only


def outcomes(findings: Iterable[Finding], checked: Iterable[Checked]) -> dict[str, list[str]]:
    cases = suite(findings, checked).findall("testcase")
    return {str(case.get("name")): [child.tag for child in case] for case in cases}


def test_the_schema_refuses_what_is_no_junit() -> None:
    text = format_junit(FOUND, checked=CHECKED, seconds=1)
    for wrong in (
        text.replace(' errors="1"', ""),
        text.replace("<failure ", "<wrong ").replace("</failure", "</wrong"),
    ):
        assert wrong != text
        with pytest.raises(XMLSchemaValidationError):
            JENKINS.validate(wrong)


def test_a_testcase_for_every_check() -> None:
    assert outcomes((RULE, SAME, TOOL, NOTE), CHECKED) == {
        "spec": [],
        "promql": ["failure"],
        "rule-tests": ["error"],
        "criteria": ["system-out"],
    }


def test_nothing_found() -> None:
    assert outcomes((), [Checked("spec", "spec"), Checked("tree", "tree")]) == {"spec": [], "tree": []}


def test_nothing_ran() -> None:
    assert outcomes((), ()) == {}


@pytest.mark.parametrize("code", ["GM001", "GM002", "GM003", "GM004"])
@pytest.mark.parametrize("severity", list(Severity))
def test_a_check_that_could_not_look_has_not_passed(code: str, severity: Severity) -> None:
    blind = Finding(code, severity, Location("generated/x.yml"), "m")
    worse = Finding("GM302", Severity.ERROR, Location("generated/y.yml"), "m")
    assert outcomes([blind], [Checked("rules", "rules", (blind,))]) == {"rules": ["error"]}
    assert outcomes([blind, worse], [Checked("rules", "rules", (blind, worse))]) == {"rules": ["error"]}


def test_what_no_check_found_is_not_lost() -> None:
    assert outcomes((RULE, ODD), [Checked("promql", "promql", (RULE,))]) == {
        "promql": ["failure"],
        "other": ["system-out"],
    }


def test_what_was_suppressed_does_not_fail() -> None:
    assert outcomes((), [Checked("promql", "promql", (RULE,))]) == {"promql": []}


def test_a_failure_tells_everything() -> None:
    (case,) = suite((RULE, SAME), [Checked("promql", "promql", (SAME, RULE))])
    assert case.get("classname") == "genesis-mon.promql"
    (failure,) = case
    assert failure.get("type") == "GM401"
    assert failure.get("message") == f"{RULE.location}: {RULE.message} (and 1 more)"
    assert (failure.text or "").splitlines() == [
        "generated/prometheus/rules/api.yml:3:5: error GM401 unclosed parenthesis, in line 3",
        "  from: slo.yaml:12:3",
        "  from: slo.yaml:40",
        "  mend: correct the spec",
        "generated/prometheus/rules/api.yml:9: error GM401 unclosed parenthesis, in line 9",
    ]


def test_whatever_a_finding_holds_is_xml() -> None:
    worse = Finding("GM201", Severity.ERROR, ODD.location, ODD.message, ODD.hint, ODD.related)
    (case,) = suite([worse], [Checked('n"<&\x00', "l\x1b", (worse,))])
    assert case.get("name") == 'n"<&\\x00'
    (failure,) = case
    shown = f"{failure.get('message')}{failure.text}"
    assert shown.replace("\n", "").isprintable()
    for part in ("\\x1b[2J", "\\x00", "\\ufffe", "\\udc80", "]]>", "<&>", "é…"):
        assert part in shown
