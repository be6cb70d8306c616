"""The real command, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("CI", "TZ", "PYTHONHASHSEED")
}


def command(arguments: Sequence[str]) -> list[str]:
    """What starts ``genesis-mon`` with the interpreter of the tests."""
    return [sys.executable, "-m", "genesis_monitoring", *arguments]


def genesis_mon(
    *arguments: str, cwd: Path, environment: Mapping[str, str] | None = None, code: int = 0
) -> str:
    """Standard output of a run that has to end with ``code``."""
    done = subprocess.run(
        command(arguments),
        cwd=cwd,
        env=ENVIRONMENT | dict(environment or {}),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == code, done.stdout.decode() + done.stderr.decode()
    return done.stdout.decode()


def tree_of(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
