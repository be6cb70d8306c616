"""A record that was damaged or forged: an error of ours, or the same words as before; never a traceback."""

import gzip
import random
import re
from pathlib import Path

import pytest
from cli.sandbox import Answer
from clients.nasty import mutants
from typer.testing import CliRunner

from genesis_monitoring.cli.main import app

from .replaying import read_document, replayed, sealed


def test_flipped_bytes_and_torn_ends(records: Path, tmp_path: Path) -> None:
    spec, whole = records / "slo.yaml", (records / "healthy.json.gz").read_bytes()
    before = replayed(spec, records / "healthy.json.gz")
    assert before.code == 0
    plain = gzip.decompress(whole)
    choose = random.Random(3)
    for data, name in ((whole, "e.json.gz"), (plain, "e.json")):
        # The beginning and the end of a file hold more of its form than all the rest.
        places = {
            *range(0, 24, 3),
            *range(len(data) - 80, len(data), 11),
            *choose.sample(range(len(data)), 12),
        }
        for place in sorted(places):
            changed = bytearray(data)
            changed[place] ^= 1 << choose.randrange(8)
            check(bytes(changed), tmp_path / name, spec, before.stdout)
        for end in (0, 1, 2, 10, 17, len(data) // 2, len(data) - 9, len(data) - 1):
            check(data[:end], tmp_path / name, spec, before.stdout)


def check(data: bytes, path: Path, spec: Path, before: str) -> None:
    path.write_bytes(data)
    answer = replayed(spec, path)
    if answer.code == 0:
        assert answer.stdout == before
    else:
        assert (answer.code, answer.stdout) == (3, "")
        assert "cannot be replayed" in answer.stderr


def test_forged_values(records: Path, tmp_path: Path) -> None:
    document = read_document(records / "retrieval-slow.json.gz")
    for changed in mutants(document, 11, 25):
        (tmp_path / "e.json").write_bytes(sealed(changed) if isinstance(changed, dict) else b"[]")
        answer = replayed(records / "slo.yaml", tmp_path / "e.json")
        assert answer.code in (1, 3, 4)
        assert bool(answer.stdout) == (answer.code != 3)


def test_a_small_record_cannot_fill_the_memory(records: Path, tmp_path: Path) -> None:
    (tmp_path / "e.json.gz").write_bytes(gzip.compress(b"[" + b"[]," * (90 << 20) + b"[]]", 1))
    answer = replayed(records / "slo.yaml", tmp_path / "e.json.gz")
    assert (answer.code, answer.stdout) == (3, "")
    assert "larger than any record" in answer.stderr


HOSTILE = "a\n::error::pwned\n##[error]y\x1b[2J\x9b31m\u202e<script>alert(1)</script>|[x](http://evil)`"
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")


@pytest.mark.parametrize("case", ["healthy", "retrieval-slow"])
def test_text_of_a_server_steers_nobody(case: str, records: Path, tmp_path: Path) -> None:
    """Labels, warnings and versions that a server answers with success, in every form of the verdict."""
    document = read_document(records / f"{case}.json.gz")
    count = spoil(document)
    assert count > 20
    (tmp_path / "e.json").write_bytes(sealed(document))
    forms = [
        replayed(records / "slo.yaml", tmp_path / "e.json"),
        replayed(records / "slo.yaml", tmp_path / "e.json", "--format", "json"),
    ]
    for name in ("r.html", "r.md"):
        line = ["rollout", "report", "-s", str(records / "slo.yaml"), "--replay", str(tmp_path / "e.json")]
        CliRunner().invoke(app, [*line, "-o", str(tmp_path / name)])
        forms.append(Answer((tmp_path / name).read_text("utf-8"), "", 0))
    for answer in forms:
        for text in (answer.stdout, answer.stderr):
            assert not _STEERS.search(text)
            assert not [line for line in text.splitlines() if line.lstrip().startswith(("::", "##["))]
    page = forms[2].stdout
    assert "<script>alert" not in page
    assert "<script>alert" not in forms[3].stdout


def spoil(value: object, key: str = "") -> int:
    """Put the text into every label's value and every sentence of the server; how many there were."""
    count = 0
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str) and key == "labels" and name in ("instance", "job", "suite", "team"):
                value[name] = f"{inner}{HOSTILE}"
                count += 1
            else:
                count += spoil(inner, name)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, str) and key == "warnings":
                value[index] = HOSTILE
                count += 1
            else:
                count += spoil(inner, key)
    return count
