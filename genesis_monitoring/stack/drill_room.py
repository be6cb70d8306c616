"""Where a drill happens, so that real notifications reach nobody but this process.

In a sealed room the generated file is used byte for byte: this process has a network of its own in which the
real addresses are catchers, and ``/run/secrets`` holds made-up secrets. Where the system does not let us have
one, a copy is used that differs in addresses and secrets only, see ``clients.alertmanager_copy``.
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.clients.catcher import Catcher, catch, need_to_catch
from genesis_monitoring.clients.certificates import make_certificate
from genesis_monitoring.clients.loopback import LOOPBACK, is_number
from genesis_monitoring.clients.sealed import can_seal, seal
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, SECRETS_MOUNT
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.plan.alertmanager import ReceiverPlan
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.receivers.base import Kind
from genesis_monitoring.receivers.message import Message
from genesis_monitoring.receivers.registry import RECEIVERS
from genesis_monitoring.stack.drill_report import Way


@dataclass(frozen=True, slots=True)
class Posted:
    """A message, by which kind of integration, and which receivers it may be of."""

    kind: Kind[Any]
    receivers: tuple[str, ...]
    message: Message

    @property
    def is_end(self) -> bool:
        """Whether it says that the alert is over."""
        return self.kind.is_end(self.message)


@dataclass(frozen=True, slots=True)
class Room:
    """``tree`` has the configuration that is used; ``environment`` is for Alertmanager."""

    way: Way
    why: str
    tree: Path
    environment: Mapping[str, str]
    catcher: Catcher
    receivers: tuple[ReceiverPlan, ...]

    @property
    def posted(self) -> tuple[Posted, ...]:
        """What has come so far."""
        return tuple(self._of(message) for message in self.catcher.messages)

    def _of(self, message: Message) -> Posted:
        if self.way == "copy":
            _, receiver, key = message.path.split("/")
            kind = next(kind for kind in RECEIVERS if kind.key == key)
            return Posted(kind, (receiver,), message)
        kind = next((kind for kind in RECEIVERS if kind.address(message)), RECEIVERS[-1])
        address = kind.address(message)
        return Posted(
            kind,
            tuple(
                receiver.name
                for receiver in self.receivers
                if any(one.kind is kind and one.address == address for one in receiver.integrations)
            ),
            message,
        )


@contextlib.contextmanager
def open_room(plan: Plan, tree: Path, scratch: Path) -> Iterator[Room]:
    """A sealed room if there can be one. It is for good: this process then has no way out any more.

    Raises CouldNotTellError if there is none of either kind, UsageError if a package is missing.
    """
    receivers = plan.alertmanager.receivers
    need_to_catch(plan.alertmanager.kinds)
    why = _why_not(receivers)
    if not why:
        try:
            with _sealed(receivers, tree, scratch) as room:
                yield room
            return
        except _NotSealed as refused:
            why = refused.message
    try:
        with catch() as catcher:
            inside = Path(ALERTMANAGER_CONFIG).parent
            shutil.copytree(tree / inside, scratch / inside)
            file = scratch / ALERTMANAGER_CONFIG
            file.write_text(
                redirect(file.read_text("utf-8"), catcher.address, scratch, group_wait=None), "utf-8"
            )
            yield Room("copy", why, scratch, {}, catcher, receivers)
    except (OSError, ValueError, shutil.Error) as error:
        raise CouldNotTellError(f"the configuration could not be copied: {error}") from error


class _NotSealed(CouldNotTellError):
    """There is no sealed room."""


def _why_not(receivers: tuple[ReceiverPlan, ...]) -> str:
    for receiver in receivers:
        for one in receiver.integrations:
            if is_number(one.stand.host) and one.stand.host != LOOPBACK:
                return (
                    f"the {one.kind.key} of {receiver.name} has a number as its address, which has no name "
                    "to redirect"
                )
    return can_seal(Path(SECRETS_MOUNT))


@contextlib.contextmanager
def _sealed(receivers: tuple[ReceiverPlan, ...], tree: Path, scratch: Path) -> Iterator[Room]:
    integrations = [one for receiver in receivers for one in receiver.integrations]
    stands = [one.stand for one in integrations]
    names = tuple(dict.fromkeys(stand.host for stand in stands if stand.host)) or ("localhost",)
    try:
        certificate = make_certificate(names, scratch)
    except CouldNotTellError as error:
        raise _NotSealed(f"there is no certificate for {names[0]}: {error.message}") from error
    ports = {one.stand.port: (one.kind.protocol, one.stand.tls) for one in integrations}
    secrets = {Path(file).name: text for stand in stands for file, text in stand.secrets.items()}
    seal(Path(SECRETS_MOUNT), secrets, names)
    with catch(certificate=certificate) as catcher:
        for port, (protocol, tls) in ports.items():
            catcher.listen(protocol, port, tls=tls)
        yield Room("sealed", "", tree, dict([certificate.trust]), catcher, receivers)
