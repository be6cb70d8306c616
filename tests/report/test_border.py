"""What goes out: nothing from outside steers a terminal or a build's log, and places fit the checkout."""

import json
import re
from pathlib import Path

import pytest
from cli.sandbox import run
from hypothesis import given, strategies as st

from genesis_monitoring.report.border import escape, in_encoding, shown

from .nasty import NASTY

RED = "\x1b[31mred\x1b[0m"


def test_lines_stay_lines_and_our_colours_stay_if_wanted() -> None:
    text = f"one\n\ttwo {RED}\n"
    assert shown(text, colour=True, in_github=False) == text
    assert shown(text, colour=False, in_github=False) == "one\n\ttwo \\x1b[31mred\\x1b[0m\n"


@pytest.mark.parametrize("colour", [True, False])
def test_what_is_not_ours_is_an_escape(colour: bool) -> None:
    text = shown(f"{NASTY}\x1b[8mhidden\u202e", colour=colour, in_github=False)
    assert text.replace("\n", "").isprintable()
    assert text.encode("utf-8")


def test_our_signs_are_one_character_in_any_encoding() -> None:
    line = "✓ good ✗ bad ○ planned ✎ by hand … later"
    assert in_encoding(line, "utf-8") == line
    assert in_encoding(line, "ascii") == "+ good x bad o planned * by hand ~ later"
    assert len(in_encoding(line, "latin-1")) == len(line)
    assert in_encoding("é", "latin-1") == "é"


@given(st.text(), st.booleans())
def test_any_text(text: str, in_github: bool) -> None:
    said = shown(text, colour=False, in_github=in_github)
    assert said.replace("\n", "").replace("\t", "").isprintable()
    assert escape(text).isprintable()
    if in_github:
        assert not re.search(r"(?m)^\s*::", said)
        assert "##[" not in said


@pytest.mark.parametrize("line", ["::error::x", "  ::add-mask::x", "a ##[error]x", "\t::stop-commands::x"])
def test_no_line_is_a_command_to_github(line: str) -> None:
    said = shown(f"first\n{line}\n", colour=False, in_github=True)
    assert not said.splitlines()[1].lstrip().startswith("::")
    assert "##[" not in said
    assert shown(f"{line}\n", colour=False, in_github=False) == f"{line}\n"


@pytest.fixture(name="checkout")
def _checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout" / "deploy" / "monitoring"
    folder.mkdir(parents=True)
    (folder / "slo.yaml").write_text("nonsense: true\n")
    return folder


def places(folder: Path, **more: str) -> set[str]:
    """The files that annotations and SARIF name."""
    github = run("genesis-mon validate --format github", folder, **more).stdout
    sarif = json.loads(run("genesis-mon validate --format sarif", folder, **more).stdout)
    named = set(re.findall(r"file=([^,:]+)", github))
    for result in sarif["runs"][0]["results"]:
        for location in result["locations"]:
            named.add(location["physicalLocation"]["artifactLocation"]["uri"])
    return named


def test_places_of_a_sub_folder_are_those_of_the_work_tree(checkout: Path) -> None:
    assert places(checkout) == {"slo.yaml"}
    (checkout.parent.parent / ".git").mkdir()
    assert places(checkout) == {"deploy/monitoring/slo.yaml"}


def test_the_workspace_of_github_counts_if_we_are_in_it(checkout: Path) -> None:
    workspace = str(checkout.parent.parent)
    assert places(checkout, GITHUB_WORKSPACE=workspace) == {"deploy/monitoring/slo.yaml"}
    assert places(checkout, GITHUB_WORKSPACE="/somewhere/else") == {"slo.yaml"}
