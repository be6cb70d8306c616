"""``genesis-mon stack up | status | down``: run the generated stack, see how it is, end it."""

import gc
import os
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.commands.interrupts import tidied_up
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.conventions import state_folder
from genesis_monitoring.errors import ExitCode, GenesisMonError, UsageError
from genesis_monitoring.files import open_regular
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.receivers.base import Protocol
from genesis_monitoring.report.console import Console
from genesis_monitoring.report.document import document_json
from genesis_monitoring.report.stack import services_table, status_text
from genesis_monitoring.spec.load import load_spec
from genesis_monitoring.spec.source import SpecError
from genesis_monitoring.stack.docker import Docker
from genesis_monitoring.stack.down import stop_stack
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.ground import Ground, Wanted
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.stack.status import StackStatus, native_status
from genesis_monitoring.stack.up import Manner, bring_up

_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Way:
    """Which way the user forces: native or docker; neither lets the machine decide."""

    native: bool = False
    docker: bool = False


def run_up(
    inputs: Inputs,
    state: Path | None,
    console: Console,
    way: Way,
    wanted: Wanted,
    manner: Manner,
) -> ExitCode:
    """Bring it up and print the table of services; with ``manner.hanging`` stay until interrupted."""
    if wanted.scenario:
        load_scenario(wanted.scenario)
    project = rendered_project(inputs)
    docker = None if way.native or wanted.catching else Docker.found()
    if way.docker or docker is not None:
        _refuse_shared_name(inputs)
        return _compose_up(project, docker or Docker.required(), console, manner)
    folder = _folder(inputs, state)
    tree = inputs.out_folder.absolute()
    ground = Ground(inputs.spec.absolute(), tree, folder, inputs.environment)
    console.err(f"stack up: native, state in {folder.path}")
    profile = inputs.profile or project.plan.spec.profile_in_force
    with tidied_up():
        supervisor = bring_up(project.plan, profile, ground, wanted, manner, console.err)
        status = native_status(folder)
        for line in services_table(status, colour=console.colour, width=console.width):
            console.out(line)
        for note in status.notes:
            console.out(f"note: {note}")
        if not manner.hanging or supervisor is None:
            return ExitCode.OK
        with suppress(KeyboardInterrupt, SystemExit):
            console.err("running; ^C stops everything")
            while not supervisor.ended:
                time.sleep(_POLL_SECONDS)
            raise GenesisMonError("the supervisor ended", f"read {folder.log('supervisor')}")
        console.err("stopping")
        stop_stack(folder)
    return ExitCode.OK


def run_status(
    inputs: Inputs, state: Path | None, console: Console, *, as_json: bool, patience: float
) -> ExitCode:
    """Exit code 0 if all is green, 1 if something is not, 3 if that could not be told.

    What runs and is not green yet is asked again for ``patience`` seconds.
    """
    end = time.monotonic() + patience
    folder = _folder(inputs, state)
    with console.progress("stack status: asking"):
        plan, notes = _plan(inputs, folder)
        while True:
            status = _status(inputs, folder, plan)
            if _exit_code(status) is ExitCode.OK or status.mode == "none" or time.monotonic() >= end:
                break
            time.sleep(_POLL_SECONDS)
    status = replace(status, notes=(*status.notes, *notes))
    if as_json:
        console.data(document_json(StackStatus, status))
    else:
        text = status_text(status, colour=console.colour, width=console.width, environment=inputs.environment)
        console.write(text)
    return _exit_code(status)


def _plan(inputs: Inputs, folder: StateFolder) -> tuple[Plan | None, tuple[str, ...]]:
    """What a native stack is to be; None, and a note, where that is not to be had: it runs all the same."""
    if folder.supervisor() is None:
        return None, ()
    try:
        spec = load_spec(inputs.spec, environment=inputs.environment).spec
    except (SpecError, UsageError) as error:
        return None, (f"without the spec no values are shown, and nothing is planned: {error}",)
    return compile_plan(spec, inputs.profile or spec.profile_in_force), ()


def _status(inputs: Inputs, folder: StateFolder, plan: Plan | None) -> StackStatus:
    status = native_status(folder, plan)
    if status.mode == "none" and not status.unknown and (docker := Docker.found()) is not None:
        _refuse_shared_name(inputs)
        return docker.status(load_project(inputs).plan, inputs.out_folder.absolute()) or status
    if status.mode == "none":
        _refuse_unknown(inputs)
    return status


