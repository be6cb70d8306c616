"""The ledger of a rollout: JSON lines that are only ever appended, each with the digest of the one before.

Whoever changes or removes a line breaks the chain, and reading says where. Nothing follows the last line,
so each also has a seal, the digest of its own content, and whoever reads may know what the ledger ends
with. A writer holds a lock, so two of them cannot write over each other, and an entry is on the disk before
its writer says so. A writer that was killed leaves a torn last line: it stays in the file, the next entry
follows its digest, and reading tells.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.files import open_regular, read_regular, sync_folder, write_all
from genesis_monitoring.rollout.evidence import Attestation
from genesis_monitoring.times import parse_time

VERSION = 2
"""Lines of version 1 have no seal, and are still read."""
ATTESTATION = "attestation"
_BEGINNING = "sha256:" + "0" * 64
_LARGEST = 64 * 1024 * 1024
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_UNSEALED = frozenset({"version", "kind", "rollout", "time", "data", "previous"})
_SEAL = "seal"
_RESTORE = "restore the file from a copy; an entry is corrected by a further entry, never by an edit"


class LedgerError(CouldNotTellError):
    """The ledger was changed after it was written, or cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line. ``rollout`` is the start of the rollout it belongs to; ``data`` depends on the ``kind``.

    ``digest`` is the line's, which the ledger ends with as long as no line follows.
    """

    line: int
    kind: str
    rollout: str
    time: str
    data: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The entries of a ledger, the numbers of its torn lines, and the digest of every line."""

    entries: tuple[Entry, ...]
    torn: tuple[int, ...]
    digests: tuple[str, ...]

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.digests)

    @property
    def digest(self) -> str:
        """What it ends with: the digest of its last line, or the one that the first line will name."""
        return self.digests[-1] if self.digests else _BEGINNING

    def of(self, rollout: str, kind: str) -> tuple[Entry, ...]:
        """The entries of one kind that belong to one rollout."""
        return tuple(e for e in self.entries if (e.rollout, e.kind) == (rollout, kind))


def read_ledger(path: Path, digest: str | None = None) -> Ledger:
    """An absent one is empty. ``digest`` is what it has to end with.

    Raises LedgerError for a chain that does not hold, UsageError for a digest that is none.
    """
    ledger = parse_ledger(read_bytes(path) or b"", str(path))
    if digest is not None:
        require_digest(ledger.digest, digest, str(path))
    return ledger


