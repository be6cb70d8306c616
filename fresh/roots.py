"""Bare Debian roots: debootstrap's smallest with what the README asks for, no more; kept for a week."""

import os
import shutil
import subprocess
import time
from pathlib import Path

from fresh import settings
from fresh.inside import alone

RELEASES = ("bookworm", "trixie")
PACKAGES = ("ca-certificates", "python3", "make")
CHECKOUT = "genesis-mon"
REPOSITORY = Path(__file__).resolve().parent.parent
_KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
_KEPT_SECONDS = 7 * 24 * 3600


def bare_root(folder: Path, release: str) -> Path:
    """The root of ``release`` in ``folder``, made if there is none or it is old. Raises RuntimeError."""
    root = folder / f"bare-{release}"
    if root.is_dir() and time.time() - root.stat().st_ctime < _KEPT_SECONDS:
        return root
    part = folder / f"bare-{release}.part"
    for old in (root, part):
        remove(old)
    mirror = subprocess.run(
        [REPOSITORY / "scripts/debian-mirror.sh"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout.strip()
    words = ("--variant=minbase", f"--include={','.join(PACKAGES)}", f"--keyring={_KEYS}")
    log = folder / "logs" / f"debootstrap-{release}.log"
    with log.open("wb") as out:
        command = alone("debootstrap", *words, release, str(part), mirror)
        made = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    if made.returncode != 0:
        raise RuntimeError(f"debootstrap failed for {release}: {log}")
    part.rename(root)
    return root


def machine_root(bare: Path, folder: Path) -> Path:
    """A copy of a bare root in ``folder``, with the package settings of this machine."""
    target = folder / "machine"
    remove(target)
    subprocess.run(["cp", "-a", "--reflink=auto", bare, target], check=True)
    settings.give(target)
    return target


def check_out(root: Path, home: str) -> None:
    """Put what a commit of the working tree would hold into ``home``, which ``root`` has, as its owner's."""
    git = ["git", "-c", f"safe.directory={REPOSITORY}", "ls-files", "-z"]
    listed = subprocess.run(
        [*git, "--cached", "--others", "--exclude-standard"], cwd=REPOSITORY, check=True, capture_output=True
    ).stdout.decode()
    place = root / home.lstrip("/")
    checkout = place / CHECKOUT
    for name in filter(None, listed.split("\0")):
        source = REPOSITORY / name
        if source.is_symlink() or source.exists():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, checkout / name, follow_symlinks=False)
    owner = place.stat()
    for path in (checkout, *checkout.rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def remove(root: Path) -> None:
    """Remove a root. Raises RuntimeError, and removes nothing, if anything is mounted in it."""
    if mounted := mounts(root):
        raise RuntimeError(f"something is still mounted: {', '.join(mounted)}")
    subprocess.run(["rm", "-rf", "--one-file-system", root], check=True)


def megabytes(folder: Path) -> int:
    """What it takes on disk, in MiB."""
    said = subprocess.run(
        ["du", "--summarize", "--block-size=M", folder], check=True, capture_output=True, text=True
    )
    return int(said.stdout.partition("M")[0])


def mounts(folder: Path) -> list[str]:
    """What this system has mounted in ``folder``."""
    lines = Path("/proc/self/mounts").read_text().splitlines()
    places = [line.split()[1].encode().decode("unicode_escape") for line in lines]
    return [place for place in places if Path(place).is_relative_to(folder)]
