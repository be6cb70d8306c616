"""The Compose way, with a stand-in for ``docker``: there is no engine where these tests run."""

import json
import socket
from pathlib import Path

import pytest
from scratch import ROLLOUT_SPEC

from stack.runs import genesis_mon

SERVICES = ("prometheus", "grafana", "alertmanager", "node-exporter", "genesis-metrics")
SCRIPT = """#!/bin/sh
echo "$PWD: $*" >> "{calls}"
case "$*" in
    info*) echo 28.0 ;;
    *" ps "*) cat "{ps}" ;;
    *" up "*) exit {up} ;;
    *" down"*) : > "{ps}" ;;
esac
"""


def container(name: str, health: str = "healthy", state: str = "running") -> dict[str, str]:
    return {"Service": name, "State": state, "Health": health, "Status": f"Up 22 hours ({health})"}


class Engine:
    """A stand-in that answers from files."""

    def __init__(self, folder: Path, up: int = 0) -> None:
        self.calls, self.ps, script = folder / "calls", folder / "ps", folder / "docker"
        script.write_text(SCRIPT.format(calls=self.calls, ps=self.ps, up=up))
        script.chmod(0o755)
        self.env = {"GENESIS_MON_DOCKER": str(script)}
        self.lines(container(name) for name in SERVICES)

    def lines(self, found: object) -> None:
        assert not isinstance(found, str)
        self.ps.write_text("".join(json.dumps(one) + "\n" for one in found))  # type: ignore[attr-defined]


def with_nobody_at_its_ports(folder: Path) -> Path:
    """A rendered spec whose Prometheus is at a port of this machine where nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = ROLLOUT_SPEC.read_text("utf-8")
    there = text.replace("localhost:9090", f"localhost:{port}").replace("host: 9090", f"host: {port}")
    assert there.count(str(port)) == 2
    folder.mkdir()
    (folder / "slo.yaml").write_text(there, "utf-8")
    assert genesis_mon("render", cwd=folder).code == 0
    return folder


def test_up_status_and_down(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    own = with_nobody_at_its_ports(tmp_path / "own")
    state = ("--state", tmp_path / "s", "--spec", own / "slo.yaml")
    begun = genesis_mon("stack", "up", *state, env=engine.env)
    assert begun.code == 0, begun.err
    assert f"{own}/generated: compose -f docker-compose.yml up -d --wait" in engine.calls.read_text()
    rows = [line.split()[0] for line in begun.out.splitlines()]
    assert rows == ["NAME", *SERVICES]
    assert "Up 22 hours" in begun.out

    told = genesis_mon("stack", "status", *state, "--format", "json", env=engine.env)
    assert told.code == 3, "nothing listens on Prometheus' port"
    assert told.json["mode"] == "docker"
    assert {one["health"] for one in told.json["services"]} == {"healthy"}
    assert "does not answer" in told.json["unknown"][0]

    assert genesis_mon("stack", "down", *state, "--volumes", env=engine.env).code == 0
    assert "down --volumes" in engine.calls.read_text()
    assert genesis_mon("stack", "down", *state, env=engine.env).out == "the stack does not run\n"


def test_a_list_is_read_as_well_and_what_is_missing_is_told(tmp_path: Path) -> None:
    engine = Engine(tmp_path)
    ill = [container("prometheus", "unhealthy"), container("grafana", "", "exited")]
    engine.ps.write_text(json.dumps(ill))
    told = genesis_mon("stack", "status", "--state", tmp_path / "s", "--format", "json", env=engine.env)
    healths = {one["name"]: (one["health"], one["status"]) for one in told.json["services"]}
    assert healths["prometheus"][0] == "unhealthy"
    assert healths["grafana"][0] == "unhealthy"
    assert healths["alertmanager"] == ("unhealthy", "Missing")


def test_a_failing_up_is_told(tmp_path: Path) -> None:
    engine = Engine(tmp_path, up=1)
    failed = genesis_mon("stack", "up", "--state", tmp_path / "s", env=engine.env)
    assert failed.code == 1
    assert "docker compose up failed" in failed.err


@pytest.mark.parametrize("answer", ["no json", "{"])
def test_an_answer_that_is_none_is_no_status(tmp_path: Path, answer: str) -> None:
    engine = Engine(tmp_path)
    engine.ps.write_text(answer)
    told = genesis_mon("stack", "status", "--state", tmp_path / "s", env=engine.env)
    assert told.code == 3
    assert "printed no JSON" in told.err
