"""What a drill saw against what the spec says: an alert in, its part of the report out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from genesis_monitoring.clients.alertmanager_sessions import LiveAlert, LiveGroup
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.drill_cases import Subject, silencers
from genesis_monitoring.stack.drill_messages import arrival, end_faults_of, faults, is_about
from genesis_monitoring.stack.drill_report import AlertDrill, Arrival, Labels
from genesis_monitoring.stack.drill_room import Posted


@dataclass(frozen=True, slots=True)
class Seen:
    """What Alertmanager told while all fired at once."""

    alerts: dict[Labels, LiveAlert]
    groups: tuple[LiveGroup, ...]


def arrived(subject: Subject, key: tuple[str, str], posted: Sequence[Posted]) -> Posted | None:
    """The first message of a kind to a receiver that is about the alert."""
    receiver, kind = key
    return next(
        (
            one
            for one in posted
            if one.kind.key == kind and receiver in one.receivers and is_about(one, subject)
        ),
        None,
    )


def judge(
    plan: Plan, one: Subject, every: Sequence[Subject], seen: Seen, posted: Sequence[Posted]
) -> AlertDrill:
    """What became of one alert of ``every``, and what of it is not as the spec says."""
    own = [message for message in posted if is_about(message, one)]
    names = {other.case.labels: other.name for other in every}
    live = seen.alerts.get(one.case.labels)
    sources = live.inhibited_by if live else ()
    problems = [*_told_problems(plan, one, every, seen), *_message_problems(plan, one, own)]
    return AlertDrill(
        name=one.name,
        severity=one.case.severity,
        labels=one.case.labels,
        receivers=live.receivers if live else (),
        silent=not one.due and not one.muted,
        muted=one.muted,
        routes=one.routes,
        arrivals=tuple(_arrivals(one, own)),
        inhibited_by=tuple(names.get(labels, "an alert of nobody") for labels in sources),
        problems=tuple(dict.fromkeys(problems)),
    )


def _told_problems(plan: Plan, one: Subject, every: Sequence[Subject], seen: Seen) -> Iterator[str]:
    live = seen.alerts.get(one.case.labels)
    if live is None:
        yield "Alertmanager did not take it"
        return
    if sorted(live.receivers) != sorted(one.case.receivers):
        yield f"it goes to {', '.join(live.receivers)}; the spec says {', '.join(one.case.receivers)}"
    for route in one.routes:
        groups = [
            group.labels
            for group in seen.groups
            if group.receiver == route.receiver and one.case.labels in group.alerts
        ]
        if groups != [route.group]:
            yield f"{route.receiver}: it is not grouped by {', '.join(route.group_by)}"
    allowed = silencers(plan, every).get(one.case.labels, frozenset())
    if bool(allowed) != bool(live.inhibited_by) or not set(live.inhibited_by) <= allowed:
        yield "what silences it when all fire at once is not what the spec says"


def _message_problems(plan: Plan, one: Subject, own: Sequence[Posted]) -> Iterator[str]:
    for receiver, kind in one.due:
        begun = arrived(one, (receiver, kind), [message for message in own if not message.is_end])
        over = arrived(one, (receiver, kind), [message for message in own if message.is_end])
        if begun is None:
            yield f"{receiver}: no {kind} message came"
            continue
        yield from (f"{receiver}, {kind}: {fault}" for fault in faults(plan, one, begun))
        if over is None:
            yield f"{receiver}: no {kind} message came when it was over"
        else:
            yield from (f"{receiver}, {kind}: {fault}" for fault in end_faults_of(one, begun, over))
    names = {receiver for receiver, _ in one.due}
    for message in own:
        if not names & set(message.receivers):
            yield f"a {message.kind.key} message came to {', '.join(message.receivers) or 'a stranger'}"


def _arrivals(one: Subject, own: Sequence[Posted]) -> Iterator[Arrival]:
    for receiver, kind in one.due:
        begun = arrived(one, (receiver, kind), [message for message in own if not message.is_end])
        over = arrived(one, (receiver, kind), [message for message in own if message.is_end])
        if begun is not None:
            yield arrival(one, receiver, begun, over)
