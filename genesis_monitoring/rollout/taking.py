"""Takes a checkpoint once, however often and from however many shells it is asked for.

Sources, a plan and a due time in; the ledger's entry out, whoever wrote it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.protocols import AlertmanagerReader, PrometheusReader
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.checkpoint import (
    KIND,
    SIGN_OFF,
    Checkpoint,
    Due,
    last_before,
    read_checkpoint,
    take_checkpoint,
)
from genesis_monitoring.rollout.ledger import Entry, Ledger, append_entry, read_ledger
from genesis_monitoring.rollout.logs import LogSample
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.window import format_iso


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a checkpoint is read from."""

    prometheus: PrometheusReader
    alertmanager: AlertmanagerReader
    logs: Callable[[], tuple[LogSample, ...]]


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger, and the rollout in it that is meant."""

    path: Path
    rollout: str

    def read(self) -> Ledger:
        """As it is now. Raises LedgerError."""
        return read_ledger(self.path)

    def latest(self) -> Checkpoint | None:
        """The checkpoint that was taken last. Raises LedgerError."""
        entries = self.read().of(self.rollout, KIND)
        return read_checkpoint(entries[-1].data) if entries else None

    @property
    def size(self) -> int:
        """Its bytes: as it only grows, the same size is the same ledger."""
        return self.path.stat().st_size if self.path.exists() else 0


def take_once(book: Book, plan: Plan, sources: Sources, due: Due) -> tuple[Entry, bool]:
    """The entry, and whether this call wrote it. Raises ServerError or LedgerError, with nothing written."""
    ledger = book.read()
    entry = recorded(ledger, book.rollout, due.index)
    if entry is not None:
        return entry, False
    before = last_before(ledger.of(book.rollout, KIND), due.index)
    taken = take_checkpoint(sources.prometheus, sources.alertmanager, plan, due, sources.logs(), before)
    data = taken.data()
    entry = append_entry(
        book.path,
        KIND,
        book.rollout,
        format_iso(due.taken),
        data,
        unless=lambda now: recorded(now, book.rollout, due.index),
    )
    # Where another shell was faster, its entry is returned, and is not the data of this one.
    return entry, entry.data == data


def recorded(ledger: Ledger, rollout: str, index: int) -> Entry | None:
    """The entry of a checkpoint; None if nobody has taken it."""
    return next((one for one in ledger.of(rollout, KIND) if one.data.get("index") == index), None)


def taken(ledger: Ledger, rollout: str) -> Mapping[int, Checkpoint]:
    """All that were taken, by number. Raises LedgerError for one that is not whole."""
    found = [read_checkpoint(entry.data) for entry in ledger.of(rollout, KIND)]
    return {one.index: one for one in found}


def unsigned(ledger: Ledger, rollout: str, plan: Plan) -> tuple[int, ...]:
    """The checkpoints that were taken and still need a person's name on them."""
    signed = {entry.data.get("index") for entry in ledger.of(rollout, SIGN_OFF)}
    slots = plan.rollout.checkpoints if plan.rollout else ()
    waiting = set(taken(ledger, rollout)) - signed
    return tuple(one.index for one in slots if one.sign_off and one.index in waiting)


def attendance(ledger: Ledger, pace: Pace, plan: Plan, until: float) -> Iterator[str]:
    """Remarks on how the checkpoints were kept by ``until``; none where nobody took any."""
    there = taken(ledger, pace.rollout)
    if not there or plan.rollout is None:
        return
    absent = [
        one.index
        for one in plan.rollout.checkpoints
        if one.index not in there and pace.due(one.offset) + pace.spacing <= until
    ]
    for words, numbers in (
        ("missed, taken only after the next was due", [one.index for one in there.values() if one.missed]),
        ("taken late", [one.index for one in there.values() if one.late and not one.missed]),
        ("never taken", absent),
        ("found errors in the logs", [one.index for one in there.values() if one.log_errors]),
    ):
        if numbers:
            yield f"of {pace.count} checkpoints {words}: {', '.join(map(str, sorted(numbers)))}"
