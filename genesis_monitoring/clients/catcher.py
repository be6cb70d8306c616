"""A web server on 127.0.0.1 that takes what is posted to it: requests in, typed messages out.

It stands in for Slack, a pager or a webhook, so that a notification can be read as it is sent.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from genesis_monitoring.clients.certificates import Certificate
from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.receivers.message import Message

if TYPE_CHECKING:
    from socket import socket

_LARGEST = 4 * 1024 * 1024


class Catcher:
    """Catches messages until it is closed."""

    def __init__(self, url: str, keep: "Callable[[Message], None] | None" = None) -> None:
        self.url = url
        self._keep = keep
        self._messages: list[Message] = []

    @property
    def messages(self) -> tuple[Message, ...]:
        """What has come so far."""
        return tuple(self._messages)

    def take(self, path: str, body: bytes) -> None:
        """Keep a message; what is no JSON is kept as text."""
        text = body.decode("utf-8", errors="replace")
        try:
            message = Message(path, json.loads(text))
        except ValueError:
            message = Message(path, text)
        if self._keep is not None:
            self._keep(message)
        else:
            self._messages.append(message)


@contextlib.contextmanager
def catch(
    port: int = 0,
    keep: Callable[[Message], None] | None = None,
    certificate: Certificate | None = None,
) -> Iterator[Catcher]:
    """A catcher that runs as long as the block does; port 0 is any free one. With a certificate it is TLS.

    Messages go to ``keep`` if it is given, else they are in ``messages``. Raises OSError if there is no
    port.
    """
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from socketserver import TCPServer
    from threading import Thread

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length") or 0), _LARGEST)
            catcher.take(self.path, self.rfile.read(length))
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
    if certificate is not None:
        server.socket = _with_tls(server.socket, certificate)
    scheme = "http" if certificate is None else "https"
    catcher = Catcher(f"{scheme}://{LOOPBACK}:{server.server_address[1]}", keep)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield catcher
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _with_tls(listener: "socket", certificate: Certificate) -> "socket":
    """The handshake is left to the thread of each connection."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    return context.wrap_socket(listener, server_side=True, do_handshake_on_connect=False)
