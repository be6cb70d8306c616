"""The JSON of a checkpoint: version 1, as ``docs/checkpoint.schema.json`` describes it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from genesis_monitoring.report.document import (
    Count,
    Digest,
    MaybeText,
    Of,
    Positive,
    Seconds,
    Time,
    Value,
    Written,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """An SLI as at the due time."""

    sli: str
    value: Value | None
    """In the SLI's unit; +Inf, -Inf and NaN are texts. Null without data."""
    text: MaybeText
    """The value with its unit."""
    level: Literal["good", "target", "alert", "no_go", "no data", "planned", "not due", "no level"]
    """The worst level that it is beyond; planned has no data while nobody exposes one of its metrics, not due
    while the first hours that it is compared with are not over."""


@dataclass(frozen=True, slots=True)
class Log:
    """A log file."""

    file: str
    lines: Count
    """Looked at: those since the checkpoint before."""
    errors: Count
    last_error: Annotated[MaybeText, Of("last")]
    problem: MaybeText
    """Why it, or a part of what is new in it, was not looked at."""


@dataclass(frozen=True, slots=True)
class CheckpointDocument:
    """What `genesis-mon rollout checkpoint --format json` prints, version 1."""

    version: Literal[1]
    start: Annotated[Time, Of("schedule.window.start")]
    """When the rollout began."""
    index: Annotated[Positive, Of("slot.index")]
    of: Annotated[Positive, Of("schedule.slots"), Written(len)]
    """How many checkpoints the rollout has."""
    title: Annotated[MaybeText, Of("slot.title")]
    """Null for one that is not critical."""
    reviewer: Annotated[MaybeText, Of("slot.reviewer")]
    due: Annotated[Time, Of("checkpoint.due")]
    """SLIs and alerts are as at this moment."""
    taken: Annotated[Time, Of("checkpoint.taken")]
    late_seconds: Annotated[Seconds, Of("checkpoint.late")]
    """0 where it was taken in time."""
    missed: Annotated[bool, Of("checkpoint.missed")]
    """Whether the next one was due before it was taken."""
    ledger_line: Annotated[Positive, Of("line")]
    ledger_digest: Annotated[Digest, Of("digest")]
    """What the ledger ends with, for --ledger-digest."""
    recorded_now: Annotated[bool, Of("fresh")]
    """Whether this call recorded it."""
    missed_before: Annotated[tuple[Positive, ...], Of("missed")]
    """Earlier ones that nobody took."""
    dashboard: str
    slis: Annotated[tuple[Reading, ...], Of("checkpoint.readings")]
    cost: Annotated[tuple[str, ...], Of("checkpoint.cost")]
    firing: Annotated[tuple[str, ...], Of("checkpoint.firing")]
    pending: Annotated[tuple[str, ...], Of("checkpoint.pending")]
    silences: Annotated[tuple[str, ...], Of("checkpoint.silences")]
    unknown: Annotated[tuple[str, ...], Of("checkpoint.unknown")]
    """What could not be asked, or is old."""
    logs: Annotated[tuple[Log, ...], Of("checkpoint.logs")]
    notes: tuple[str, ...]
    signed_off_by: Annotated[tuple[str, ...], Of("signed")]
    to_be_signed_off: Annotated[bool, Of("unsigned")]
