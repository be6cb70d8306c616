"""A checkpoint in, text for the person who reviews it out."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.report.paint import BOLD, paint
from genesis_monitoring.report.schedule import Schedule, Slot, format_offset
from genesis_monitoring.report.text import count, escape
from genesis_monitoring.rollout.checkpoint import GOOD, NO_DATA, NO_LEVEL, Checkpoint, Reading
from genesis_monitoring.rollout.window import format_span, format_time


@dataclass(frozen=True, slots=True)
class Review:
    """What is shown of a checkpoint: its place in the schedule, the ledger, and what people said of it.

    ``fresh``: whether this very call recorded it, on ``line`` of the ledger, which now ends with ``digest``.
    """

    checkpoint: Checkpoint
    schedule: Schedule
    slot: Slot
    dashboard: str
    missed: tuple[int, ...]
    line: int
    fresh: bool
    digest: str
    notes: tuple[str, ...]
    signed: tuple[str, ...]

    @property
    def unsigned(self) -> bool:
        """Whether somebody still has to put their name on it."""
        return self.slot.sign_off and not self.signed


def format_checkpoint(review: Review, *, colour: bool = False) -> str:
    """All of it, ending in a newline: the six actions, then what is still to do."""
    return "".join(f"{line}\n" for line in _lines(review, colour))


def _lines(review: Review, colour: bool) -> Iterator[str]:
    checkpoint, slot, total = review.checkpoint, review.slot, len(review.schedule.slots)
    title = f": {slot.title}, reviewed by {slot.reviewer}" if slot.title else ""
    critical = "CRITICAL " if slot.title else ""
    yield paint(f"{critical}Checkpoint {slot.index} of {total}{title}", BOLD, colour)
    late = f", {lateness(checkpoint)}" if checkpoint.late else ""
    yield (
        f"due {format_time(checkpoint.due)} UTC ({format_offset(slot.offset)}), "
        f"taken {format_time(checkpoint.taken)} UTC{late}"
    )
    yield "recorded" + ("" if review.fresh else " already") + f", line {review.line} of the ledger"
    if review.missed:
        yield f"missed so far: {', '.join(map(str, review.missed))}"
    yield ""
    yield f"1. Dashboard: {review.dashboard}"
    yield f"2. SLIs: {summary(checkpoint.readings)}"
    for reading in (*checkpoint.deviating, *checkpoint.without_data):
        beyond = f"{reading.text}, beyond {reading.level}" if reading.text else "no data"
        yield f"   {'✗' if reading.text else '?'} {reading.sli}: {beyond}"
    yield f"3. Cost: {'; '.join(checkpoint.cost) or 'no SLI of a reduction'}"
    yield f"4. Alerts firing: {escape(', '.join(checkpoint.firing)) or 'none'}"
    if checkpoint.pending:
        yield f"   pending: {escape(', '.join(checkpoint.pending))}"
    yield from (f"   silenced: {escape(silence)}" for silence in checkpoint.silences)
    yield from (f"   ? {escape(text)}" for text in checkpoint.unknown)
    yield f"5. Logs: {logs_summary(checkpoint)}"
    yield from (f"   ✗ {line}" for line in log_errors(checkpoint))
    yield from (f"   ? {line}" for line in unchecked_logs(checkpoint))
    yield f"6. Notes: {count(len(review.notes), 'note')}"
    yield from (f"   {escape(note)}" for note in review.notes)
    yield from (f"signed off by {escape(name)}" for name in review.signed)
    if review.unsigned:
        yield f"still to be signed off: genesis-mon rollout checkpoint {slot.index} --sign-off NAME"
    yield f"the ledger ends with {review.digest}"


def lateness(checkpoint: Checkpoint) -> str:
    """``missed, 2 hours late``; an empty text where it was in time."""
    if not checkpoint.late:
        return ""
    return f"{'missed, ' if checkpoint.missed else ''}{format_span(checkpoint.late)} late"


def summary(readings: tuple[Reading, ...]) -> str:
    """``15 of 17 good, 1 not, 1 without data``."""
    judged = [reading.level for reading in readings if reading.level != NO_LEVEL]
    good, unknown = judged.count(GOOD), judged.count(NO_DATA)
    bad = len(judged) - good - unknown
    return f"{good} of {len(judged)} good, {bad} not, {unknown} without data"


def logs_summary(checkpoint: Checkpoint) -> str:
    """``2 errors in 12 files, 1 not readable, 1 not in whole``, since the checkpoint before."""
    if not checkpoint.logs:
        return "none in the spec"
    unread = sum(not sample.lines for sample in checkpoint.unchecked_logs)
    partly = len(checkpoint.unchecked_logs) - unread
    text = f"{count(checkpoint.log_errors, 'error')} in {count(len(checkpoint.logs) - unread, 'file')}"
    if unread:
        text += f", {unread} not readable"
    return f"{text}, {partly} not in whole" if partly else text


def log_errors(checkpoint: Checkpoint) -> Iterator[str]:
    """A line for each log that tells of errors, with the last of them."""
    for sample in checkpoint.logs:
        if sample.errors:
            yield f"{sample.file}: {count(sample.errors, 'error')}, the last: {escape(sample.last)}"


def unchecked_logs(checkpoint: Checkpoint) -> Iterator[str]:
    """A line for each reason why logs were not looked at, or not at all that is new in them."""
    reasons: dict[str, list[str]] = {}
    for sample in checkpoint.unchecked_logs:
        reasons.setdefault(sample.problem, []).append(sample.file)
    for reason, files in reasons.items():
        yield f"not checked: {', '.join(files)}: {escape(reason)}"
