"""Programs of others, as ``make peers`` has built them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".peers" / "bin"


def peer(name: str) -> Path:
    """The program. A missing one fails: ``make peers`` builds them all."""
    path = FOLDER / name
    assert path.is_file(), f"{path} is missing: make peers builds it"
    return path


def ran(name: str, *arguments: str | Path, cwd: Path) -> str:
    """What it prints; it has to succeed."""
    done = subprocess.run(
        [peer(name), *arguments], cwd=cwd, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{name} {arguments}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr
