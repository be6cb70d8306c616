"""All that a verdict is made of, as it was read. Judging it asks nobody and knows no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from genesis_monitoring.clients.samples import Cost, SeriesAnswer, ServerInfo
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.window import Window


@dataclass(frozen=True, slots=True)
class RuleState:
    """Whether a rule is loaded as the spec has it, and healthy. ``problem`` is empty if so."""

    name: str
    health: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The recorded series of one SLI over the rollout.

    ``lead_in`` is how many seconds from the start it could not have had a value, as its metrics began to be
    there with the rollout, or its baseline was being observed. In ``doubtful`` stretches what it is made of
    was stale, so that a good value proves nothing; ``doubt`` says so, after a semicolon. ``planned`` are
    metrics that nothing exposes yet.
    """

    sli: str
    record: str
    answer: SeriesAnswer
    rule: RuleState
    lead_in: float = 0.0
    doubtful: tuple[Run, ...] = ()
    doubt: str = ""
    planned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputsRead:
    """What an alert that reads several recorded series stood on.

    ``problem`` says why they are not recorded as the spec has it, and is empty if they are. ``found`` are its
    inputs, in their order, ``active`` is when its expression had a value.
    """

    problem: str
    found: tuple[SeriesAnswer, ...]
    active: SeriesAnswer


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """A test suite's latest result: tests by outcome; ``written`` in seconds since 1970, None if unknown.

    ``problem`` says why it cannot be used, and is empty if it can.
    """

    suite: str
    outcomes: tuple[tuple[str, float], ...]
    written: float | None
    problem: str = ""

    @property
    def passed(self) -> float:
        """Tests that passed."""
        return dict(self.outcomes).get("passed", 0.0)

    @property
    def total(self) -> float:
        """Tests that were there, whatever became of them."""
        return sum(number for _, number in self.outcomes)

    @property
    def bad(self) -> float:
        """Tests that failed or ended in an error."""
        found = dict(self.outcomes)
        return found.get("failed", 0.0) + found.get("error", 0.0)


@dataclass(frozen=True, slots=True)
class Attestation:
    """What a person said of a criterion that nothing measures. ``time`` is seconds since 1970.

    ``line`` is where in the ledger, 0 if that is not known.
    """

    criterion: str
    by: str
    text: str
    passed: bool
    time: float
    line: int = 0


@dataclass(frozen=True, slots=True)
class SignOff:
    """A checkpoint that was taken, and who put a name on it after that."""

    index: int
    by: str


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What a ledger shows of a rollout besides what was attested.

    ``digest`` is what it ends with, empty where that is not known; ``proven``: the user gave the same.
    ``lines`` is how many it has, ``torn`` the numbers of those that are not whole. ``taken`` are the
    checkpoints that are in it; on the ``reviewed`` ones somebody wrote a note or a name.
    """

    digest: str = ""
    proven: bool = False
    lines: int = 0
    torn: tuple[int, ...] = ()
    taken: tuple[int, ...] = ()
    signed: tuple[SignOff, ...] = ()
    reviewed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the server warned of when it answered ``question``; ``kinds`` of criteria rest on the answer."""

    question: str
    said: str
    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One rollout, judged as at ``at``, which is in its ``window`` or its end.

    ``burnt`` are shares of bad events, by SLI and how many seconds at the rollout's end they are of, 0 for
    all of it; ``inputs`` is what alerts stood on, by alert and SLI.
    ``measurements``, ``whole`` (values over the whole window, for comparisons with a baseline), ``raw``
    (where in the window the metrics behind such a value are there) and ``suites`` are by name;
    ``alert_rules`` by alert and SLI. ``alerts`` are the series of ``ALERTS``. ``restarts`` are moments at
    which Prometheus was started. ``clock`` is this machine's. Without a ledger nothing is signed off.
    """

    window: Window
    at: float
    interval: float
    url: str
    server: ServerInfo
    clock: float
    measurements: Mapping[str, Measurement]
    whole: Mapping[str, SeriesAnswer]
    raw: Mapping[str, SeriesAnswer]
    alerts: SeriesAnswer
    alert_rules: Mapping[tuple[str, str], RuleState]
    restarts: tuple[float, ...]
    suites: Mapping[str, SuiteResult]
    attestations: tuple[Attestation, ...]
    remarks: tuple[str, ...]
    cost: Cost
    ledger: LedgerState = LedgerState()
    doubts: tuple[Doubt, ...] = ()
    burnt: Mapping[tuple[str, int], SeriesAnswer] = field(default_factory=dict)
    inputs: Mapping[tuple[str, str], InputsRead] = field(default_factory=dict)

    @property
    def elapsed(self) -> Window:
        """The rollout as far as it has come."""
        return self.window.until(self.at)

    @property
    def over(self) -> bool:
        """Whether its end has been reached."""
        return self.at >= self.window.end
