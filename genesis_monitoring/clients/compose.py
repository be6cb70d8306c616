"""Docker Compose 2 and later, without an engine: a file in, what Compose says about it out."""

from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.process import ToolRun, run_tool
from genesis_monitoring.clients.tools import COMPOSE, find_tool

_ANSWERS = (0, 1, 14, 15)
"""Compose 2 ended with 14 for a file it could not read and with 15 for one it could not parse."""


@dataclass(frozen=True, slots=True)
class Compose:
    """``path`` is the flag's value, if any; ``timeout`` is in seconds."""

    path: str | None = None
    timeout: float = 60.0

    def config(self, tree: Path, file: str) -> ToolRun:
        """See ComposeClient. Without ``--quiet``: a silent success could not be told from nothing done."""
        tool = find_tool(COMPOSE, self.path)
        return run_tool((*tool.argv, "-f", file, "config"), cwd=tree, timeout=self.timeout, answers=_ANSWERS)
