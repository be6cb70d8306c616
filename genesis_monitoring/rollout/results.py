"""What judging comes to: a result for each criterion with its proofs, and the verdict over all."""

from dataclasses import dataclass
from enum import StrEnum

from genesis_monitoring.clients.samples import Cost
from genesis_monitoring.rollout.evidence import LedgerState
from genesis_monitoring.rollout.runs import NO_RUN, Run
from genesis_monitoring.rollout.window import Window


class Status(StrEnum):
    """How a criterion stands. For a NO-GO criterion FAIL means that its condition is met.

    What is not a PASS keeps a GO back, for whatever reason: NO_DATA is what should be there and is not or
    proves nothing, PLANNED what nothing exposes yet, NOT_DUE what is judged only later.
    """

    PASS = "PASS"  # noqa: S105
    FAIL = "FAIL"
    NO_DATA = "NO_DATA"
    PLANNED = "PLANNED"
    MANUAL = "MANUAL"
    NOT_DUE = "NOT_DUE"


class Outcome(StrEnum):
    """The three verdicts."""

    GO = "GO"
    NO_GO = "NO-GO"
    HOLD = "HOLD"


@dataclass(frozen=True, slots=True)
class Proof:
    """What one SLI, alert, suite or person shows for a criterion.

    ``reason`` says in words why the status is as it is. ``violation`` is the longest violating run that is
    certain. ``coverage`` is the share of expected samples that are there, 0 to 1, and None where nothing is
    sampled. ``left`` is how many seconds more of violation are allowed from now on, None if that is no
    question of time. ``hopeless``: no later sample can make this a pass.
    """

    subject: str
    status: Status
    reason: str
    query: str = ""
    value: str = ""
    number: float | None = None
    violation: Run = NO_RUN
    samples: int | None = None
    coverage: float | None = None
    largest_gap: Run = NO_RUN
    rule: str = ""
    left: float | None = None
    hopeless: bool = False


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """A criterion as it stands. ``section`` is ``go``, ``no_go`` or the title of a part of the checklist."""

    name: str
    text: str
    kind: str
    section: str
    judged: str
    status: Status
    proofs: tuple[Proof, ...]
    origin: str

    @property
    def decides_no_go(self) -> bool:
        """Whether meeting it ends the rollout."""
        return self.section == NO_GO

    @property
    def hopeless(self) -> bool:
        """Whether nothing that is still to come can make it a pass."""
        return any(proof.hopeless for proof in self.proofs)

    @property
    def deciding(self) -> Proof:
        """The proof that the status comes from."""
        return next(proof for proof in self.proofs if proof.status == self.status)


@dataclass(frozen=True, slots=True)
class Wait:
    """What a GO waits for beside the criteria: ``what`` in words, and the ``step`` that ends the wait."""

    what: str
    step: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict over a rollout, as at ``at``.

    ``reachable``: whether GO can still come of it. While the window is not over, only NO-GO is final.
    ``waits`` are people's names that are missing, and doubts about the ledger.
    """

    outcome: Outcome
    window: Window
    at: float
    over: bool
    reachable: bool
    results: tuple[CriterionResult, ...]
    remarks: tuple[str, ...]
    url: str
    version: str
    cost: Cost
    waits: tuple[Wait, ...]
    ledger: LedgerState

    def having(self, *statuses: Status) -> tuple[CriterionResult, ...]:
        """The results that stand so."""
        return tuple(result for result in self.results if result.status in statuses)


GO, NO_GO = "go", "no_go"


def worst_of(statuses: tuple[Status, ...]) -> Status:
    """A criterion with several subjects: one failure fails it, else one unknown leaves it open."""
    order = (Status.FAIL, Status.NO_DATA, Status.PLANNED, Status.MANUAL, Status.NOT_DUE, Status.PASS)
    return min(statuses, key=order.index)