def run_down(inputs: Inputs, state: Path | None, console: Console, *, volumes: bool, purge: bool) -> ExitCode:
    """Stop it; what it has stored stays unless ``volumes`` or ``purge``."""
    folder = _folder(inputs, state)
    ran = False
    with tidied_up(), console.progress("stack down: stopping"):
        if folder.exists:
            with folder.changing():
                ran = stop_stack(folder)
                if volumes:
                    folder.remove_data()
                if purge:
                    folder.remove()
        if not ran and (docker := Docker.found()) is not None:
            _refuse_shared_name(inputs)
            ran = docker.down(inputs.out_folder.absolute(), volumes=volumes or purge)
    if not ran:
        _refuse_unknown(inputs)
    console.out("the stack is down" if ran else "the stack does not run")
    if volumes or purge:
        console.out("what it had stored is removed")
    return ExitCode.OK


def run_supervise(state: Path, *, hanging: bool) -> ExitCode:
    """What the supervisor's own process does."""
    from genesis_monitoring.stack.supervisor import supervise

    # It lives for days; the command line switches this off for commands of a second.
    gc.enable()
    supervise(state, hanging=hanging)
    return ExitCode.OK


def run_catch(listen: str, log: Path, mail: str | None = None) -> ExitCode:
    """Catch notifications until the process is ended. Raises UsageError for what is no address."""
    from genesis_monitoring.stack.caught import write_caught

    ports: dict[Protocol, int] = {"http": _port("--listen", listen)}
    if mail is not None:
        ports["smtp"] = _port("--mail", mail)
    try:
        os.close(open_regular(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    except OSError as error:
        said = f"{log} cannot be written: {error.strerror}"
        raise UsageError(said, "name another file with --log") from None
    gc.enable()
    write_caught(ports, log)
    return ExitCode.OK


def _port(option: str, address: str) -> int:
    port = address.rpartition(":")[2]
    if not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"{option} has no port: {address!r}", "write it as in 127.0.0.1:9099")
    return int(port)


def _folder(inputs: Inputs, state: Path | None) -> StateFolder:
    own = inputs.spec.absolute().parent / state_folder(inputs.environment)
    return StateFolder(state if state is not None else own)


def _refuse_unknown(inputs: Inputs) -> None:
    """Of an environment that there is not, nothing runs either. Raises UsageError for one."""
    if inputs.environment is not None:
        with suppress(SpecError):
            load_spec(inputs.spec, environment=inputs.environment)


def _refuse_shared_name(inputs: Inputs) -> None:
    """Docker Compose tells stacks apart by their project's name alone. Raises UsageError for one of two."""
    if inputs.environment is None:
        return
    base = load_spec(inputs.spec).spec
    others = {None: base.stack.project} | {
        name: load_spec(inputs.spec, environment=name).spec.stack.project for name in base.environments
    }
    own = load_spec(inputs.spec, environment=inputs.environment).spec.stack.project
    shared = [name for name, project in others.items() if project == own and name != inputs.environment]
    if shared:
        other = "the spec as it stands" if shared[0] is None else f"environment {shared[0]}"
        raise UsageError(
            f"Docker would take the stack of {inputs.environment} for that of {other}: both are {own}",
            f"add to environments.{inputs.environment}.set: stack.project: "
            f"{{value: {own}-{inputs.environment}, reason: it runs beside the other}}; or use --native",
        )


def rendered_project(inputs: Inputs) -> Project:
    """The project, if its tree is as rendered. Raises GenesisMonError if it is not."""
    project = load_project(inputs)
    findings = project.drift()
    if findings:
        first = findings[0]
        raise GenesisMonError(
            f"{project.out} is not what the spec renders to ({len(findings)} differences, the first: "
            f"{first.location.file}: {first.message})",
            f"run: {inputs.render_command}",
        )
    return project


def _compose_up(project: Project, docker: Docker, console: Console, manner: Manner) -> ExitCode:
    console.err("stack up: Docker Compose")
    with tidied_up(), console.progress("stack up: docker compose up"):
        docker.up(project.out.absolute(), manner.timeout)
        status = docker.status(project.plan, project.out.absolute())
    for line in services_table(status, colour=console.colour, width=console.width) if status else ():
        console.out(line)
    return ExitCode.OK


def _exit_code(status: StackStatus) -> ExitCode:
    if status.unknown:
        return ExitCode.UNKNOWN
    return ExitCode.OK if status.green else ExitCode.FINDINGS
