"""The JSON of a verdict: version 1, as ``docs/verdict.schema.json`` describes it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.document import (
    Asking,
    Count,
    MaybeSpan,
    MaybeText,
    Of,
    Positive,
    Server,
    Share,
    Time,
    Value,
    Written,
)
from genesis_monitoring.rollout.results import Outcome, Status, Wait


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one SLI, alert, suite or person shows for a criterion. What is not known is null."""

    subject: str
    """An SLI, alert, severity, suite or criterion."""
    status: Status
    reason: str
    query: MaybeText
    value: Annotated[Value | None, Of("number")]
    value_text: Annotated[MaybeText, Of("value")]
    longest_violation: Annotated[MaybeSpan, Of("violation")]
    samples: Count | None
    coverage: Share | None
    """The share of expected samples that are there."""
    largest_gap: MaybeSpan
    rule_health: Annotated[MaybeText, Of("rule")]
    """ok, err, unknown, not loaded."""
    seconds_left: Annotated[float | None, Of("left"), Written(minimum=0)]
    """How much longer it may be violated without a break from now on."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as it stands."""

    name: str
    section: str
    """`go`, `no_go`, or the title of a part of the checklist."""
    text: str
    kind: Literal["sli", "alerts", "suite", "baseline", "budget", "manual"]
    judged: str
    """How it is judged, in words."""
    status: Status
    hopeless: bool
    """Whether no later sample can make it a pass."""
    origin: str
    """Where it stands in the spec."""
    evidence: Annotated[tuple[Evidence, ...], Of("proofs"), Written(minItems=1)]


@dataclass(frozen=True, slots=True)
class SignedOff:
    """A name on a checkpoint."""

    checkpoint: Annotated[Positive, Of("index")]
    by: str


@dataclass(frozen=True, slots=True)
class LedgerEnd:
    """The ledger that was read."""

    lines: Count
    digest: MaybeText
    """What it ends with; null in a record of an earlier version."""
    proven: bool
    """Whether the same was given with --ledger-digest. Without, a last line that was removed is not found."""
    torn: tuple[Positive, ...]
    """Numbers of lines that are not whole."""


@dataclass(frozen=True, slots=True)
class VerdictDocument:
    """What `genesis-mon rollout verdict --format json` prints, version 1."""

    version: Literal[1]
    verdict: Annotated[Outcome, Of("outcome")]
    start: Annotated[Time, Of("window.start")]
    end: Annotated[Time, Of("window.end")]
    at: Time
    """The moment it was judged as at; never after the end."""
    over: bool
    """Whether the end of the window has been reached."""
    go_reachable: Annotated[bool, Of("reachable")]
    """Whether GO can still come of it."""
    criteria: Annotated[tuple[Criterion, ...], Of("results"), Written(minItems=1)]
    waits_for: Annotated[tuple[Wait, ...], Of("waits")]
    """What a GO needs beside the criteria: names on checkpoints that were due, a whole end of the ledger."""
    signed_off: Annotated[tuple[SignedOff, ...], Of("ledger.signed")]
    """Names that were put on checkpoints."""
    ledger: LedgerEnd
    remarks: tuple[str, ...]
    """What else is to be known: restarts, retention, clocks, warnings."""
    prometheus: Annotated[Server, Of()]
    cost: Asking
