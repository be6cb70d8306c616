"""Copies of the repository, and virtual environments to try them in, made without a network."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


ROLLOUT_SPEC = REPOSITORY / "tests" / "specs" / "rollout" / "slo.yaml"
"""The rollout's spec, every value written out: tests break copies of it, whatever ``slo.yaml`` says."""
BRIEF_SPEC = REPOSITORY / "tests" / "specs" / "rollout-in-brief" / "slo.yaml"
"""The same in the form of ``slo.yaml``, without what defaults say."""


def copy_repository(target: Path) -> None:
    """What a commit of the working tree would hold, so without what ``.gitignore`` names."""
    ignored = [
        line.removesuffix("/")
        for line in (REPOSITORY / ".gitignore").read_text().splitlines()
        if line and not line.startswith("#")
    ]
    shutil.copytree(REPOSITORY, target, ignore=shutil.ignore_patterns(".git", *ignored))


def make_environment(folder: Path, *paths: Path) -> None:
    """A virtual environment that sees ``paths``, then the packages that run this test, and its Compose.

    It does not see an editable install of those packages.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    seen = [*map(str, paths), sysconfig.get_path("purelib")]
    (packages / "seen.pth").write_text("".join(f"{path}\n" for path in seen))
    compose = Path(sys.executable).parent / "docker-compose"
    if compose.exists():
        (folder / "bin" / "docker-compose").symlink_to(compose)


def without_python_settings() -> dict[str, str]:
    """This environment's variables, without those that would lead a child to another Python's packages."""
    unwanted = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    return {name: value for name, value in os.environ.items() if name not in unwanted}
