"""``genesis-mon validate``: prove the generated tree right with our own checks and the field's tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import monotonic

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.panel_history import check_panel_history
from genesis_monitoring.checks.registry import CHECKS, NO_ANSWER_CODES, Check, run_checks
from genesis_monitoring.checks.unjudged import check_unjudged
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.findings import Finding, Severity, sort_findings
from genesis_monitoring.report.console import Console
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.tree.drift import drift_findings

SPEC_CHECKS = ("spec", "tree", "panel-ids", "criteria")
"""The checks that need no file of the tree beyond reading it; they always run."""


@dataclass(frozen=True, slots=True)
class ToolPaths:
    """Tools that the user named; None looks them up."""

    promtool: str | None
    amtool: str | None
    compose: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the checks run; empty ``only`` means all."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


def run_validate(
    inputs: Inputs, console: Console, tools: ToolPaths, selection: Selection, *, strict: bool, as_json: bool
) -> ExitCode:
    """All findings at once; the exit code says whether there is an error, or no answer."""
    begun = monotonic()
    checks = _selected(selection)
    count = len(SPEC_CHECKS) + len(checks)
    try:
        project = load_project(inputs)
    except SpecError as error:
        _report(console, error.findings, 1, monotonic() - begun, as_json=as_json)
        return error.exit_code
    findings = [
        *drift_findings(project.out, project.artifacts),
        *check_panel_history(project.out, project.plan, project.source),
        *check_unjudged(project.plan, project.source),
    ]
    toolbox = Toolbox(Promtool(tools.promtool), Amtool(tools.amtool), Compose(tools.compose))
    context = CheckContext(project.out, project.artifacts, project.source, toolbox, strict, project.plan)
    with console.progress(f"validate: running {count} checks"), tidied_up():
        findings.extend(run_checks(context, checks))
    ordered = sort_findings(findings)
    _report(console, ordered, count, monotonic() - begun, as_json=as_json)
    return _exit_code(ordered)


def check_names() -> tuple[str, ...]:
    """What ``--only`` and ``--skip`` take."""
    return tuple(check.name for check in CHECKS)


def _selected(selection: Selection) -> tuple[Check, ...]:
    from genesis_monitoring.spec.problems import suggest

    names = check_names()
    for name in (*selection.only, *selection.skip):
        if name not in names:
            raise UsageError(
                f"there is no check {name!r}{suggest(name, names)}", f"use one of: {', '.join(names)}"
            )
    return tuple(
        check
        for check in CHECKS
        if (not selection.only or check.name in selection.only) and check.name not in selection.skip
    )


def _report(
    console: Console, findings: Sequence[Finding], checks: int, seconds: float, *, as_json: bool
) -> None:
    if as_json:
        from genesis_monitoring.report.json import format_json

        console.write(format_json(findings, checks=checks))
    else:
        console.report(findings, checks=checks, seconds=seconds)


def _exit_code(findings: Sequence[Finding]) -> ExitCode:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return ExitCode.OK
    unanswered = all(finding.code in NO_ANSWER_CODES for finding in errors)
    return ExitCode.UNKNOWN if unanswered else ExitCode.FINDINGS
