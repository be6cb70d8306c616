"""The ledger of a rollout: JSON lines that are only ever appended, each with the digest of the one before.

Whoever changes or removes a line breaks the chain, and reading says where. A writer holds a lock, so two of
them cannot write over each other, and an entry is on the disk before its writer says so. A writer that was
killed leaves a torn last line: it stays in the file, the next entry follows its digest, and reading tells.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.rollout.evidence import Attestation

VERSION = 1
ATTESTATION = "attestation"
_BEGINNING = "sha256:" + "0" * 64
_LARGEST = 64 * 1024 * 1024


class LedgerError(CouldNotTellError):
    """The ledger was changed after it was written, or cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``rollout`` is the start of the rollout it belongs to; ``data`` depends on the ``kind``."""

    line: int
    kind: str
    rollout: str
    time: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of a ledger, and the numbers of its torn lines."""

    entries: tuple[Entry, ...]
    torn: tuple[int, ...]
    digest: str

    def of(self, rollout: str, kind: str) -> tuple[Entry, ...]:
        """The entries of one kind that belong to one rollout."""
        return tuple(e for e in self.entries if (e.rollout, e.kind) == (rollout, kind))


def read_ledger(path: Path) -> Ledger:
    """An absent one is empty. Raises LedgerError for a chain that does not hold."""
    try:
        if not path.exists():
            return Ledger((), (), _BEGINNING)
        if path.stat().st_size > _LARGEST:
            raise LedgerError(f"{path}: is too large for a ledger", "name another with --ledger")
        return parse_ledger(path.read_bytes(), str(path))
    except OSError as error:
        raise LedgerError(
            f"{path}: the ledger cannot be read: {error.strerror}", "name another with --ledger"
        ) from None


def parse_ledger(data: bytes, name: str) -> Ledger:
    """As ``read_ledger``, from bytes."""
    entries: list[Entry] = []
    torn: list[int] = []
    digest = _BEGINNING
    lines = data.split(b"\n")
    ended = lines.pop() == b"" if lines else True
    if not ended:
        lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        document = _document(line)
        whole = document is not None and (ended or number < len(lines))
        if document is None or not whole:
            torn.append(number)
        elif document["previous"] != digest:
            raise LedgerError(
                f"{name}:{number}: does not follow from the line before: one of them was changed or removed",
                "restore the file from a copy; an entry is corrected by a further entry, never by an edit",
            )
        else:
            entries.append(_entry(number, document))
        digest = _digest(line)
    return Ledger(tuple(entries), tuple(torn), digest)


def append_entry(
    path: Path,
    kind: str,
    rollout: str,
    time: str,
    data: Mapping[str, Any],
    *,
    unless: Callable[[Ledger], Entry | None] = lambda _: None,
) -> Entry:
    """Write one entry at the end, after checking all before it. Raises LedgerError.

    Where ``unless`` finds an entry, nothing is written and that one is returned; no other writer can come
    between its look and the write.
    """
    import fcntl

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = _all_of(descriptor)
        ledger = parse_ledger(before, str(path))
        found = unless(ledger)
        if found is not None:
            return found
        document = {
            "version": VERSION,
            "kind": kind,
            "rollout": rollout,
            "time": time,
            "data": dict(data),
            "previous": ledger.digest,
        }
        # A torn line is ended first, so that it stays what it is and this entry begins a line.
        opening = b"" if before.endswith(b"\n") or not before else b"\n"
        text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        _write(descriptor, opening + text.encode() + b"\n")
        os.fsync(descriptor)
        if not before:
            _sync_folder(path.parent)
        return _entry(len((before + opening).split(b"\n")), document)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        os.close(descriptor)


def attestations(ledger: Ledger, rollout: str) -> tuple[Attestation, ...]:
    """What people attested of one rollout, in the order they did. Raises LedgerError."""
    from datetime import datetime

    try:
        return tuple(
            Attestation(
                str(entry.data["criterion"]),
                str(entry.data["by"]),
                str(entry.data["evidence"]),
                entry.data["passed"] is True,
                datetime.fromisoformat(entry.time).timestamp(),
            )
            for entry in ledger.of(rollout, ATTESTATION)
        )
    except (KeyError, ValueError) as error:
        raise LedgerError(f"an attestation in the ledger is not whole: {error}", "restore the file") from None


def _document(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    texts = ("kind", "rollout", "time", "previous")
    if not isinstance(document, dict) or not isinstance(document.get("data"), dict):
        return None
    return document if all(isinstance(document.get(key), str) for key in texts) else None


def _entry(number: int, document: Mapping[str, Any]) -> Entry:
    return Entry(number, document["kind"], document["rollout"], document["time"], document["data"])


def _digest(line: bytes) -> str:
    return f"sha256:{hashlib.sha256(line).hexdigest()}"


def _all_of(descriptor: int) -> bytes:
    size = os.fstat(descriptor).st_size
    parts = []
    offset = 0
    while offset < size and (part := os.pread(descriptor, size - offset, offset)):
        parts.append(part)
        offset += len(part)
    return b"".join(parts)


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"{path}: the ledger cannot be written: {error.strerror}",
        "name a file in a folder that you can write to with --ledger",
    )
