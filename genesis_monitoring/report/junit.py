"""Findings in, JUnit XML out: one testcase a check, so that a test report tells what passed as well.

What could not run is an ``error``, what found an error is a ``failure``; warnings and notes of a check that
passed are its output. Source: ``junit-10.xsd`` of Jenkins' xUnit plugin.
"""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape as escape_xml, quoteattr

from genesis_monitoring.findings import Finding
from genesis_monitoring.report.checked import Checked, match_up
from genesis_monitoring.report.text import escape


def format_junit(findings: Iterable[Finding], *, checked: Sequence[Checked], seconds: float) -> str:
    """The document, in UTF-8, ending in a newline. ``seconds`` is what the whole run took.

    Whatever XML cannot hold is written as an escape: ``\\x1b``.
    """
    cases = match_up(findings, checked)
    errors = sum(case.unanswered for case in cases)
    failures = sum(case.failed and not case.unanswered for case in cases)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" time="{seconds:.3f}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="genesis-mon" {counts}>',
        f'  <testsuite name="genesis-mon validate" {counts} skipped="0">',
        *(_case(case) for case in cases),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "".join(f"{line}\n" for line in lines)


def _case(case: Checked) -> str:
    names = f"name={_attribute(case.name)} classname={_attribute(f'genesis-mon.{case.layer}')}"
    if not case.findings:
        return f"    <testcase {names}/>"
    body = escape_xml("\n".join(_words(finding) for finding in case.findings))
    if case.unanswered or case.failed:
        kind = "error" if case.unanswered else "failure"
        worst = max(case.findings, key=lambda finding: finding.severity)
        more = f" (and {len(case.findings) - 1} more)" if len(case.findings) > 1 else ""
        message = f"{worst.location}: {worst.message}{more}"
        element = f"<{kind} type={_attribute(worst.code)} message={_attribute(message)}>{body}</{kind}>"
    else:
        element = f"<system-out>{body}</system-out>"
    return f"    <testcase {names}>\n      {element}\n    </testcase>"


def _words(finding: Finding) -> str:
    lines = [f"{finding.location}: {finding.severity} {finding.code} {finding.message}"]
    lines.extend(f"  from: {location}" for location in finding.related)
    if finding.hint:
        lines.append(f"  mend: {finding.hint}")
    return "\n".join(escape(line) for line in lines)


def _attribute(text: str) -> str:
    return quoteattr(escape(text))
