"""What a run amounts to: findings in, counts out. Every format shows the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.report.document import Count


@dataclass(frozen=True, slots=True)
class Summary:
    """How many checks ran, and how many findings of each severity they made."""

    checks: Count
    errors: Count
    warnings: Count
    infos: Count


def summarise(findings: Iterable[Finding], checks: int) -> Summary:
    """Count the findings of ``checks`` checks."""
    found = [finding.severity for finding in findings]
    return Summary(
        checks, found.count(Severity.ERROR), found.count(Severity.WARNING), found.count(Severity.INFO)
    )
