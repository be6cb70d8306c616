"""A folder and a small environment to run the command line in: a line of bash in, what it says out."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
_BIN = Path(sys.executable).parent
_PATIENCE_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and its exit code."""

    stdout: str
    stderr: str
    code: int


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the caller's but PATH; ``more`` is added."""
    return {
        "PATH": f"{_BIN}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "100",
        "TMPDIR": str(folder),
        **more,
    }


def run(line: str, folder: Path, **more: str) -> Answer:
    """Run one line of bash in ``folder``."""
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(folder, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return Answer(done.stdout.decode(), done.stderr.decode(), done.returncode)
