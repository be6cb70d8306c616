"""A result file on disk: its path in, what it says and when it was written out.

The time of a result is the file's modification time: every writer sets it, at the end, and it is in UTC.
The ``timestamp`` attribute is none of these. Copies must therefore keep the time (``cp -p``).
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.exporter.junit import Counts, NotJUnitError, parse_junit

LARGEST_FILE = 32 * 2**20
"""Bytes. A thousand tests without output take about 100 kB."""
_PIECE = 64 * 2**10
_TOO_LARGE = f"it is larger than {LARGEST_FILE // 2**20} MiB"


@dataclass(frozen=True, slots=True)
class Signature:
    """Changes whenever the file does; times are in nanoseconds."""

    modified: int
    changed: int
    size: int
    inode: int
    device: int


@dataclass(frozen=True, slots=True)
class Result:
    """A result that could be read. ``written`` is in seconds since the epoch."""

    counts: Counts
    written: float


class UnreadableError(Exception):
    """There is no result; the text says why. With ``lasting`` it will not read any better later."""

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


def sign(path: Path) -> Signature | None:
    """The file as it is now; None if it cannot be looked at."""
    try:
        return _signature(path.stat())
    except OSError:
        return None


def read_result(path: Path) -> tuple[Signature, Result]:
    """Raises UnreadableError. A pipe or a device is not waited for."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return _read(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableError((error.strerror or "cannot be read").lower(), lasting=False) from None
    except NotJUnitError as error:
        raise UnreadableError(str(error), lasting=True) from None


def _read(descriptor: int) -> tuple[Signature, Result]:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableError("it is not a file", lasting=True)
    if status.st_size > LARGEST_FILE:
        raise NotJUnitError(_TOO_LARGE)
    counts = parse_junit(_pieces(descriptor))
    after = os.fstat(descriptor)
    # Not the time of change: that moves too when a new file takes the place of this one, which is whole.
    if (after.st_mtime_ns, after.st_size) != (status.st_mtime_ns, status.st_size):
        raise UnreadableError("it was being written while it was read", lasting=False)
    return _signature(status), Result(counts, status.st_mtime)


def _pieces(descriptor: int) -> Iterator[bytes]:
    left = LARGEST_FILE
    while piece := os.read(descriptor, _PIECE):
        left -= len(piece)
        if left < 0:
            raise NotJUnitError(_TOO_LARGE)
        yield piece


def _signature(status: os.stat_result) -> Signature:
    return Signature(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)
