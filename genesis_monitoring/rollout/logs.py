"""The log files of the spec, and how far they were looked at before, in; what is new in them out.

A file is known again by the bytes before the place that was reached, so it is seen when it was rotated or cut
short: what was rotated is looked for beside it. What can no longer be looked at is told, and never counts as
free of errors.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from genesis_monitoring.files import regular
from genesis_monitoring.rollout.log_errors import find_errors
from genesis_monitoring.spec.rollout import Logs

SAMPLED_BYTES = 4 * 1024 * 1024
"""How much of what is new in one log is looked at, from its end."""
_MARK_BYTES = 256
_MOST_ROTATED = 100
_COMPRESSED = (".gz", ".bz2", ".xz", ".zst", ".lz4")


@dataclass(frozen=True, slots=True)
class LogSample:
    """What is new in a log file. ``problem`` says why there is none, or why that is not all.

    ``last`` is its last error. ``reached`` is where the next look begins in the file that is ``inode``, which
    had ``size`` bytes; ``mark`` is a digest of the bytes before that place. ``inode`` is 0 of no file.
    """

    file: str
    lines: int
    errors: int
    last: str
    problem: str = ""
    reached: int = 0
    size: int = 0
    inode: int = 0
    mark: str = ""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A file, from ``start`` to its end."""

    path: Path
    start: int = 0


class _LostError(Exception):
    """What was looked at before is not there any more; the text says so."""


def sample_logs(
    logs: Logs | None, folder: Path, before: Mapping[str, LogSample] | None = None, since: float | None = None
) -> tuple[LogSample, ...]:
    """What each has beyond ``before``, by file name; ``folder`` is where the spec is.

    Of a log that was not looked at before it is the end, without the lines that are marked as earlier than
    ``since``, in seconds since 1970.
    """
    if logs is None:
        return ()
    known = before or {}
    return tuple(
        _sample(folder / logs.folder / one.file, one.file, known.get(one.file), since)
        for group in logs.groups
        for one in group.files
    )


def _sample(path: Path, name: str, before: LogSample | None, since: float | None) -> LogSample:
    try:
        if before is None or not before.inode:
            return _look(name, (_Piece(path),), since)
        try:
            pieces = _new_pieces(path, before)
        except _LostError as error:
            return replace(_look(name, (_Piece(path),)), problem=str(error))
        return _look(name, pieces) if pieces else replace(before, lines=0, errors=0, last="", problem="")
    except OSError as error:
        # How far it was looked at is kept, so that nothing is left out once it can be read again.
        absent = LogSample(name, 0, 0, "") if before is None else replace(before, lines=0, errors=0, last="")
        return replace(absent, problem=error.strerror or "cannot be read")


def _look(name: str, pieces: tuple[_Piece, ...], since: float | None = None) -> LogSample:
    """At ``pieces``, oldest first, of which the last is the file itself."""
    sample = LogSample(name, 0, 0, "")
    left = SAMPLED_BYTES
    for piece in reversed(pieces):
        with regular(piece.path) as descriptor:
            status = os.fstat(descriptor)
            size = status.st_size
            start = max(piece.start, size - left)
            data = _bytes(descriptor, start, size)
            if since is not None and status.st_mtime < since:
                start, data = size, b""
            found = find_errors(_lines(data, start, torn=start > piece.start), start + len(data), since)
            left -= len(data)
            if piece is pieces[-1]:
                # A line without its end is looked at now, and again once there is more of it.
                whole = start + data.rfind(b"\n") + 1 if data else start
                reached = min(found.unfinished, whole)
                sample = replace(
                    sample,
                    reached=reached,
                    size=start + len(data),
                    inode=status.st_ino,
                    mark=_mark(descriptor, reached),
                )
            sample = replace(
                sample,
                lines=sample.lines + found.lines,
                errors=sample.errors + found.errors,
                last=sample.last or found.last,
            )
            # Without a look before, the end of the file is all that is asked for.
            if start > piece.start and since is None and (piece.start or len(pieces) > 1):
                problem = f"only the last {SAMPLED_BYTES // 2**20} MiB of what is new were looked at"
                return replace(sample, problem=problem)
    return sample


def _new_pieces(path: Path, before: LogSample) -> tuple[_Piece, ...]:
    """What was written since, oldest first; nothing if nothing was. Raises OSError, _LostError."""
    with regular(path) as descriptor:
        status = os.fstat(descriptor)
        continues = _continues(descriptor, before)
    same = status.st_ino == before.inode
    if same and continues:
        return () if status.st_size == before.size else (_Piece(path, before.reached),)
    rotated, compressed = _rotated(path)
    for index, one in enumerate(rotated):
        with regular(one) as descriptor:
            known = os.fstat(descriptor).st_ino == before.inode or before.reached > 0
            if known and _continues(descriptor, before):
                newer = tuple(_Piece(later) for later in reversed(rotated[:index]))
                return (_Piece(one, before.reached), *newer, _Piece(path))
    if continues and before.reached:
        return (_Piece(path, before.reached),)
    if compressed:
        raise _LostError(f"it was rotated, and what it was rotated to is compressed: {compressed}")
    if same:
        raise _LostError("it was cut short, and what was written before that is not there")
    raise _LostError("it is another file than before, and that one is not there")


def _continues(descriptor: int, before: LogSample) -> bool:
    return os.fstat(descriptor).st_size >= before.size and _mark(descriptor, before.reached) == before.mark


def _rotated(path: Path) -> tuple[list[Path], str]:
    """The files that logs like this one are rotated to, newest first; the newest compressed one's name."""
    pattern = re.compile(re.escape(path.name) + r"[.-][0-9][0-9T._-]*(?P<end>\.[a-z][a-z0-9]*)?")
    plain: list[tuple[float, Path]] = []
    compressed: list[tuple[float, str]] = []
    with os.scandir(path.parent) as entries:
        for entry in entries:
            match = pattern.fullmatch(entry.name)
            if match is None or not entry.is_file():
                continue
            written = entry.stat().st_mtime
            if match["end"] in _COMPRESSED:
                compressed.append((written, entry.name))
            elif match["end"] is None:
                plain.append((written, path.parent / entry.name))
    newest = [one for _, one in sorted(plain, reverse=True)[:_MOST_ROTATED]]
    return newest, max(compressed, default=(0.0, ""))[1]


def _lines(data: bytes, start: int, *, torn: bool) -> Iterator[tuple[int, str]]:
    """Offset and text of each line, without the first if its begin is not there."""
    at = start
    for number, line in enumerate(data.split(b"\n")):
        if line and not (torn and number == 0):
            yield at, line.rstrip(b"\r").decode("utf-8", errors="replace")
        at += len(line) + 1


def _bytes(descriptor: int, start: int, end: int) -> bytes:
    chunks = []
    while start < end and (chunk := os.pread(descriptor, end - start, start)):
        chunks.append(chunk)
        start += len(chunk)
    return b"".join(chunks)


def _mark(descriptor: int, end: int) -> str:
    start = max(0, end - _MARK_BYTES)
    return blake2b(_bytes(descriptor, start, end), digest_size=16).hexdigest()
