"""Where a tool is found, and in which order the places count."""

import os
import sys
from pathlib import Path

import pytest

from genesis_monitoring.clients.process import ToolCrashed, ToolMissing
from genesis_monitoring.clients.tools import AMTOOL, COMPOSE, KINDS, PROMTOOL, Tool, ToolKind, find_tool


def fake(path: Path, script: str = "exit 0") -> str:
    """A program at ``path``; its whole folder counts as made for it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_flag_then_variable_then_path(tmp_path: Path) -> None:
    flag, variable = fake(tmp_path / "flag/tool"), fake(tmp_path / "variable/tool")
    on_path = fake(tmp_path / "bin/promtool")
    environ = {"PATH": str(tmp_path / "bin"), PROMTOOL.variable: variable}
    assert find_tool(PROMTOOL, flag, environ).path == flag
    assert find_tool(PROMTOOL, None, environ).path == variable
    assert find_tool(PROMTOOL, None, {"PATH": environ["PATH"]}) == Tool("promtool", on_path)


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path / "bin/tool")
    monkeypatch.chdir(tmp_path)
    assert find_tool(AMTOOL, "bin/tool", {}).path == str(tmp_path / "bin/tool")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_named_tool_that_is_not_there_is_not_replaced(kind: ToolKind, tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path / "bin"), kind.variable: "/nowhere/tool"}
    fake(tmp_path / "bin" / kind.name)
    with pytest.raises(ToolMissing, match=f"{kind.variable} names /nowhere/tool"):
        find_tool(kind, None, environ)
    with pytest.raises(ToolMissing, match=f"{kind.option} names /nowhere/else"):
        find_tool(kind, "/nowhere/else", environ)


@pytest.mark.parametrize("kind", [PROMTOOL, AMTOOL], ids=lambda kind: kind.name)
@pytest.mark.parametrize("environ", [{}, {"PATH": ""}, {"PATH": "/nowhere"}])
def test_a_missing_tool_says_how_to_get_it(kind: ToolKind, environ: dict[str, str]) -> None:
    with pytest.raises(ToolMissing, match="is not on PATH") as failure:
        find_tool(kind, None, environ)
    assert "install" in failure.value.hint


def test_compose_is_found_beside_the_interpreter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = fake(tmp_path / "venv/bin/docker-compose")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    assert find_tool(COMPOSE, None, {"PATH": ""}).path == script
    on_path = fake(tmp_path / "bin/docker-compose")
    assert find_tool(COMPOSE, None, {"PATH": str(tmp_path / "bin")}).path == on_path


def test_compose_is_at_last_the_plugin_of_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    environ = {"PATH": str(tmp_path / "bin")}
    docker = fake(tmp_path / "bin/docker", '[ "$1 $2" = "compose version" ] && echo "version v2.30.1"')
    found = find_tool(COMPOSE, None, environ)
    assert found.argv == (docker, "compose")
    assert found.version == "2.30.1"
    fake(tmp_path / "bin/docker", "echo 'unknown command' >&2; exit 1")
    with pytest.raises(ToolMissing):
        find_tool(COMPOSE, None, environ)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_real_tools_tell_their_version(kind: ToolKind) -> None:
    major, minor, _ = find_tool(kind, None, {"PATH": os.environ["PATH"]}).version.split(".")
    assert (int(major), int(minor)) > (0, 20)


def test_a_tool_without_a_version_is_a_crash(tmp_path: Path) -> None:
    with pytest.raises(ToolCrashed, match="did not tell its version"):
        _ = Tool("promtool", fake(tmp_path / "promtool", "echo hello")).version
