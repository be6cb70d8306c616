"""What a notification says, against the alert that it is about (GM608): messages in, findings out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genesis_monitoring.checks.alertmanager.model import Integration
from genesis_monitoring.checks.alertmanager.notification_templates import (
    TEMPLATES,
    definitions,
    used_templates,
)
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import Path, child, locate_path, read_nodes, scalar
from genesis_monitoring.clients.alertmanager import POSTED
from genesis_monitoring.clients.catcher import Message
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.alert_cases import AlertCase
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.notifications import dialect_of, end_faults

_MARKED = ("summary", "description", "runbook_url")
_COMPARED = 200
_NO_VALUE = "<no value>"
_TITLE: dict[str, Path] = {"slack": ("title",), "pagerduty": ("description",)}
_TEXT: dict[str, Path] = {"slack": ("text",), "pagerduty": ("details", "alerts")}
_LINK: dict[str, Path] = {"slack": ("title_link",), "pagerduty": ("client_url",)}
_WEIGHT: dict[str, Path] = {"slack": ("color",), "pagerduty": ("severity",)}
_WEIGHT_SENT: dict[str, Path] = {"slack": ("attachments", 0, "color"), "pagerduty": ("payload", "severity")}
_LINK_SENT: dict[str, Path] = {"slack": ("attachments", 0, "title_link"), "pagerduty": ("client_url",)}
_TITLES_SENT: dict[str, tuple[tuple[Path, Path], ...]] = {
    "slack": ((("attachments", 0, "title"), ("title",)), (("attachments", 0, "fallback"), ("fallback",))),
    "pagerduty": ((("payload", "summary"), ("description",)),),
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message to come: ``case`` by ``integration`` of ``receiver``; ``mark`` tells it from others."""

    case: AlertCase
    receiver: str
    integration: Integration
    mark: str

    @property
    def kind(self) -> str:
        """The kind of integration."""
        return self.integration.kind

    @property
    def annotations(self) -> dict[str, str]:
        """The alert's annotations as they are sent, with the mark in what a message surely shows."""
        texts = self.case.annotations
        return {**texts, **{name: f"{self.mark} {texts.get(name, '')}" for name in _MARKED}}

    def among(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Those of the messages that are this one."""
        path = f"/{self.receiver}/{self.kind}"
        return tuple(m for m in messages if m.path == path and any(self.mark in text for text in m.texts))


def judge_content(
    context: CheckContext, file: TreeFile, plan: Plan, delivery: Delivery, message: Message
) -> Iterator[Finding]:
    """GM608 for what a message about a firing alert lacks or has wrong."""
    kind = delivery.kind
    if kind not in _TITLE:
        return
    texts = "\n".join(_own_texts(message))
    if _NO_VALUE in texts:
        text = (
            f"the message has {_NO_VALUE} in it: a label or annotation that its template names is not there"
        )
        yield content_finding(context, file, delivery, _TEXT[kind], text)
    dialect = dialect_of(kind)
    wanted = {name: dialect.lines(value) for name, value in delivery.annotations.items()}
    for keys, field in _TITLES_SENT[kind]:
        if wanted["summary"][:_COMPARED] not in message.text_at(*keys):
            text = f"{keys[-1]} of the message lacks the alert's summary"
            yield content_finding(context, file, delivery, field, text)
    spared = ("summary", "dashboard_url" if "panel_url" in wanted else "")
    lacking = [
        name for name, value in wanted.items() if value[:_COMPARED] not in texts and name not in spared
    ]
    # Its name is in the runbook's address as well.
    if not re.search(rf"(?<![\w/]){re.escape(delivery.case.name)}(?![\w.])", texts):
        lacking.append("name")
    if lacking:
        text = f"the message lacks the alert's {', '.join(lacking)}"
        yield content_finding(context, file, delivery, _TEXT[kind], text, by_field=len(lacking) > 1)
    link, right = message.text_at(*_LINK_SENT[kind]), wanted.get("panel_url", wanted.get("dashboard_url", ""))
    if link != right:
        text = f"the message links to {link or 'nothing'}; it must link to {right}"
        yield content_finding(context, file, delivery, _LINK[kind], text)
    weights = plan.notifications.colors if kind == "slack" else plan.notifications.pager_severities
    weight = dict(weights).get(delivery.case.severity)
    seen = message.text_at(*_WEIGHT_SENT[kind])
    if weight is not None and seen != weight:
        what = "colour" if kind == "slack" else "severity"
        text = f"the {what} of a {delivery.case.severity} message is {seen or 'empty'}; it must be {weight}"
        yield content_finding(context, file, delivery, _WEIGHT[kind], text)


def judge_end(
    context: CheckContext, file: TreeFile, delivery: Delivery, first: Message, last: Message, *, brief: bool
) -> Iterator[Finding]:
    """GM608 for a message about the end of an alert that lacks when it was, or tells what is no longer so.

    ``brief``: only whether it can be told from the one about the beginning.
    """
    if delivery.kind not in _TITLE:
        return
    keys, _ = _TITLES_SENT[delivery.kind][0]
    title, said = last.text_at(*keys), "\n".join(_own_texts(last))
    if first.text_at(*keys) == title:
        text = "the title of the message is the same when the alert is over"
        yield content_finding(context, file, delivery, _TITLE[delivery.kind], text)
        brief = True
    for fault in (
        () if brief else end_faults(dialect_of(delivery.kind), delivery.annotations, title, said, POSTED)
    ):
        field = (_TITLE if fault.startswith("the title") else _TEXT)[delivery.kind]
        yield content_finding(context, file, delivery, field, f"when the alert is over, {fault}")
    if delivery.kind == "slack":
        keys = _WEIGHT_SENT["slack"]
        if first.text_at(*keys) == last.text_at(*keys):
            text = "the colour of the message is the same when the alert is over"
            yield content_finding(context, file, delivery, _WEIGHT["slack"], text)


def _own_texts(message: Message) -> Iterator[str]:
    """What its templates made: without the list of alerts that Alertmanager adds by itself for a pager."""
    details: Path = ("payload", "custom_details")
    added = {message.text_at(*details, key) for key in ("firing", "resolved")}
    return (text for text in message.texts if text not in added)


def content_finding(
    context: CheckContext,
    file: TreeFile,
    delivery: Delivery,
    field: Path,
    text: str,
    *,
    by_field: bool = False,
) -> Finding:
    """GM608 at the template that a field uses, or ``by_field`` at the field, for that may use a wrong one."""
    where, place = (
        (file, _config_place(file, delivery, field)) if by_field else _place(context, file, delivery, field)
    )
    message = f"{delivery.kind} of {delivery.receiver}, sent for {delivery.case.name}: {text}"
    related = (
        *((context.locate(file.path, *_config_place(file, delivery, field)),) if where != file else ()),
        context.source.locate_dotted(f"receivers.{delivery.receiver}"),
    )
    return context.finding("GM608", where, place, message, related=related)


def _place(
    context: CheckContext, file: TreeFile, delivery: Delivery, field: Path
) -> tuple[TreeFile, tuple[int, int]]:
    path = (*delivery.integration.path, *field)
    node = read_nodes(file.text)
    for step in path:
        node = child(node, step)
    for name in used_templates(scalar(node) or ""):
        for mention in definitions(context.read(TEMPLATES, "notification templates").files):
            if mention.name == name:
                return mention.file, mention.place
    return file, _config_place(file, delivery, field)


def _config_place(file: TreeFile, delivery: Delivery, field: Path) -> tuple[int, int]:
    return locate_path(file.text, (*delivery.integration.path, *field))
