"""Run what is promised of the two commands on bare machines, and print a table. Ends with 1 if one is broken.

Downloads are kept between machines, so times are those after the first download. The suite that ``make test``
runs can be narrowed (``--tests``) to what a change touches; "a part" in the table says that it was.
"""

import argparse
import fcntl
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from fresh import settings
from fresh.inside import Place, run
from fresh.promises import MACHINES, ROOT, TEST, Machine, Step
from fresh.roots import CHECKOUT, RELEASES, bare_root, check_out, machine_root, megabytes, mounts, remove
from fresh.traces import Traces

_APT, _PIP = "/var/cache/apt/archives", "/var/cache/pip"
_FIRST_USER = (1000, 1000)
_ROW = "{:<9} {:<10} {:<8} {:<17} {:>7} {:>8}  {:<8} {}"


def main() -> int:
    """The table; 0 if every promise was kept."""
    parser = argparse.ArgumentParser(prog="make fresh", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where roots, downloads and logs are kept")
    parser.add_argument("--roots", default="", help=f"some of {' '.join(RELEASES)}; all if empty")
    parser.add_argument("--users", default="", help="some of root sudo plain; all if empty")
    parser.add_argument("--tests", default="", help="what make test runs of the tests; all if empty")
    given = parser.parse_args()
    roots = given.roots.split() or list(RELEASES)
    users = given.users.split() or ["root", "sudo", "plain"]
    if wrong := (set(roots) - set(RELEASES)) | (set(users) - {"root", "sudo", "plain"}):
        parser.error(f"{' '.join(sorted(wrong))}: roots are {' '.join(RELEASES)}, users are root sudo plain")
    if os.geteuid() != 0:
        parser.error("only root can make roots and mount: sudo make fresh")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    folder = given.folder.resolve()
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    lock = (folder / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        parser.error(f"another one is running in {folder}")
    machines = [machine for machine in MACHINES if machine.users in users]
    broken = 0
    print(_ROW.format("root", "user", "network", "command", "took", "on disk", "", "").rstrip())
    try:
        for release in roots:
            bare = bare_root(folder, release)
            for machine in machines:
                root = machine_root(bare, folder)
                try:
                    broken += Trial(folder, release, machine, root, given.tests).broken()
                finally:
                    remove(root)
    except KeyboardInterrupt:
        return 130
    if still := mounts(folder):
        print(f"still mounted: {', '.join(still)}", file=sys.stderr)
        return 1
    print(f"{broken} broken; what each said is in {folder / 'logs'}" if broken else "every promise was kept")
    return 1 if broken else 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One machine: ``root`` is its copy of the root of ``release``."""

    folder: Path
    release: str
    machine: Machine
    root: Path
    tests: str

    def broken(self) -> int:
        """How many promises are broken on it. Without a preparation its other steps are not tried."""
        broken = 0
        for number, step in enumerate(self.machine.steps):
            self._check_out()
            log = self.folder / "logs" / f"{self.release}-{self.machine.name.replace(' ', '-')}-{number}.log"
            wrong = self._take(step, log)
            broken += bool(wrong)
            if wrong and step.preparation:
                break
        return broken

    @property
    def _home(self) -> str:
        return "/root" if self.machine.user == ROOT else f"/home/{self.machine.user}"

    def _check_out(self) -> None:
        home = self.root / self._home.lstrip("/")
        if home.is_dir() and not (home / CHECKOUT).is_dir():
            check_out(self.root, self._home)

    def _take(self, step: Step, log: Path) -> str:
        before, size = Traces.of(self.root), megabytes(self.root)
        user = step.by or self.machine.user
        shared = self._shared(user) if step.network else {}
        variables = {**settings.variables(), **({"PIP_CACHE_DIR": _PIP} if step.network else {})}
        tests = self.tests or step.tests
        command = f"{step.command} TESTS='{tests}'" if step.command == TEST and tests else step.command
        namespaces = self.machine.user_namespaces
        place = Place(self.root, user, self._home, shared, variables, step.network, namespaces)
        ended = run(place, command, log)
        wrong = step.broken(ended.code, log.read_text(errors="replace"))
        if not step.preparation:
            wrong = wrong or Traces.of(self.root).wrong_since(before)
            wrong = wrong or (f"left running: {ended.left_running[:200]}" if ended.left_running else "")
        if wrong or not step.preparation:
            grown = megabytes(self.root) - size
            self._tell(step, f"{ended.seconds:.0f} s", f"{grown} MB", wrong and f"{wrong}: {log}")
        return wrong

    def _shared(self, user: str) -> dict[str, str]:
        """Downloads of earlier steps, for those that could make them themselves."""
        packages = self.folder / f"apt-{self.release}"
        wheels = self.folder / f"pip-{'root' if user == ROOT else 'user'}"
        (packages / "partial").mkdir(parents=True, exist_ok=True)
        wheels.mkdir(exist_ok=True)
        if user != ROOT:
            os.chown(wheels, *_FIRST_USER)
        lent = {name: name for name in settings.shared_folders()}
        return {**lent, str(packages): _APT, str(wheels): _PIP}

    def _tell(self, step: Step, took: str, grown: str, wrong: str) -> None:
        network = "yes" if step.network else "no"
        part = step.command == TEST and not step.refused and (self.tests or step.tests)
        command = f"{step.command}, a part" if part else step.command[:40]
        result = "FAIL" if wrong else "refused" if step.refused else "pass"
        row = (self.release, self.machine.name, network, command, took, grown, result, wrong)
        print(_ROW.format(*row).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
