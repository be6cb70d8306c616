"""``validate`` with a tool that is missing, killed, silent or starved: GM0xx, exit 3, nothing left."""

import json
import shutil
from pathlib import Path

import pytest
from scratch import ROLLOUT_SPEC

from genesis_monitoring.clients.tools import (
    ALERTMANAGER,
    AMTOOL,
    COMPOSE,
    KINDS,
    PROMETHEUS,
    PROMTOOL,
    ToolKind,
    find_tool,
)

from .sandbox import run

CHECKS = {
    PROMTOOL.name: ("prometheus-config", "prometheus-rules", "rule-tests"),
    AMTOOL.name: ("alertmanager-config",),
    COMPOSE.name: ("compose-config",),
    PROMETHEUS.name: ("prometheus-live",),
    ALERTMANAGER.name: ("alertmanager-live", "notification-delivery"),
}
"""Checks that cannot do without the tool."""

KILLED = 'sleep 36000 & kill -KILL "$$"'
SILENT = "sleep 36000 & sleep 36000"
STUBBORN = "trap '' TERM INT HUP; while :; do sleep 36000; done"
STARVED = 'ulimit -v 20000; exec {real} "$@"'


@pytest.fixture(name="project", scope="module")
def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROLLOUT_SPEC, folder)
    assert run("genesis-mon render", folder).code == 0
    (folder / "results").mkdir()
    return folder


@pytest.mark.parametrize(
    ("script", "code"),
    [
        pytest.param(None, "GM001", id="missing"),
        pytest.param(KILLED, "GM002", id="killed"),
        pytest.param(STARVED, "GM002", id="starved"),
        pytest.param(SILENT, "GM003", id="silent"),
        pytest.param(STUBBORN, "GM003", id="stubborn"),
    ],
)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name in CHECKS], ids=lambda kind: kind.name)
def test_a_tool_that_gives_no_answer(project: Path, kind: ToolKind, script: str | None, code: str) -> None:
    tool = project / f"{kind.name}-{code}"
    if script is not None:
        tool.write_text(f"#!/bin/bash\n{script.replace('{real}', find_tool(kind).path)}\n")
        tool.chmod(0o755)
    only = " ".join(f"--only {check}" for check in CHECKS[kind.name])
    done = run(
        f"genesis-mon validate --strict --timeout 2 --format json {kind.option} {tool} {only}", project
    )
    assert done.code == 3, done.stdout + done.stderr
    told = json.loads(done.stdout)["findings"]
    # That its links are those of an example is told besides.
    findings = [one for one in told if one["severity"] != "info" and one["code"] != "GM132"]
    assert {one["code"] for one in findings} == {code}
    assert {one["message"].split()[2] for one in findings} == set(CHECKS[kind.name])
    assert all(one["hint"] for one in findings if code != "GM002")
    assert _left_behind(project, tool) == []


def _left_behind(project: Path, tool: Path) -> list[str]:
    """Command lines of processes that run the tool, or were started by it and stand in the project."""
    left = []
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            place = (entry / "cwd").readlink()
        except OSError:
            continue
        if str(tool) in line or place.is_relative_to(project):
            left.append(line)
    return left
