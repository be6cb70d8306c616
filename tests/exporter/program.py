"""``genesis-mon exporter serve`` as a process of its own."""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

_LISTENING = re.compile(r"exporter: listening on http://127\.0\.0\.1:(\d+)/metrics")


@dataclass(frozen=True, slots=True)
class Running:
    """The process, and the port it says it listens on."""

    process: "subprocess.Popen[str]"
    port: int

    def get(self, path: str) -> str:
        """The body of an answer with status 200."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        assert response.status == 200, body
        return body

    def stop(self, number: int) -> tuple[int, str]:
        """Its exit code after a signal, and what it still said."""
        self.process.send_signal(number)
        assert self.process.stderr is not None
        said = self.process.stderr.read()
        return self.process.wait(30), said


@contextlib.contextmanager
def exporter(
    folder: Path, program: Sequence[str] = (sys.executable, "-m", "genesis_monitoring"), **more: str
) -> Iterator[Running]:
    """Runs on the ``slo.yaml`` of ``folder``, on a free port, and is killed at the end at the latest."""
    process = subprocess.Popen(
        [*program, "exporter", "serve", "--listen", "127.0.0.1:0"],
        cwd=folder,
        env={**os.environ, **more},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = _LISTENING.match(line)
        assert found, line + process.stderr.read()
        yield Running(process, int(found[1]))
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()
