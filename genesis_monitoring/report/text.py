"""Findings in, text for a terminal out: grouped by layer, then by file.

Nothing in a finding can steer the terminal: whatever is not printable is shown as an escape.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from genesis_monitoring.findings import Finding, Severity, rest, sort_findings, split_worst
from genesis_monitoring.report.border import escape
from genesis_monitoring.report.folded import fold_notes
from genesis_monitoring.report.paint import BOLD, CYAN, DIM, RED, YELLOW, paint
from genesis_monitoring.report.summary import summarise
from genesis_monitoring.words import count, ranges

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

_COLOURS = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.INFO: CYAN}


__all__ = ["LAYERS", "escape", "format_findings", "format_text", "ranges", "wants_colour"]


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
    verbose: bool = False,
    colour: bool = False,
) -> str:
    """The worst findings and the summary line, ending in a newline. ``seconds`` is what the run took.

    Many notes of one kind are one line, but with ``verbose``; the summary counts each.
    """
    summary = _format_summary(findings, checks, seconds, command, colour)
    told = findings if verbose else fold_notes(findings)
    return f"{format_findings(told, colour=colour)}{summary}\n"


def format_findings(findings: Sequence[Finding], *, colour: bool = False) -> str:
    """The worst findings by layer, and how many more; without a summary; an empty text for none."""
    parts = []
    shown, left_out = split_worst(findings)
    for title, group in _by_layer(shown):
        parts.append(paint(title, BOLD, colour))
        parts.extend(_format_finding(finding, colour) for finding in group)
        parts.append("")
    if left_out:
        parts += [rest(left_out), ""]
    return "".join(f"{part}\n" for part in parts)


def _by_layer(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {title: [] for title in LAYERS.values()}
    for finding in sort_findings(findings):
        groups.setdefault(LAYERS.get(finding.code[:3], "Other"), []).append(finding)
    return [(title, group) for title, group in groups.items() if group]


def _format_finding(finding: Finding, colour: bool) -> str:
    place = paint(escape(str(finding.location)), BOLD, colour)
    weight = paint(str(finding.severity), _COLOURS[finding.severity], colour)
    lines = [f"{place}: {weight} {finding.code} {escape(finding.message)}"]
    lines.extend(paint(f"  from: {escape(str(location))}", DIM, colour) for location in finding.related)
    if finding.hint:
        lines.append(paint(f"  mend: {escape(finding.hint)}", DIM, colour))
    return "\n".join(lines)


def _format_summary(
    findings: Sequence[Finding], checks: int, seconds: float, command: str, colour: bool
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
        return paint(line, RED, colour)
    return paint(line, YELLOW, colour) if summary.warnings else line
