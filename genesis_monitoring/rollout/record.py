"""The raw evidence of a verdict as a file: every answer as it came, so that it can be judged again."""

import contextlib
import gzip
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.clients.recorded import Exchange, read_exchanges, write_exchanges
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.evidence import Attestation
from genesis_monitoring.rollout.window import Window

KIND, VERSION = "genesis-mon/evidence", 1
_COMPRESSED = ".gz"


@dataclass(frozen=True, slots=True)
class Record:
    """``spec`` is the digest of the spec it was judged by, ``url`` where the answers are from.

    ``torn`` are the ledger's torn lines, ``remarks`` what else it shows.
    """

    spec: str
    url: str
    window: Window
    moment: Moment
    attestations: tuple[Attestation, ...]
    torn: tuple[int, ...]
    exchanges: tuple[Exchange, ...]
    remarks: tuple[str, ...] = ()


def dump_record(record: Record, *, compressed: bool) -> bytes:
    """The bytes of its file; the same for the same record."""
    document = {
        "kind": KIND,
        "version": VERSION,
        "spec": record.spec,
        "url": record.url,
        "window": asdict(record.window),
        "moment": asdict(record.moment),
        "attestations": [asdict(one) for one in record.attestations],
        "torn": list(record.torn),
        "remarks": list(record.remarks),
        "exchanges": write_exchanges(record.exchanges),
    }
    data = json.dumps(document, separators=(",", ":")).encode()
    return gzip.compress(data, 6, mtime=0) if compressed else data


def write_record(path: Path, record: Record) -> None:
    """Compressed where the name ends in ``.gz``. Raises CouldNotTellError if it cannot be written."""
    data = dump_record(record, compressed=path.suffix == _COMPRESSED)
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        raise CouldNotTellError(
            f"{path}: the record cannot be written: {error.strerror}", "name another file with --record"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)


def read_record(path: Path) -> Record:
    """Raises CouldNotTellError for what is no record."""
    try:
        data = path.read_bytes()
        document: Any = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)
        if document["kind"] != KIND or document["version"] != VERSION:
            raise ValueError(f"its kind is {document['kind']}, version {document['version']}")
        return Record(
            str(document["spec"]),
            str(document["url"]),
            Window(float(document["window"]["start"]), float(document["window"]["end"])),
            _moment(document["moment"]),
            tuple(_attestation(one) for one in document["attestations"]),
            tuple(int(number) for number in document["torn"]),
            read_exchanges(document["exchanges"]),
            tuple(str(remark) for remark in document.get("remarks", ())),
        )
    except OSError as error:
        reason = error.strerror or str(error)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, RecursionError) as error:
        reason = f"it is no record of evidence: {error}"
    raise CouldNotTellError(f"{path}: cannot be replayed: {reason}", "name a file that --record wrote")


def _moment(data: Any) -> Moment:
    asked = data["asked"]
    return Moment(None if asked is None else float(asked), float(data["clock"]))


def _attestation(data: Any) -> Attestation:
    return Attestation(
        str(data["criterion"]),
        str(data["by"]),
        str(data["text"]),
        data["passed"] is True,
        float(data["time"]),
    )
