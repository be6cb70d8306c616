"""``genesis-mon`` without its start-up: a process that has used it once forks for each command it is sent.

Run as a program, it listens at an abstract socket. A request is JSON (``argv``, ``cwd``, ``env``) with the
three standard streams; the answer is the exit status in JSON. The command has a process, streams, folder and
environment of its own, and ends as a Python program does. What is special of the start itself (the script,
a signal while it loads) is not seen so: for that, tests run the script.
"""

import atexit
import contextlib
import functools
import gc
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_LARGEST_REQUEST = 1 << 20
_LONGEST_SECONDS = 600
"""A command that hangs, at a pipe or in a loop, is ended then."""


def serve(address: str) -> Any:
    """In the process of a command: what is to be run. In the server: None, once its own input has ended."""
    import select

    _load()
    once = _read_once()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    print("ready", flush=True)
    while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
        connection, _ = listening.accept()
        data, streams, _, _ = socket.recv_fds(connection, _LARGEST_REQUEST, 3)
        request = json.loads(data)
        if request["argv"][1:2] == ["rollout"]:
            once.prepare(Path(request["cwd"]))
        if os.fork() == 0:
            listening.close()
            return _answer(connection, request, streams)
        for stream in streams:
            os.close(stream)
        connection.close()
        _reap(os.WNOHANG)
    _reap(0)
    return None


def _reap(how: int) -> None:
    """So that the processor time of commands counts as that of the tests."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _load() -> None:
    import genesis_monitoring

    for module in pkgutil.walk_packages(genesis_monitoring.__path__, "genesis_monitoring."):
        if not module.name.endswith("__main__"):
            __import__(module.name)
    for late in ("grafanalib.core", "jinja2", "pydantic", "typer.main", "typer.rich_utils", "yaml"):
        __import__(late)
    _build_once()
    _render_once(Path(genesis_monitoring.__file__).with_name("commands") / "starter.yaml")
    gc.freeze()


def _build_once() -> None:
    """The command line, which each call would build of its functions anew."""
    import typer.main

    from genesis_monitoring.cli.main import app

    typer.main.get_command = functools.cache(typer.main.get_command)
    typer.main.get_command(app)


def _render_once(spec: Path) -> None:
    """In memory, so that models are built and templates compiled before the first command."""
    from genesis_monitoring.commands.project import Inputs, load_project

    load_project(Inputs(spec, None, None, None))


def _read_once() -> Any:
    """Its module lies beside this one, and commands are not to find that folder on their path."""
    sys.path[0] = str(Path(__file__).parent.parent)
    from cli.once import ReadOnce

    sys.path.pop(0)
    once = ReadOnce()
    once.install()
    return once


def _answer(connection: socket.socket, request: dict[str, Any], streams: Sequence[int]) -> Any:
    """Fork once more, and tell the exit status of that one."""
    child = os.fork()
    if child:
        for stream in (0, *streams):
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(json.dumps(status).encode())
        os._exit(0)
    connection.close()
    return _become(request, streams)


def _become(request: dict[str, Any], streams: Sequence[int]) -> Any:
    from genesis_monitoring.__main__ import main

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 256)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    signal.alarm(_LONGEST_SECONDS)
    sys.argv = request["argv"]
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    return main


def run_and_end(command: Callable[[], None]) -> None:
    """End as Python does, but leave the objects of the server as they are: most commands last less than that.

    What is not plain, a stream that cannot be written or a thread that still runs, is left to Python itself.
    """
    code = 0
    try:
        command()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        code = end.code
    if threading.active_count() > 1:
        sys.exit(code)
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        sys.exit(code)
    os._exit(code)


if __name__ == "__main__":
    command = serve(sys.argv[1].replace("@", "\0"))
    if command is not None:
        run_and_end(command)
