"""``genesis-mon stack drill``: prove that each alert arrives as the spec says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.commands.rollout_inputs import read_time_option
from genesis_monitoring.commands.stack import rendered_project
from genesis_monitoring.errors import ExitCode, UsageError
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.drill import drill_text
from genesis_monitoring.report.end_to_end import played_text
from genesis_monitoring.stack.drill import run_drill
from genesis_monitoring.stack.drill_report import DrillReport
from genesis_monitoring.stack.end_to_end import EndToEndReport, play_scenario
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.ground import Ground
from genesis_monitoring.stack.scenario import load_scenario


def run_alert_drill(
    inputs: Inputs, console: Console, *, alert: str, at: str | None, as_json: bool, brief: bool
) -> ExitCode:
    """Drill all alerts, or the one that ``alert`` names, as if at ``at``.

    FINDINGS if anything is not as the spec says. Raises UsageError for a time that makes no difference.
    """
    from genesis_monitoring.words import suggest

    moment = None if at is None else datetime.fromtimestamp(read_time_option(at, "--at"), UTC)
    project = rendered_project(inputs)
    if moment is not None and not project.plan.spec.time_intervals:
        raise UsageError(
            "who is told does not depend on the time: the spec has no time_intervals", "leave --at out"
        )
    names = tuple(dict.fromkeys(row.alert for row in project.plan.alert_rows))
    if alert and alert not in names:
        raise UsageError(
            f"there is no alert {alert!r}{suggest(alert, names)}", f"use one of: {', '.join(names)}"
        )

    def tell(line: str) -> None:
        console.err(f"drill: {line}")

    with tidied_up():
        report = run_drill(project.plan, project.out.absolute(), alert, tell, moment)
    if as_json:
        console.data(document_json(DrillReport, report))
    else:
        console.write(drill_text(report, colour=console.colour, brief=brief, width=console.width))
    return ExitCode.OK if report.ok else ExitCode.FINDINGS


def run_end_to_end(inputs: Inputs, console: Console, *, scenario: str, as_json: bool) -> ExitCode:
    """Play a scenario on a stack of its own. FINDINGS if other alerts fire or arrive than it expects."""
    from genesis_monitoring.clients.server import scratch_folder
    from genesis_monitoring.tree.writer import write_tree

    load_scenario(scenario)

    def tell(line: str) -> None:
        console.err(f"drill: {line}")

    with tidied_up(), scratch_folder() as scratch:
        profile = _profile(inputs)
        named = replace(inputs, out=scratch / "tree", profile=profile)
        project = load_project(named, start=just_observed(named))
        write_tree(project.out, project.artifacts)
        state = StateFolder(scratch / "state")
        ground = Ground(inputs.spec.absolute(), project.out, state, inputs.environment)
        report = play_scenario(project.plan, profile, ground, scenario, tell)
    if as_json:
        console.data(document_json(EndToEndReport, report))
    else:
        console.write(played_text(report))
    return ExitCode.OK if report.ok else ExitCode.FINDINGS


def just_observed(inputs: Inputs) -> datetime:
    """When the rollout of a stack with a past began: every baseline has just been observed."""
    from genesis_monitoring.spec.load import load_spec

    baselines = (
        sli.baseline for sli in load_spec(inputs.spec, environment=inputs.environment).spec.slis.values()
    )
    first = max((one.first or 0 for one in baselines if one), default=0)
    return datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=first)


def _profile(inputs: Inputs) -> str:
    """The one that is named, else the first that shortens ``for``. Raises UsageError if none does."""
    from genesis_monitoring.spec.load import load_spec

    if inputs.profile is not None:
        return inputs.profile
    for name, profile in load_spec(inputs.spec, environment=inputs.environment).spec.profiles.items():
        if profile.for_at_most is not None:
            return name
    raise UsageError(
        f"no profile of {inputs.spec} shortens the time that alerts wait",
        "add a profile with for_at_most: 10s, or name one with --profile",
    )
