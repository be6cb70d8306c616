"""What a message says against what its alert is: a posted message in, an arrival and its faults out."""

from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.clients.alertmanager import POSTED
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.notifications import dialect_of, end_faults
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
    title = title_of(posted)
    return "resolved" in title and "firing" not in title


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
        over_text = "\n".join(end.message.texts) if end else ""
        title, link, weight, to = message.text_at("status"), message.text_at("externalURL"), "", message.path
    else:
        title, text = message.text_at(*fields.title), message.text_at(*fields.text)
        over_text = end.message.text_at(*fields.text) if end else ""
        link, weight = message.text_at(*fields.link), message.text_at(*fields.weight)
        to = message.text_at("channel") if posted.kind == "slack" else PAGER_HOST
    over = title_of(end) if end else ""
    clean = (text.replace(f" {subject.mark}", "") for text in (title, text, over, over_text))
    title, text, over, over_text = clean
    return Arrival(receiver, posted.kind, to, title, text, link, weight, over, over_text)


def faults(plan: Plan, subject: Subject, posted: Posted) -> Iterator[str]:
    """What the message about a firing alert lacks or has wrong."""
    fields = _FIELDS.get(posted.kind)
    message, wanted = posted.message, subject.annotations
    text = "\n".join(message.texts)
    if fields is not None:
        dialect = dialect_of(posted.kind)
        wanted = {name: dialect.lines(value) for name, value in wanted.items()}
    if _NO_VALUE in text:
        yield f"the message has {_NO_VALUE} in it"
    lacking = [name for name in _NEEDED if not _shows(text, wanted.get(name, ""))]
    if subject.case.name not in text:
        lacking.append("name")
    if lacking:
        yield f"the message lacks the alert's {', '.join(lacking)}"
    if fields is None:
        return
    title, shown = message.text_at(*fields.title), message.text_at(*fields.text)
    if not _shows(title, wanted["summary"]):
        yield "the title lacks the alert's summary"
    if f"{subject.case.severity} firing: 1]" not in title:
        yield "the title does not say the severity, and how many fire"
    if POSTED.start not in shown:
        yield f"it does not say since when it fires ({POSTED.start})"
    link, right = message.text_at(*fields.link), wanted.get("panel_url", wanted.get("dashboard_url", ""))
    if link != right:
        yield f"the message links to {link or 'nothing'}, not to {right}"
    weights = plan.notifications.colors if posted.kind == "slack" else plan.notifications.pager_severities
    weight, seen = dict(weights).get(subject.case.severity), message.text_at(*fields.weight)
    if weight != seen:
        what = "colour" if posted.kind == "slack" else "severity"
        yield f"the {what} is {seen or 'empty'}, not {weight}"


def end_faults_of(subject: Subject, begun: Posted, over: Posted) -> Iterator[str]:
    """What the message about the end lacks or has wrong, beside the one about the beginning."""
    fields = _FIELDS.get(over.kind)
    if fields is None:
        return
    title, text = over.message.text_at(*fields.title), over.message.text_at(*fields.text)
    if title == title_of(begun):
        yield "the title is the same when it is over"
    if over.kind == "slack" and over.message.text_at(*fields.weight) == begun.message.text_at(*fields.weight):
        yield "the colour is the same when it is over"
    if _NO_VALUE in "\n".join(over.message.texts):
        yield f"the message has {_NO_VALUE} in it when it is over"
    for fault in end_faults(dialect_of(over.kind), subject.annotations, title, text, POSTED):
        yield f"when it is over, {fault}"


def _shows(text: str, wanted: str) -> bool:
    return wanted[:_COMPARED] in text
