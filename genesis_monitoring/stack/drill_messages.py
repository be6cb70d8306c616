"""What a message says against what its alert is: a posted message in, an arrival and its faults out."""

from collections.abc import Iterator

from genesis_monitoring.clients.alertmanager_sessions import POSTED
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.notifications import begin_faults, end_faults, html_faults, link_at
from genesis_monitoring.stack.drill_cases import Subject
from genesis_monitoring.stack.drill_report import Arrival
from genesis_monitoring.stack.drill_room import Posted

_COMPARED = 200
_NO_VALUE = "<no value>"
_NEEDED = ("description", "impact", "response", "escalation", "runbook_url")


def is_about(posted: Posted, subject: Subject) -> bool:
    """Whether the message is about this alert."""
    return any(subject.mark in text for text in posted.message.texts)


def arrival(subject: Subject, receiver: str, posted: Posted, end: Posted | None) -> Arrival:
    """What a person sees, without the drill's mark."""
    kind, message = posted.kind, posted.message
    over = (kind.subject(end.message), kind.text(end.message)) if end else ("", "")
    said = (kind.subject(message), kind.text(message), *over)
    title, text, over_title, over_text = (one.replace(f" {subject.mark}", "") for one in said)
    to, link, weight = kind.addressee(message), kind.link(message), kind.weight(message)
    return Arrival(receiver, kind.key, to, title, text, link, weight, over_title, over_text)


def faults(plan: Plan, subject: Subject, posted: Posted) -> Iterator[str]:
    """What the message about a firing alert lacks or has wrong."""
    kind, message, wanted = posted.kind, posted.message, subject.annotations
    fields = kind.fields
    text = "\n".join(message.texts)
    if fields is not None:
        wanted = {name: kind.dialect.lines(value) for name, value in wanted.items()}
    if _NO_VALUE in text:
        yield f"the message has {_NO_VALUE} in it"
    lacking = [name for name in _NEEDED if not _shows(text, wanted.get(name, ""))]
    if subject.case.name not in text:
        lacking.append("name")
    if lacking:
        yield f"the message lacks the alert's {', '.join(lacking)}"
    if fields is None:
        return
    title, heading = kind.subject(message), plan.notifications.heading(subject.case.severity)
    for fault in begin_faults(kind.dialect, subject.annotations, title, heading):
        yield f"the title lacks {fault}"
    if POSTED.start not in kind.text(message):
        yield f"it does not say since when it fires ({POSTED.start})"
    html = kind.html(message)
    if html is not None:
        yield from html_faults(kind.dialect, subject.annotations, html)
    link, right = kind.link(message), link_at(subject.annotations, POSTED, over=False)
    if fields.link is not None and link != right:
        yield f"the message links to {link or 'nothing'}, not to {right}"
    if fields.weight is not None:
        weight, seen = (
            plan.notifications.weight(fields.weight.template, subject.case.severity),
            kind.weight(message),
        )
        if weight != seen:
            yield f"the {fields.weight.word} is {seen or 'empty'}, not {weight}"


def end_faults_of(subject: Subject, begun: Posted, over: Posted) -> Iterator[str]:
    """What the message about the end lacks or has wrong, beside the one about the beginning."""
    kind, fields = over.kind, over.kind.fields
    if fields is None:
        return
    title = kind.subject(over.message)
    if title == kind.subject(begun.message):
        yield "the title is the same when it is over"
    weight = fields.weight
    if weight is not None and weight.over and kind.weight(over.message) == kind.weight(begun.message):
        yield f"the {weight.word} is the same when it is over"
    if _NO_VALUE in "\n".join(over.message.texts):
        yield f"the message has {_NO_VALUE} in it when it is over"
    for fault in end_faults(kind.dialect, subject.annotations, title, kind.text(over.message), POSTED):
        yield f"when it is over, {fault}"


def _shows(text: str, wanted: str) -> bool:
    return wanted[:_COMPARED] in text
