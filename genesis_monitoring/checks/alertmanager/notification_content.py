"""What a notification says, against the alert that it is about (GM608): messages in, findings out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from genesis_monitoring.checks.alertmanager.notification_templates import (
    TEMPLATES,
    definitions,
    used_templates,
)
from genesis_monitoring.checks.context import SPEC_HINT, CheckContext
from genesis_monitoring.clients.alertmanager_sessions import POSTED
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase
from genesis_monitoring.plan.notifications import begin_faults, end_faults, html_faults, link_at
from genesis_monitoring.receivers.base import Kind, PlannedIntegration
from genesis_monitoring.receivers.message import Keys, Message

_MARKED = ("summary", "description", "runbook_url")
_COMPARED = 200
_NO_VALUE = "<no value>"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to come: ``case`` by ``integration`` of ``receiver``; ``mark`` tells it from others."""

    case: AlertCase
    receiver: str
    integration: PlannedIntegration
    mark: str

    @property
    def kind(self) -> Kind[Any]:
        """The kind of integration."""
        return self.integration.kind

    @property
    def annotations(self) -> dict[str, str]:
        """The alert's annotations as they are sent, with the mark in what a message surely shows."""
        texts = self.case.annotations
        return {**texts, **{name: f"{self.mark} {texts.get(name, '')}" for name in _MARKED}}

    @property
    def tells_the_end(self) -> bool:
        """Whether the end of the alert is sent, too."""
        return bool(self.integration.node.get("send_resolved", self.kind.tells_the_end))

    def among(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Those of the messages that are this one."""
        path = f"/{self.receiver}/{self.kind.key}"
        return tuple(m for m in messages if m.path == path and any(self.mark in text for text in m.texts))


def judge_content(context: CheckContext, delivery: Delivery, message: Message) -> Iterator[Finding]:
    """GM608 for what a message about a firing alert lacks or has wrong."""
    kind, fields = delivery.kind, delivery.kind.fields
    if fields is None:
        return
    texts = "\n".join(kind.own_texts(message))
    if _NO_VALUE in texts:
        text = (
            f"the message has {_NO_VALUE} in it: a label or annotation that its template names is not there"
        )
        yield content_finding(context, delivery, fields.text.setting, text)
    wanted = {name: kind.dialect.lines(value) for name, value in delivery.annotations.items()}
    notifications, severity = context.plan.notifications, delivery.case.severity
    heading = notifications.heading(severity)
    for title in fields.titles:
        said = message.text_at(*title.sent)
        for fault in begin_faults(kind.dialect, delivery.annotations, said, heading):
            text = f"{title.sent[-1]} of the message lacks {fault}"
            yield content_finding(context, delivery, title.setting, text)
    spared = ("summary", "dashboard_url" if "panel_url" in wanted else "")
    lacking = [
        name for name, value in wanted.items() if value[:_COMPARED] not in texts and name not in spared
    ]
    # Its name is in the runbook's address as well.
    if not re.search(rf"(?<![\w/]){re.escape(delivery.case.name)}(?![\w.])", texts):
        lacking.append("name")
    if lacking:
        text = f"the message lacks the alert's {', '.join(lacking)}"
        # With so much missing, the field itself may use another template.
        field = fields.text.setting if len(lacking) == 1 else ()
        yield content_finding(context, delivery, field, text)
    html = kind.html(message)
    if fields.html is not None and html is not None:
        for fault in html_faults(kind.dialect, delivery.annotations, html):
            yield content_finding(context, delivery, fields.html.setting, fault)
    link, right = kind.link(message), link_at(delivery.annotations, POSTED, over=False)
    if fields.link is not None and link != right:
        text = f"the message links to {link or 'nothing'}; it must link to {right}"
        yield content_finding(context, delivery, fields.link.setting, text)
    if fields.weight is None:
        return
    weight = notifications.weight(fields.weight.template, severity)
    seen = kind.weight(message)
    if weight is not None and seen != weight:
        text = f"the {fields.weight.word} of a {severity} message is {seen or 'empty'}; it must be {weight}"
        yield content_finding(context, delivery, fields.weight.field.setting, text)


def judge_end(
    context: CheckContext, delivery: Delivery, first: Message, last: Message, *, brief: bool
) -> Iterator[Finding]:
    """GM608 for a message about the end of an alert that lacks when it was, or tells what is no longer so.

    ``brief``: only whether it can be told from the one about the beginning.
    """
    kind, fields = delivery.kind, delivery.kind.fields
    if fields is None:
        return
    title, said = kind.subject(last), "\n".join(kind.own_texts(last))
    if kind.subject(first) == title:
        text = "the title of the message is the same when the alert is over"
        yield content_finding(context, delivery, fields.titles[0].setting, text)
        brief = True
    for fault in () if brief else end_faults(kind.dialect, delivery.annotations, title, said, POSTED):
        field = fields.titles[0] if fault.startswith("the title") else fields.text
        yield content_finding(context, delivery, field.setting, f"when the alert is over, {fault}")
    weight = fields.weight
    if weight is not None and weight.over and kind.weight(first) == kind.weight(last):
        text = f"the {weight.word} of the message is the same when the alert is over"
        yield content_finding(context, delivery, weight.field.setting, text)


def content_finding(context: CheckContext, delivery: Delivery, field: Keys, text: str) -> Finding:
    """GM608 at the template that a field uses, else at the receiver in the spec."""
    message = f"{delivery.kind.key} of {delivery.receiver}, sent for {delivery.case.name}: {text}"
    receiver = context.source.locate_dotted(f"receivers.{delivery.receiver}")
    for name in used_templates(delivery.integration.setting(field)):
        for mention in definitions(context.read(TEMPLATES, "notification templates").files):
            if mention.name == name:
                return context.finding("GM608", mention.file, mention.place, message, related=(receiver,))
    return Finding("GM608", Severity.ERROR, receiver, message, SPEC_HINT)
