"""``genesis-mon rollout plan``: the schedule and the criteria, as text, JSON or a calendar."""

from pathlib import Path

from genesis_monitoring.commands.rollout_inputs import load_rollout
from genesis_monitoring.errors import ExitCode
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.schedule import PlanDocument, Schedule, format_schedule


def run_plan(spec: Path, start: str | None, format_: str, console: Console) -> ExitCode:
    """Print it. Raises SpecError, and UsageError for a spec without a rollout."""
    project = load_rollout(spec)
    schedule = Schedule.of(project.plan, project.window(start))
    if format_ == "json":
        console.data(document_json(PlanDocument, schedule))
    elif format_ == "ical":
        from genesis_monitoring.report.calendar import format_calendar

        console.data(format_calendar(schedule))
    else:
        console.write(format_schedule(schedule, colour=console.colour))
    return ExitCode.OK
