"""Notifications for real: a real Alertmanager sends to a catcher, and what comes is read.

The configuration is a copy in which only addresses, key files and waiting times differ (see
``clients.alertmanager_copy``), so nothing leaves this machine.

GM608 (error): a message does not come, its template fails, it lacks what the alert says, has ``<no value>``
in it, a wrong link, another colour or pager severity than the spec's, or reads the same when the alert is
over. Correct the template or the receiver's settings.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from genesis_monitoring.checks.alertmanager.notification_content import (
    Delivery,
    content_finding,
    judge_content,
    judge_end,
)
from genesis_monitoring.checks.alertmanager.notification_templates import TEMPLATES
from genesis_monitoring.checks.compose.running import UNREACHED, served, started
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.clients.alertmanager_sessions import DeliverySession, PostedAlert
from genesis_monitoring.clients.catcher import catchable, need_to_catch
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.errors import UsageError
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.routing import planned_routes, walk

CODES = ("GM608", UNREACHED)

_TEMPLATE = re.compile(r"template: (?P<name>[^:\s]+\.tmpl):(?P<line>[0-9]+)(?::(?P<column>[0-9]+))?:")


def check_notification_delivery(context: CheckContext) -> Iterator[Finding]:
    """GM608, by sending."""
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    planned = tuple(_deliveries(context.plan))
    deliveries = tuple(one for one in planned if catchable(one.kind.protocol))
    server = started(context, context.plan.spec.prometheus.alertmanager)
    tool = context.tools.alertmanager
    for file in wanted.files:
        yield from _uncaught(context, file, planned)
        if deliveries:
            yield from served(
                context,
                file,
                server,
                tool.version,
                partial(tool.deliver, context.out, file.path),
                partial(_found, context, deliveries),
            )


def _uncaught(context: CheckContext, file: TreeFile, planned: Sequence[Delivery]) -> Iterator[Finding]:
    """GM001 for each kind of message that cannot be caught with the packages that are installed."""
    for kind in dict.fromkeys(one.kind for one in planned):
        try:
            need_to_catch((kind,))
        except UsageError as missing:
            severity = Severity.ERROR if context.strict else Severity.WARNING
            message = f"what is sent by {kind.key} was not checked: {missing.message}"
            yield Finding("GM001", severity, context.locate(file.path), message, missing.hint)


def _found(
    context: CheckContext, deliveries: Sequence[Delivery], session: DeliverySession
) -> Iterator[Finding]:
    yield from _once(_judge(context, session, deliveries))


def _deliveries(plan: Plan) -> Iterator[Delivery]:
    """For each route of the spec the first alert that it takes, by all integrations of its receivers."""
    receivers = {receiver.name: receiver for receiver in plan.alertmanager.receivers}
    planned = planned_routes(plan.alertmanager)
    chosen: dict[str, AlertCase] = {}
    for case in alert_cases(plan):
        for route in walk(planned, case.label_map):
            chosen.setdefault(route.origin, case)
    for number, case in enumerate(dict.fromkeys(chosen.values()), 1):
        for name in dict.fromkeys(route.receiver for route in walk(planned, case.label_map)):
            for integration in receivers[name].integrations:
                yield Delivery(case, name, integration, f"(check {number})")


def _judge(
    context: CheckContext, session: DeliverySession, deliveries: Sequence[Delivery]
) -> Iterator[Finding]:
    posted = tuple(
        {d.mark: PostedAlert(d.case.labels, tuple(d.annotations.items())) for d in deliveries}.values()
    )
    session.fire(posted)
    _wait(session, deliveries, 1)
    begun = session.messages
    session.resolve(posted)
    ending = [d for d in deliveries if d.among(begun) and d.tells_the_end]
    _wait(session, ending, 2)
    for delivery in deliveries:
        messages = delivery.among(session.messages)
        if not delivery.among(begun):
            yield _not_sent(
                context, session, delivery, "no message comes that has its summary or description"
            )
            continue
        faults = tuple(judge_content(context, delivery, messages[0]))
        yield from faults
        if delivery in ending and len(messages) < 2:
            yield _not_sent(context, session, delivery, "no message comes when the alert is over")
        elif delivery in ending:
            # What its message lacks already, that about the end most likely lacks as well.
            yield from judge_end(context, delivery, messages[0], messages[-1], brief=bool(faults))


def _wait(session: DeliverySession, deliveries: Sequence[Delivery], count: int) -> None:
    """Until each has come ``count`` times or failed for good, or nothing more comes."""

    def done() -> bool:
        messages = session.messages
        return all(len(d.among(messages)) >= count or _failure(session, d) for d in deliveries)

    session.settle(done)


def _not_sent(context: CheckContext, session: DeliverySession, delivery: Delivery, text: str) -> Finding:
    said = _failure(session, delivery)
    finding = content_finding(context, delivery, (), f"{text}{': ' if said else ''}{said[:500]}")
    failed = _TEMPLATE.search(said)
    if failed:
        for template in context.read(TEMPLATES, "notification templates").files:
            if template.path.endswith(f"/{failed['name']}"):
                place = (int(failed["line"]), int(failed["column"] or 0))
                return context.finding("GM608", template, place, finding.message, related=(finding.location,))
    return finding


def _failure(session: DeliverySession, delivery: Delivery) -> str:
    """What Alertmanager says when it gives a delivery up; empty if it has not."""
    name = f"{delivery.receiver}/{delivery.kind.key}["
    return next((line.said for line in session.log if line.level == "error" and name in line.text), "")


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for the same fault at the same place, whichever message shows it."""
    seen = {(finding.location, finding.message.partition(": ")[2]): finding for finding in findings}
    return tuple(seen.values())
