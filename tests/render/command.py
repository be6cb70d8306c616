"""The real command, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cli.sandbox import execute

ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name not in ("CI", "TZ", "PYTHONHASHSEED")
}


def command(arguments: Sequence[str]) -> list[str]:
    """What starts ``genesis-mon`` with the interpreter of the tests."""
    return [sys.executable, "-m", "genesis_monitoring", *arguments]


def genesis_mon(*arguments: str, cwd: Path, environment: dict[str, str] | None = None, code: int = 0) -> str:
    """Standard output of a run that has to end with ``code``; with an ``environment``, of a whole start."""
    if environment is None:
        answer = execute([("genesis-mon", *arguments)], cwd, ENVIRONMENT)
        assert answer.code == code, answer.stdout + answer.stderr
        return answer.stdout
    done = subprocess.run(
        command(arguments),
        cwd=cwd,
        env=ENVIRONMENT | environment,
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
