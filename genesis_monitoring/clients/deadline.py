"""A time by which a whole HTTP exchange has to be over, whatever the server sends meanwhile.

A socket's own timeout begins anew with each byte, so headers that drip, answers of ``100 Continue`` without
end or a chunk's size in small pieces would keep it open for ever.
"""

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter


class Deadline:
    """After ``seconds`` the watched sockets are shut down, so that whoever reads of them is told at once."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def over(self) -> bool:
        """Whether the time was up before the exchange ended: what was read may be cut off."""
        return self._over

    def watch(self, connected: socket.socket | None) -> None:
        """``connected`` belongs to the exchange."""
        with self._lock:
            if connected is not None:
                self._sockets.append(connected)
        if self._over:
            self._end()

    def _end(self) -> None:
        with self._lock:
            self._over = True
            for one in self._sockets:
                with contextlib.suppress(OSError):
                    # Not the method of a TLS socket, which takes its state away from under the reader.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()


class WatchedAdapter(HTTPAdapter):
    """Lets ``deadline`` watch each connection that it asks by."""

    deadline: Deadline | None = None

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """See HTTPAdapter."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = _watched(pool.ConnectionCls, self)
        return pool


def _watched(connection: Any, adapter: WatchedAdapter) -> Any:
    if getattr(connection, "is_watched", False):
        return connection

    class Watched(connection):  # type: ignore[misc]
        is_watched = True

        def getresponse(self) -> Any:
            if adapter.deadline is not None:
                adapter.deadline.watch(self.sock)
            return super().getresponse()

    return Watched
