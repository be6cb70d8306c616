"""The exporter's web server: an ``Exposition`` in, ``/metrics`` and ``/healthz`` on one address out.

The standard library's threading server, with what it lacks against slow clients: a connection is for one
request and has ``DEADLINE`` seconds for it in all, and there are at most ``MOST_CONNECTIONS``. When they are
used up the oldest is cut off, so a client that never finishes cannot keep Prometheus out.
"""

import contextlib
import socket
import sys
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock, Thread
from typing import Any, ClassVar

from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.exporter.address import Address
from genesis_monitoring.exporter.exposition import Exposition, Page, choose_media_type

DEADLINE = 10.0
MOST_CONNECTIONS = 64
_LAST_SECONDS = 3.0
"""How long open requests may take to finish after a stop. The stack grants ten seconds in all."""
_POLL_SECONDS = 0.1
_TEXT = "text/plain; charset=utf-8"


class ExporterServer(ThreadingHTTPServer):
    """Listens from the start. Raises CouldNotTellError for an address that cannot be had."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: Address, exposition: Exposition) -> None:
        self.exposition = exposition
        self._open: dict[Any, float] = {}
        self._open_lock = Lock()
        try:
            found = socket.getaddrinfo(
                address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
            )
            self.address_family, *_, where = found[0]
            super().__init__(where, _Handler)  # type: ignore[arg-type]
        except (OSError, UnicodeError) as error:
            raise CouldNotTellError(*_refusal(address, error)) from None
        self.address = Address(address.host, self.server_address[1])

    def server_bind(self) -> None:
        """Without the base class's search for our own name, which may ask a slow name server."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, if there is room."""
        with self._open_lock:
            full = len(self._open) >= MOST_CONNECTIONS
            if full:
                _cut(next(iter(self._open)))
            else:
                self._open[request] = time.monotonic()
        if full:
            self.shutdown_request(request)
        else:
            super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Also forgets it."""
        with self._open_lock:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def service_actions(self) -> None:
        """Between connections, many times a second: cut off who is over time."""
        now = time.monotonic()
        with self._open_lock:
            for request, begun in self._open.items():
                if now - begun > DEADLINE:
                    _cut(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away, or is cut off, is no event. Anything else is our bug."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def drain(self) -> None:
        """Wait for the answers that are under way."""
        end = time.monotonic() + _LAST_SECONDS
        while self._open and time.monotonic() < end:
            time.sleep(_POLL_SECONDS / 10)


@contextlib.contextmanager
def serving(server: ExporterServer) -> Iterator[None]:
    """Serve as long as the block lasts, then finish what is under way."""
    thread = Thread(target=server.serve_forever, args=(_POLL_SECONDS,), name="exporter", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        server.drain()


def _cut(request: Any) -> None:
    with contextlib.suppress(OSError):
        request.shutdown(socket.SHUT_RDWR)


def _refusal(address: Address, error: Exception) -> tuple[str, str]:
    import errno

    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return (
            f"port {address.port} is in use: something listens on {address} already",
            f"stop it (see: ss -ltnp 'sport = :{address.port}'), or name another address with --listen",
        )
    said = error.strerror if isinstance(error, OSError) else None
    return f"cannot listen on {address}: {said or error}", "name another address with --listen"


class _Handler(BaseHTTPRequestHandler):
    server: ExporterServer
    timeout = DEADLINE
    error_content_type = _TEXT
    error_message_format = "%(code)d %(message)s\n"
    _ALLOWED: ClassVar[str] = "GET, HEAD"

    def do_GET(self) -> None:
        match self.path.partition("?")[0]:
            case "/metrics":
                accept = ",".join(self.headers.get_all("Accept") or ())
                self._answer(self.server.exposition.page(choose_media_type(accept)))
            case "/healthz":
                self._answer(Page(_TEXT, b"ok\n"))
            case _:
                self._answer(Page(_TEXT, b"404: there are /metrics and /healthz\n"), HTTPStatus.NOT_FOUND)

    do_HEAD = do_GET

    def _refuse(self) -> None:
        self._answer(Page(_TEXT, b"405: only GET and HEAD\n"), HTTPStatus.METHOD_NOT_ALLOWED)

    do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = _refuse

    def version_string(self) -> str:
        """Our name alone."""
        return "genesis-mon"

    def _answer(self, page: Page, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(page.body)))
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            self.send_header("Allow", self._ALLOWED)
        if page.content_type is not _TEXT:
            self.send_header("Vary", "Accept")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not logged: one every five seconds would hide what matters."""
