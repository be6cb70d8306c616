"""The generated file in a real Alertmanager: every alert of the spec is posted, and nobody is told.

Everything is silenced first; receivers, groups and inhibition are reported all the same.

GM602 (error): an alert goes to other receivers than the spec says.

GM611 (error or warning): an alert that should silence another does not, silences one that it should not, or
no two alerts of a rule can ever agree in its ``equal`` labels (a warning). Correct the inhibit rule.

GM612 (error): alerts are not grouped as the spec says, so there are more messages than meant, or one for
things that have nothing to do with each other. Correct ``group_by``.

It runs with the arguments that the stack gives it; GM905 is about those, see ``compose.running``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial

from genesis_monitoring.checks.alertmanager.case_names import spell_names
from genesis_monitoring.checks.alertmanager.inhibition_live import inhibition_findings
from genesis_monitoring.checks.alertmanager.routes import RERENDER_HINT, wrong_receivers
from genesis_monitoring.checks.compose.running import UNREACHED, Started, served, started, unreached
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.clients.alertmanager_sessions import (
    AlertmanagerSession,
    LiveAlert,
    LiveGroup,
    PostedAlert,
)
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.routing import RouteNode, planned_routes, walk

CODES = ("GM602", "GM611", "GM612", UNREACHED)

_VARIANTS = 2


def check_alertmanager_live(context: CheckContext) -> Iterator[Finding]:
    """GM602, GM611, GM612 and GM905 on a real Alertmanager."""
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    server = started(context, context.plan.spec.prometheus.alertmanager)
    tool = context.tools.alertmanager
    for file in wanted.files:
        yield from served(
            context,
            file,
            server,
            tool.version,
            partial(tool.ask, context.out, file.path),
            partial(_live_findings, context, file, server),
        )


def _live_findings(
    context: CheckContext, file: TreeFile, server: Started, session: AlertmanagerSession
) -> Iterator[Finding]:
    yield from unreached(context, server, {path: session.status(path) for path in server.asked})
    cases = alert_cases(context.plan, _VARIANTS)
    routes = planned_routes(context.plan.alertmanager)
    alerts, groups = _settled(session, cases, routes)
    received = {alert.labels: alert.receivers for alert in alerts}
    lost = [case for case in cases if case.labels not in received]
    if lost:
        yield context.unchecked(file.path, f"Alertmanager did not take {spell_names(lost)}")
    yield from wrong_receivers(context, "by Alertmanager", cases, _in_order(received, cases))
    yield from _grouping(context, routes, cases, groups)
    session.resolve([PostedAlert(case.labels) for case in cases])
    yield from inhibition_findings(context, session)


def _settled(
    session: AlertmanagerSession, cases: Sequence[AlertCase], routes: RouteNode
) -> tuple[tuple[LiveAlert, ...], tuple[LiveGroup, ...]]:
    """What has become of the alerts, once it is as the spec has it, or nothing more becomes of them."""
    expected = _groups(routes, cases)
    session.fire([PostedAlert(case.labels) for case in cases])
    session.settle(lambda: len(session.fire(())) >= len(cases) and Counter(session.groups()) == expected)
    return session.fire(()), session.groups()


def _groups(root: RouteNode, cases: Sequence[AlertCase]) -> Counter[LiveGroup]:
    members: dict[tuple[int, str, tuple[tuple[str, str], ...]], list[tuple[tuple[str, str], ...]]] = {}
    for case in cases:
        for route in walk(root, case.label_map):
            labels = tuple(pair for pair in case.labels if pair[0] in route.group_by)
            members.setdefault((id(route), route.receiver, labels), []).append(case.labels)
    return Counter(
        LiveGroup(receiver, labels, tuple(sorted(alerts)))
        for (_, receiver, labels), alerts in members.items()
    )


def _grouping(
    context: CheckContext, routes: RouteNode, cases: Sequence[AlertCase], groups: Sequence[LiveGroup]
) -> Iterator[Finding]:
    """A finding for each planned route whose alerts are grouped otherwise; GM602 has the wrong receivers."""
    seen, wanted = Counter(groups), _groups(routes, cases)
    odd = {(group.receiver, alert) for group in (wanted - seen) for alert in group.alerts}
    odd &= {(group.receiver, alert) for group in (seen - wanted) for alert in group.alerts}
    for planned in (routes, *routes.children):
        spoiled = [
            case
            for case in cases
            if planned in walk(routes, case.label_map) and (planned.receiver, case.labels) in odd
        ]
        if not spoiled:
            continue
        labels = spoiled[0].labels
        found = [g for g in (seen - wanted) if g.receiver == planned.receiver and labels in g.alerts]
        by = ", ".join(label for label, _ in found[0].labels) or "nothing"
        message = (
            f"{spell_names(spoiled)}: messages to {planned.receiver} are grouped by {by}; the spec says "
            f"{', '.join(planned.group_by)}"
        )
        place = context.source.locate_dotted(planned.origin)
        seen_at = (context.locate(ALERTMANAGER_CONFIG),)
        yield Finding("GM612", Severity.ERROR, place, message, RERENDER_HINT, seen_at)


def _in_order(
    received: dict[tuple[tuple[str, str], ...], tuple[str, ...]], cases: Sequence[AlertCase]
) -> dict[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Alertmanager names receivers in an order of its own; equal ones are put as the spec has them."""
    return {
        case.labels: case.receivers
        if sorted(received[case.labels]) == sorted(case.receivers)
        else received[case.labels]
        for case in cases
        if case.labels in received
    }
