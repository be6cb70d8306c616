"""A checkpoint in, text for the person who reviews it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from genesis_monitoring.report.paint import BOLD, YELLOW, fold_all, paint
from genesis_monitoring.report.schedule import Schedule, Slot, format_offset
from genesis_monitoring.report.text import escape
from genesis_monitoring.rollout.checkpoint import Checkpoint, Reading
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.slis.standing import GOOD, LEVELS, NO_DATA, NO_LEVEL, NOT_DUE, PLANNED
from genesis_monitoring.words import count


@dataclass(frozen=True, slots=True)
class Review:
    """What is shown of a checkpoint: its place in the schedule, the ledger, and what people said of it.

    ``fresh``: whether this very call recorded it, on ``line`` of the ledger, which now ends with ``digest``.
    ``planned`` is a line on what is planned, ``titles`` are those of SLIs by their names, and ``limits`` what
    a level of an SLI forbids, by SLI and level.
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
    planned: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    limits: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def unsigned(self) -> bool:
        """Whether somebody still has to put their name on it."""
        return self.slot.sign_off and not self.signed

    def title_of(self, reading: Reading) -> str:
        """``CPU usage (cpu_usage)``."""
        title = self.titles.get(reading.sli)
        return f"{escape(title)} ({reading.sli})" if title else reading.sli


def format_checkpoint(review: Review, *, colour: bool = False, width: int = 0) -> str:
    """All of it, ending in a newline: the six actions, then what is still to do. ``width`` 0 is no limit."""
    return "".join(f"{line}\n" for line in fold_all(_lines(review, colour), width))


def _lines(review: Review, colour: bool) -> Iterator[str]:
    checkpoint, slot, total = review.checkpoint, review.slot, len(review.schedule.slots)
    title = f": {slot.title}, reviewed by {slot.reviewer}" if slot.title else ""
    critical = "CRITICAL " if slot.title else ""
    yield paint(f"{critical}Checkpoint {slot.index} of {total}{title}", BOLD, colour)
    if review.planned and checkpoint.planned:
        yield paint(review.planned, YELLOW, colour)
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
    for reading in sorted(checkpoint.deviating, key=lambda one: LEVELS.index(one.level)):
        limit = review.limits.get((reading.sli, reading.level))
        beyond = f"beyond {reading.level}{f' ({limit})' if limit else ''}"
        yield f"   ✗ {review.title_of(reading)}: {reading.text}, {beyond}"
    yield from (f"   ? {review.title_of(reading)}: no data" for reading in checkpoint.without_data)
    if checkpoint.planned:
        yield f"   ○ planned: {', '.join(map(review.title_of, checkpoint.planned))}"
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
    """``15 of 17 good, 1 not, 1 without data``, and how many are planned, if any are."""
    judged = [reading.level for reading in readings if reading.level not in (NO_LEVEL, NOT_DUE)]
    good, unknown, planned = (judged.count(level) for level in (GOOD, NO_DATA, PLANNED))
    bad = len(judged) - good - unknown - planned
    text = f"{good} of {len(judged)} good, {bad} not, {unknown} without data"
    return f"{text}, {planned} planned" if planned else text


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
