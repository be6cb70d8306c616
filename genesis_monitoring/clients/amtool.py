"""amtool, 0.25 and later: a configuration in, what it says about it out."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from genesis_monitoring.clients.parallel import run_side_by_side
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

    def test_routes(
        self, tree: Path, file: str, label_sets: Sequence[Mapping[str, str]]
    ) -> tuple[ToolRun, ...]:
        """See AmtoolClient."""
        tool = find_tool(AMTOOL, self.path)
        # Flags of a subcommand come after it: amtool ignores a --config.file that stands before.
        command = (*tool.argv, "config", "routes", "test", f"--config.file={file}")
        jobs = [
            partial(run_tool, (*command, *_arguments(labels)), cwd=tree, timeout=self.timeout)
            for labels in label_sets
        ]
        return run_side_by_side(jobs, os.cpu_count() or 1)


def _arguments(labels: Mapping[str, str]) -> list[str]:
    """``name="value"``: quoted, so that a value may hold anything."""
    quoted = {
        name: value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        for name, value in labels.items()
    }
    return [f'{name}="{value}"' for name, value in quoted.items()]
