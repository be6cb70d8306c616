"""The receivers of the file against those of the spec: who is told, by what, where (GM613)."""

from collections.abc import Iterator, Sequence

from genesis_monitoring.checks.alertmanager.align import RERENDER_HINT
from genesis_monitoring.checks.alertmanager.model import Integration, ReceiverNode
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.checks.positions import locate_path
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.alertmanager import AlertmanagerPlan, ReceiverPlan

_RESOLVED = "send_resolved"
_RESOLVED_DEFAULTS = {"pagerduty": "true", "webhook": "true"}
_NO = ("false", "no", "off", "n")


def receiver_differences(
    context: CheckContext, file: TreeFile, receivers: Sequence[ReceiverNode], plan: AlertmanagerPlan
) -> Iterator[Finding]:
    """A finding for each receiver, integration and setting that is not as in the spec."""
    found = {receiver.name: receiver for receiver in receivers}
    for planned in plan.receivers:
        related = (context.source.locate_dotted(planned.origin),)
        receiver = found.pop(planned.name, None)
        if receiver is None:
            message = f"the receiver {planned.name} is missing"
            place = locate_path(file.text, ("receivers",))
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
            continue
        for path, message in _differences(planned, receiver):
            place = locate_path(file.text, path)
            yield context.finding("GM613", file, place, message, hint=RERENDER_HINT, related=related)
    for receiver in found.values():
        place = locate_path(file.text, (*receiver.path, "name"))
        message = f"the spec has no receiver {receiver.name or 'without a name'} that is in use"
        yield context.finding("GM613", file, place, message, hint=RERENDER_HINT)


def planned_integrations(planned: ReceiverPlan) -> dict[str, dict[str, str]]:
    """What each integration of a planned receiver must be set to, by its kind."""
    wanted: dict[str, dict[str, str]] = {}
    if planned.slack_channel and planned.slack_url_file:
        wanted["slack"] = {"channel": planned.slack_channel, "api_url_file": planned.slack_url_file}
    if planned.pagerduty_key_file:
        wanted["pagerduty"] = {"routing_key_file": planned.pagerduty_key_file}
    if planned.webhook_url:
        wanted["webhook"] = {"url": planned.webhook_url}
    return wanted


def _differences(
    planned: ReceiverPlan, receiver: ReceiverNode
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    wanted = planned_integrations(planned)
    left = list(receiver.integrations)
    for kind, settings in wanted.items():
        integration = next((one for one in left if one.kind == kind), None)
        if integration is None:
            yield (
                (*receiver.path, "name"),
                f"the receiver {receiver.name} has no {kind}; the spec gives it one",
            )
            continue
        left.remove(integration)
        for key, value in settings.items():
            seen = integration.setting(key)
            if seen != value:
                text = f"{key} of {receiver.name} is {seen or 'not set'}; the spec says {value}"
                yield (*integration.path, key), text
        if not tells_the_end(integration):
            text = f"{receiver.name} is not told when an alert is over: {_RESOLVED} of {kind} is not true"
            yield (*integration.path, _RESOLVED), text
    for integration in left:
        yield integration.path, f"the spec has no such {integration.kind} for the receiver {receiver.name}"


def tells_the_end(integration: Integration) -> bool:
    """Whether the end of an alert is sent, too; the default depends on the kind."""
    value = integration.setting(_RESOLVED) or _RESOLVED_DEFAULTS.get(integration.kind, "false")
    return value.lower() not in _NO
