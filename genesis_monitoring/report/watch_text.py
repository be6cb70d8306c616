"""What a watcher tells and shows, as lines: an event or a state in, text out."""

from collections.abc import Callable, Iterator

from genesis_monitoring.report.checkpoint_text import lateness, log_errors, logs_summary, summary
from genesis_monitoring.report.paint import BOLD, GREEN, RED, YELLOW, paint
from genesis_monitoring.report.schedule import format_offset
from genesis_monitoring.report.text import escape, ranges
from genesis_monitoring.rollout.checkpoint import GOOD, NO_DATA, NO_LEVEL, Reading
from genesis_monitoring.rollout.results import CriterionResult, Outcome, Status, Verdict
from genesis_monitoring.rollout.watch_events import Began, Changed, Event, Found, Lost, State, Taken
from genesis_monitoring.rollout.window import format_span, format_time

SignOff = Callable[[int], str]
"""From a checkpoint's number to what has to be done to sign it off, with the command."""

_SHOWN_BUDGETS = 8


def event_lines(event: Event, sign_off: SignOff) -> Iterator[str]:
    """One line an event; a further one where a person has to do something."""
    match event:
        case Began():
            yield _began(event)
        case Taken():
            yield from _taken(event, sign_off)
        case Lost():
            again = f"no answer, asked again in {event.pause:.2g} s"
            yield f"{format_time(event.at)}  {again}: {escape(event.reason)}"
        case Found():
            yield f"{format_time(event.at)}  Prometheus answers again, after {format_span(event.seconds)}"
        case Changed():
            yield f"{format_time(event.at)}  {'; '.join(_changed(event))}"


def state_lines(state: State, sign_off: SignOff, *, colour: bool) -> Iterator[str]:
    """The live view, the most important first."""
    pace = state.pace
    kind = f"REHEARSAL at speed {pace.speed:g}, no proof of a rollout" if pace.rehearsed else "Rollout"
    yield paint(f"{kind}: {state.recorded} of {pace.count} checkpoints recorded", BOLD, colour)
    yield _next(state)
    if state.trouble:
        yield paint(f"No answer: {escape(state.trouble)}", RED, colour)
        pause = format_span(max(0.0, state.retry - state.now))
        yield f"  asked again in {pause}; nothing is recorded until then"
    if state.unsigned:
        numbers = ", ".join(map(str, state.unsigned))
        yield paint(f"Not signed off: {numbers}; {sign_off(state.unsigned[0])}", YELLOW, colour)
    if state.last is not None:
        yield f"Last: {_outcome(state.last)}"
    seen = state.seen
    if seen is None:
        yield "SLIs and alerts: not known"
    else:
        alerts = escape(", ".join(seen.firing)) or "none"
        yield paint(f"Firing: {alerts}", RED if seen.firing else GREEN, colour)
        if seen.pending:
            yield f"Pending: {escape(', '.join(seen.pending))}"
        yield from (paint(f"? {escape(text)}", YELLOW, colour) for text in seen.unknown)
    if state.progress is not None:
        yield from _progress(state.progress, colour, pace.rehearsed)
    if seen is not None:
        yield paint(f"SLIs at {format_time(state.seen_at)} UTC: {summary(seen.readings)}", BOLD, colour)
        yield from (_reading(one, colour) for one in sorted(seen.readings, key=_urgency))


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


def _progress(verdict: Verdict, colour: bool, rehearsed: bool) -> Iterator[str]:
    if verdict.outcome is Outcome.NO_GO:
        yield paint("NO-GO is already certain", RED, colour)
    elif not verdict.reachable:
        names = ", ".join(result.name for result in verdict.results if result.hopeless)
        yield paint(f"GO is out of reach: {names}", YELLOW, colour)
    else:
        yield paint(f"GO is still reachable{', were it the rollout' if rehearsed else ''}", GREEN, colour)
    for result in verdict.having(Status.FAIL):
        yield paint(f"  ✗ {result.name}: {escape(result.deciding.reason)}", RED, colour)
    left = sorted((seconds, one.name) for one in verdict.results if (seconds := _left(one)) is not None)
    if left:
        words = ", ".join(f"{name} {format_span(seconds)}" for seconds, name in left[:_SHOWN_BUDGETS])
        more = f" and {len(left) - _SHOWN_BUDGETS} with more" if len(left) > _SHOWN_BUDGETS else ""
        yield f"Violation left: {words}{more}"


def _left(result: CriterionResult) -> float | None:
    return min((proof.left for proof in result.proofs if proof.left is not None), default=None)


def _urgency(reading: Reading) -> int:
    order = (GOOD, NO_LEVEL)
    return order.index(reading.level) + 1 if reading.level in order else 0


def _reading(reading: Reading, colour: bool) -> str:
    if reading.level == NO_DATA:
        return f"  {paint('?', YELLOW, colour)} {reading.sli:<28} no data"
    if reading.level == GOOD:
        return f"  {paint('✓', GREEN, colour)} {reading.sli:<28} {reading.text}"
    if reading.level == NO_LEVEL:
        return f"    {reading.sli:<28} {reading.text or 'no data'}"
    return f"  {paint('✗', RED, colour)} {reading.sli:<28} {reading.text}, beyond {reading.level}"
