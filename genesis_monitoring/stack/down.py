"""Ends a native stack: a state folder in, nothing that runs afterwards."""

import signal
import time
from contextlib import suppress

from genesis_monitoring.clients.pids import ProcessIdentity, identify
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.launch import Launch, State, TornError

_GRACE_SECONDS = 30.0
_EXTRA_SECONDS = 5.0
_POLL_SECONDS = 0.05


def stop_stack(folder: StateFolder) -> bool:
    """Stop the supervisor, which stops all; whether anything ran. A torn or stale account is no obstacle.

    Raises CouldNotTellError if something cannot be ended.
    """
    launch, state = _launch(folder), _state(folder)
    supervisor = folder.supervisor()
    orphans = tuple(unit.identity for unit in state.units if unit.identity) if state else ()
    ran = supervisor is not None or any(orphan.alive for orphan in orphans)
    if supervisor is not None and (identity := identify(supervisor)) is not None:
        _end(identity, grace_of(launch))
    # Without a supervisor they end by themselves; not at once, and not if the guard was killed as well.
    for orphan in reversed(orphans):
        _end(orphan, _EXTRA_SECONDS, group=True)
    left = [one.pid for one in orphans if one.alive]
    if folder.supervisor() is not None or left:
        raise CouldNotTellError(f"processes could not be ended: {', '.join(map(str, left)) or 'supervisor'}")
    folder.forget()
    return ran


def grace_of(launch: Launch | None) -> float:
    """So many seconds a supervisor has to stop all that it started."""
    return (sum(unit.grace for unit in launch.units) if launch else _GRACE_SECONDS) + _EXTRA_SECONDS


def _end(identity: ProcessIdentity, grace: float, *, group: bool = False) -> None:
    identity.send(signal.SIGTERM, group=group)
    if not _gone(identity, grace):
        identity.send(signal.SIGKILL, group=group)
        _gone(identity, _EXTRA_SECONDS)


def _gone(identity: ProcessIdentity, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while identity.alive:
        if time.monotonic() >= end:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _launch(folder: StateFolder) -> Launch | None:
    with suppress(TornError):
        return folder.read_launch()
    return None


def _state(folder: StateFolder) -> State | None:
    with suppress(TornError):
        return folder.read_state()
    return None
