"""Findings in, text for a terminal out: grouped by layer, then by file.

Nothing in a finding can steer the terminal: whatever is not printable is shown as an escape.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from genesis_monitoring.findings import Finding, Severity, rest, sort_findings, split_worst
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.summary import summarise

LAYERS: dict[str, str] = {
    "GM0": "Tooling",
    "GM1": "Spec",
    "GM2": "Generated tree",
    "GM3": "Prometheus",
    "GM4": "PromQL",
    "GM5": "Rule tests",
    "GM6": "Alertmanager",
    "GM7": "Dashboards",
    "GM8": "Compose",
    "GM9": "Live",
}
"""The title of each layer, by the beginning of its codes, in the order shown."""

_RESET, _BOLD, _DIM = "\x1b[0m", "\x1b[1m", "\x1b[2m"
_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.INFO: "\x1b[36m"}


__all__ = ["LAYERS", "count", "escape", "format_findings", "format_text", "wants_colour"]


class Stream(Protocol):
    """Where text goes."""

    def isatty(self) -> bool:
        """Whether that is a terminal."""


def wants_colour(stream: Stream, environ: Mapping[str, str]) -> bool:
    """Whether to colour: NO_COLOR wins over FORCE_COLOR, and both over what the stream is."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb"


def format_text(
    findings: Sequence[Finding],
    *,
    checks: int,
    seconds: float,
    command: str = "validate",
    colour: bool = False,
) -> str:
    """The worst findings and the summary line, ending in a newline. ``seconds`` is what the run took."""
    summary = _format_summary(findings, checks, seconds, command, _Paint(colour))
    return f"{format_findings(findings, colour=colour)}{summary}\n"


def format_findings(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """The worst findings by layer, and how many more; without a summary; an empty text for none."""
    paint = _Paint(colour)
    parts = []
    shown, left_out = split_worst(findings)
    for title, group in _by_layer(shown):
        parts.append(paint.bold(title))
        parts.extend(_format_finding(finding, paint) for finding in group)
        parts.append("")
    if left_out:
        parts += [rest(left_out), ""]
    return "".join(f"{part}\n" for part in parts)


def count(number: int, noun: str) -> str:
    """``1 error``, ``2 errors``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def bold(self, text: str) -> str:
        return f"{_BOLD}{text}{_RESET}" if self._colour else text

    def dim(self, text: str) -> str:
        return f"{_DIM}{text}{_RESET}" if self._colour else text

    def severity(self, severity: Severity, text: str) -> str:
        return f"{_COLOURS[severity]}{text}{_RESET}" if self._colour else text


def _by_layer(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {title: [] for title in LAYERS.values()}
    for finding in sort_findings(findings):
        groups.setdefault(LAYERS.get(finding.code[:3], "Other"), []).append(finding)
    return [(title, group) for title, group in groups.items() if group]


def _format_finding(finding: Finding, paint: _Paint) -> str:
    place = paint.bold(escape(str(finding.location)))
    weight = paint.severity(finding.severity, str(finding.severity))
    lines = [f"{place}: {weight} {finding.code} {escape(finding.message)}"]
    lines.extend(paint.dim(f"  from: {escape(str(location))}") for location in finding.related)
    if finding.hint:
        lines.append(paint.dim(f"  mend: {escape(finding.hint)}"))
    return "\n".join(lines)


def _format_summary(
    findings: Sequence[Finding], checks: int, seconds: float, command: str, paint: _Paint
) -> str:
    summary = summarise(sort_findings(findings), checks)
    words = [
        count(summary.checks, "check"),
        count(summary.errors, "error"),
        count(summary.warnings, "warning"),
    ]
    if summary.infos:
        words.append(count(summary.infos, "note"))
    line = f"{command}: {', '.join(words)} in {seconds:.1f} s"
    if summary.errors:
        return paint.severity(Severity.ERROR, line)
    return paint.severity(Severity.WARNING, line) if summary.warnings else line
