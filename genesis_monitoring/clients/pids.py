"""Which process a number means: a process id in, an identity out that no later process can have.

Numbers are used again, so an identity is the number with the time of its start and the boot it belongs to.
"""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"
_STARTED = 18
"""The start time among the fields of ``stat`` that come after the state (proc(5), field 22)."""
_GONE = ("Z", "X")


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """``started`` is opaque: the boot, and the clock ticks from it to the start of the process."""

    pid: int
    started: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs; one that has ended and waits to be reaped does not."""
        return identify(self.pid) == self

    def send(self, number: signal.Signals, *, group: bool = False) -> bool:
        """Send a signal to this very process, or to the group it leads; False if that cannot be."""
        if not self.alive:
            return False
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.killpg if group else os.kill)(self.pid, number)
            return True
        return False


def identify(pid: int) -> ProcessIdentity | None:
    """The process that has this number now; None if there is none that runs."""
    try:
        # The name stands in brackets and may itself hold brackets and blanks.
        state, *fields = (_PROC / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        boot = _BOOT.read_text("ascii").strip()
    except (OSError, ValueError):
        return None
    return None if state in _GONE else ProcessIdentity(pid, f"{boot}:{fields[_STARTED]}")
