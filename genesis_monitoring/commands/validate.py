"""``genesis-mon validate``: prove the generated tree right with our own checks and the field's tools."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from time import monotonic

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.checks.proven import Proven
from genesis_monitoring.checks.registry import CHECKS, NO_ANSWER_CODES, SPEC_CHECKS, Check, run_each
from genesis_monitoring.clients.alertmanager import Alertmanager
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.prometheus import Prometheus
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.code_pages import all_codes
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.findings import Finding, Severity, sort_findings
from genesis_monitoring.report.checked import Checked
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.outcome import Outcome, Reports, report
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.spec.suppressions import Applied, apply_suppressions
from genesis_monitoring.tree.drift import OTHER_SPEC

SPEC_CHECK, TREE_CHECK = "spec", "tree"
"""That the spec is valid, and the tree what it renders to: these run always, as ``SPEC_CHECKS`` do."""


@dataclass(frozen=True, slots=True)
class ToolPaths:
    """Tools that the user named; None looks them up. ``timeout`` is in seconds, for each call of a tool."""

    promtool: str | None
    amtool: str | None
    compose: str | None
    prometheus: str | None = None
    alertmanager: str | None = None
    timeout: float = 300.0


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the checks run; empty ``only`` means all. Without ``live`` no server is started."""

    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    live: bool = True


def run_validate(
    inputs: Inputs,
    console: Console,
    tools: ToolPaths,
    selection: Selection,
    reports: Reports,
    *,
    strict: bool,
) -> ExitCode:
    """All findings at once; the exit code says whether there is an error, or no answer."""
    begun = monotonic()
    checks = _selected(selection)
    try:
        project = load_project(inputs, Promtool(tools.promtool, tools.timeout))
    except SpecError as error:
        failed = Checked(SPEC_CHECK, SPEC_CHECK, error.findings)
        report(Outcome(error.findings, (failed,), (), monotonic() - begun), reports, console)
        return error.exit_code
    names = () if inputs.environment else tuple(project.plan.spec.environments)
    with console.progress(f"validate: running {len(checks) * (1 + len(names))} checks"), tidied_up():
        proven = Proven()
        checked = _run(project, checks, tools, proven, strict=strict)
        applied = _applied(project, checks, checked, strict=strict)
        known = frozenset(finding for one in checked for finding in one.findings)
        for name in names:
            there = replace(inputs, environment=name)
            more, applied_there = _in_environment(there, checks, tools, proven, known, strict=strict)
            checked = (*checked, *more)
            applied = Applied(
                sort_findings((*applied.kept, *applied_there.kept)),
                tuple(dict.fromkeys((*applied.suppressed, *applied_there.suppressed))),
            )
    report(Outcome(applied.kept, checked, applied.suppressed, monotonic() - begun), reports, console)
    return _exit_code(applied.kept)


def _in_environment(
    inputs: Inputs,
    checks: Sequence[Check],
    tools: ToolPaths,
    proven: Proven,
    known: Collection[Finding],
    *,
    strict: bool,
) -> tuple[tuple[Checked, ...], Applied]:
    """The same of an environment, which is named where ``known`` findings do not say it of the spec as well.

    That a suppression matches nothing there is no finding.
    """
    try:
        project = load_project(inputs, Promtool(tools.promtool, tools.timeout))
    except SpecError as error:
        failed = Checked(f"{inputs.environment}: {SPEC_CHECK}", SPEC_CHECK, error.findings)
        return (failed,), Applied(error.findings, ())
    checked = tuple(
        replace(one, findings=tuple(_named(found, project, known) for found in one.findings))
        for one in _run(project, checks, tools, proven, strict=strict)
    )
    applied = _applied(project, (), checked, strict=strict)
    return tuple(replace(one, name=f"{inputs.environment}: {one.name}") for one in checked), applied


def _named(finding: Finding, project: Project, known: Collection[Finding]) -> Finding:
    """A finding at the spec says in which environment it is; the path of a tree says it anyway."""
    if finding in known or finding.location.file != project.source.file:
        return finding
    return replace(finding, message=f"in environment {project.environment}: {finding.message}")


def _applied(
    project: Project, checks: Sequence[Check], checked: Sequence[Checked], *, strict: bool
) -> Applied:
    """What is left of all that was found; of no ``checks`` a suppression is never called stale."""
    return apply_suppressions(
        (finding for check in checked for finding in check.findings),
        project.plan.spec.suppress,
        project.source,
        known=frozenset(all_codes()),
        judged=_judged(checks, checked) if checks else (),
        strict=strict,
    )


def _run(
    project: Project, checks: Sequence[Check], tools: ToolPaths, proven: Proven, *, strict: bool
) -> tuple[Checked, ...]:
    """What each check found.

    One that found nothing in an equal tree need not look again, unless it is about all that is in the folder.
    """
    toolbox = Toolbox(
        Promtool(tools.promtool, tools.timeout),
        Amtool(tools.amtool, tools.timeout),
        Compose(tools.compose, tools.timeout),
        Prometheus(tools.prometheus, tools.promtool, tools.timeout),
        Alertmanager(tools.alertmanager, tools.timeout),
    )
    plan, out = project.plan, project.out
    context = CheckContext(out, project.artifacts, project.source, toolbox, plan, strict, proven)
    drift = project.drift()
    if any(one.code == OTHER_SPEC for one in drift):
        # Of another spec's files there is nothing to say.
        return (Checked(SPEC_CHECK, SPEC_CHECK), Checked(TREE_CHECK, TREE_CHECK, drift))
    known = frozenset() if drift else proven.of(plan.spec)
    asked = tuple(check for check in checks if check.layer == TREE_CHECK or check.name not in known)
    found = dict(zip((check.name for check in asked), run_each(context, asked), strict=True))
    if not drift:
        proven.remember(plan.spec, frozenset(name for name, own in found.items() if not own))
    return (
        Checked(SPEC_CHECK, SPEC_CHECK),
        Checked(TREE_CHECK, TREE_CHECK, drift),
        *(Checked(check.name, check.layer, check.run(plan, project.source, out)) for check in SPEC_CHECKS),
        *(Checked(check.name, check.layer, project.mended(found.get(check.name, ()))) for check in checks),
    )


def _judged(checks: Sequence[Check], checked: Sequence[Checked]) -> frozenset[str]:
    """The codes that this run could have found: those of the checks that ran and gave an answer."""
    answered = {check.name for check in checked if not check.unanswered}
    ran = (*SPEC_CHECKS, *(check for check in checks if check.name in answered))
    return frozenset(code for check in ran for code in check.codes)


def check_names() -> tuple[str, ...]:
    """What ``--only`` and ``--skip`` take."""
    return tuple(check.name for check in CHECKS)


def _selected(selection: Selection) -> tuple[Check, ...]:
    from genesis_monitoring.words import suggest

    names = check_names()
    for name in (*selection.only, *selection.skip):
        if name not in names:
            raise UsageError(
                f"there is no check {name!r}{suggest(name, names)}", f"use one of: {', '.join(names)}"
            )
    return tuple(
        check
        for check in CHECKS
        if (not selection.only or check.name in selection.only)
        and check.name not in selection.skip
        and (selection.live or not check.live)
    )


def _exit_code(findings: Sequence[Finding]) -> ExitCode:
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if not errors:
        return ExitCode.OK
    unanswered = all(finding.code in NO_ANSWER_CODES for finding in errors)
    return ExitCode.UNKNOWN if unanswered else ExitCode.FINDINGS
