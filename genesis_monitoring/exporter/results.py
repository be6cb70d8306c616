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

LARGEST_FILE = 64 * 2**20
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
    except OSError as error:
        raise UnreadableError(_why(error), lasting=False) from None
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        try:
            status = os.fstat(descriptor)
            before = _signature(status)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("it is not a file", lasting=True)
            if before.size > LARGEST_FILE:
                raise NotJUnitError(_TOO_LARGE)
            counts = parse_junit(_pieces(descriptor))
            if _signature(os.fstat(file.fileno())) != before:
                raise UnreadableError("it was being written while it was read", lasting=False)
        except OSError as error:
            raise UnreadableError(_why(error), lasting=False) from None
        except NotJUnitError as error:
            raise UnreadableError(str(error), lasting=True) from None
    return before, Result(counts, status.st_mtime)


def _pieces(descriptor: int) -> Iterator[bytes]:
    left = LARGEST_FILE
    while piece := os.read(descriptor, _PIECE):
        left -= len(piece)
        if left < 0:
            raise NotJUnitError(_TOO_LARGE)
        yield piece


def _signature(status: os.stat_result) -> Signature:
    return Signature(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)


def _why(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()
