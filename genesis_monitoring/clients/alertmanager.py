"""A real Alertmanager, 0.25 and later, for as long as a block lasts: alerts in, what becomes of them out.

``ask`` runs the generated file as it is. Everything is silenced before the first alert comes, so nothing is
sent to anybody, while receivers, groups and inhibition are told all the same.

``deliver`` sends messages, to a catcher on this machine instead of the real addresses: see
``alertmanager_copy`` for what the copy of the file has changed.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.alertmanager_copy import TURN, TURNS, redirect
from genesis_monitoring.clients.catcher import Catcher, catch
from genesis_monitoring.clients.moved_zones import move_zones
from genesis_monitoring.clients.process import ToolCrashed
from genesis_monitoring.clients.server import LISTEN, Server, scratch_folder, serve
from genesis_monitoring.clients.server_flags import kept_flags
from genesis_monitoring.clients.server_log import LogLine
from genesis_monitoring.clients.tools import ALERTMANAGER, find_tool
from genesis_monitoring.plan.notifications import Span
from genesis_monitoring.receivers.message import Message

_SILENCE = {
    "matchers": [{"name": "alertname", "value": ".+", "isRegex": True, "isEqual": True}],
    "startsAt": "2020-01-01T00:00:00Z",
    "endsAt": "2100-01-01T00:00:00Z",
    "createdBy": "genesis-mon",
    "comment": "a check runs",
}
_END_SECONDS = 20.0
_OURS = frozenset({"--config.file", "--storage.path", "--web.listen-address", "--cluster.listen-address"})
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
        self._server = server

    @property
    def log(self) -> tuple[LogLine, ...]:
        """What it has said so far."""
        return self._server.log

    def fire(self, alerts: Sequence[PostedAlert]) -> tuple[LiveAlert, ...]:
        """Post ``alerts``, and tell what is firing then."""
        if alerts:
            self._server.post("/api/v2/alerts", [_posted(alert, over=False) for alert in alerts])
        found = self._server.get("/api/v2/alerts")
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
        return tuple(
            LiveGroup(
                group["receiver"]["name"],
                sorted_labels(group["labels"]),
                tuple(sorted(sorted_labels(alert["labels"]) for alert in group["alerts"])),
            )
            for group in self._server.get("/api/v2/alerts/groups")
        )

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


@dataclass(frozen=True, slots=True)
class Alertmanager:
    """``path`` is the flag's value, if any; ``timeout`` is in seconds, for all that one block does."""

    path: str | None = None
    timeout: float = 60.0

    @property
    def version(self) -> str:
        """See AlertmanagerServer."""
        return find_tool(ALERTMANAGER, self.path).version

    @contextlib.contextmanager
    def ask(self, tree: Path, config: str, command: Sequence[str] = ()) -> Iterator[AlertmanagerSession]:
        """See AlertmanagerServer."""
        with scratch_folder() as scratch, self._serve(tree, config, scratch, command) as server:
            server.post("/api/v2/silences", _SILENCE)
            silences = server.get("/api/v2/silences")
            if [silence["status"]["state"] for silence in silences] != ["active"]:
                raise ToolCrashed("alertmanager did not silence everything, so no alert was posted")
            yield AlertmanagerSession(server)

    @contextlib.contextmanager
    def deliver(
        self,
        tree: Path,
        config: str,
        command: Sequence[str] = (),
        at: datetime | None = None,
        zones: Sequence[str] = (),
    ) -> Iterator[DeliverySession]:
        """See AlertmanagerServer."""
        import shutil

        with scratch_folder() as scratch, catch() as catcher:
            inside = Path(config).parent
            try:
                shutil.copytree(tree / inside, scratch / "tree" / inside)
                copy = scratch / "tree" / config
                text = copy.read_text("utf-8")
                copy.write_text(
                    redirect(
                        text, catcher.address, scratch, inhibiting=False, timed=at is not None, turns=True
                    ),
                    encoding="utf-8",
                )
            except (OSError, ValueError, shutil.Error) as error:
                raise ToolCrashed(f"the configuration could not be copied: {error}") from error
            clock = move_zones(scratch / "zones", zones, at, datetime.now(UTC)) if at else {}
            with self._serve(scratch / "tree", config, scratch, command, clock) as server:
                yield DeliverySession(server, catcher)

    @contextlib.contextmanager
    def keep(
        self,
        folder: Path,
        config: str,
        storage: Path,
        environment: Mapping[str, str] | None = None,
        command: Sequence[str] = (),
    ) -> Iterator[AlertmanagerSession]:
        """Run ``config`` of ``folder`` as it is, and let it send; it ends gently, so ``storage`` is whole.

        What it has sent is known to the next one with the same ``storage``.
        """
        with self._serve(folder, config, storage, command, environment) as server:
            yield AlertmanagerSession(server)
            server.terminate(_END_SECONDS)

    def _serve(
        self,
        tree: Path,
        config: str,
        scratch: Path,
        command: Sequence[str],
        environment: Mapping[str, str] | None = None,
    ) -> contextlib.AbstractContextManager[Server]:
        tool = find_tool(ALERTMANAGER, self.path)
        argv = (
            *tool.argv,
            *kept_flags(command, _OURS),
            f"--config.file={config}",
            f"--storage.path={scratch / 'data'}",
            f"--web.listen-address={LISTEN}",
            "--cluster.listen-address=",
        )
        return serve(
            "alertmanager", argv, cwd=tree, scratch=scratch, timeout=self.timeout, environment=environment
        )


def sorted_labels(labels: Mapping[str, str]) -> Labels:
    """As a label set that can be compared."""
    return tuple(sorted(labels.items()))


def _posted(alert: PostedAlert, *, over: bool) -> dict[str, Any]:
    times = {"startsAt": _stamp(POSTED.began), **({"endsAt": _stamp(POSTED.ended)} if over else {})}
    return {"labels": dict(alert.labels), "annotations": dict(alert.annotations), **times}


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
