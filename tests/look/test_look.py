"""What of ``make look`` needs no Node: what is missing is told, and changes of the table at their panels."""

import os
from pathlib import Path

import pytest

from look.__main__ import main
from look.values import MOST_LINES, TABLE, difference

BEFORE = """\
1 gauge "Pass rate"
  A "Pass rate"  percent
    97.9                   "97.9%"          red
    98                     "98%"            green
  no series              "no data"        green
"""


def tool(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_changed_colours_are_told_at_their_panel_and_query() -> None:
    after = BEFORE.replace('"98%"            green', '"98%"            red').replace(
        'data"        green', 'data"        grey'
    )
    assert difference(BEFORE, after).splitlines() == [
        '-1 gauge A: 98                     "98%"            green',
        '-1 gauge: no series              "no data"        green',
        '+1 gauge A: 98                     "98%"            red',
        '+1 gauge: no series              "no data"        grey',
    ]


def test_what_is_the_same_has_no_difference() -> None:
    assert difference(BEFORE, BEFORE) == ""


def test_a_new_table_does_not_fill_the_screen() -> None:
    lines = difference("", BEFORE * 100).splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == f"... and {500 - MOST_LINES} more lines"


def test_the_committed_table_is_one() -> None:
    assert "by @grafana/data" in TABLE.read_text(encoding="utf-8").splitlines()[1].lower()


@pytest.mark.parametrize(
    ("tools", "said"),
    [
        ({}, "make look needs node: install Node 20 or later"),
        ({"node": "echo v20.1.0"}, "make look needs npm: install Node 20 or later"),
        ({"node": "echo v18.20.4", "npm": ""}, "make look needs Node 20 or later, and node is v18.20.4"),
        ({"node": "exit 1", "npm": ""}, "make look needs Node 20 or later, and node is broken"),
    ],
)
def test_what_is_missing_is_told(
    tools: dict[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "bin").mkdir()
    for name, script in tools.items():
        tool(tmp_path / "bin", name, script)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert main(["values", "--folder", str(tmp_path / "look")]) == 2
    assert capsys.readouterr().err == f"{said}\n"
    assert not (tmp_path / "look").exists()


def test_what_npm_says_is_told_when_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool(tmp_path / "bin", "node", "echo v20.1.0")
    tool(tmp_path / "bin", "npm", "echo no registry there >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert main(["values", "--folder", str(tmp_path / "look")]) == 2
    assert capsys.readouterr().err == "npm ci failed:\nno registry there\n"
