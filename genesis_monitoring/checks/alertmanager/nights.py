"""Who is told when, by a real Alertmanager: every alert is sent once for each way in which times differ.

The configuration is a copy that sends to a catcher on this machine, and it is told that it is noon, night or
weekend by zone files of our own (see ``clients.moved_zones``); its time intervals are those of the file.

GM614 (error): at that time an alert reaches a receiver that the spec keeps quiet, or not one that it names.
An Alertmanager that does not get to it in time has said nothing: that is GM003.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial

from genesis_monitoring.checks.alertmanager.routes import RERENDER_HINT
from genesis_monitoring.checks.compose.running import UNREACHED, served, started
from genesis_monitoring.checks.context import CheckContext, TreeFile
from genesis_monitoring.clients.alertmanager_sessions import DeliverySession, PostedAlert
from genesis_monitoring.clients.catcher import catchable
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.findings import Finding, Severity
from genesis_monitoring.plan.alert_cases import AlertCase, alert_cases
from genesis_monitoring.plan.alertmanager import zones_of
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.spec.nights import patterns, spell_moment

CODES = ("GM614", UNREACHED)

_MOST = 6
"""So many times are tried, of those in which different intervals hold."""

_MARK = re.compile(r"\(night [0-9]+\)")


def check_nights_live(context: CheckContext) -> Iterator[Finding]:
    """GM614."""
    wanted = context.read(ALERTMANAGER_CONFIG, "Alertmanager configuration")
    yield from wanted.findings
    plan = context.plan
    server, tool = started(context, plan.spec.prometheus.alertmanager), context.tools.alertmanager
    named = tuple(patterns(plan.spec.time_intervals).items())[:_MOST] if plan.spec.time_intervals else ()
    for file in wanted.files:
        for holds, moment in named:
            yield from served(
                context,
                file,
                server,
                tool.version,
                partial(tool.deliver, context.out, file.path, at=moment, zones=zones_of(plan.alertmanager)),
                partial(_found, context, file, holds, moment),
            )


def due_of(plan: Plan, case: AlertCase, holds: frozenset[str]) -> frozenset[tuple[str, str]]:
    """Which messages of an alert are to come by the spec, as receiver and kind, while intervals hold."""
    kinds = {
        receiver.name: [one.kind.key for one in receiver.integrations if catchable(one.kind.protocol)]
        for receiver in plan.alertmanager.receivers
    }
    return frozenset(
        (told.receiver, kind) for told in case.told if told.hears(holds) for kind in kinds[told.receiver]
    )


def _found(
    context: CheckContext, file: TreeFile, holds: frozenset[str], moment: datetime, session: DeliverySession
) -> Iterator[Finding]:
    plan = context.plan
    marked = {f"(night {number})": case for number, case in enumerate(alert_cases(plan), 1)}
    due = {mark: due_of(plan, case, holds) for mark, case in marked.items()}
    session.fire([_posted(mark, case) for mark, case in marked.items()])
    arrived = _Arrived(session, marked)
    session.settle(lambda: all(due[mark] <= one for mark, one in arrived.now().items()))
    seen = arrived.now()
    zone = next(one.location for own in plan.spec.time_intervals.values() for one in own)
    when = spell_moment(moment, zone)
    told: set[tuple[str, str]] = set()
    for mark, case in marked.items():
        quiet = ", ".join(sorted({receiver for receiver, _ in due[mark] - seen[mark]}))
        loud = ", ".join(sorted({receiver for receiver, _ in seen[mark] - due[mark]}))
        for text in (f"{quiet} is not told" if quiet else "", f"{loud} is told all the same" if loud else ""):
            if text and (case.origin, text) not in told:
                told.add((case.origin, text))
                message = f"{case.severity} {case.name} on {when}: {text} by Alertmanager"
                place = context.source.locate_dotted(case.origin)
                yield Finding(
                    "GM614", Severity.ERROR, place, message, RERENDER_HINT, (context.locate(file.path),)
                )


def _posted(mark: str, case: AlertCase) -> PostedAlert:
    """With the mark in what each message shows."""
    texts = {**case.annotations, "summary": mark, "description": mark}
    return PostedAlert(case.labels, tuple(texts.items()))


class _Arrived:
    """Receiver and kind of each message, by the mark of the alert that it is about; each is read once."""

    def __init__(self, session: DeliverySession, marks: Iterable[str]) -> None:
        self._session, self._read = session, 0
        self._found: dict[str, set[tuple[str, str]]] = {mark: set() for mark in marks}

    def now(self) -> Mapping[str, set[tuple[str, str]]]:
        """What has come so far."""
        messages = self._session.messages
        for message in messages[self._read :]:
            _, receiver, kind = message.path.split("/")
            for mark in dict.fromkeys(_MARK.findall("\n".join(message.texts))):
                self._found[mark].add((receiver, kind))
        self._read = len(messages)
        return self._found
