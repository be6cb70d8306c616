"""A second port for a server of ours: connections to one port of 127.0.0.1 are passed on to another."""

import contextlib
import socket
import threading

from genesis_monitoring.clients.loopback import LOOPBACK

_CHUNK = 65536
_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 120.0
_MOST_AT_ONCE = 64


class PortForward:
    """Passes on until it is closed. Raises OSError if ``port`` is taken."""

    def __init__(self, port: int, target: int) -> None:
        self._target = target
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._listener = socket.create_server((LOOPBACK, port))
        self._accepting = threading.Thread(target=self._accept, name=f"port {port}", daemon=True)
        self._accepting.start()

    def close(self) -> None:
        """Take no more connections; those that are open end with their peers."""
        # Closing alone would leave the accept that is waiting.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._accepting.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._slots.acquire(blocking=False):
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()
            else:
                client.close()

    def _pass_on(self, client: socket.socket) -> None:
        try:
            with client, contextlib.suppress(OSError):
                server = socket.create_connection((LOOPBACK, self._target), _CONNECT_SECONDS)
                with server:
                    for one in (client, server):
                        one.settimeout(_IDLE_SECONDS)
                    back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                    back.start()
                    _copy(client, server)
                    back.join()
        finally:
            self._slots.release()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(_CHUNK):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
