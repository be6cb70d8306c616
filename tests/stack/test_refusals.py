"""What ``stack up`` refuses, why, and with which exit code; nothing runs afterwards."""

import re
import socket
from pathlib import Path

import pytest
from scratch import ROLLOUT_SPEC

from stack.runs import genesis_mon, running_in


def own_spec(folder: Path, old: str = "", new: str = "") -> Path:
    spec = folder / "slo.yaml"
    text = (ROLLOUT_SPEC).read_text("utf-8")
    assert old in text
    spec.write_text(text.replace(old, new) if old else text)
    assert genesis_mon("render", "--spec", spec).code == 0
    return spec


def refused(state: Path, *arguments: str | Path, env: dict[str, str] | None = None) -> tuple[int, str]:
    ended = genesis_mon("stack", "up", "--state", state, *arguments, env=env)
    assert "Traceback" not in ended.err
    assert "  mend: " in ended.err
    assert running_in(state) == []
    return ended.code, ended.err


def test_a_busy_port_is_named_with_its_service(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        spec = own_spec(tmp_path, "{host: 9100,", f"{{host: {port},")
        code, said = refused(tmp_path / "state", "--catch", "--spec", spec)
    assert code == 3
    assert f"{port} (node-exporter)" in said
    assert "--free-ports" in said


@pytest.mark.parametrize("tool", ["PROMETHEUS", "ALERTMANAGER", "NODE_EXPORTER"])
def test_a_missing_binary(tmp_path: Path, tool: str) -> None:
    env = {f"GENESIS_MON_{tool}": "/nowhere/at/all"}
    code, said = refused(tmp_path / "state", "--catch", "--free-ports", env=env)
    assert code == 3
    assert f"GENESIS_MON_{tool} names /nowhere/at/all" in said


def test_missing_secrets_are_named_with_how_to_write_them(tmp_path: Path) -> None:
    spec = own_spec(tmp_path)
    code, said = refused(tmp_path / "state", "--native", "--free-ports", "--spec", spec)
    assert code == 1
    for name in ("slack_api_url", "pager_routing_key"):
        assert f"printf %s VALUE > {tmp_path}/secrets/{name}" in said
    assert "grafana_admin_password" not in said, "Grafana does not run here"


def test_a_folder_of_others(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("x")
    code, said = refused(tmp_path, "--catch", "--free-ports")
    assert code == 2
    assert "--state" in said


def test_a_place_that_cannot_be_written() -> None:
    code, said = refused(Path("/proc/state"), "--catch", "--free-ports")
    assert code == 2
    assert "/proc/state" in said


def test_no_docker_engine(tmp_path: Path) -> None:
    client = tmp_path / "docker"
    client.write_text("#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2; exit 1\n")
    client.chmod(0o755)
    code, said = refused(tmp_path / "s", "--docker", env={"GENESIS_MON_DOCKER": str(client)})
    assert code == 3
    assert "no Docker engine answers: Cannot connect" in said
    assert "--native" in said


def test_no_docker_client(tmp_path: Path) -> None:
    code, said = refused(tmp_path / "s", "--docker", env={"PATH": str(tmp_path)})
    assert code == 3
    assert "docker is missing" in said
    assert "--native" in said


@pytest.mark.parametrize(
    "line",
    [
        "stack up --catch --free-ports --state STATE",
        "stack up --docker --state STATE",
        "stack drill",
        "validate",
    ],
)
def test_a_mend_names_only_flags_that_the_command_has(tmp_path: Path, line: str) -> None:
    said = genesis_mon(*line.replace("STATE", str(tmp_path / "s")).split(), env={"PATH": str(tmp_path)})
    assert " is missing: it is not on PATH" in said.err + said.out
    words, _, _ = line.partition(" -")
    known = genesis_mon(*words.split(), "--help").out
    flags = re.findall(r"(?<![\w-])--[a-z][a-z-]+", said.err + said.out)
    assert [flag for flag in flags if flag not in known] == []


def test_docker_and_native_exclude_each_other(tmp_path: Path) -> None:
    code, said = refused(tmp_path / "s", "--docker", "--catch")
    assert code == 2
    assert "--docker and --catch exclude each other" in said


def test_a_format_that_does_not_exist(tmp_path: Path) -> None:
    assert genesis_mon("stack", "status", "--state", tmp_path / "s", "--format", "yaml").code == 2
