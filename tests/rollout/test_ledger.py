"""The ledger: whole under many writers, torn lines told, changes found."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from genesis_monitoring.errors import GenesisMonError, UsageError
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
    with pytest.raises(LedgerError, match=":2: was changed after it was written"):
        parse_ledger(first + second.replace(b"Bob", b"Eve") + third, "ledger")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda line: line.replace(b"Cid", b"Eve"), "was changed after it was written"),
        (lambda line: line.replace(b"true", b"false"), "was changed after it was written"),
        (lambda line: line.replace(b'"Cid"', b'"Cid" '), "was changed after it was written"),
        (lambda line: line.replace(b'"by"', b'"by":"Eve","by"'), "has the key 'by' twice"),
        (lambda line: line.replace(b'"kind"', b'"kind":"note","kind"'), "has the key 'kind' twice"),
        (lambda line: line.replace(b'"version":2', b'"version":3'), "is of version 3"),
        (lambda line: line.replace(b'"version":2', b'"version":1'), "is no entry of a ledger"),
        (lambda line: b"{}\n", "is no entry of a ledger"),
        (lambda line: unsealed(line), "has no seal, and the lines before have one"),
    ],
)
def test_a_change_of_the_last_line_is_found(change: Callable[[bytes], bytes], said: str, path: Path) -> None:
    first, second, third = lines_of(path)
    assert change(third) != third
    with pytest.raises(LedgerError, match=said):
        parse_ledger(first + second + change(third), "ledger")


def unsealed(line: bytes) -> bytes:
    """As the version before wrote it."""
    document = json.loads(line) | {"version": 1}
    del document["seal"]
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[:-1],
        lambda line: line[:-40],
        lambda line: line + b"trailing\n",
        lambda line: line[:50] + b"\xff\n",
        lambda line: line[:-1] + b"x\n",
        lambda line: line + b"\n",
        lambda line: line + b"[" * 100_000 + b"\n",
    ],
)
def test_an_end_that_is_no_entry_is_told_as_torn(change: Callable[[bytes], bytes], path: Path) -> None:
    ledger = parse_ledger(change(b"".join(lines_of(path))), "ledger")
    assert ledger.torn[-1:] == (ledger.lines,)


def test_lines_of_the_version_before_are_read_and_followed(path: Path) -> None:
    line = unsealed(lines_of(path)[0])
    path.write_bytes(line)
    assert read_ledger(path).entries[0].data["by"] == "Ann"
    assert add(path, by="Bob") == 2
    assert [entry.data["by"] for entry in read_ledger(path).entries] == ["Ann", "Bob"]


def test_what_it_ends_with_proves_that_nothing_is_missing(path: Path) -> None:
    lines = lines_of(path)
    ledger = read_ledger(path)
    assert read_ledger(path, ledger.digest) == ledger
    for kept in (lines[:2], lines[:1], []):
        path.write_bytes(b"".join(kept))
        with pytest.raises(LedgerError, match="does not end with sha256:"):
            read_ledger(path, ledger.digest)
    path.unlink()
    with pytest.raises(LedgerError, match="does not end with sha256:"):
        read_ledger(path, ledger.digest)


@pytest.mark.parametrize("digest", ["", "sha256:", "sha256:" + "G" * 64, "1" * 64])
def test_what_is_no_digest(digest: str, path: Path) -> None:
    with pytest.raises(UsageError, match="--ledger-digest is no digest"):
        read_ledger(path, digest)


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
