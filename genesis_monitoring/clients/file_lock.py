"""Locks on files, of which the system itself tells the holder: a path in, a lock or a process id out.

A lock goes with its process, however that ends, so a lock that is held means a process that lives. The lock
belongs to the process: to hold a file twice, or to ask for its holder while holding it, gives it away.
"""

import contextlib
import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from genesis_monitoring.errors import CouldNotTellError, GenesisMonError, UsageError
from genesis_monitoring.files import open_regular

_FLOCK = "hhqqi0q"
"""``struct flock`` of Linux: type, whence, start, length, process id."""
_RETRY_SECONDS = 0.05
_MODE = 0o600


def holder(path: Path) -> int | None:
    """The process that holds ``path``; None if nobody does. Raises GenesisMonError if it is unreadable."""
    try:
        descriptor = open_regular(path, os.O_RDWR)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        kind, _, _, _, pid = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    finally:
        os.close(descriptor)
    return None if kind == fcntl.F_UNLCK else pid


@contextlib.contextmanager
def held(path: Path, *, wait: float = 0.0, busy: str, hint: str = "") -> Iterator[None]:
    """Hold ``path`` for the length of the block; ``wait`` is in seconds.

    Raises CouldNotTellError with ``busy`` and ``hint`` if another process holds it, and GenesisMonError.
    """
    try:
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT, _MODE)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        _take(descriptor, path, time.monotonic() + wait, busy, hint)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, deadline: float, busy: str, hint: str) -> None:
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise _unusable(path, error) from error
            if time.monotonic() >= deadline:
                raise CouldNotTellError(busy, hint) from error
        time.sleep(_RETRY_SECONDS)


def _unusable(path: Path, error: OSError) -> GenesisMonError:
    kind = CouldNotTellError if error.errno in (errno.ENOSPC, errno.EDQUOT) else UsageError
    return kind(f"{path}: {error.strerror}", "make the folder writable for you, or name another with --state")
