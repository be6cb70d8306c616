"""Runs one external tool: an argument vector in; exit code, output and seconds out.

No shell. The tool gets a process group, a scratch folder and a small environment of its own, so that its
answer depends on its input only. However the call ends, the whole group is dead and the folder is gone.
"""

import contextlib
import os
import selectors
import signal
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genesis_monitoring.errors import CouldNotTellError

if TYPE_CHECKING:
    from subprocess import Popen

OUTPUT_LIMIT = 4 * 1024 * 1024
"""Bytes kept of each stream; what a tool writes beyond them is read and dropped."""

_KEPT_VARIABLES = ("PATH", "HOME")
_POLL_SECONDS = 0.1
_CHUNK = 65536

_running: set[int] = set()
_running_lock = threading.Lock()


class ToolMissing(CouldNotTellError):
    """The tool is not there, or is not a program."""


class ToolCrashed(CouldNotTellError):
    """The tool could not be started, was killed by a signal, or ended in a way that is no answer."""


class ToolTimedOut(CouldNotTellError):
    """The tool gave no answer in time and was killed."""


@dataclass(frozen=True, slots=True)
class ToolRun:
    """What a tool answered. ``seconds`` is wall time; output that is not UTF-8 is marked, not refused."""

    argv: tuple[str, ...]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float


def run_tool(
    argv: Sequence[str],
    *,
    cwd: Path,
    timeout: float,
    env: Mapping[str, str] | None = None,
    answers: Collection[int] = (0, 1),
    merged: bool = False,
) -> ToolRun:
    """Run ``argv`` in the folder ``cwd`` for at most ``timeout`` seconds.

    ``env`` adds to the small environment. ``answers`` are the exit codes that mean an answer; any other is
    a crash. ``merged`` puts both streams into ``stdout`` in the order they were written.
    Raises ToolMissing, ToolCrashed or ToolTimedOut.
    """
    import shutil
    import tempfile

    name = Path(argv[0]).name
    started = time.monotonic()
    try:
        scratch = tempfile.mkdtemp(prefix="genesis-mon-")
    except OSError as error:
        raise ToolCrashed(f"{name} could not be started: no scratch folder: {error.strerror}") from error
    try:
        process = start_process(argv, cwd, small_environment(scratch, env), merged=merged)
        streams = {pipe.fileno(): bytearray() for pipe in (process.stdout, process.stderr) if pipe}
        output = tuple(streams.values())
        try:
            in_time = _collect(process, streams, started + timeout)
        finally:
            end_process(process)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    if not in_time:
        raise ToolTimedOut(
            f"{name} gave no answer within {timeout:g} s and was stopped",
            "try again, or allow it more time with --timeout",
        )
    stdout, stderr = (*(_decode(data) for data in output), "")[:2]
    if process.returncode not in answers:
        raise ToolCrashed(f"{name} {_ending(process.returncode)}{_last_words(stderr or stdout)}")
    return ToolRun(tuple(argv), process.returncode, stdout, stderr, time.monotonic() - started)


def stop_children() -> None:
    """Kill every tool that any thread is running now; each of those calls then raises ToolCrashed."""
    with _running_lock:
        for group in _running:
            _kill(group)


def small_environment(scratch: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a tool gets to see: where programs and the home are, a locale, ``scratch``, and ``extra``."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TMPDIR": scratch, **(extra or {})}


def start_process(
    argv: Sequence[str], cwd: Path, environment: Mapping[str, str], *, merged: bool, held: bool = False
) -> "Popen[bytes]":
    """Start ``argv`` in a process group of its own; who starts it ends it, by ``end_process``.

    ``held`` gives it a standard input that stays open as long as this process lives, else it has none.
    Raises ToolMissing or ToolCrashed.
    """
    import subprocess

    name = Path(argv[0]).name
    if not cwd.is_dir():
        raise ToolCrashed(f"{name} could not be started: {cwd} is not a folder")
    try:
        process = subprocess.Popen(
            argv,
            cwd=cwd,
            env=environment,
            stdin=subprocess.PIPE if held else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merged else subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise ToolMissing(f"{name} cannot be started: {error.strerror}: {argv[0]}") from error
    except OSError as error:
        raise ToolCrashed(f"{name} could not be started: {error.strerror}: {argv[0]}") from error
    with _running_lock:
        _running.add(process.pid)
    return process


def _collect(process: "Popen[bytes]", streams: Mapping[int, bytearray], deadline: float) -> bool:
    """Read until the tool has ended; False if the deadline came first.

    A child that the tool left behind may hold the pipes open, so the end of the tool counts, not theirs.
    """
    import subprocess

    with selectors.DefaultSelector() as selector:
        for descriptor in streams:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                return False
            # Asked for before the look at the pipes: what it wrote last is then seen in that look.
            ended = process.poll() is not None
            ready = selector.select(min(remaining, _POLL_SECONDS))
            for key, _ in ready:
                chunk = os.read(key.fd, _CHUNK)
                if not chunk:
                    selector.unregister(key.fd)
                kept = streams[key.fd]
                kept += chunk[: OUTPUT_LIMIT - len(kept)]
            if not ready and ended:
                break
    try:
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def end_process(process: "Popen[bytes]") -> None:
    """Kill the whole group and wait until it is dead."""
    with _running_lock:
        _running.discard(process.pid)
        _kill(process.pid)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()


def stop_group(process: "Popen[bytes]") -> None:
    """Kill the whole group; ``end_process`` is still to come."""
    with _running_lock:
        if process.pid in _running:
            _kill(process.pid)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _decode(data: bytearray) -> str:
    text = data.decode("utf-8", errors="replace")
    return text + "\n[output cut here]\n" if len(data) >= OUTPUT_LIMIT else text


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}, which is no answer"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _last_words(output: str) -> str:
    """The first line of what the tool said, to tell why."""
    first = next((line.strip() for line in output.splitlines() if line.strip()), "")
    return f": {first[:200]}" if first else ""