def read_bytes(path: Path) -> bytes | None:
    """What is in the file; None where there is none. Raises LedgerError."""
    try:
        return read_regular(path, _LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LedgerError(
            f"{path}: the ledger cannot be read: {error.strerror}", "name another with --ledger"
        ) from None


def require_digest(found: str, wanted: str, name: str) -> None:
    """Raises LedgerError where a ledger does not end with the digest that it should, UsageError for none."""
    if not _DIGEST.fullmatch(wanted):
        raise UsageError(
            f"--ledger-digest is no digest: {wanted[:100]!r}",
            "give it as it was printed: sha256: and 64 digits",
        )
    if found != wanted:
        raise LedgerError(
            f"{name}: does not end with {wanted}, but with {found or 'no digest'}: at its end, lines were "
            "changed, removed or added",
            "give the digest that was printed last; if nobody wrote since then, restore the file from a copy",
        )


def parse_ledger(data: bytes, name: str) -> Ledger:
    """As ``read_ledger``, from bytes."""
    entries: list[Entry] = []
    torn: list[int] = []
    digests = [_BEGINNING]
    sealed = False
    lines = data.split(b"\n")
    ended = lines[-1] == b""
    if ended:
        del lines[-1]
    for number, line in enumerate(lines, 1):
        document = _document(line, f"{name}:{number}")
        if document is None or not (ended or number < len(lines)):
            torn.append(number)
        elif document["previous"] != digests[-1]:
            raise LedgerError(
                f"{name}:{number}: does not follow from the line before: one of them was changed or removed",
                _RESTORE,
            )
        elif sealed and _SEAL not in document:
            raise LedgerError(f"{name}:{number}: has no seal, and the lines before have one", _RESTORE)
        else:
            sealed = _SEAL in document
            entries.append(_entry(number, document, line))
        digests.append(_digest(line))
    return Ledger(tuple(entries), tuple(torn), tuple(digests[1:]))


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
        descriptor = open_regular(path, os.O_RDWR | os.O_CREAT | os.O_APPEND)
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
        line = _canonical({**document, _SEAL: _digest(_canonical(document))})
        # A torn line is ended first, so that it stays what it is and this entry begins a line.
        opening = b"" if before.endswith(b"\n") or not before else b"\n"
        write_all(descriptor, opening + line + b"\n")
        os.fsync(descriptor)
        if not before:
            sync_folder(path.parent)
        return _entry(ledger.lines + 1, document, line)
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        os.close(descriptor)


def attestations(ledger: Ledger, rollout: str) -> tuple[Attestation, ...]:
    """What people attested of one rollout, in the order they did. Raises LedgerError."""
    try:
        return tuple(
            Attestation(
                _text(entry.data["criterion"]),
                _text(entry.data["by"]),
                _text(entry.data["evidence"]),
                entry.data["passed"] is True,
                time_of(entry),
                entry.line,
            )
            for entry in ledger.of(rollout, ATTESTATION)
        )
    except (KeyError, ValueError) as error:
        raise LedgerError(f"an attestation in the ledger is not whole: {error}", "restore the file") from None


def time_of(entry: Entry) -> float:
    """When it was written, in seconds since 1970. Raises LedgerError."""
    try:
        return parse_time(entry.time)
    except ValueError as error:
        raise LedgerError(f"line {entry.line} of the ledger has no time: {error}", _RESTORE) from None


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"no text: {str(value)[:40]}")
    return value


def _document(line: bytes, place: str) -> dict[str, Any] | None:
    """The line as data; None for a torn one. Raises LedgerError for one that is whole and cannot be ours."""
    try:
        document = json.loads(line, object_pairs_hook=_single)
    except _DoubledError as error:
        raise LedgerError(f"{place}: has the key {str(error)[:40]!r} twice", _RESTORE) from None
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict):
        return None
    version = document.get("version")
    if type(version) is int and version > VERSION:
        raise LedgerError(
            f"{place}: is of version {version}, and this genesis-mon reads up to {VERSION}",
            "use a later genesis-mon",
        )
    texts = all(isinstance(document.get(key), str) for key in ("kind", "rollout", "time", "previous"))
    keys = _UNSEALED if version == 1 else _UNSEALED | {_SEAL}
    if document.keys() != keys or not texts or not isinstance(document["data"], dict):
        raise LedgerError(f"{place}: is no entry of a ledger", _RESTORE)
    if version != 1 and not _is_sealed(line, document):
        raise LedgerError(f"{place}: was changed after it was written", _RESTORE)
    return document


class _DoubledError(Exception):
    """An object has a key twice, so two readers could read two things."""


def _single(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DoubledError(key)
        found[key] = value
    return found


def _is_sealed(line: bytes, document: Mapping[str, Any]) -> bool:
    content = {key: value for key, value in document.items() if key != _SEAL}
    try:
        return line == _canonical(document) and document[_SEAL] == _digest(_canonical(content))
    except (ValueError, RecursionError):
        return False


def _canonical(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _entry(number: int, document: Mapping[str, Any], line: bytes) -> Entry:
    texts = (document["kind"], document["rollout"], document["time"])
    return Entry(number, *texts, document["data"], _digest(line))


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


def _unwritable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"{path}: the ledger cannot be written: {error.strerror}",
        "name a file in a folder that you can write to with --ledger",
    )
