"""What a check may ask of the external tools. Checks take these types, so nothing in them starts a process.

``tree`` is the folder of the generated files, and file names are relative to it, so that no path of this
machine reaches a message. Every call raises ToolMissing, ToolCrashed or ToolTimedOut if there is no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from genesis_monitoring.clients.process import ToolRun


class PromtoolClient(Protocol):
    """Prometheus' own checks. Both streams of promtool come in ``stdout``, in order."""

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """The configuration and the rule files it names."""

    def check_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """The rule files, with every lint rule, each of them an error."""

    def test_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """The rule tests, in several processes side by side."""


class AmtoolClient(Protocol):
    """Alertmanager's own check."""

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """The configuration and the templates it names."""


class ComposeClient(Protocol):
    """Compose's own check."""

    def config(self, tree: Path, file: str) -> ToolRun:
        """The file, resolved; ``stdout`` is the resolved file, never empty on success."""


@dataclass(frozen=True, slots=True)
class Toolbox:
    """The tools that checks use."""

    promtool: PromtoolClient
    amtool: AmtoolClient
    compose: ComposeClient
