"""What ``up`` is given: where things stand, and what the user wants of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.stack.folder import StateFolder

SIMULATOR, CATCHER = "simulator", "catcher"
"""Our own units, beside those of the spec."""

PortsOf = Mapping[str, tuple[int, ...]]
"""The ports that each unit is reached at; it listens on the first."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asked for: a scenario to play (empty: none), and whether notifications are caught.

    ``hurried`` notifications do not wait for others of their group; only those that are caught can be.
    """

    scenario: str = ""
    catch: bool = False
    hurried: bool = False

    @property
    def catching(self) -> bool:
        """A made-up failure must wake nobody."""
        return self.catch or bool(self.scenario)


@dataclass(frozen=True, slots=True)
class Ground:
    """Where it all stands: absolute paths."""

    spec: Path
    tree: Path
    folder: StateFolder
    environment: str | None = None

    def naming(self, spec: Path) -> tuple[str, ...]:
        """The options by which our own commands read ``spec``, or a copy of it, as this stack does."""
        env = () if self.environment is None else ("--env", self.environment)
        return ("--spec", str(spec), *env)
