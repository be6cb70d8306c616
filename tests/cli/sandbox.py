"""A folder and a small environment to run the command line in: a line of bash in, what it says out."""

import atexit
import functools
import json
import os
import re
import secrets
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
_BIN = Path(sys.executable).parent
_PATIENCE_SECONDS = 600
_NEEDS_BASH = re.compile(r"[|&;<>$`(){}*?~#!\n\[\]\\]")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said and its exit code."""

    stdout: str
    stderr: str
    code: int


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the caller's but PATH; ``more`` is added."""
    return {
        "PATH": f"{_BIN}:{os.environ['PATH']}",
        "HOME": str(folder),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "100",
        "TMPDIR": str(folder),
        **more,
    }


def run(line: str, folder: Path, **more: str) -> Answer:
    """Run one line of bash in ``folder``; where it is nothing but our own commands, without bash."""
    parts = line.split(" && ")
    if not more and not any(map(_NEEDS_BASH.search, parts)):
        commands = [shlex.split(part) for part in parts]
        if all(words[:1] == ["genesis-mon"] for words in commands):
            return execute(commands, folder, environment(folder))
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment(folder, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )
    return Answer(done.stdout.decode(), done.stderr.decode(), done.returncode)


def execute(commands: Sequence[Sequence[str]], folder: Path, env: Mapping[str, str]) -> Answer:
    """Run our own commands, one after the other, as long as they end with 0."""
    code = 0
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        for argv in commands:
            code = _run_command(argv, folder, env, (out.fileno(), err.fileno()))
            if code:
                break
        said = [os.pread(stream.fileno(), os.fstat(stream.fileno()).st_size, 0) for stream in (out, err)]
    return Answer(said[0].decode(), said[1].decode(), code if code >= 0 else 128 - code)


def _run_command(argv: Sequence[str], folder: Path, env: Mapping[str, str], streams: Sequence[int]) -> int:
    request = {"argv": argv, "cwd": str(folder), "env": dict(env)}
    with socket.socket(socket.AF_UNIX) as connection, Path(os.devnull).open() as nothing:
        connection.settimeout(_PATIENCE_SECONDS)
        connection.connect(_server())
        socket.send_fds(connection, [json.dumps(request).encode()], [nothing.fileno(), *streams])
        return int(connection.recv(64))


@functools.cache
def _server() -> str:
    """Where the process listens that forks for each command; it ends with this one, which holds its input."""
    address = f"\0genesis-mon-{os.getpid()}-{secrets.token_hex(8)}"
    server = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("prefork.py"), address.replace("\0", "@")],
        env=environment(Path("/")),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    atexit.register(server.communicate)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return address
