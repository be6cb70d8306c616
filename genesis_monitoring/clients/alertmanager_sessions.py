"""A running Alertmanager as a session: alerts in, and what it tells of them or sends out.

Whether there is more to come no clock says, as a machine may be busy. So alerts of our own are posted after
the others, one after the other, each when the one before has had its turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from genesis_monitoring.clients.alertmanager_copy import TURN, TURNS
from genesis_monitoring.clients.catcher import Catcher
from genesis_monitoring.clients.server import Server
from genesis_monitoring.clients.server_log import LogLine
from genesis_monitoring.plan.notifications import Span
from genesis_monitoring.receivers.message import Message

_SENT = "alertmanager_notification_latency_seconds_count{"
_TURNS_TO_COME = 40
_TURNS_TO_REST = 3
POSTED = Span(began=1577836800, ended=1577840523)
"""Long ago, so that no ``group_wait`` is waited for; an end has hours, minutes and seconds to be told."""

Labels = tuple[tuple[str, str], ...]
"""A label set, sorted by name."""


@dataclass(frozen=True, slots=True)
class PostedAlert:
    """An alert to post; ``labels`` has its name as ``alertname``."""

    labels: Labels
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LiveAlert:
    """An alert as Alertmanager has it: who gets it, and the label sets that inhibit it."""

    labels: Labels
    receivers: tuple[str, ...]
    inhibited_by: tuple[Labels, ...]


@dataclass(frozen=True, slots=True)
class LiveGroup:
    """A group of alerts that go to a receiver in one message."""

    receiver: str
    labels: Labels
    alerts: tuple[Labels, ...]


class AlertmanagerSession:
    """A running Alertmanager."""

    def __init__(self, server: Server) -> None:
        self._server, self._turns = server, 0

    @property
    def log(self) -> tuple[LogLine, ...]:
        """What it has said so far."""
        return self._server.log

    def fire(self, alerts: Sequence[PostedAlert]) -> tuple[LiveAlert, ...]:
        """Post ``alerts``, and tell what is firing then."""
        if alerts:
            self._server.post("/api/v2/alerts", [_posted(alert, over=False) for alert in alerts])
        every = self._server.get("/api/v2/alerts")
        found = [alert for alert in every if alert["labels"].get("alertname") != TURN]
        names = {alert["fingerprint"]: sorted_labels(alert["labels"]) for alert in found}
        return tuple(
            LiveAlert(
                names[alert["fingerprint"]],
                tuple(receiver["name"] for receiver in alert["receivers"]),
                tuple(names.get(by, ()) for by in alert["status"]["inhibitedBy"]),
            )
            for alert in found
        )

    def resolve(self, alerts: Sequence[PostedAlert]) -> None:
        """Post the end of ``alerts``."""
        self._server.post("/api/v2/alerts", [_posted(alert, over=True) for alert in alerts])

    def sent(self) -> int:
        """How many messages it has sent, with their receivers' answers."""
        lines = str(self._server.get("/metrics")).splitlines()
        return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(_SENT))

    def groups(self) -> tuple[LiveGroup, ...]:
        """The groups there are now."""
        every = (
            LiveGroup(
                group["receiver"]["name"],
                sorted_labels(group["labels"]),
                tuple(
                    sorted(
                        sorted_labels(alert["labels"])
                        for alert in group["alerts"]
                        if alert["labels"].get("alertname") != TURN
                    )
                ),
            )
            for group in self._server.get("/api/v2/alerts/groups")
        )
        return tuple(group for group in every if group.alerts)

    def settle(self, done: Callable[[], bool]) -> None:
        """Until ``done``, or until many alerts that are posted after the others are in their groups.

        So a busy machine has all the time it needs. For a session that sends nothing. Raises as ``pause``.
        """
        for _ in range(_TURNS_TO_COME):
            if done():
                return
            self._take_turn()

    def _take_turn(self) -> None:
        self._turns += 1
        turn = PostedAlert((("alertname", TURN), ("turn", str(self._turns))))
        self._server.post("/api/v2/alerts", [_posted(turn, over=False)])
        self.pause()
        while not any(
            alert["labels"] == dict(turn.labels)
            for group in self._server.get("/api/v2/alerts/groups")
            for alert in group["alerts"]
        ):
            self.pause()

    def status(self, path: str) -> int:
        """The status of the answer at ``path``."""
        return self._server.status(path)

    def pause(self) -> None:
        """Wait a moment for something to happen."""
        self._server.pause()


class DeliverySession:
    """A running Alertmanager that sends to a catcher. Paths of messages: ``/receiver/integration``."""

    def __init__(self, server: Server, catcher: Catcher) -> None:
        self._server, self._catcher, self._turns = server, catcher, 0

    @property
    def messages(self) -> tuple[Message, ...]:
        """What has been sent so far."""
        return tuple(message for message in self._catcher.messages if message.path != TURNS)

    @property
    def log(self) -> tuple[LogLine, ...]:
        """What Alertmanager has said so far."""
        return self._server.log

    def fire(self, alerts: Sequence[PostedAlert]) -> None:
        """Post ``alerts``."""
        self._server.post("/api/v2/alerts", [_posted(alert, over=False) for alert in alerts])

    def resolve(self, alerts: Sequence[PostedAlert]) -> None:
        """Post the end of ``alerts``."""
        self._server.post("/api/v2/alerts", [_posted(alert, over=True) for alert in alerts])

    def pause(self) -> None:
        """Wait a moment for something to happen."""
        self._server.pause()

    def settle(self, done: Callable[[], bool]) -> None:
        """Until what was posted has become messages: ``done``, and what would come besides has come.

        No clock says when that is, as a machine may be busy. Alerts that are posted later, one after the
        other, are sent in their turn: either all is ``done`` and some turns have brought nothing more, or
        many have brought nothing, and nothing will come. Raises as ``pause``, if Alertmanager takes no turn
        in time.
        """
        came, rest = len(self.messages), 0
        while rest < (_TURNS_TO_REST if done() else _TURNS_TO_COME):
            self._take_turn()
            before, came = came, len(self.messages)
            rest = rest + 1 if came == before else 0

    def _take_turn(self) -> None:
        self._turns += 1
        self.fire([PostedAlert((("alertname", TURN), ("turn", str(self._turns))))])
        self.pause()
        while sum(message.path == TURNS for message in self._catcher.messages) < self._turns:
            self.pause()


def sorted_labels(labels: Mapping[str, str]) -> Labels:
    """As a label set that can be compared."""
    return tuple(sorted(labels.items()))


def _posted(alert: PostedAlert, *, over: bool) -> dict[str, Any]:
    times = {"startsAt": _stamp(POSTED.began), **({"endsAt": _stamp(POSTED.ended)} if over else {})}
    return {"labels": dict(alert.labels), "annotations": dict(alert.annotations), **times}


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
