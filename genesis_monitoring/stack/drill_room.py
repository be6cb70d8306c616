"""Where a drill happens, so that real notifications reach nobody but this process.

In a sealed room the generated file is used byte for byte: this process has a network of its own in which the
real addresses are catchers, and ``/run/secrets`` holds made-up secrets. Where the system does not let us have
one, a copy is used that differs in addresses and secrets only, see ``clients.alertmanager_copy``.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.clients.catcher import Catcher, Message, catch
from genesis_monitoring.clients.certificates import make_certificate
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.clients.sealed import can_seal, seal
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, SECRETS_MOUNT
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.plan.alertmanager import ReceiverPlan
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.stack.drill_report import Way

PAGER_HOST = "events.pagerduty.com"
"""Where Alertmanager sends pages unless told otherwise."""
_SLACK_PORT = 18080
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Posted:
    """A message, by which kind of integration, and which receivers it may be of."""

    kind: str
    receivers: tuple[str, ...]
    message: Message


@dataclass(frozen=True, slots=True)
class Room:
    """``tree`` has the configuration that is used; ``environment`` is for Alertmanager."""

    way: Way
    why: str
    tree: Path
    environment: Mapping[str, str]
    catchers: tuple[Catcher, ...]
    receivers: tuple[ReceiverPlan, ...]

    @property
    def posted(self) -> tuple[Posted, ...]:
        """What has come so far."""
        messages = [message for catcher in self.catchers for message in catcher.messages]
        return tuple(self._of(message) for message in messages)

    def _of(self, message: Message) -> Posted:
        if self.way == "copy":
            _, receiver, kind = message.path.split("/")
            return Posted(kind, (receiver,), message)
        if key := message.text_at("routing_key"):
            found = [one.name for one in self.receivers if _key(one.pagerduty_key_file) == key]
            return Posted("pagerduty", tuple(found), message)
        if channel := message.text_at("channel"):
            return Posted(
                "slack", tuple(o.name for o in self.receivers if o.slack_channel == channel), message
            )
        return Posted("webhook", (message.text_at("receiver"),), message)


def integrations(receiver: ReceiverPlan) -> tuple[str, ...]:
    """The kinds of message that a receiver gets; none for one that is silent on purpose."""
    kinds = {
        "slack": receiver.slack_channel,
        "pagerduty": receiver.pagerduty_key_file,
        "webhook": receiver.webhook_url,
    }
    return tuple(kind for kind, where in kinds.items() if where)


@contextlib.contextmanager
def open_room(plan: Plan, tree: Path, scratch: Path) -> Iterator[Room]:
    """A sealed room if there can be one. It is for good: this process then has no way out any more.

    Raises CouldNotTellError if there is none of either kind.
    """
    receivers = plan.alertmanager.receivers
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
            file.write_text(redirect(file.read_text("utf-8"), catcher.url, scratch, group_wait=None), "utf-8")
            yield Room("copy", why, scratch, {}, (catcher,), receivers)
    except (OSError, ValueError, shutil.Error) as error:
        raise CouldNotTellError(f"the configuration could not be copied: {error}") from error


class _NotSealed(CouldNotTellError):
    """There is no sealed room."""


def _why_not(receivers: tuple[ReceiverPlan, ...]) -> str:
    for receiver in receivers:
        parts = urlsplit(receiver.webhook_url or "")
        host = parts.hostname or ""
        if host.replace(".", "").isdigit() and not host.startswith("127."):
            return (
                f"the webhook of {receiver.name} has a number as its address, which has no name to redirect"
            )
    return can_seal(Path(SECRETS_MOUNT))


@contextlib.contextmanager
def _sealed(receivers: tuple[ReceiverPlan, ...], tree: Path, scratch: Path) -> Iterator[Room]:
    webhooks = [urlsplit(receiver.webhook_url) for receiver in receivers if receiver.webhook_url]
    names = tuple(dict.fromkeys((PAGER_HOST, *(parts.hostname or "" for parts in webhooks))))
    try:
        certificate = make_certificate(names, scratch)
    except CouldNotTellError as error:
        raise _NotSealed(f"there is no certificate for {PAGER_HOST}: {error.message}") from error
    ports = {443: True, _SLACK_PORT: False}
    for parts in webhooks:
        ports[parts.port or _DEFAULT_PORTS[parts.scheme]] = parts.scheme == "https"
    seal(Path(SECRETS_MOUNT), _secrets(receivers), names)
    with contextlib.ExitStack() as stack:
        catchers = tuple(
            stack.enter_context(catch(port, certificate=certificate if secure else None))
            for port, secure in ports.items()
        )
        yield Room("sealed", "", tree, dict([certificate.trust]), catchers, receivers)


def _secrets(receivers: tuple[ReceiverPlan, ...]) -> dict[str, str]:
    """Made-up secrets, by the names of their files."""
    slack = {one.slack_url_file for one in receivers if one.slack_url_file}
    pager = {one.pagerduty_key_file for one in receivers if one.pagerduty_key_file}
    url = f"http://{LOOPBACK}:{_SLACK_PORT}/slack"
    return {Path(file).name: url for file in slack} | {Path(file).name: _key(file) for file in pager}


def _key(file: str | None) -> str:
    return hashlib.sha256(file.encode()).hexdigest()[:32] if file else ""
