"""What is promised: for each kind of user the steps on one machine, in order, and how each has to end."""

import re
from dataclasses import dataclass
from typing import Literal

RENDER, TEST = "make render", "make test"
ROOT, USER = "root", "somebody"

_NO_TOOLS = r"going on without[\s\S]*GM001 the check rule-tests did not run[\s\S]* 0 errors, 9 warnings"
_ONLY_ROOT = (
    r"only root can install them, and there is no sudo\n  mend: install them \(on Debian: apt-get install "
)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and how it has to end: ``refused`` or not, and saying ``says``, a pattern.

    A ``preparation`` is what an administrator did to the machine: not promised, but needed. ``tests`` is what
    ``make test`` runs of the suite; all if it is empty.
    """

    command: str
    network: bool = True
    refused: bool = False
    says: str = ""
    by: str = ""
    preparation: bool = False
    tests: str = ""

    def broken(self, code: int, said: str) -> str:
        """How the promise was broken; empty if it was kept."""
        if self.refused and code == 0:
            return "ends with 0, and was to be refused"
        if not self.refused and code != 0:
            return f"ends with {code}"
        if not re.search(self.says, said):
            return f"does not say {self.says!r}"
        return ""


@dataclass(frozen=True, slots=True)
class Machine:
    """A copy of a bare root and who works on it, with or without the right to make user namespaces."""

    users: Literal["root", "sudo", "plain"]
    name: str
    user: str
    steps: tuple[Step, ...]
    user_namespaces: bool = True


def admin(command: str) -> Step:
    """A preparation, by root."""
    return Step(command, by=ROOT, preparation=True)


_ADD_USER = admin(f"useradd --create-home --shell /bin/bash {USER}")


def _sudo(rule: str) -> tuple[Step, ...]:
    line = f"{USER} ALL=(ALL) {rule}"
    install = "apt-get -q update && apt-get -q install -y --no-install-recommends sudo"
    return _ADD_USER, admin(f"{install} && echo '{line}' > /etc/sudoers.d/{USER}")


# Of a user with sudo only the set-up is another than of one without, and that namespaces can be had: whatever
# does not ask the system for anything is run by the others.
_ASKS_THE_SYSTEM = "tests/packaging tests/stack tests/clients tests/tree"

MACHINES = (
    Machine(
        "root",
        "root",
        ROOT,
        (
            Step(RENDER, network=False, refused=True, says="is the package mirror reachable"),
            Step(RENDER),
            Step(TEST),
            Step(RENDER, network=False),
        ),
    ),
    Machine(
        "sudo", "sudo", USER, (*_sudo("NOPASSWD: ALL"), Step(RENDER), Step(TEST, tests=_ASKS_THE_SYSTEM))
    ),
    Machine(
        "sudo",
        "sudo asks",
        USER,
        (
            *_sudo("ALL"),
            Step(RENDER, refused=True, says="sudo asks for a password .* no terminal to ask at\n  mend: "),
            Step(TEST, refused=True, says="sudo asks for a password .* no terminal to ask at\n  mend: "),
        ),
    ),
    Machine(
        "plain",
        "plain",
        USER,
        (
            _ADD_USER,
            Step(RENDER, refused=True, says=_ONLY_ROOT),
            Step(TEST, refused=True, says=_ONLY_ROOT),
            admin("scripts/install-tools.sh venv-of=python3"),
            Step(RENDER, network=False, refused=True, says="is the package index reachable"),
            Step(RENDER, says=_NO_TOOLS),
            Step(TEST, refused=True, says=_ONLY_ROOT),
            admin("make tools"),
            Step(RENDER),
            Step(TEST),
            Step(RENDER, network=False),
        ),
        user_namespaces=False,
    ),
)
