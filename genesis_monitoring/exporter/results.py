"""A suite's result on disk: its file or files in, what they say and when they were written out.

The time of a result is the file's modification time: every writer sets it, at the end, and it is in UTC.
The ``timestamp`` attribute is none of these. Copies must therefore keep the time (``cp -p``).

A name with ``*`` or ``?`` stands for every file that it matches, as Surefire and Gradle write one a class.
The time of such a result is that of its oldest file: what one of them says is as old as that.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.exporter.junit import MOST_TESTS, Counts, NotJUnitError, parse_junit
from genesis_monitoring.files import regular

LARGEST_FILE = 32 * 2**20
"""Bytes, of all files of a suite together. A thousand tests without output take about 100 kB."""
MOST_FILES = 1000
"""Files that one name may match."""
_MOST_NAMES = 100_000
"""Names in a folder that are looked at to find them."""
_PIECE = 64 * 2**10
_TOO_LARGE = f"it is larger than {LARGEST_FILE // 2**20} MiB"
_TOO_LARGE_TOGETHER = f"its files are larger than {LARGEST_FILE // 2**20} MiB together"
_WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Signature:
    """Changes whenever the file does; times are in nanoseconds."""

    modified: int
    changed: int
    size: int
    inode: int
    device: int


Signatures = tuple[tuple[str, Signature], ...]
"""The files of a result by name."""


@dataclass(frozen=True, slots=True)
class Result:
    """A result that could be read. Times are in seconds since the epoch.

    ``written`` is when its oldest file was written, ``newest`` its newest.
    """

    counts: Counts
    written: float
    newest: float


class UnreadableError(Exception):
    """There is no result; the text says why. With ``lasting`` it will not read any better later."""

    def __init__(self, message: str, *, lasting: bool) -> None:
        super().__init__(message)
        self.lasting = lasting


def sign(path: Path) -> Signatures | None:
    """The files as they are now; None if they cannot be looked at, or there is none."""
    try:
        return tuple((file.name, _signature(file.stat())) for file in _files(path)) or None
    except (OSError, UnreadableError):
        return None


def read_result(path: Path) -> tuple[Signatures, Result]:
    """Raises UnreadableError. A pipe or a device is not waited for."""
    several = _is_pattern(path)
    try:
        files = _files(path)
    except OSError as error:
        raise UnreadableError(_reason(error), lasting=False) from None
    if not files:
        raise UnreadableError("no file has such a name", lasting=False)
    signatures = []
    counts = Counts()
    left = LARGEST_FILE
    for file in files:
        try:
            signature, own = _read(file, left)
        except OSError as error:
            raise UnreadableError(_of(file, _reason(error), several), lasting=False) from None
        except UnreadableError as error:
            raise UnreadableError(_of(file, str(error), several), lasting=error.lasting) from None
        except NotJUnitError as error:
            raise UnreadableError(_of(file, str(error), several), lasting=True) from None
        signatures.append((file.name, signature))
        left -= signature.size
        counts += own
        if counts.total > MOST_TESTS:
            raise UnreadableError(f"its files have more than {MOST_TESTS} tests together", lasting=True)
    times = [signature.modified / 1e9 for _, signature in signatures]
    return tuple(signatures), Result(counts, min(times), max(times))


def _is_pattern(path: Path) -> bool:
    return _WILDCARDS.search(path.name) is not None


def _files(path: Path) -> tuple[Path, ...]:
    """The file itself, or those that its name matches, by name. Raises OSError, UnreadableError."""
    if not _is_pattern(path):
        return (path,)
    matches = _matcher(path.name)
    found: list[Path] = []
    with os.scandir(path.parent) as entries:
        for seen, entry in enumerate(entries):
            if seen == _MOST_NAMES:
                raise UnreadableError(f"its folder has more than {_MOST_NAMES} names", lasting=False)
            # As in a shell; the temporary names of most writers begin with a dot.
            if matches.fullmatch(entry.name) and entry.name.startswith(".") <= path.name.startswith("."):
                found.append(path.parent / entry.name)
                if len(found) > MOST_FILES:
                    raise UnreadableError(f"more than {MOST_FILES} files have such a name", lasting=False)
    return tuple(sorted(found))


def _matcher(name: str) -> re.Pattern[str]:
    words = {"*": ".*", "?": "."}
    return re.compile("".join(words.get(one) or re.escape(one) for one in name), re.DOTALL)


def _of(file: Path, problem: str, several: bool) -> str:
    return f"{file.name}: {problem}" if several else problem


def _reason(error: OSError) -> str:
    return (error.strerror or "cannot be read").lower()


def _read(path: Path, limit: int) -> tuple[Signature, Counts]:
    with regular(path) as descriptor:
        status = os.fstat(descriptor)
        counts = parse_junit(_pieces(descriptor, status.st_size, limit))
        after = os.fstat(descriptor)
    # Not the time of change: that moves too when a new file takes the place of this one, which is whole.
    if (after.st_mtime_ns, after.st_size) != (status.st_mtime_ns, status.st_size):
        raise UnreadableError("it was being written while it was read", lasting=False)
    return _signature(status), counts


def _pieces(descriptor: int, size: int, limit: int) -> Iterator[bytes]:
    too_large = _TOO_LARGE if limit == LARGEST_FILE else _TOO_LARGE_TOGETHER
    if size > limit:
        raise NotJUnitError(too_large)
    while piece := os.read(descriptor, _PIECE):
        limit -= len(piece)
        if limit < 0:
            raise NotJUnitError(too_large)
        yield piece


def _signature(status: os.stat_result) -> Signature:
    return Signature(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino, status.st_dev)
