"""The ledger: whole under many writers, torn lines told, changes found."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError
from genesis_monitoring.rollout.ledger import (
    ATTESTATION,
    LedgerError,
    append_entry,
    attestations,
    parse_ledger,
    read_ledger,
)

START, NOW = "2025-10-23T20:56:00Z", "2025-10-25T21:00:00Z"
SAID = {"criterion": "memory_compression", "by": "Ann", "evidence": "report ✓", "passed": True}
WRITER = """
import sys
from pathlib import Path
from genesis_monitoring.rollout.ledger import append_entry
for number in range(20):
    append_entry(Path(sys.argv[1]), "note", "r", "t", {"writer": sys.argv[2], "number": number})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rollout" / "ledger.jsonl"


def add(path: Path, **more: object) -> int:
    return append_entry(path, ATTESTATION, START, NOW, {**SAID, **more}).line


def test_what_is_written_is_read(path: Path) -> None:
    assert read_ledger(path).entries == ()
    assert [add(path), add(path, passed=False, by="Bob")] == [1, 2]
    first, second = attestations(read_ledger(path), START)
    assert (first.by, first.text, first.passed, first.time) == ("Ann", "report ✓", True, 1761426000.0)
    assert (second.by, second.passed) == ("Bob", False)
    assert attestations(read_ledger(path), "2024-01-01T00:00:00Z") == ()


def test_many_writers_at_once(path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(n)]) for n in range(4)]
    assert [writer.wait(60) for writer in writers] == [0] * 4
    entries = read_ledger(path).entries
    assert len(entries) == 80
    for name in "0123":
        assert [e.data["number"] for e in entries if e.data["writer"] == name] == list(range(20))


@pytest.mark.parametrize("cut", [1, 2, 40, 150])
def test_a_torn_last_line_is_told_and_stays(path: Path, cut: int) -> None:
    add(path)
    add(path, by="Bob")
    path.write_bytes(path.read_bytes()[:-cut])
    torn = path.read_bytes()
    ledger = read_ledger(path)
    assert (ledger.torn, [e.data["by"] for e in ledger.entries]) == ((2,), ["Ann"])
    add(path, by="Cid")
    after = read_ledger(path)
    assert path.read_bytes().startswith(torn)
    assert [e.data["by"] for e in after.entries][-1] == "Cid"
    # Only its line end was missing: then it is an entry like any other once the next one has ended it.
    assert after.torn == (() if cut == 1 else (2,))


def lines_of(path: Path) -> list[bytes]:
    for by in ("Ann", "Bob", "Cid"):
        add(path, by=by)
    return path.read_bytes().splitlines(keepends=True)


def test_a_changed_line_is_found(path: Path) -> None:
    first, second, third = lines_of(path)
    with pytest.raises(LedgerError, match=":3: does not follow"):
        parse_ledger(first + second.replace(b"Bob", b"Eve") + third, "ledger")


@pytest.mark.parametrize("kept", [(1, 2), (0, 2), (1, 0, 2), (0, 0, 1, 2)])
def test_a_removed_moved_or_doubled_line_is_found(path: Path, kept: tuple[int, ...]) -> None:
    lines = lines_of(path)
    with pytest.raises(LedgerError, match="does not follow from the line before"):
        parse_ledger(b"".join(lines[index] for index in kept), "ledger")


def test_a_line_spoilt_in_the_middle_is_found(path: Path) -> None:
    first, second, third = lines_of(path)
    with pytest.raises(LedgerError, match=":3: does not follow"):
        parse_ledger(first + second[:50] + b"\n" + third, "ledger")


def test_nothing_is_appended_to_a_ledger_that_was_changed(path: Path) -> None:
    first, second, third = lines_of(path)
    path.write_bytes(first.replace(b"Ann", b"Eve") + second + third)
    before = path.read_bytes()
    with pytest.raises(LedgerError):
        add(path)
    assert path.read_bytes() == before


def test_a_ledger_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GenesisMonError, match="the ledger cannot be written"):
        add(tmp_path / "file" / "ledger.jsonl")
    with pytest.raises(GenesisMonError, match="the ledger cannot be written"):
        add(tmp_path)


def test_each_line_is_json_with_the_digest_of_the_one_before(path: Path) -> None:
    lines = [json.loads(line) for line in lines_of(path)]
    assert all(line["previous"].startswith("sha256:") for line in lines)
    assert len({line["previous"] for line in lines}) == 3
