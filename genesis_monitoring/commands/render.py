"""``genesis-mon render``: write the generated tree, or show how it differs."""

from dataclasses import replace

from genesis_monitoring.checks.dashboards.panel_history import check_panel_history
from genesis_monitoring.checks.left_trees import check_left_trees
from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.errors import ExitCode, GenesisMonError
from genesis_monitoring.findings import Severity, sort_findings, worst
from genesis_monitoring.report.console import Console
from genesis_monitoring.tree.state import TreeDiff, compare_tree
from genesis_monitoring.words import count


def run_render(inputs: Inputs, console: Console, *, check: bool, diff: bool, adopt: bool) -> ExitCode:
    """Render and write; with ``check`` or ``diff`` write nothing."""
    return _render(load_project(inputs), console, check=check, diff=diff, adopt=adopt)


def run_render_all(inputs: Inputs, console: Console, *, check: bool, diff: bool, adopt: bool) -> ExitCode:
    """As ``run_render``, of the spec and each of its environments; nothing is written if one is invalid."""
    base = load_project(inputs)
    others = [load_project(replace(inputs, environment=name)) for name in base.plan.spec.environments]
    console.findings(check_left_trees(base.plan.spec, base.source, base.out))
    return max(_render(one, console, check=check, diff=diff, adopt=adopt) for one in (base, *others))


def _render(project: Project, console: Console, *, check: bool, diff: bool, adopt: bool) -> ExitCode:
    moved = check_panel_history(project.out, project.plan, project.source)
    console.findings(sort_findings((*project.doubts, *moved)))
    if worst(moved) is Severity.ERROR:
        return ExitCode.FINDINGS
    if diff:
        _show_diff(project, console)
    if check:
        return _check(project, console)
    if diff:
        return ExitCode.OK
    from genesis_monitoring.tree.writer import write_tree

    with tidied_up():
        try:
            written = write_tree(project.out, project.artifacts, spec=project.spec_name, adopt=adopt)
        except GenesisMonError as error:
            raise GenesisMonError(error.message, project.mend(error.hint)) from error
    console.out(_summary(project, written))
    return ExitCode.OK


def _check(project: Project, console: Console) -> ExitCode:
    findings = project.drift()
    console.findings(findings)
    if findings:
        differences = count(len(findings), "difference")
        console.err(f"render --check: {differences} between the spec and {project.out}")
        return ExitCode.FINDINGS
    console.out(f"render --check: {len(project.artifacts)} files in {project.out} are as the spec says")
    return ExitCode.OK


def _show_diff(project: Project, console: Console) -> None:
    from genesis_monitoring.tree.diff import unified_diff

    clean = True
    for line in unified_diff(project.out, project.artifacts):
        clean = False
        console.diff_line(line)
    if clean and compare_tree(project.out, project.artifacts).is_clean:
        console.err("render --diff: no difference")


def _summary(project: Project, diff: TreeDiff) -> str:
    if diff.is_clean:
        return f"render: {len(project.artifacts)} files in {project.out}, nothing to do"
    parts = [
        f"{len(paths)} {verb}"
        for verb, paths in (
            ("created", diff.created + diff.missing),
            ("changed", diff.changed + diff.conflicts),
            ("removed", diff.removed),
            ("unchanged", diff.unchanged),
        )
        if paths
    ]
    mended = " (finished an interrupted render)" if diff.interrupted else ""
    return f"render: {', '.join(parts) or 'manifest renewed'} in {project.out}{mended}"
