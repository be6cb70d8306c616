"""Where the external tools are: a flag, the environment and PATH in, a ``Tool`` out."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genesis_monitoring.clients.process import ToolCrashed, ToolMissing, ToolTimedOut, run_tool

_VERSION = re.compile(r"\bv?([0-9]+\.[0-9]+(?:\.[0-9]+)?)")
_PROBE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class ToolKind:
    """A tool we know: its name on PATH, the variable that names another, how to get it.

    ``option`` is the flag of ``validate`` that names another; ``also`` are further names that distributions
    give it.
    """

    name: str
    variable: str
    install: str
    option: str = ""
    also: tuple[str, ...] = ()


PROMTOOL = ToolKind("promtool", "GENESIS_MON_PROMTOOL", "install prometheus, 2.42 or later", "--promtool")
AMTOOL = ToolKind(
    "amtool", "GENESIS_MON_AMTOOL", "install prometheus-alertmanager, 0.25 or later", "--amtool"
)
COMPOSE = ToolKind("docker-compose", "GENESIS_MON_COMPOSE", "pip install 'genesis-mon[compose]'", "--compose")
PROMETHEUS = ToolKind(
    "prometheus", "GENESIS_MON_PROMETHEUS", "install prometheus, 2.42 or later", "--prometheus"
)
ALERTMANAGER = ToolKind(
    "alertmanager",
    "GENESIS_MON_ALERTMANAGER",
    "install prometheus-alertmanager, 0.25 or later",
    "--alertmanager",
    also=("prometheus-alertmanager",),
)
NODE_EXPORTER = ToolKind(
    "node_exporter",
    "GENESIS_MON_NODE_EXPORTER",
    "install prometheus-node-exporter, 1.5 or later",
    also=("prometheus-node-exporter",),
)
GRAFANA = ToolKind("grafana-server", "GENESIS_MON_GRAFANA", "install grafana, 10 or later")
CHROMIUM = ToolKind(
    "chromium",
    "GENESIS_MON_CHROMIUM",
    "install chromium or Google Chrome",
    also=("chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
)
DOCKER = ToolKind("docker", "GENESIS_MON_DOCKER", "install Docker with its Compose plugin")
KINDS = (PROMTOOL, AMTOOL, COMPOSE, PROMETHEUS, ALERTMANAGER, NODE_EXPORTER)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that was found. ``path`` is absolute; ``arguments`` come before those of a call."""

    name: str
    path: str
    arguments: tuple[str, ...] = ()

    @property
    def argv(self) -> tuple[str, ...]:
        """What a call begins with."""
        return (self.path, *self.arguments)

    @property
    def version(self) -> str:
        """``2.42.0``, asked for once. Raises ToolCrashed if the tool does not say."""
        return _version(self.name, self.argv)


def find_tool(kind: ToolKind, explicit: str | None = None, environ: Mapping[str, str] | None = None) -> Tool:
    """Find a tool: ``explicit`` (the flag's value), then its variable, then PATH, then known places.

    A path that somebody names is used or refused, never replaced. Raises ToolMissing.
    """
    environ = os.environ if environ is None else environ
    for origin, named in ((kind.option, explicit), (kind.variable, environ.get(kind.variable))):
        if named:
            found = _which(named, environ)
            if found is None:
                raise ToolMissing(
                    f"{kind.name} is missing: {origin} names {named}, which is not a program there",
                    f"correct {origin}, or leave it out to search PATH",
                )
            return Tool(kind.name, found)
    for name in (kind.name, *kind.also):
        found = _which(name, environ)
        if found is not None:
            return Tool(kind.name, found)
    if kind is COMPOSE and (elsewhere := _compose_elsewhere(environ)) is not None:
        return elsewhere
    # Every command heeds the variable; few have the flag.
    raise ToolMissing(
        f"{kind.name} is missing: it is not on PATH", f"{kind.install}; or name it by {kind.variable}"
    )


def _which(named: str, environ: Mapping[str, str]) -> str | None:
    import shutil

    found = shutil.which(named, path=environ.get("PATH", ""))
    return None if found is None else str(Path(found).absolute())


def _compose_elsewhere(environ: Mapping[str, str]) -> Tool | None:
    """The script that the PyPI package puts beside the interpreter, else the Docker client's plugin."""
    beside = _which(str(Path(sys.executable).parent / COMPOSE.name), environ)
    if beside is not None:
        return Tool(COMPOSE.name, beside)
    docker = _which("docker", environ)
    if docker is None:
        return None
    plugin = Tool(COMPOSE.name, docker, ("compose",))
    try:
        run_tool((*plugin.argv, "version"), cwd=Path("/"), timeout=_PROBE_SECONDS, answers=(0,))
    except (ToolMissing, ToolCrashed, ToolTimedOut):
        return None
    return plugin


@lru_cache
def _version(name: str, argv: tuple[str, ...]) -> str:
    word = "version" if name == COMPOSE.name else "--version"
    run = run_tool((*argv, word), cwd=Path("/"), timeout=_PROBE_SECONDS, merged=True)
    match = _VERSION.search(run.stdout)
    if match is None:
        raise ToolCrashed(f"{name} did not tell its version: {run.stdout[:100].strip()!r}")
    return match.group(1)
