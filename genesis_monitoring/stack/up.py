"""Brings a native stack up: a plan in; afterwards all units run and are healthy, or nothing runs."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from genesis_monitoring.clients.log_file import last_lines
from genesis_monitoring.clients.pids import identify
from genesis_monitoring.clients.supervised import DetachedProcess, own_command
from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.backfill import give_past
from genesis_monitoring.stack.down import grace_of, stop_stack
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.ground import Ground, Wanted
from genesis_monitoring.stack.health import is_ready, unit_state
from genesis_monitoring.stack.launch import Launch, State, TornError, Unit
from genesis_monitoring.stack.ports import Ports
from genesis_monitoring.stack.prepare import prepare

_POLL_SECONDS = 0.1
_MOST_RESTARTS = 3
_SHOWN_LINES = 3

Tell = Callable[[str], None]
"""Progress, a line at a time."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How to bring it up. ``timeout`` is in seconds; ``hanging``: it ends with this process."""

    free_ports: bool = False
    timeout: float = 60.0
    hanging: bool = False


def bring_up(
    plan: Plan, profile: str, ground: Ground, wanted: Wanted, manner: Manner, tell: Tell
) -> DetachedProcess | None:
    """Start what does not run, restart what has changed, and wait until all is healthy.

    The supervisor is given only if it was started here. If that fails or is interrupted, all that it
    started is stopped. Raises as ``prepare`` does, and GenesisMonError if a unit does not become healthy.
    """
    folder = ground.folder
    folder.prepare()
    with folder.changing():
        pid = folder.supervisor()
        before = _running_launch(folder) if pid is not None else None
        if before is None:
            stop_stack(folder)
            pid = None
        ports = Ports(
            free=manner.free_ports, ours={u.name: u.published for u in before.units} if before else None
        )
        folder.prepare()
        launch = prepare(plan, profile, ground, wanted, ports)
        if before is not None and pid is not None:
            _renew(folder, pid, before, launch, tell)
            _wait(folder, launch, None, manner.timeout, tell)
            return None
        supervisor: DetachedProcess | None = None
        try:
            if wanted.scenario:
                give_past(plan, wanted.scenario, folder, launch, tell)
            supervisor = _start(folder, launch, hanging=manner.hanging)
            _wait(folder, launch, supervisor, manner.timeout, tell)
        except BaseException:
            tell("stopping what was started")
            if supervisor is not None:
                # It may not have begun to supervise, and would be found by nobody.
                supervisor.end(grace_of(launch))
            stop_stack(folder)
            raise
        return supervisor


def _running_launch(folder: StateFolder) -> Launch | None:
    with suppress(TornError):
        return folder.read_launch()
    return None


def _renew(folder: StateFolder, supervisor: int, before: Launch, launch: Launch, tell: Tell) -> None:
    changed = [unit.name for unit in launch.units if unit not in before.units]
    gone = [unit.name for unit in before.units if launch.unit(unit.name) is None]
    if launch == before:
        tell("the stack is running already, and nothing has changed")
        return
    for what, names in (("restarting what has changed", changed), ("stopping", gone)):
        if names:
            tell(f"the stack is running already; {what}: {', '.join(names)}")
    folder.write_launch(launch)
    identity = identify(supervisor)
    if identity is None or not identity.send(signal.SIGHUP):
        raise GenesisMonError("the supervisor ended in between", "run this again")


def _start(folder: StateFolder, launch: Launch, *, hanging: bool) -> DetachedProcess:
    folder.write_launch(launch)
    arguments = ("stack", "supervise", "--state", str(folder.path), *(("--hanging",) if hanging else ()))
    return DetachedProcess(
        own_command(*arguments), log=folder.log("supervisor"), environment=os.environ, hanging=hanging
    )


def _wait(
    folder: StateFolder, launch: Launch, supervisor: DetachedProcess | None, timeout: float, tell: Tell
) -> None:
    """Until each unit runs from this launch and is ready."""
    waiting = list(launch.units)
    deadline = time.monotonic() + timeout
    fingerprint = launch.fingerprint
    while waiting:
        state = _state(folder)
        if state is not None and state.fingerprint != fingerprint:
            state = None
        for unit in tuple(waiting):
            if is_ready(unit, unit_state(state, unit.name), timeout=1.0):
                waiting.remove(unit)
                tell(f"{unit.name} is healthy")
        if not waiting:
            return
        if supervisor is not None and supervisor.ended:
            raise _failure(folder, "the supervisor ended", "supervisor")
        for unit in waiting:
            own = unit_state(state, unit.name)
            if own is not None and own.restarts >= _MOST_RESTARTS:
                raise _failure(
                    folder, f"{unit.name} ends again and again (exit code {own.last_exit})", unit.name
                )
        if time.monotonic() >= deadline:
            raise _late(folder, waiting, timeout)
        time.sleep(_POLL_SECONDS)


def _late(folder: StateFolder, waiting: list[Unit], timeout: float) -> GenesisMonError:
    names = ", ".join(unit.name for unit in waiting)
    return _failure(folder, f"not healthy within {timeout:g} s: {names}", waiting[0].name)


def _failure(folder: StateFolder, message: str, name: str) -> GenesisMonError:
    log = folder.log(name)
    said = "".join(f"\n  {line[:200]}" for line in last_lines(log, _SHOWN_LINES))
    return GenesisMonError(f"{message}{':' if said else ''}{said}", f"read {log}")


def _state(folder: StateFolder) -> State | None:
    with suppress(TornError):
        return folder.read_state()
    return None
