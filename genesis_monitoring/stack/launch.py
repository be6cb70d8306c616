"""What the supervisor is to run, and what has become of it: typed values in, JSON files out and back.

``launch.json`` is written by ``stack up``, ``state.json`` by the supervisor; ``stack status`` reads both.
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

from genesis_monitoring.clients.pids import ProcessIdentity
from genesis_monitoring.clients.supervised import Command

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1
Phase = Literal["running", "waiting"]


class TornError(ValueError):
    """A file is not what was written: cut off, of another version, or not ours."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One process to keep running. ``digest`` tells its configuration, which is not all in ``command``.

    ``grace`` is how many seconds it may take to stop. ``published`` are the ports it is reached at on this
    machine, the first of which it listens on; ``health`` is the path that answers 200 once it is ready.
    ``link`` is where a person looks at it.
    """

    command: Command
    digest: str
    grace: float
    published: tuple[int, ...]
    health: str
    description: str
    link: str = ""

    @property
    def name(self) -> str:
        """The service's name."""
        return self.command.name

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self.published[0]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A service that does not run here, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Launch:
    """A native stack. Units are in the order in which they start; ``log_bytes`` is the size of one log file.

    ``synthetic`` is the scenario that is played, if any. ``catching``: notifications go to the catcher.
    ``prometheus`` and ``watchdog`` are names: of the service that watches, of the alert that always fires.
    """

    version: int
    spec: str
    tree: str
    profile: str
    synthetic: str
    catching: bool
    prometheus: str
    watchdog: str
    units: tuple[Unit, ...]
    left_out: tuple[LeftOut, ...]
    log_bytes: int
    log_files: int

    @property
    def fingerprint(self) -> str:
        """Tells one launch from another."""
        import hashlib

        return hashlib.sha256(dump(self)).hexdigest()[:16]

    def unit(self, name: str) -> Unit | None:
        """The unit of that name."""
        return next((unit for unit in self.units if unit.name == name), None)


@dataclass(frozen=True, slots=True)
class UnitState:
    """A unit now. ``since`` is when it came into its phase, in seconds since 1970.

    ``last_exit`` is its last exit code, negative for a signal.
    """

    name: str
    phase: Phase
    identity: ProcessIdentity | None
    since: float
    restarts: int
    last_exit: int | None


@dataclass(frozen=True, slots=True)
class State:
    """The supervisor's own account of the launch with that fingerprint.

    ``begun`` is in seconds since 1970.
    """

    version: int
    fingerprint: str
    begun: float
    units: tuple[UnitState, ...]


def dump(value: Launch | State) -> bytes:
    """As JSON."""
    if isinstance(value, Launch):
        return _launches().dump_json(value, indent=1) + b"\n"
    return _states().dump_json(value, indent=1) + b"\n"


def load_launch(data: bytes) -> Launch:
    """Raises TornError."""
    return _current(_launches(), data)


def load_state(data: bytes) -> State:
    """Raises TornError."""
    return _current(_states(), data)


_Kind = TypeVar("_Kind", Launch, State)


def _current(adapter: "TypeAdapter[_Kind]", data: bytes) -> _Kind:
    try:
        value = adapter.validate_json(data)
    except ValueError as error:
        raise TornError(str(error).partition("\n")[0]) from error
    if value.version != VERSION:
        raise TornError(f"it is of version {value.version}, and this is {VERSION}")
    return value


@cache
def _launches() -> "TypeAdapter[Launch]":
    from pydantic import TypeAdapter

    return TypeAdapter(Launch)


@cache
def _states() -> "TypeAdapter[State]":
    from pydantic import TypeAdapter

    return TypeAdapter(State)
