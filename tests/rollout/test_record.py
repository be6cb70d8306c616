"""A record comes back as it was written, and what is none is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.clients.http import Answer
from genesis_monitoring.clients.recorded import Exchange
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.rollout.collect import Moment
from genesis_monitoring.rollout.evidence import Attestation, LedgerState, SignOff
from genesis_monitoring.rollout.record import Record, read_record, write_record
from genesis_monitoring.rollout.window import Window

RECORD = Record(
    "sha256:0",
    "http://prometheus:9090",
    Window(1000.0, 2000.0),
    Moment(None, 2100.5),
    (Attestation("compression", "Ann", "run 12 ✓", True, 1999.0, 4),),
    LedgerState("sha256:1", True, 5, (3,), (1, 28), (SignOff(28, "Ann"),), (1, 28)),
    (
        Exchange(
            "/api/v1/query", (("query", "up"), ("time", "1.000")), Answer({"status": "success"}, 200, 0.25)
        ),
    ),
)


@pytest.mark.parametrize("name", ["evidence.json", "evidence.json.gz"])
def test_there_and_back(name: str, tmp_path: Path) -> None:
    write_record(tmp_path / name, RECORD)
    assert read_record(tmp_path / name) == RECORD
    assert [path.name for path in tmp_path.iterdir()] == [name]
    before = (tmp_path / name).read_bytes()
    write_record(tmp_path / name, RECORD)
    assert (tmp_path / name).read_bytes() == before


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CouldNotTellError, match="cannot be written"):
        write_record(tmp_path / "none" / "evidence.json", RECORD)


def damaged(change: dict[str, Any]) -> bytes:
    return json.dumps({"kind": "genesis-mon/evidence", "version": 1, **change}).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\x1f\x8b\x08broken",
        b'{"kind": "other", "version": 1}',
        damaged({"version": 2}),
        damaged({}),
        damaged({"spec": "s", "url": "u", "window": {"start": "soon", "end": 1}}),
        damaged(
            {
                "spec": "s",
                "url": "u",
                "window": {"start": 0, "end": 1},
                "moment": {"asked": None, "clock": []},
            }
        ),
    ],
)
def test_what_is_no_record(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "evidence.json").write_bytes(data)
    with pytest.raises(CouldNotTellError, match="cannot be replayed"):
        read_record(tmp_path / "evidence.json")
