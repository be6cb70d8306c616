"""What a message says against what its alert is: a posted message in, an arrival and its faults out."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.drill_cases import Subject
from genesis_monitoring.stack.drill_report import Arrival
from genesis_monitoring.stack.drill_room import PAGER_HOST, Posted

_COMPARED = 200
_NO_VALUE = "<no value>"
_NEEDED = ("description", "impact", "response", "escalation", "runbook_url")
_Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class _Fields:
    """Where a kind of message has what a person reads."""

    title: _Keys
    text: _Keys
    link: _Keys
    weight: _Keys


_FIELDS = {
    "slack": _Fields(
        ("attachments", 0, "title"),
        ("attachments", 0, "text"),
        ("attachments", 0, "title_link"),
        ("attachments", 0, "color"),
    ),
    "pagerduty": _Fields(
        ("payload", "summary"),
        ("payload", "custom_details", "alerts"),
        ("client_url",),
        ("payload", "severity"),
    ),
}


def is_about(posted: Posted, subject: Subject) -> bool:
    """Whether the message is about this alert."""
    return any(subject.mark in text for text in posted.message.texts)


def is_end(posted: Posted) -> bool:
    """Whether it says that the alert is over."""
    message = posted.message
    if posted.kind == "pagerduty":
        return message.text_at("event_action") == "resolve"
    if posted.kind == "webhook":
        return message.text_at("status") == "resolved"
    return "resolved" in title_of(posted)


def title_of(posted: Posted) -> str:
    """Its title; a webhook has none."""
    fields = _FIELDS.get(posted.kind)
    return posted.message.text_at(*fields.title) if fields else posted.message.text_at("status")


def arrival(subject: Subject, receiver: str, posted: Posted, end: Posted | None) -> Arrival:
    """What a person sees, without the drill's mark."""
    fields = _FIELDS.get(posted.kind)
    message = posted.message
    if fields is None:
        text = "\n".join(message.texts)
        title, link, weight, to = message.text_at("status"), message.text_at("externalURL"), "", message.path
    else:
        title, text = message.text_at(*fields.title), message.text_at(*fields.text)
        link, weight = message.text_at(*fields.link), message.text_at(*fields.weight)
        to = message.text_at("channel") if posted.kind == "slack" else PAGER_HOST
    over = title_of(end) if end else ""
    clean = (text.replace(f" {subject.mark}", "") for text in (title, text, over))
    title, text, over = clean
    return Arrival(receiver, posted.kind, to, title, text, link, weight, over)


def faults(plan: Plan, subject: Subject, posted: Posted) -> Iterator[str]:
    """What the message about a firing alert lacks or has wrong."""
    fields = _FIELDS.get(posted.kind)
    message, wanted = posted.message, subject.annotations
    text = "\n".join(message.texts)
    if _NO_VALUE in text:
        yield f"the message has {_NO_VALUE} in it"
    lacking = [name for name in _NEEDED if not _shows(text, wanted.get(name, ""))]
    if subject.case.name not in text:
        lacking.append("name")
    if lacking:
        yield f"the message lacks the alert's {', '.join(lacking)}"
    if fields is None:
        return
    if not _shows(message.text_at(*fields.title), wanted["summary"]):
        yield "the title lacks the alert's summary"
    link, right = message.text_at(*fields.link), wanted.get("panel_url", wanted.get("dashboard_url", ""))
    if link != right:
        yield f"the message links to {link or 'nothing'}, not to {right}"
    weights = plan.notifications.colors if posted.kind == "slack" else plan.notifications.pager_severities
    weight, seen = dict(weights).get(subject.case.severity), message.text_at(*fields.weight)
    if weight != seen:
        what = "colour" if posted.kind == "slack" else "severity"
        yield f"the {what} is {seen or 'empty'}, not {weight}"


def _shows(text: str, wanted: str) -> bool:
    return wanted[:_COMPARED] in text
