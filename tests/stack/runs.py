"""Runs the command line as a user does, and looks at what it leaves running."""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.sandbox import execute

from genesis_monitoring.stack.folder import StateFolder

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its output as data."""
        return json.loads(self.out)


def genesis_mon(*arguments: str | Path, env: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Ended:
    """Run it to its end."""
    words = ["genesis-mon", *map(str, arguments)]
    done = execute([words], cwd, {**os.environ, "NO_COLOR": "1", **(env or {})})
    return Ended(done.code, done.stdout, done.stderr)


def command(*arguments: str | Path) -> list[str]:
    """Its argument vector."""
    return [sys.executable, "-m", "genesis_monitoring", *map(str, arguments)]


def running_in(folder: Path) -> list[str]:
    """The command lines of processes that name ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if str(folder) in text:
                found.append(text)
    return found


def wait_until(true: Callable[[], object], seconds: float = 120.0) -> None:
    """Until it is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.05)


def pid_of(folder: StateFolder, unit: str) -> int:
    """The process of a unit now; 0 if it has none."""
    state = folder.read_state()
    for one in state.units if state else ():
        if one.name == unit and one.identity and one.identity.alive:
            return one.identity.pid
    return 0
