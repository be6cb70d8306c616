"""What a watcher of a schedule tells as it happens, and how things stand meanwhile."""

from dataclasses import dataclass
from typing import Protocol

from genesis_monitoring.plan.rollout import Checkpoint as Slot
from genesis_monitoring.rollout.checkpoint import Checkpoint, Observation
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.results import Verdict
from genesis_monitoring.rollout.standing import Standing


@dataclass(frozen=True, slots=True)
class Began:
    """``owed`` are the numbers of checkpoints that were due before it began and nobody took."""

    pace: Pace
    recorded: int
    owed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A checkpoint is on ``line`` of the ledger; ``fresh``: this watcher wrote it.

    ``digest`` is the line's.
    """

    slot: Slot
    checkpoint: Checkpoint
    line: int
    fresh: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Lost:
    """Prometheus does not answer; it is asked again in ``pause`` seconds."""

    at: float
    reason: str
    pause: float


@dataclass(frozen=True, slots=True)
class Found:
    """It answers again, after ``seconds``."""

    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Changed:
    """What is not as it was at the look before: alerts, and SLIs with the level before and now."""

    at: float
    begun: tuple[str, ...]
    ceased: tuple[str, ...]
    levels: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What can still come of the rollout is not what it was when it was judged before."""

    at: float
    verdict: Verdict


Event = Began | Taken | Lost | Found | Changed | Judged


@dataclass(frozen=True, slots=True)
class State:
    """All that a live view shows. ``progress`` is the verdict so far, None while there is none.

    ``standing`` is what is ``seen`` beside what the criteria ask for, what is closest to NO-GO first.
    ``retry`` is when a Prometheus that does not answer (``trouble``) is asked again.
    """

    now: float
    pace: Pace
    upcoming: Slot | None = None
    recorded: int = 0
    last: Taken | None = None
    seen: Observation | None = None
    seen_at: float = 0.0
    progress: Verdict | None = None
    standing: tuple[Standing, ...] = ()
    unsigned: tuple[int, ...] = ()
    trouble: str = ""
    retry: float = 0.0


class View(Protocol):
    """Where a watcher shows itself. ``tick`` is how often it wants to be drawn, in seconds."""

    @property
    def tick(self) -> float:
        """Seconds."""

    def tell(self, event: Event) -> None:
        """Something happened."""

    def show(self, state: State) -> None:
        """How things stand."""
