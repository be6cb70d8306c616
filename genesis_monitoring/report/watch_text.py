"""What a watcher tells and shows, as lines: an event or a state in, text out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from genesis_monitoring.report.checkpoint_text import lateness, log_errors, logs_summary, summary
from genesis_monitoring.report.paint import BOLD, GREEN, RED, YELLOW, fold_all, paint
from genesis_monitoring.report.schedule import format_offset
from genesis_monitoring.report.text import escape, ranges
from genesis_monitoring.report.verdict_text import lost_of
from genesis_monitoring.report.watch_table import table
from genesis_monitoring.rollout.results import Outcome, Status, Verdict
from genesis_monitoring.rollout.watch_events import Began, Changed, Event, Found, Judged, Lost, State, Taken
from genesis_monitoring.rollout.window import format_span, format_time
from genesis_monitoring.slis.standing import PLANNED

SignOff = Callable[[int], str]
"""From a checkpoint's number to what has to be done to sign it off, with the command."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the spec has to say: of what is ``planned`` in a line, the steps of the ``rollback``, and the
    ``titles`` of SLIs by their names."""

    sign_off: SignOff
    planned: str = ""
    rollback: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


def event_lines(event: Event, words: Words) -> Iterator[str]:
    """One line an event; further ones where a person has to do something."""
    match event:
        case Began():
            yield _began(event)
        case Taken():
            yield from _taken(event, words.sign_off)
        case Lost():
            again = f"no answer, asked again in {event.pause:.2g} s"
            yield f"{format_time(event.at)}  {again}: {escape(event.reason)}"
        case Found():
            yield f"{format_time(event.at)}  Prometheus answers again, after {format_span(event.seconds)}"
        case Changed():
            yield f"{format_time(event.at)}  {'; '.join(_changed(event))}"
        case Judged():
            yield f"{format_time(event.at)}  {_prospect(event.verdict)}"
            if event.verdict.outcome is Outcome.NO_GO:
                yield from _rollback(words)


def state_lines(state: State, words: Words, *, colour: bool, width: int = 0) -> Iterator[str]:
    """The live view, the most important first, in at most ``width`` columns; 0 is no limit."""
    yield from fold_all(_above(state, words, colour), width)
    if state.seen is not None:
        yield from table(state, words.titles, colour, width)
        yield from fold_all(_below(state), width)


def _above(state: State, words: Words, colour: bool) -> Iterator[str]:
    pace, seen = state.pace, state.seen
    kind = f"REHEARSAL at speed {pace.speed:g}, no proof of a rollout" if pace.rehearsed else "Rollout"
    yield paint(f"{kind}: {state.recorded} of {pace.count} checkpoints recorded", BOLD, colour)
    if state.progress is not None:
        yield from _progress(state.progress, words, colour, pace.rehearsed)
    if state.trouble:
        yield paint(f"No answer: {escape(state.trouble)}", RED, colour)
        pause = format_span(max(0.0, state.retry - state.now))
        yield f"  asked again in {pause}; nothing is recorded until then"
    if words.planned and seen is not None and any(one.level == PLANNED for one in seen.readings):
        yield paint(words.planned, YELLOW, colour)
    yield _next(state)
    if state.unsigned:
        numbers = ", ".join(map(str, state.unsigned))
        yield paint(f"Not signed off: {numbers}; {words.sign_off(state.unsigned[0])}", YELLOW, colour)
    if seen is None:
        yield "SLIs and alerts: not known"
        return
    alerts = escape(", ".join(seen.firing)) or "none"
    yield paint(f"Firing: {alerts}", RED if seen.firing else GREEN, colour)
    if seen.pending:
        yield f"Pending: {escape(', '.join(seen.pending))}"
    yield from (paint(f"? {escape(text)}", YELLOW, colour) for text in seen.unknown)


def _below(state: State) -> Iterator[str]:
    if state.last is not None:
        yield f"Last: {_outcome(state.last)}"


def _began(event: Began) -> str:
    pace = event.pace
    window = f"{format_time(pace.window.start)} to {format_time(pace.end)} UTC, {pace.count} checkpoints"
    kind = "rollout of"
    if pace.rehearsed:
        kind = f"rehearsal at speed {pace.speed:g}, no proof of a rollout:"
    text = f"watch: {kind} {window}"
    if event.recorded:
        text += f"; resumed, {event.recorded} recorded"
    if event.owed:
        text += f"; overdue: {ranges(event.owed)}"
    return text


def _taken(event: Taken, sign_off: SignOff) -> Iterator[str]:
    critical = f"CRITICAL {event.slot.title}: " if event.slot.title else ""
    yield f"{format_time(event.checkpoint.taken)}  {critical}{_outcome(event)}"
    yield from (f"  ✗ {line}" for line in log_errors(event.checkpoint))
    if event.fresh:
        yield f"  the ledger ends with {event.digest}"
    if event.slot.sign_off:
        yield f"  {sign_off(event.slot.index)}"


def _outcome(event: Taken) -> str:
    found = event.checkpoint
    parts = [
        f"checkpoint {found.index} ({format_offset(event.slot.offset)}): {summary(found.readings)}",
        f"firing: {escape(', '.join(found.firing)) or 'none'}",
        *(f"unknown: {escape(text)}" for text in found.unknown),
        *([f"logs: {logs_summary(found)}"] if found.log_errors or found.unchecked_logs else ()),
    ]
    if found.late:
        parts.append(lateness(found))
    if not event.fresh:
        parts.append(f"recorded already, line {event.line}")
    return "; ".join(parts)


def _changed(event: Changed) -> Iterator[str]:
    yield from (f"fires: {escape(one)}" for one in event.begun)
    yield from (f"fires no more: {escape(one)}" for one in event.ceased)
    yield from (f"{sli}: {before or 'unknown'} -> {now}" for sli, before, now in event.levels)


def _next(state: State) -> str:
    slot = state.upcoming
    if slot is None:
        return "All checkpoints are recorded; the verdict follows when the last samples are in"
    due = state.pace.due(slot.offset)
    what = f"checkpoint {slot.index} ({format_offset(slot.offset)}){', CRITICAL' if slot.title else ''}"
    if due <= state.now:
        return f"Overdue for {format_span(state.now - due)}: {what}"
    return f"Next: {what} at {format_time(due)} UTC, in {format_span(due - state.now)}"


def _progress(verdict: Verdict, words: Words, colour: bool, rehearsed: bool) -> Iterator[str]:
    text = f"{_prospect(verdict)}{', were it the rollout' if rehearsed else ''}"
    style = GREEN
    if verdict.outcome is Outcome.NO_GO:
        style = f"{BOLD};{RED}"
    elif not verdict.reachable or verdict.having(Status.FAIL):
        style = YELLOW
    yield paint(text, style, colour) + f" (judged at {format_time(verdict.at)} UTC)"
    if verdict.outcome is Outcome.NO_GO:
        yield from _rollback(words)
    for result in verdict.having(Status.FAIL):
        yield paint(f"  ✗ {escape(result.text)}: {escape(result.deciding.reason)}", RED, colour)


def _prospect(verdict: Verdict) -> str:
    """What can still come of it, and why."""
    if verdict.outcome is Outcome.NO_GO:
        met = "; ".join(escape(one.text) for one in verdict.having(Status.FAIL) if one.decides_no_go)
        return f"NO-GO is certain: {met}"
    if not verdict.reachable:
        return f"GO is out of reach: {lost_of(verdict)}"
    failed = "; ".join(escape(one.text) for one in verdict.having(Status.FAIL))
    return f"GO is still reachable{f'; not passed as it is: {failed}' if failed else ''}"


def _rollback(words: Words) -> Iterator[str]:
    yield from (f"  {number}. {escape(step)}" for number, step in enumerate(words.rollback, 1))
