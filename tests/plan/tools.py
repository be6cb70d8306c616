"""The real tools, run on a rendered tree: each returns what it said, and fails the test if it objects."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from genesis_monitoring.clients.tools import AMTOOL, COMPOSE, PROMTOOL, ToolKind, find_tool


def run(kind: ToolKind, arguments: Sequence[str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """The tool's answer, whatever it is."""
    return subprocess.run(
        [*find_tool(kind).argv, *arguments],
        cwd=cwd,
        env={**os.environ, "GOGC": "400", "GOMAXPROCS": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def accepted(kind: ToolKind, arguments: Sequence[str], cwd: Path) -> str:
    """The tool's answer, which has to be yes."""
    done = run(kind, arguments, cwd)
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


def assert_accepted(
    tree: Path, *, compose: bool = True, rule_tests: bool = True, component: str = ""
) -> None:
    """promtool, amtool and Compose take every generated file, and every generated rule test passes.

    With a ``component``, those of that one.
    """
    rules = names(tree, "prometheus/rules")
    tests = [name for name in names(tree, "prometheus/tests") if f"/{component}" in name]
    accepted(PROMTOOL, ("check", "config", "prometheus/prometheus.yml"), tree)
    accepted(PROMTOOL, ("check", "rules", "--lint=all", "--lint-fatal", *rules), tree)
    accepted(AMTOOL, ("check-config", "alertmanager/alertmanager.yml"), tree)
    if rule_tests:
        assert accepted(PROMTOOL, ("test", "rules", *tests), tree).count("SUCCESS") == len(tests) > 0
    if compose:
        accepted(COMPOSE, ("-f", "docker-compose.yml", "config", "-q"), tree)


def names(tree: Path, folder: str) -> list[str]:
    """The files of a folder, relative to the tree."""
    return [path.relative_to(tree).as_posix() for path in sorted((tree / folder).iterdir())]
