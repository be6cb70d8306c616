"""What is posted about a rollout: a checkpoint's review or the verdict in, a payload for Slack out."""

from collections.abc import Iterator, Mapping
from typing import Any

from genesis_monitoring.receivers.dialects import SLACK
from genesis_monitoring.report.checkpoint_text import Review, lateness, logs_summary, summary
from genesis_monitoring.report.schedule import format_offset
from genesis_monitoring.report.verdict_text import moment_of, outlook_of, reason_of
from genesis_monitoring.rollout.results import NO_GO, Outcome, Status, Verdict
from genesis_monitoring.rollout.window import format_time

Payload = Mapping[str, Any]

_GOOD, _WARNING, _BAD = "good", "warning", "danger"
_LONGEST_LINE, _MOST_LINES = 300, 25
"""Slack folds what is long; all of it stands in the ledger and the report."""


def checkpoint_post(review: Review, channel: str) -> Payload:
    """Numbers first, then what deviates, what fires and what people wrote."""
    checkpoint, slot = review.checkpoint, review.slot
    bad = checkpoint.deviating or checkpoint.firing
    waits = checkpoint.needs_a_look or review.unsigned
    colour = _BAD if bad else _WARNING if waits else _GOOD
    critical = f": {slot.title}" if slot.title else ""
    title = f"Checkpoint {slot.index} of {len(review.schedule.slots)}{critical}"
    text = f"{review.schedule.title}: {title}, {_state(review)}"
    return _payload(channel, text, title, review.dashboard, colour, _checkpoint_lines(review))


def verdict_post(verdict: Verdict, title: str, link: str, channel: str, steps: tuple[str, ...]) -> Payload:
    """The verdict, why, what does not pass, and the next steps."""
    colour = {Outcome.GO: _GOOD, Outcome.NO_GO: _BAD}.get(verdict.outcome, _WARNING)
    text = f"{title}: {verdict.outcome}, {reason_of(verdict)}"
    lines = _verdict_lines(verdict, steps)
    return _payload(channel, text, f"{verdict.outcome} at {moment_of(verdict)}", link, colour, lines)


def _payload(channel: str, text: str, title: str, link: str, colour: str, lines: Iterator[str]) -> Payload:
    told = [line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1]}…" for line in lines]
    left = len(told) - _MOST_LINES
    if left > 0:
        told = [*told[:_MOST_LINES], f"… and {left} more lines"]
    body = "\n".join(SLACK.line(line) for line in told)
    attachment = {
        "color": colour,
        "fallback": SLACK.line(text),
        "title": SLACK.line(title),
        "title_link": link,
        "text": body,
        # Text of labels and notes is no markup.
        "mrkdwn_in": [],
    }
    return {"channel": channel, "text": SLACK.line(text), "mrkdwn": False, "attachments": [attachment]}


def _state(review: Review) -> str:
    checkpoint = review.checkpoint
    if checkpoint.deviating or checkpoint.firing:
        return f"{len(checkpoint.deviating)} SLIs deviate, {len(checkpoint.firing)} alerts fire"
    return "a person has to look" if checkpoint.needs_a_look or review.unsigned else "nothing deviates"


def _checkpoint_lines(review: Review) -> Iterator[str]:
    checkpoint = review.checkpoint
    late = f", {lateness(checkpoint)}" if checkpoint.late else ""
    yield f"Due {format_time(checkpoint.due)} UTC ({format_offset(review.slot.offset)}){late}"
    yield f"SLIs: {summary(checkpoint.readings)}"
    yield from (f"✗ {one.sli}: {one.text}, beyond {one.level}" for one in checkpoint.deviating)
    absent = ", ".join(one.sli for one in checkpoint.without_data)
    if absent:
        yield f"? no data: {absent}"
    yield f"Cost: {'; '.join(checkpoint.cost) or 'no SLI of a reduction'}"
    yield f"Alerts firing: {', '.join(checkpoint.firing) or 'none'}"
    yield from (f"Silenced: {one}" for one in checkpoint.silences)
    yield from (f"? {one}" for one in checkpoint.unknown)
    yield f"Logs: {logs_summary(checkpoint)}"
    yield from (f"Note: {one}" for one in review.notes)
    yield from (f"Signed off by {one}" for one in review.signed)
    if review.unsigned:
        yield f"Still to be signed off: genesis-mon rollout checkpoint {review.slot.index} --sign-off NAME"


def _verdict_lines(verdict: Verdict, steps: tuple[str, ...]) -> Iterator[str]:
    yield f"{verdict.outcome}: {reason_of(verdict)}"
    if outlook_of(verdict):
        yield outlook_of(verdict)
    yield f"Criteria: {', '.join(_counts(verdict))}"
    for result in verdict.results:
        if result.status is Status.FAIL:
            met = "NO-GO, met" if result.section == NO_GO else "not passed"
            reason = next((one.reason for one in result.proofs if one.status is Status.FAIL), "")
            yield f"✗ {result.text} ({met}): {reason}"
    yield from (f"GO waits for {wait.what}" for wait in verdict.waits)
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))


def _counts(verdict: Verdict) -> Iterator[str]:
    for status in Status:
        number = len(verdict.having(status))
        if number:
            yield f"{number} {status}"
