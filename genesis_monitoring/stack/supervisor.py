"""The supervisor: keeps the units of a launch running until it is told to stop.

A unit that ends is started again, after a pause that doubles each time, as with Compose's
``unless-stopped``; one that ran for a while starts afresh. SIGTERM stops all, in reverse order. SIGHUP reads
the launch again: units that changed are restarted, the others run on. What cannot be written because the
disk is full is written later; the units run on meanwhile.
"""

import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from genesis_monitoring.clients.forward import PortForward
from genesis_monitoring.clients.log_file import LogFile
from genesis_monitoring.clients.process import ToolCrashed, ToolMissing
from genesis_monitoring.clients.supervised import SupervisedProcess
from genesis_monitoring.stack.folder import StateFolder
from genesis_monitoring.stack.launch import VERSION, Launch, Phase, State, TornError, Unit, UnitState

_POLL_SECONDS = 0.1
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 30.0
_SETTLED_SECONDS = 10.0
_WRITE_SECONDS = 2.0
_NOT_STARTED = 127


class _Kept:
    """One unit with its process, if it has one now."""

    def __init__(self, unit: Unit, folder: StateFolder, log: LogFile) -> None:
        self.unit = unit
        self._folder, self._log = folder, log
        self._process: SupervisedProcess | None = None
        self._started = self._due = time.monotonic()
        self._pause = _FIRST_PAUSE_SECONDS
        self._since = time.time()
        self._starts = 0
        self._last_exit: int | None = None
        self._forwards: list[PortForward] = []
        self._unopened = list(unit.published[1:])

    @property
    def state(self) -> UnitState:
        """Its account."""
        identity = self._process.identity if self._process else None
        phase: Phase = "running" if self._process else "waiting"
        restarts = max(0, self._starts - 1)
        return UnitState(self.unit.name, phase, identity, self._since, restarts, self._last_exit)

    def step(self) -> bool:
        """Start it if that is due, or see that it has ended; whether something happened."""
        now = time.monotonic()
        self._forward()
        if self._process is None:
            if now < self._due:
                return False
            self._start(now)
            return True
        code = self._process.poll()
        if code is None:
            return False
        self._process.close()
        self._ended(code, now)
        return True

    def stop(self) -> None:
        """Gently, and by force once its grace is over."""
        for forward in self._forwards:
            forward.close()
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        end = time.monotonic() + self.unit.grace
        while process.poll() is None and time.monotonic() < end:
            time.sleep(_POLL_SECONDS / 5)
        process.close()

    def _forward(self) -> None:
        """Its further ports; one that is still taken, by a process that is just ending, is tried again."""
        for port in tuple(self._unopened):
            with suppress(OSError):
                self._forwards.append(PortForward(port, self.unit.port))
                self._unopened.remove(port)

    def _start(self, now: float) -> None:
        self._starts += 1
        self._started = now
        self._since = time.time()
        try:
            self._process = SupervisedProcess(self.unit.command, self._log, self._folder.run)
        except (ToolMissing, ToolCrashed) as error:
            self._log.write(f"[{error.message}]\n".encode())
            self._ended(_NOT_STARTED, now)

    def _ended(self, code: int, now: float) -> None:
        self._process = None
        if now - self._started >= _SETTLED_SECONDS:
            self._pause = _FIRST_PAUSE_SECONDS
        self._due = now + self._pause
        self._log.write(f"[ended with {code}; started again in {self._pause:g} s]\n".encode())
        self._pause = min(self._pause * 2, _LONGEST_PAUSE_SECONDS)
        self._last_exit, self._since = code, time.time()


class Supervisor:
    """Runs in the main thread: it takes the signals."""

    def __init__(self, folder: StateFolder, launch: Launch) -> None:
        self._folder, self._launch = folder, launch
        self._fingerprint = launch.fingerprint
        self._begun = time.time()
        self._kept = [self._keep(unit) for unit in launch.units]
        self._written: State | None = None
        self._write_due = 0.0
        self._stop, self._reread = threading.Event(), threading.Event()

    def run(self) -> None:
        """Until SIGTERM or SIGINT, or until ``stop`` is called. Nothing of it runs afterwards."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop())
        signal.signal(signal.SIGHUP, lambda *_: self._reread.set())
        try:
            while not self._stop.is_set():
                if self._reread.is_set():
                    self._reread.clear()
                    self._take(self._folder)
                for kept in self._kept:
                    kept.step()
                self._tell()
                self._stop.wait(_POLL_SECONDS)
        finally:
            for kept in reversed(self._kept):
                kept.stop()

    def stop(self) -> None:
        """From a signal handler or another thread."""
        self._stop.set()

    def _keep(self, unit: Unit) -> _Kept:
        log = LogFile(self._folder.log(unit.name), self._launch.log_bytes, self._launch.log_files)
        return _Kept(unit, self._folder, log)

    def _take(self, folder: StateFolder) -> None:
        with suppress(TornError):
            launch = folder.read_launch()
            if launch is None:
                return
            self._launch, self._fingerprint = launch, launch.fingerprint
            unchanged = {kept.unit: kept for kept in self._kept if kept.unit in launch.units}
            for kept in reversed(self._kept):
                if kept.unit not in unchanged:
                    kept.stop()
            self._kept = [unchanged.get(unit) or self._keep(unit) for unit in launch.units]

    def _tell(self) -> None:
        state = State(VERSION, self._fingerprint, self._begun, tuple(kept.state for kept in self._kept))
        # Again and again: a file that somebody tore or removed, or a disk that was full, mends itself.
        if state == self._written and time.monotonic() < self._write_due:
            return
        self._write_due = time.monotonic() + _WRITE_SECONDS
        with suppress(OSError):
            self._folder.write_state(state)
            self._written = state


def supervise(path: Path, *, hanging: bool) -> None:
    """What the supervisor's process does; ``hanging``: it stops when its standard input ends.

    Raises CouldNotTellError if there is nothing to run, or another supervisor runs.
    """
    from genesis_monitoring.errors import CouldNotTellError

    folder = StateFolder(path)
    with folder.supervising():
        try:
            launch = folder.read_launch()
        except TornError as error:
            raise CouldNotTellError(f"{path}: launch.json cannot be read: {error}") from error
        if launch is None:
            raise CouldNotTellError(f"{path}: there is nothing to run")
        supervisor = Supervisor(folder, launch)
        if hanging:
            threading.Thread(target=_wait_for_end, args=(supervisor.stop,), daemon=True).start()
        supervisor.run()
        folder.forget()


def _wait_for_end(stop: Callable[[], None]) -> None:
    import os
    import sys

    with suppress(OSError):
        while os.read(sys.stdin.fileno(), 1024):
            pass
    stop()
