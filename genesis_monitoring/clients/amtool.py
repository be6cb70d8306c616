"""amtool, 0.25 and later: a configuration in, what it says about it out."""

from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.process import ToolRun, run_tool
from genesis_monitoring.clients.tools import AMTOOL, find_tool


@dataclass(frozen=True, slots=True)
class Amtool:
    """``path`` is the flag's value, if any; ``timeout`` is in seconds."""

    path: str | None = None
    timeout: float = 60.0

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """See AmtoolClient. Both streams come in ``stdout``, in order."""
        tool = find_tool(AMTOOL, self.path)
        return run_tool((*tool.argv, "check-config", file), cwd=tree, timeout=self.timeout, merged=True)
