"""The ports a native stack listens on: those that the spec publishes, or free ones."""

import contextlib
import socket
from collections.abc import Mapping

from genesis_monitoring.clients.loopback import LOOPBACK
from genesis_monitoring.errors import CouldNotTellError


class Ports:
    """Gives out ports. ``ours`` are those of our own running stack: they may be taken, and free ones stay."""

    def __init__(self, *, free: bool, ours: Mapping[str, tuple[int, ...]] | None = None) -> None:
        self._free, self._ours = free, ours or {}
        self._held = contextlib.ExitStack()

    def of(self, name: str, published: tuple[int, ...]) -> tuple[int, ...]:
        """The ports of a unit that is to have ``published``; 0 is any."""
        if self._free and len(self._ours.get(name, ())) == len(published):
            return self._ours[name]
        return tuple(self._any() if self._free or not port else port for port in published)

    def check(self, wanted: Mapping[str, tuple[int, ...]]) -> None:
        """Give back what was held. Raises CouldNotTellError, naming each port that another holds.

        Two of ours on one port would be a health check that asks the wrong one.
        """
        self._held.close()
        given = [port for ports in wanted.values() for port in ports]
        twice = sorted({port for port in given if given.count(port) > 1})
        if twice:
            raise CouldNotTellError(
                f"two services of the spec want the same port here: {', '.join(map(str, twice))}",
                "publish another port of one of them, or use --free-ports",
            )
        ours = {port for ports in self._ours.values() for port in ports}
        busy = [
            f"{port} ({name})"
            for name, ports in wanted.items()
            for port in ports
            if port not in ours and not _is_free(port)
        ]
        if busy:
            raise CouldNotTellError(
                f"ports are in use on this machine: {', '.join(busy)}",
                "stop what listens there (ss -ltnp shows it), or use --free-ports",
            )

    def _any(self) -> int:
        # Held until all are known, so that none is given twice.
        one = self._held.enter_context(socket.socket())
        one.bind((LOOPBACK, 0))
        return int(one.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        # As servers do: a connection of before that is not quite over is no obstacle.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
