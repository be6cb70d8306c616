"""Whether a unit is well: its process by the supervisor's account, its server by asking it."""

from genesis_monitoring.clients.loopback import ask
from genesis_monitoring.stack.launch import State, Unit, UnitState

_TIMEOUT_SECONDS = 2.0


def is_ready(unit: Unit, state: UnitState | None, *, timeout: float = _TIMEOUT_SECONDS) -> bool:
    """Whether the process that the supervisor started lives, and answers 200 on each of its ports."""
    if state is None or state.identity is None or not state.identity.alive:
        return False
    return all(_answers(port, unit.health, timeout) for port in unit.published)


def unit_state(state: State | None, name: str) -> UnitState | None:
    """The account of one unit."""
    return next((one for one in state.units if one.name == name), None) if state else None


def _answers(port: int, path: str, timeout: float) -> bool:
    try:
        return ask(port, "GET", path, timeout=timeout)[0] == 200
    except OSError:
        return False
