"""Long-running children: a command in, a process out that is logged, stopped gently and never left behind.

A supervised process hangs on the process that started it, as in ``server``: should that one be killed, a
small shell that waits for its end kills the child. A detached process is the supervisor itself, which
outlives the command that starts it.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from genesis_monitoring.clients.log_file import LogFile
from genesis_monitoring.clients.pids import ProcessIdentity, identify
from genesis_monitoring.clients.process import ToolCrashed, end_process, small_environment, start_process
from genesis_monitoring.clients.server import guarded

_CHUNK = 65536
_READER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Command:
    """What to run: an argument vector, the folder it runs in, and what is added to a small environment."""

    name: str
    argv: tuple[str, ...]
    cwd: str
    environment: tuple[tuple[str, str], ...] = ()


class SupervisedProcess:
    """A child that has been started. Raises ToolMissing or ToolCrashed if it cannot be."""

    def __init__(self, command: Command, log: LogFile, scratch: Path) -> None:
        environment = small_environment(str(scratch), dict(command.environment))
        argv = guarded(command.name, command.argv)
        self._process = start_process(argv, Path(command.cwd), environment, merged=True, held=True)
        self._log = log
        self._reader = threading.Thread(target=self._read, name=f"{command.name} log", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """Its process id, which is that of its group as well."""
        return self._process.pid

    @property
    def identity(self) -> ProcessIdentity | None:
        """Its identity; None if it has ended."""
        return identify(self.pid)

    def poll(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def terminate(self) -> None:
        """Ask it, and all in its group, to end."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGTERM)

    def close(self) -> None:
        """Kill what is left of its group, and reap it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._reader.join(_READER_SECONDS)
        end_process(self._process)
        self._log.close()

    def _read(self) -> None:
        stream = self._process.stdout
        descriptor = stream.fileno() if stream else -1
        with suppress(OSError, ValueError):
            while data := os.read(descriptor, _CHUNK):
                self._log.write(data)


def own_command(*arguments: str) -> tuple[str, ...]:
    """What runs this very program again."""
    return (sys.executable, "-m", "genesis_monitoring", *arguments)


def own_environment() -> tuple[tuple[str, str], ...]:
    """What this very program needs besides the small environment."""
    named = tuple((name, os.environ[name]) for name in ("PYTHONPATH",) if name in os.environ)
    return (*named, ("PYTHONUNBUFFERED", "1"))


class DetachedProcess:
    """A process that lives on when this one ends, unless it hangs on it. Raises ToolCrashed.

    It has a session of its own, so no ^C reaches it. ``hanging``: its input ends when this process does.
    """

    def __init__(
        self, argv: Sequence[str], *, log: Path, environment: Mapping[str, str], hanging: bool
    ) -> None:
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    argv,
                    cwd="/",
                    env=environment,
                    stdin=subprocess.PIPE if hanging else subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise ToolCrashed(f"the supervisor could not be started: {error.strerror}: {log}") from error

    @property
    def ended(self) -> bool:
        """Whether it has ended; it is reaped then."""
        return self._process.poll() is not None

    def end(self, seconds: float) -> None:
        """Ask it to end, however far it has come; kill it if it has not within so many seconds."""
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
