"""What is found while a document is read: errors change the meaning, the rest is not kept."""

from dataclasses import dataclass, field

from genesis_monitoring.findings import Finding, Location, Severity

CHANGED, DROPPED = "GM140", "GM141"


@dataclass(slots=True)
class Report:
    """Collects findings; whoever reads on asks ``errors`` whether something was refused meanwhile."""

    findings: list[Finding] = field(default_factory=list)
    errors: int = 0

    def error(self, at: Location, message: str, hint: str) -> None:
        """It cannot be imported without a change of its meaning; nothing is written."""
        self.add(Finding(CHANGED, Severity.ERROR, at, message, hint))

    def warning(self, at: Location, message: str, hint: str = "") -> None:
        """Something that people may miss is not kept, or kept in another form."""
        self.add(Finding(DROPPED, Severity.WARNING, at, message, hint))

    def note(self, at: Location, message: str, hint: str = "") -> None:
        """Something that changes nothing is not kept."""
        self.add(Finding(DROPPED, Severity.INFO, at, message, hint))

    def add(self, finding: Finding) -> None:
        """As it is."""
        self.findings.append(finding)
        self.errors += finding.severity is Severity.ERROR
