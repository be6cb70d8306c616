"""README.md is true: its commands run, what it quotes stands where it says, and its links lead somewhere.

Every block marked ``bash`` is run, in order, in one copy of the repository; each must end with 0. The only
way round is the mark ``bash no-run: REASON``, for what would run this very test or needs a container engine.
A block marked ``text of: COMMAND`` is what that command says, run in a copy of its own.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from scratch import (
    BRIEF_SPEC,
    REPOSITORY,
    ROLLOUT_SPEC,
    copy_repository,
    make_environment,
    without_python_settings,
)

README = REPOSITORY / "README.md"
FIRST = REPOSITORY / "docs" / "examples" / "service" / "slo.yaml"
SECOND = REPOSITORY / "docs" / "examples" / "shop" / "slo.yaml"
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
NO_RUN = "bash no-run: "
OUTPUT_OF = "text of: "

_FENCE = re.compile(r"^```(?P<mark>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<to>[^)\s]+)\)")


class Block(NamedTuple):
    """A fenced block: its mark, its text and its line in the file."""

    mark: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    return [Block(m["mark"], m["text"], text.count("\n", 0, m.start()) + 1) for m in _FENCE.finditer(text)]


def test_every_block_is_run_or_says_why_not() -> None:
    for block in blocks(README):
        reason = block.mark.removeprefix(NO_RUN) if block.mark.startswith(NO_RUN) else ""
        known = block.mark in ("bash", "yaml") or block.mark.startswith(OUTPUT_OF) or len(reason.split()) >= 3
        assert known, f"README.md:{block.line}: {block.mark!r} is none of the marks that this file explains"


@pytest.mark.live
def test_the_commands_run_in_a_fresh_copy(tmp_path: Path) -> None:
    copy = _set_up(tmp_path / "copy")
    committed = _content(copy)
    commands = [block for block in blocks(README) if block.mark == "bash"]
    assert commands
    try:
        for block in commands:
            done = _bash("set -euo pipefail\n" + block.text, copy)
            assert done.returncode == 0, f"README.md:{block.line}:\n{done.stdout}\n{done.stderr}"
    finally:
        _bash(".venv/bin/genesis-mon stack down", copy)
    now = _content(copy)
    assert {path: now.get(path) for path in committed} == committed


def test_what_it_quotes_of_the_output_is_said(tmp_path: Path) -> None:
    quoted = [block for block in blocks(README) if block.mark.startswith(OUTPUT_OF)]
    assert quoted
    for index, block in enumerate(quoted):
        done = _bash(block.mark.removeprefix(OUTPUT_OF), _set_up(tmp_path / str(index)))
        assert block.text in done.stdout + done.stderr, f"README.md:{block.line}:\n{done.stdout}{done.stderr}"


def test_it_tells_how_many_checks_need_the_tools(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "genesis_monitoring", "validate"],
        cwd=REPOSITORY,
        env={key: value for key, value in os.environ.items() if key != "CI"} | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    count = done.stdout.count("warning GM001")
    words = {7: "seven", 8: "eight", 9: "nine", 10: "ten"}
    assert f"a warning (GM001) for each of the {words[count]} checks" in README.read_text()


def test_what_it_quotes_of_the_spec_stands_there() -> None:
    specs = [yaml.safe_load(path.read_text()) for path in (ROLLOUT_SPEC, FIRST, SECOND)]
    quoted = [yaml.safe_load(block.text) for block in blocks(README) if block.mark == "yaml"]
    assert quoted
    for part in quoted:
        assert any(_is_within(part, spec) for spec in specs), f"in no spec as quoted: {part}"


def test_its_first_example_is_a_short_spec_as_it_stands_in_its_file() -> None:
    first = next(block for block in blocks(README) if block.mark == "yaml")
    assert first.text == FIRST.read_text()
    assert len(first.text.splitlines()) <= 25


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for match in _LINK.finditer(page.read_text()):
        path, _, anchor = match["to"].partition("#")
        if path.startswith(("http://", "https://", "mailto:")):
            continue
        target = page.parent / path if path else page
        assert target.exists(), f"{page.name} links to {match['to']}, which does not exist"
        if anchor:
            assert anchor in _anchors(target), (
                f"{page.name} links to {match['to']}, which has no such heading"
            )


def _set_up(copy: Path) -> Path:
    """A copy of the repository after ``make setup``, with the packages that are here already."""
    copy_repository(copy)
    venv = copy / ".venv"
    make_environment(venv, copy)
    script = venv / "bin" / "genesis-mon"
    script.write_text(f"#!{venv}/bin/python\nfrom genesis_monitoring.__main__ import main\nmain()\n")
    script.chmod(0o755)
    (venv / "installed").touch()
    # As the page speaks of it, whatever the thresholds are by now.
    shutil.copy(BRIEF_SPEC, copy / "slo.yaml")
    subprocess.run([script, "render"], cwd=copy, env=without_python_settings(), check=True)
    return copy


def _bash(script: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=without_python_settings(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def _content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and ".venv" not in path.parts
    }


def _is_within(part: Any, whole: Any) -> bool:
    """Whether ``whole`` has all of ``part``; a quoted list may end before the real one does."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(
            k in whole and _is_within(v, whole[k]) for k, v in part.items()
        )
    if isinstance(part, list):
        return isinstance(whole, list) and whole[: len(part)] == part
    return bool(part == whole)


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
