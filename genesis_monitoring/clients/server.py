"""Runs a server of ours on a free port of 127.0.0.1 for as long as a block lasts.

The server takes port 0 and says in its log which one it got, so no two runs can meet. It has its own
process group and folder. Its standard input hangs on this process: should even this process be killed, a
small shell that waits for that end kills the server. However the block ends, nothing of it is left.
"""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genesis_monitoring.clients.loopback import LOOPBACK, ask
from genesis_monitoring.clients.process import (
    ToolCrashed,
    ToolTimedOut,
    end_process,
    small_environment,
    start_process,
    stop_group,
)
from genesis_monitoring.clients.server_log import LogLine, last_words, read_log_line

if TYPE_CHECKING:
    from subprocess import Popen

LISTEN = f"{LOOPBACK}:0"
"""What a server is told to listen on."""

_GUARD = """
exec 3<&0 </dev/null
{ read -r _; kill -KILL $$; } <&3 3<&- >/dev/null 2>&1 &
exec "$@" 3<&-
"""
_LISTENING = "Listening on"
_READY_SECONDS = 0.01
_POLL_SECONDS = 0.05
"""Each look costs the server and us some milliseconds of a processor, once there is much to tell."""
_LAST_SECONDS = 1.0
_FOR_SHORT_RUNS = {"GOGC": "400", "GOMAXPROCS": "1"}
"""It answers a few questions and ends: to collect its garbage seldom and in one thread is the least work."""
_NOT_STARTED = (126, 127)
_NOT_FOUND = 404
_LOG_LIMIT = 20_000


class ServerEnded(ToolCrashed):
    """The server gave up by itself; ``log`` says why."""

    def __init__(self, message: str, log: tuple[LogLine, ...]) -> None:
        super().__init__(message)
        self.log = log


class RoutesMoved(ToolCrashed):
    """The server runs, and has nothing where every server of its kind says whether it is ready."""


class Server:
    """A running server. ``timeout`` is in seconds, for the whole time it runs."""

    def __init__(self, name: str, process: "Popen[bytes]", timeout: float) -> None:
        self._name, self._process, self._timeout = name, process, timeout
        self._deadline = time.monotonic() + timeout
        self._lines: list[LogLine] = []
        self._port = 0
        self._reader = threading.Thread(target=self._read, name=f"{name} log", daemon=True)
        self._reader.start()

    @property
    def log(self) -> tuple[LogLine, ...]:
        """What it has written so far."""
        return tuple(self._lines)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._port}"

    def wait_until_ready(self) -> None:
        """Raises ServerEnded, RoutesMoved, ToolCrashed or ToolTimedOut."""
        while not self._port or (status := self.status("/-/ready")) != 200:
            if self._port and status == _NOT_FOUND:
                raise RoutesMoved(f"{self._name} answers {status} at /-/ready, so its routes are elsewhere")
            self._check()
            time.sleep(_READY_SECONDS)

    def status(self, path: str) -> int:
        """The status of the answer at ``path``. Raises as ``wait_until_ready``."""
        return self._ask("GET", path, None)[0]

    def get(self, path: str) -> Any:
        """The data at ``path``. Raises as ``wait_until_ready``, and ToolCrashed for a refusal."""
        return self._call("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """The answer to ``body``. Raises as ``get``."""
        return self._call("POST", path, body)

    def pause(self) -> None:
        """Wait a moment for something to happen. Raises as ``wait_until_ready``."""
        self._check()
        time.sleep(_POLL_SECONDS)

    def terminate(self, seconds: float) -> None:
        """Ask it to end, and wait for that. Raises ToolTimedOut if it does not."""
        import signal

        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
        self._wait(seconds)
        if self._process.poll() is None:
            raise ToolTimedOut(f"{self._name} did not end within {seconds:g} s")

    def close(self) -> None:
        """Kill it, with all that it started."""
        stop_group(self._process)
        self._reader.join()
        end_process(self._process)

    def _call(self, method: str, path: str, body: object | None) -> Any:
        status, answer = self._ask(method, path, body)
        if status // 100 != 2:
            raise ToolCrashed(f"{self._name} answered {status} to {method} {path}: {str(answer)[:200]}")
        return answer

    def _ask(self, method: str, path: str, body: object | None) -> tuple[int, Any]:
        left = self._deadline - time.monotonic()
        try:
            return ask(self._port, method, path, body, max(left, _POLL_SECONDS))
        except OSError as error:
            self._check(ending=True)
            raise ToolCrashed(f"{self._name} broke off: {error}") from error

    def _check(self, *, ending: bool = False) -> None:
        """Raise if it has ended or takes too long; ``ending``: it looks as if it was just about to."""
        if time.monotonic() >= self._deadline:
            raise ToolTimedOut(
                f"{self._name} was not done within {self._timeout:g} s and was stopped",
                "try again, or allow it more time with --timeout",
            )
        if ending:
            self._wait(_LAST_SECONDS)
        code = self._process.poll()
        if code is None:
            return
        self._reader.join(_LAST_SECONDS)
        if code < 0:
            raise ToolCrashed(f"{self._name} was killed by signal {-code}")
        if code in _NOT_STARTED:
            raise ToolCrashed(f"{self._name} could not be started")
        said = " ".join(last_words(self._lines).split())[:300]
        raise ServerEnded(f"{self._name} ended with exit code {code}: {said}", self.log)

    def _wait(self, seconds: float) -> None:
        import subprocess

        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def _read(self) -> None:
        stream = self._process.stdout
        for data in iter(stream.readline, b"") if stream else ():
            line = read_log_line(data.decode("utf-8", errors="replace").rstrip())
            if len(self._lines) < _LOG_LIMIT:
                self._lines.append(line)
            if not self._port and line.message == _LISTENING:
                self._port = int(line.field("address").rpartition(":")[2] or 0)


def guarded(name: str, argv: Sequence[str]) -> tuple[str, ...]:
    """``argv`` so that it is killed when its standard input ends, which is when its parent does."""
    return ("/bin/sh", "-c", _GUARD, name, *argv)


@contextlib.contextmanager
def serve(
    name: str,
    argv: Sequence[str],
    *,
    cwd: Path,
    scratch: Path,
    timeout: float,
    environment: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """Start ``argv`` in the folder ``cwd`` and wait until it is ready; ``environment`` is added.

    Raises ToolMissing, and what ``Server.wait_until_ready`` does.
    """
    process = start_process(
        guarded(name, argv),
        cwd,
        small_environment(str(scratch), {**_FOR_SHORT_RUNS, **(environment or {})}),
        merged=True,
        held=True,
    )
    server = Server(name, process, timeout)
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.close()


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for what a server writes, gone afterwards. Raises ToolCrashed if there can be none."""
    import shutil
    import tempfile

    try:
        folder = Path(tempfile.mkdtemp(prefix="genesis-mon-"))
    except OSError as error:
        raise ToolCrashed(f"a server could not be started: no scratch folder: {error.strerror}") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
