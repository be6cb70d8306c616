"""The spec of this repository and its rendered tree on disk, with ways to spoil dashboards and the stack."""

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from plan.specs import GENESIS, Data, as_text, genesis

from genesis_monitoring.checks.context import CheckContext
from genesis_monitoring.clients.amtool import Amtool
from genesis_monitoring.clients.compose import Compose
from genesis_monitoring.clients.promtool import Promtool
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.commands.project import Inputs, Project, load_project
from genesis_monitoring.findings import Finding

DASHBOARD = "grafana/dashboards/phase5-rollout.json"
DATASOURCES = "grafana/provisioning/datasources/prometheus.yml"
PROVIDER = "grafana/provisioning/dashboards/genesis.yml"
COMPOSE = "docker-compose.yml"

Check = Callable[[CheckContext], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class StackTree:
    """A tree on disk and what it was rendered from."""

    out: Path
    project: Project

    @property
    def context(self) -> CheckContext:
        """What checks get."""
        tools = Toolbox(Promtool(), Amtool(), Compose())
        project = self.project
        return CheckContext(self.out, project.artifacts, project.source, tools, project.plan)

    def run(self, check: Check) -> list[Finding]:
        """All findings of one check."""
        return list(check(self.context))

    def text(self, path: str) -> str:
        """A file."""
        return (self.out / path).read_text("utf-8")

    def write(self, path: str, text: str) -> None:
        """Replace a file."""
        (self.out / path).write_text(text, "utf-8")

    def spoil(self, path: str, old: str, new: str, nth: int = 1) -> int:
        """Replace the ``nth`` ``old``, which must be there; the line it began in."""
        parts = self.text(path).split(old)
        assert len(parts) > nth, f"{old!r} stands {len(parts) - 1} times in {path}"
        before = old.join(parts[:nth])
        self.write(path, before + new + old.join(parts[nth:]))
        return before.count("\n") + 1

    def change_dashboard(self, change: Callable[[Any], object]) -> None:
        """Change the dashboard's data; the file is laid out as rendered."""
        data = json.loads(self.text(DASHBOARD))
        change(data)
        self.write(DASHBOARD, json.dumps(data, indent=2, ensure_ascii=False) + "\n")

    def line(self, path: str, words: str, nth: int = 1) -> int:
        """The line in which ``words`` stand for the ``nth`` time."""
        return [n for n, line in enumerate(self.text(path).splitlines(), 1) if words in line][nth - 1]

    def spec_line(self, dotted: str) -> int:
        """The line of the spec in which a value stands."""
        return self.project.source.locate_dotted(dotted).line


def stack_tree(out: Path) -> StackTree:
    """The tree as rendered, in ``out``."""
    return written(out, genesis_project())


def stack_tree_of(folder: Path, change: Callable[[Data], object]) -> StackTree:
    """The tree of a changed spec, with the spec and the folder of test results beside it."""
    data = genesis()
    change(data)
    (folder / "results").mkdir(parents=True)
    spec = folder / "slo.yaml"
    spec.write_text(as_text(data), "utf-8")
    return written(folder / "generated", load_project(Inputs(spec, None, None, None)))


@cache
def genesis_project() -> Project:
    """The spec of this repository, compiled and rendered once."""
    return load_project(Inputs(GENESIS, None, None, None))


def written(out: Path, project: Project) -> StackTree:
    """The artifacts of a project, on disk."""
    shutil.rmtree(out, ignore_errors=True)
    for artifact in project.artifacts:
        (out / artifact.path).parent.mkdir(parents=True, exist_ok=True)
        (out / artifact.path).write_bytes(artifact.data)
    return StackTree(out, project)
