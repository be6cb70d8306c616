"""A server that says what a test wrote down for it, and remembers what it was asked."""

import contextlib
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

_REQUEST = (
    *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", "key.pem"),
    *("-out", "cert.pem", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
)


@dataclass(frozen=True, slots=True)
class Says:
    """One answer. ``delay`` is in seconds, as is ``drip``, the pause after each byte of the body.

    ``broken`` hangs up in the middle of the body. ``data`` is sent instead of ``body``, as it is.
    """

    body: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0
    broken: bool = False
    drip: float = 0.0
    data: bytes | None = None


@dataclass(slots=True)
class Scripted:
    """The server: its address, and the path, parameters and headers of each question so far."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)


@contextlib.contextmanager
def scripted(answers: Sequence[Says], tls: Path | None = None) -> Iterator[Scripted]:
    """``answers`` in turn, the last for ever. ``tls`` is a folder with ``key.pem`` and ``cert.pem``."""
    told = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            told.asked.append((parts.path, dict(parse_qsl(parts.query)), dict(self.headers)))
            says = answers[min(len(told.asked), len(answers)) - 1]
            time.sleep(says.delay)
            body = says.body.encode() if says.data is None else says.data
            self.send_response(says.status)
            for name, value in says.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body) + says.broken))
            self.end_headers()
            with contextlib.suppress(OSError):
                for part in [body] if not says.drip else [bytes([byte]) for byte in body]:
                    self.wfile.write(part)
                    time.sleep(says.drip)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    told.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(folder: Path) -> None:
    """A key and a certificate for 127.0.0.1 that signs itself."""
    subprocess.run(
        ["openssl", *_REQUEST],
        cwd=folder,
        check=True,
        capture_output=True,
    )
