"""A log of bounded size: bytes in, a file out that gives way to a new one once it is full.

A full disk must not stop what is logged: what cannot be written is dropped, and the log says how much.
"""

import contextlib
import os
from pathlib import Path

from genesis_monitoring.files import open_regular, regular


class LogFile:
    """``name.log``, and older ones as ``name.log.1`` and so on; ``files`` counts all of them."""

    def __init__(self, path: Path, max_bytes: int, files: int) -> None:
        self._path, self._max, self._files = path, max_bytes, files
        self._descriptor: int | None = None
        self._size = 0
        self._dropped = 0

    def write(self, data: bytes) -> None:
        """Append ``data``, or drop it."""
        try:
            if self._descriptor is not None and self._size >= self._max:
                self._rotate()
            descriptor = self._descriptor if self._descriptor is not None else self._open()
            if self._dropped:
                self._append(descriptor, f"[{self._dropped} bytes could not be written]\n".encode())
                self._dropped = 0
            self._append(descriptor, data)
        except OSError:
            self._dropped += len(data)
            self.close()

    def close(self) -> None:
        """Give the file back; the next write opens it again."""
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        self._descriptor = open_regular(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._size = os.fstat(self._descriptor).st_size
        return self._descriptor

    def _append(self, descriptor: int, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(descriptor, view)
            self._size += written
            view = view[written:]

    def _rotate(self) -> None:
        self.close()
        for number in range(self._files - 1, 0, -1):
            older = self._path if number == 1 else self._numbered(number - 1)
            with contextlib.suppress(FileNotFoundError):
                older.replace(self._numbered(number))
        if self._files == 1:
            self._path.unlink(missing_ok=True)

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


def last_lines(path: Path, count: int, limit: int = 16_384) -> tuple[str, ...]:
    """The last ``count`` lines of a log, from its last ``limit`` bytes; none where there is no log."""
    try:
        with regular(path) as descriptor:
            start = max(0, os.fstat(descriptor).st_size - limit)
            text = os.pread(descriptor, limit, start).decode("utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(line for line in text.splitlines() if line.strip())[-count:]
