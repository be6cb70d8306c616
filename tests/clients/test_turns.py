"""When all has come that will: by the turns that a busy or dead Alertmanager takes, and by no clock."""

from collections.abc import Sequence
from typing import Any, cast

import pytest

from genesis_monitoring.clients.alertmanager_copy import TURN, TURNS
from genesis_monitoring.clients.alertmanager_sessions import AlertmanagerSession, DeliverySession, PostedAlert
from genesis_monitoring.clients.process import ToolTimedOut
from genesis_monitoring.receivers.message import Message

ALERTS = tuple(PostedAlert((("alertname", f"Alert{number}"),)) for number in range(9))


class Queue:
    """A server and a catcher: of what is posted, one is sent in ``pauses`` pauses, the oldest first."""

    def __init__(self, pauses: int, muted: Sequence[str] = (), limit: int = 100_000) -> None:
        self.messages: list[Message] = []
        self._waiting: list[str] = []
        self._pauses, self._muted, self._limit, self._passed = pauses, muted, limit, 0

    def post(self, path: str, body: list[dict[str, Any]]) -> None:
        self._waiting += [one["labels"]["alertname"] for one in body]

    def get(self, path: str) -> list[dict[str, Any]]:
        """A group for each alert that has been got to."""
        names = [message.path.split("/")[1] for message in self.messages]
        turns = iter(range(1, len(names) + 1))
        alerts = [
            {"labels": {"alertname": TURN, "turn": str(next(turns))} if name == TURN else {"alertname": name}}
            for name in names
        ]
        return [{"receiver": {"name": "x"}, "labels": {}, "alerts": [alert]} for alert in alerts]

    def pause(self) -> None:
        self._passed += 1
        if self._passed > self._limit:
            raise ToolTimedOut("it was not done")
        if self._waiting and self._passed % self._pauses == 0:
            name = self._waiting.pop(0)
            if name not in self._muted:
                self.messages.append(Message(TURNS if name == TURN else f"/{name}/webhook", {}))


def session_of(queue: Queue) -> DeliverySession:
    return DeliverySession(cast("Any", queue), cast("Any", queue))


@pytest.mark.parametrize("pauses", [1, 500])
def test_however_slow_it_is_all_is_waited_for(pauses: int) -> None:
    session = session_of(Queue(pauses))
    session.fire(ALERTS)
    session.settle(lambda: len(session.messages) == len(ALERTS))
    assert [message.path for message in session.messages] == [
        f"/Alert{n}/webhook" for n in range(len(ALERTS))
    ]


def test_what_does_not_come_is_not_waited_for_without_end() -> None:
    session = session_of(Queue(3, muted=["Alert4"]))
    session.fire(ALERTS)
    session.settle(lambda: len(session.messages) == len(ALERTS))
    assert len(session.messages) == len(ALERTS) - 1


def test_what_comes_after_all_that_is_due_is_seen() -> None:
    session = session_of(Queue(3))
    session.fire(ALERTS)
    session.settle(lambda: True)
    assert len(session.messages) == len(ALERTS)


def test_one_that_takes_no_turn_has_said_nothing() -> None:
    session = session_of(Queue(1, muted=[TURN], limit=1000))
    session.fire(ALERTS)
    with pytest.raises(ToolTimedOut):
        session.settle(lambda: len(session.messages) == len(ALERTS))


@pytest.mark.parametrize("pauses", [1, 500])
def test_groups_are_waited_for_however_slow_it_is(pauses: int) -> None:
    queue = Queue(pauses)
    queue.post("", [{"labels": dict(alert.labels)} for alert in ALERTS])
    session = AlertmanagerSession(cast("Any", queue))
    session.settle(lambda: len(session.groups()) == len(ALERTS))
    assert sorted(group.alerts for group in session.groups()) == [(alert.labels,) for alert in ALERTS]


def test_a_group_that_never_comes_is_not_waited_for_without_end() -> None:
    queue = Queue(3, muted=["Alert4"])
    queue.post("", [{"labels": dict(alert.labels)} for alert in ALERTS])
    session = AlertmanagerSession(cast("Any", queue))
    session.settle(lambda: len(session.groups()) == len(ALERTS))
    assert len(session.groups()) == len(ALERTS) - 1


def test_one_that_groups_nothing_has_said_nothing() -> None:
    session = AlertmanagerSession(cast("Any", Queue(1, muted=[TURN], limit=1000)))
    with pytest.raises(ToolTimedOut):
        session.settle(lambda: False)
