"""Findings in, JSON out: version 1, the same bytes for the same findings (so it tells no times)."""

from collections.abc import Iterable

from genesis_monitoring.findings import Finding, Location, sort_findings
from genesis_monitoring.report.summary import summarise

VERSION = 1


def format_json(findings: Iterable[Finding], *, checks: int) -> str:
    """The document, in ASCII, ending in a newline. ``line`` and ``column`` are null where there is none."""
    import json

    ordered = sort_findings(findings)
    summary = summarise(ordered, checks)
    document = {
        "version": VERSION,
        "summary": {
            "checks": summary.checks,
            "errors": summary.errors,
            "warnings": summary.warnings,
            "infos": summary.infos,
        },
        "findings": [_finding(finding) for finding in ordered],
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "hint": finding.hint,
        "location": _location(finding.location),
        "related": [_location(location) for location in finding.related],
    }


def _location(location: Location) -> dict[str, object]:
    return {"file": location.file, "line": location.line or None, "column": location.column or None}
