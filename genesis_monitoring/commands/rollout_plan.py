"""``genesis-mon rollout plan``: the schedule and the criteria, as text, JSON or a calendar."""

import time
from contextlib import suppress

from genesis_monitoring.commands.rollout_inputs import (
    SpecFile,
    begin_now,
    ledger_path,
    load_rollout,
    nobody_watched,
)
from genesis_monitoring.errors import ExitCode
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.schedule import PlanDocument, Schedule, format_schedule
from genesis_monitoring.rollout.ledger import LedgerError


def run_plan(spec: SpecFile, start: str | None, format_: str, console: Console) -> ExitCode:
    """Print it. Raises SpecError, and UsageError for a spec without a rollout.

    That a rollout is over and nobody watched it is told beside it, on standard error.
    """
    project = load_rollout(spec)
    now = time.time()
    if start is None:
        with suppress(LedgerError):
            nobody = nobody_watched(project.pace(None), ledger_path(spec, None), now)
            if nobody:
                console.err(f"plan: {nobody}; {begin_now('plan', spec, now)}")
    schedule = Schedule.of(project.plan, project.window(start))
    if format_ == "json":
        console.data(document_json(PlanDocument, schedule))
    elif format_ == "ical":
        from genesis_monitoring.report.calendar import format_calendar

        console.data(format_calendar(schedule))
    else:
        console.write(format_schedule(schedule, colour=console.colour, width=console.width))
    return ExitCode.OK
