"""A check that was to run and what it found: what a format needs that tells passed checks too."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from genesis_monitoring.checks.registry import NO_ANSWER_CODES
from genesis_monitoring.findings import Finding, Severity, sort_findings

UNANSWERED = frozenset({*NO_ANSWER_CODES, "GM004"})
"""Codes that mean that something could not be checked."""


@dataclass(frozen=True, slots=True)
class Checked:
    """``name`` is the check's, ``layer`` what it belongs to, ``findings`` all that it found."""

    name: str
    layer: str
    findings: tuple[Finding, ...] = ()

    @property
    def unanswered(self) -> bool:
        """Whether it could not run, or not on everything: it has not passed, whatever the severity."""
        return any(finding.code in UNANSWERED for finding in self.findings)

    @property
    def failed(self) -> bool:
        """Whether it found an error."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


def match_up(findings: Iterable[Finding], checked: Iterable[Checked]) -> tuple[Checked, ...]:
    """``checked`` with those of ``findings`` only (what was suppressed is gone), and what none of them found.

    That last one is named ``other``; it is left out if it is empty.
    """
    reported = sort_findings(findings)
    kept = tuple(
        Checked(check.name, check.layer, _only(check.findings, frozenset(reported))) for check in checked
    )
    known = frozenset(finding for check in kept for finding in check.findings)
    rest = tuple(finding for finding in reported if finding not in known)
    return (*kept, Checked("other", "other", rest)) if rest else kept


def _only(findings: Iterable[Finding], reported: Collection[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in sort_findings(findings) if finding in reported)
