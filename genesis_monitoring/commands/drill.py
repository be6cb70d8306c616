"""``genesis-mon stack drill``: prove that each alert arrives as the spec says."""

import os
import sys

from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs
from genesis_monitoring.commands.stack import rendered_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.drill import drill_json, drill_text
from genesis_monitoring.report.text import wants_colour
from genesis_monitoring.stack.drill import run_drill


def run_alert_drill(inputs: Inputs, console: Console, *, alert: str, as_json: bool, brief: bool) -> ExitCode:
    """Drill all alerts, or the one that ``alert`` names. FINDINGS if anything is not as the spec says."""
    from genesis_monitoring.spec.problems import suggest

    project = rendered_project(inputs)
    names = tuple(dict.fromkeys(row.alert for row in project.plan.alert_rows))
    if alert and alert not in names:
        raise UsageError(
            f"there is no alert {alert!r}{suggest(alert, names)}", f"use one of: {', '.join(names)}"
        )

    def tell(line: str) -> None:
        console.err(f"drill: {line}")

    with tidied_up():
        report = run_drill(project.plan, project.out.absolute(), alert, tell)
    console.write(
        drill_json(report)
        if as_json
        else drill_text(report, colour=wants_colour(sys.stdout, os.environ), brief=brief)
    )
    return ExitCode.OK if report.ok else ExitCode.FINDINGS
