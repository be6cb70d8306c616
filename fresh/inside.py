"""A command in a root, with mounts and processes of its own: whatever becomes of it, nothing of them stays.

The kernel ends all processes of a PID namespace with its first one, and unmounts what only a mount namespace
has. The first one here is killed with ``unshare``, and that with this program.
"""

import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_LEFT = "processes-left"

# With user namespaces the root is a real one (pivot_root); below a chroot the kernel lets users have none.
# The shell stays the first process, since an ordinary program in its place would not bury orphans.
_SCRIPT = r"""
set -eu
root=$1 network=$2 namespaces=$3 left=$4 user=$5 home=$6 mounted=$7 command=$8
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys 2>/dev/null || mount --rbind -o ro /sys sys
mount -t tmpfs -o mode=755 tmpfs dev
for name in null zero full random urandom tty; do
    : > "dev/$name"
    mount --bind "/dev/$name" "dev/$name"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "dev/${n#*:}"; done
for pair in $mounted; do
    mkdir -p ".${pair#*:}"
    mount --bind "${pair%%:*}" ".${pair#*:}"
done
[ "$network" = yes ] || ip link set lo up
as_user="setpriv --reuid=$user --regid=$user --init-groups"
run="cd $home/genesis-mon 2>/dev/null || cd /; exec $as_user env $command"
if [ "$namespaces" = yes ]; then
    mkdir -p .old
    pivot_root . .old
    cd /
    umount -l /.old
    rmdir /.old
    sh -c "$run" && code=0 || code=$?
else
    chroot . sh -c "$run" && code=0 || code=$?
    left=$root$left
fi
for one in proc/[0-9]*; do
    [ "$one" = proc/1 ] || [ ! -e "$one/exe" ] || tr '\0' ' ' < "$one/cmdline"
done > "$left" 2>/dev/null || true
exit "$code"
"""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: ``seconds`` by the clock, and the processes that it left running."""

    code: int
    seconds: float
    left_running: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command runs: in ``root``, as ``user``. ``mounted`` maps folders here to folders there."""

    root: Path
    user: str
    home: str
    mounted: Mapping[str, str]
    variables: Mapping[str, str]
    network: bool
    user_namespaces: bool


def alone(*command: str, network: bool = True) -> list[str]:
    """``command`` with mounts and processes of its own, killed with this process at the latest."""
    kinds = ["--mount", "--pid", "--fork", "--kill-child=KILL", *([] if network else ["--net"])]
    return ["setpriv", "--pdeathsig", "KILL", "unshare", *kinds, *command]


def run(place: Place, command: str, log: Path) -> Ended:
    """Run it by a shell to its end, what it says in ``log``; on an interruption nothing of it goes on."""
    own = {"PATH": _PATH, "HOME": place.home, "USER": place.user, "LOGNAME": place.user, "TERM": "dumb"}
    variables = " ".join(f"{k}={shlex.quote(value)}" for k, value in {**own, **place.variables}.items())
    arguments = (
        str(place.root),
        _yes(place.network),
        _yes(place.user_namespaces),
        f"/root/{_LEFT}",
        place.user,
        place.home,
        " ".join(f"{here}:{there}" for here, there in place.mounted.items()),
        f"-i {variables} sh -c {shlex.quote(command)}",
    )
    begun = time.monotonic()
    with log.open("wb") as out:
        process = subprocess.Popen(
            alone("sh", "-c", _SCRIPT, "sh", *arguments, network=place.network),
            stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait()
        finally:
            process.kill()
            process.wait()
    left = place.root / "root" / _LEFT
    return Ended(code, time.monotonic() - begun, left.read_text().strip() if left.is_file() else "unknown")


def _yes(true: bool) -> str:
    return "yes" if true else "no"
