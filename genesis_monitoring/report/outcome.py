"""A finished validation in; its report in any format out, to standard output or to files."""

import os
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.errors import GenesisMonError, UsageError
from genesis_monitoring.files import check_target, replace_file
from genesis_monitoring.findings import Finding
from genesis_monitoring.report.checked import Checked
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.places import workspace
from genesis_monitoring.spec.suppressions import Suppressed

FORMATS = ("text", "json", "junit", "sarif", "github")


@dataclass(frozen=True, slots=True)
class Outcome:
    """``findings`` are those to report; ``checked`` is every check with what it found itself.

    ``seconds`` is what the run took.
    """

    findings: tuple[Finding, ...]
    checked: tuple[Checked, ...]
    suppressed: tuple[Suppressed, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A report to write to a file."""

    format: str
    path: Path


@dataclass(frozen=True, slots=True)
class Reports:
    """What is printed, what is written beside it, and whether GitHub reads along.

    ``verbose``: as text, each note is a line of its own, however many say the same.
    """

    format: str = "text"
    files: tuple[ReportFile, ...] = ()
    annotate: bool = False
    verbose: bool = False


def parse_report_file(text: str) -> ReportFile:
    """``sarif=path``. Raises UsageError."""
    name, equals, path = text.partition("=")
    if not equals or not path or name not in FORMATS:
        raise UsageError(f"{text!r} is not FORMAT=PATH", f"FORMAT is one of {', '.join(FORMATS)}")
    try:
        check_target(Path(path))
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}", "name another file with -o") from None
    return ReportFile(name, Path(path))


def report(outcome: Outcome, reports: Reports, console: Console) -> None:
    """Write every report. Raises GenesisMonError for a file that cannot be written."""
    for file in reports.files:
        try:
            replace_file(file.path, _format(file.format, outcome).encode())
        except OSError as error:
            raise GenesisMonError(
                f"{file.path}: the {file.format} report cannot be written: {error.strerror}",
                "name a file in a folder that exists and that you can write to",
            ) from None
    if reports.format == "text":
        console.report(
            outcome.findings,
            checks=len(outcome.checked),
            seconds=outcome.seconds,
            verbose=reports.verbose,
        )
    else:
        console.data(_format(reports.format, outcome))
    if reports.annotate and reports.format != "github":
        console.data_error(_format("github", outcome))


def _format(name: str, outcome: Outcome) -> str:
    if name == "json":
        from genesis_monitoring.report.json import format_json

        return format_json(outcome.findings, checks=len(outcome.checked))
    if name == "junit":
        from genesis_monitoring.report.junit import format_junit

        return format_junit(outcome.findings, checked=outcome.checked, seconds=outcome.seconds)
    here = Path.cwd()
    root = workspace(here, os.environ)
    if name == "sarif":
        from genesis_monitoring.report.sarif import format_sarif

        return format_sarif(
            outcome.findings, checked=outcome.checked, root=root, here=here, suppressed=outcome.suppressed
        )
    if name == "github":
        from genesis_monitoring.report.github import format_github

        return format_github(outcome.findings, root=root, here=here)
    from genesis_monitoring.report.text import format_text

    return format_text(outcome.findings, checks=len(outcome.checked), seconds=outcome.seconds)
