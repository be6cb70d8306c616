"""Servers on 127.0.0.1 that take what is sent to them: requests in, typed messages out.

They stand in for whoever gets notifications, so that these can be read as they are sent.
"""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from genesis_monitoring.clients.certificates import Certificate
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.extras import installed, need
from genesis_monitoring.receivers.base import Kind, Protocol
from genesis_monitoring.receivers.message import Message

if TYPE_CHECKING:
    from ssl import SSLContext

PACKAGES: dict[Protocol, tuple[str, ...]] = {"http": (), "smtp": ("aiosmtpd",)}
"""What catching takes besides what is always installed."""
_LARGEST = 4 * 1024 * 1024


class Catcher:
    """Catches messages until it is closed."""

    def __init__(
        self,
        stack: contextlib.ExitStack,
        keep: Callable[[Message], None] | None,
        certificate: Certificate | None,
    ) -> None:
        self._stack = stack
        self._messages: list[Message] = []
        self._take = keep or self._messages.append
        self._context = _server_context(certificate) if certificate else None
        self._addresses: dict[Protocol, str] = {}

    @property
    def messages(self) -> tuple[Message, ...]:
        """What has come so far, unless it is kept elsewhere."""
        return tuple(self._messages)

    def listen(self, protocol: Protocol, port: int = 0, *, tls: bool = False) -> str:
        """From now on. The address, with the scheme if it has one; with ``tls`` all is TLS.

        Port 0 is any free one. Raises OSError if there is no port.
        """
        if protocol == "smtp":
            from genesis_monitoring.clients.mail_catcher import catch_mail

            server = catch_mail(port, self._take, self._context, tls=tls)
        else:
            server = _catch_posted(port, self._take, self._context if tls else None)
        return self._stack.enter_context(server)

    def address(self, protocol: Protocol) -> str | None:
        """Where it listens without TLS, from when it is first asked; None for what cannot be caught here."""
        if protocol not in self._addresses and catchable(protocol):
            self._addresses[protocol] = self.listen(protocol)
        return self._addresses.get(protocol)


def catchable(protocol: Protocol) -> bool:
    """Whether the packages are installed that this takes."""
    return installed(*PACKAGES[protocol])


def need_to_catch(kinds: Iterable[Kind[Any]]) -> None:
    """Raises UsageError if a package is missing that it takes to catch what these send."""
    for kind in kinds:
        need(f"catching {kind.key}", *PACKAGES[kind.protocol])


@contextlib.contextmanager
def catch(
    keep: Callable[[Message], None] | None = None, certificate: Certificate | None = None
) -> Iterator[Catcher]:
    """A catcher that lasts as long as the block does.

    Messages go to ``keep`` if it is given, else they are in ``messages``. TLS takes a certificate.
    """
    with contextlib.ExitStack() as stack:
        yield Catcher(stack, keep, certificate)


@contextlib.contextmanager
def _catch_posted(port: int, take: Callable[[Message], None], context: "SSLContext | None") -> Iterator[str]:
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from socketserver import TCPServer
    from threading import Thread

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
            take(_posted(self.path, self.rfile.read(length)))
            self._answer()

        def do_GET(self) -> None:
            """Whether it is there."""
            self._answer()

        def _answer(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is logged."""

    class Web(ThreadingHTTPServer):
        daemon_threads = True

        def server_bind(self) -> None:
            """Without the base class's search for our own name, which may ask a slow name server."""
            TCPServer.server_bind(self)

        def handle_error(self, request: object, client_address: object) -> None:
            """A sender that is ended before it has its answer; what it said is kept."""

    server = Web((LOOPBACK, port), Handler)
    if context is not None:
        # The handshake is left to the thread of each connection.
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{'http' if context is None else 'https'}://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _posted(path: str, body: bytes) -> Message:
    """What is no JSON is kept as text."""
    text = body.decode("utf-8", errors="replace")
    try:
        return Message(path, json.loads(text))
    except ValueError:
        return Message(path, text)


def _server_context(certificate: Certificate) -> "SSLContext":
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context
