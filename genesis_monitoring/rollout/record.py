"""The raw evidence of a verdict as a file: every answer as it came, so that it can be judged again."""

import gzip
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.bounded import TooMuchError, parse_json, unpack
from genesis_monitoring.clients.recorded import Exchange, read_exchanges, write_exchanges
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.files import read_regular, replace_file
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.evidence import Attestation, LedgerState, SignOff
from genesis_monitoring.rollout.window import Window
from genesis_monitoring.times import LATEST

KIND, VERSION = "genesis-mon/evidence", 2
"""Records of version 1 do not tell what the ledger shows of checkpoints, and are still read."""
_COMPRESSED = ".gz"
LIMIT = 256 * 1024 * 1024
"""Bytes of a record, unpacked."""
_VALUES = 24_000_000
"""Some 6 million samples: 500 series over 48 hours at 15 s."""
_SEAL = b',"sha256":"'
_OLD = "the record was made by an earlier version, which kept no sign-offs in it"


@dataclass(frozen=True, slots=True)
class Record:
    """``spec`` is the digest of the spec it was judged by, ``url`` where the answers are from.

    ``ledger`` is what it shows besides ``attestations``, ``remarks`` what else is to be told.
    """

    spec: str
    url: str
    window: Window
    moment: Moment
    attestations: tuple[Attestation, ...]
    ledger: LedgerState
    exchanges: tuple[Exchange, ...]
    remarks: tuple[str, ...] = ()


def dump_record(record: Record, *, compressed: bool) -> bytes:
    """The bytes of its file; the same for the same record. The last value is the digest of all before it."""
    document = {
        "kind": KIND,
        "version": VERSION,
        "spec": record.spec,
        "url": record.url,
        "window": asdict(record.window),
        "moment": asdict(record.moment),
        "attestations": [asdict(one) for one in record.attestations],
        "ledger": asdict(record.ledger),
        "remarks": list(record.remarks),
        "exchanges": write_exchanges(record.exchanges),
    }
    content = json.dumps(document, separators=(",", ":")).encode()[:-1]
    data = content + _SEAL + _digest(content) + b'"}'
    return gzip.compress(data, 6, mtime=0) if compressed else data


def write_record(path: Path, record: Record) -> None:
    """Compressed where the name ends in ``.gz``. Raises CouldNotTellError if it cannot be written."""
    data = dump_record(record, compressed=path.suffix == _COMPRESSED)
    try:
        replace_file(path, data)
    except OSError as error:
        raise CouldNotTellError(
            f"{path}: the record cannot be written: {error.strerror}", "name another file with --record"
        ) from None


def read_record(path: Path) -> Record:
    """Raises CouldNotTellError for what is no record, or was changed."""
    try:
        data = unpack(read_regular(path, LIMIT), LIMIT)
        document: Any = parse_json(data, _VALUES)
        if document["kind"] != KIND or document["version"] not in (1, VERSION):
            raise ValueError(f"its kind is {document['kind']}, version {document['version']}")
        if document["version"] == VERSION and not _is_sealed(data):
            raise ValueError("it was changed after it was written")
        return _record(document)
    except OSError as error:
        reason = error.strerror or str(error)
    except TooMuchError:
        reason = f"it is larger than any record ({LIMIT >> 20} MiB, {_VALUES // 10**6} million values)"
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        reason = f"it is no record of evidence: {str(error)[:200]}"
    raise CouldNotTellError(f"{path}: cannot be replayed: {reason}", "name a file that --record wrote")


def _record(document: Any) -> Record:
    old = document["version"] == 1
    window = document["window"]
    ledger = (
        LedgerState(torn=tuple(int(number) for number in document["torn"]))
        if old
        else _ledger(document["ledger"])
    )
    remarks = tuple(str(remark) for remark in document.get("remarks", ()))
    return Record(
        str(document["spec"]),
        str(document["url"]),
        Window(_time(window["start"]), _time(window["end"])),
        _moment(document["moment"]),
        tuple(_attestation(one) for one in document["attestations"]),
        ledger,
        read_exchanges(document["exchanges"]),
        (*remarks, _OLD) if old else remarks,
    )


def _ledger(data: Any) -> LedgerState:
    return LedgerState(
        digest=str(data["digest"]),
        proven=data["proven"] is True,
        lines=int(data["lines"]),
        torn=tuple(int(number) for number in data["torn"]),
        taken=tuple(int(number) for number in data["taken"]),
        signed=tuple(SignOff(int(one["index"]), str(one["by"])) for one in data["signed"]),
        reviewed=tuple(int(number) for number in data["reviewed"]),
    )


def _moment(data: Any) -> Moment:
    asked = data["asked"]
    return Moment(None if asked is None else _time(asked), _time(data["clock"]))


def _attestation(data: Any) -> Attestation:
    return Attestation(
        str(data["criterion"]),
        str(data["by"]),
        str(data["text"]),
        data["passed"] is True,
        _time(data["time"]),
        int(data.get("line", 0)),
    )


def _time(value: Any) -> float:
    seconds = float(value)
    if not 0 <= seconds < LATEST:
        raise ValueError("a time in it is none")
    return seconds


def _is_sealed(data: bytes) -> bool:
    content, mark, seal = data.rpartition(_SEAL)
    return bool(mark) and seal == _digest(content) + b'"}'


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
