"""Pages in a headless Chromium whose every request goes to a proxy that answers nothing and remembers all."""

import contextlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
_PATIENCE_SECONDS = 90


def hosts_asked(page: Path, folder: Path) -> str:
    """What was asked of the network while the page was shown, as the first lines of requests."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: make test installs it"
    with _proxy() as (port, lines):
        subprocess.run(
            (
                program, *_FLAGS, f"--user-data-dir={folder}/browser", "--virtual-time-budget=3000",
                f"--proxy-server=http://127.0.0.1:{port}", "--proxy-bypass-list=<-loopback>",
                "--dump-dom", page.as_uri(),
            ),
            check=True, capture_output=True, timeout=_PATIENCE_SECONDS,
        )  # fmt: skip
    return "\n".join(lines)


@contextlib.contextmanager
def _proxy() -> Iterator[tuple[int, list[str]]]:
    lines: list[str] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                with contextlib.suppress(OSError):
                    lines.append(connection.recv(4096).split(b"\r\n")[0].decode("latin-1"))
                    connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], lines
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)
