"""Findings in, workflow commands out: GitHub shows each as an annotation at its line.

Source: GitHub, "Workflow commands for GitHub Actions".
"""

from collections.abc import Iterable
from pathlib import PurePath

from genesis_monitoring.code_pages import page
from genesis_monitoring.findings import Finding, Severity, rest, split_worst
from genesis_monitoring.report.folded import fold_notes
from genesis_monitoring.report.places import relative_file
from genesis_monitoring.report.text import escape

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def format_github(findings: Iterable[Finding], *, root: PurePath, here: PurePath | None = None) -> str:
    """One line a finding, the worst first: GitHub shows the first ten of a kind in each step.

    Many notes of one kind are one annotation, at the first of them, that says them all.

    ``root`` is the absolute path of the repository, to which the files are relative; ``here`` is the folder
    that findings name them from.
    """
    shown, left_out = split_worst(fold_notes(findings, listed=True))
    ordered = sorted(shown, key=lambda finding: -finding.severity)
    more = f"::notice title=genesis-mon::{rest(left_out)}\n" if left_out else ""
    return "".join(f"{_command(finding, root, here)}\n" for finding in ordered) + more


def _command(finding: Finding, root: PurePath, here: PurePath | None) -> str:
    place = finding.location
    properties = {"file": relative_file(place.file, root, here)}
    if place.line:
        properties["line"] = str(place.line)
        if place.column:
            properties["col"] = str(place.column)
    properties["title"] = _title(finding.code)
    shown = ",".join(f"{name}={_encode(value, _IN_PROPERTIES)}" for name, value in properties.items())
    lines = [finding.message, *(f"from: {location}" for location in finding.related)]
    if finding.hint:
        lines.append(f"mend: {finding.hint}")
    return f"::{_COMMANDS[finding.severity]} {shown}::{_encode(chr(10).join(lines), _IN_DATA)}"


def _title(code: str) -> str:
    try:
        return f"{code} {page(code).title}"
    except KeyError:
        return code


def _encode(text: str, table: dict[str, str]) -> str:
    return escape("".join(table.get(char, char) for char in text))
