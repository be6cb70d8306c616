"""A headless Chromium to ask: pages at a width, in light, dark or print, over the protocol of its devtools.

It speaks over two pipes (``--remote-debugging-pipe``): messages of JSON that end in a zero byte, so no port
and no WebSocket is needed. Source: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import contextlib
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
)
_PATIENCE_SECONDS = 120


def chromium() -> str:
    """The program."""
    program = shutil.which("chromium")
    assert program, "chromium is missing: make test installs it"
    return program


class Browser:
    """One page of a running Chromium."""

    def __init__(self, to: int, from_: int) -> None:
        self._to, self._from = to, from_
        self._rest = b""
        self._number = 0
        self._session = ""
        self._events: list[str] = []
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable")

    def show(self, page: Path, *, width: int = 1000, dark: bool = False, print_: bool = False) -> None:
        """Load ``page`` anew; returns when it is drawn."""
        self._ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        self._ask(
            "Emulation.setEmulatedMedia",
            media="print" if print_ else "",
            features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}],
        )
        self._events.clear()
        self._ask("Page.navigate", url=page.as_uri())
        self._wait("Page.loadEventFired")

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression, which may be a promise. The page's policy is not asked."""
        found = self._ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path: Path) -> None:
        """All of the page as PNG."""
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def paper(self) -> bytes:
        """The page as PDF, as its style asks for."""
        made = self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(made["data"])

    def close(self) -> None:
        """End it. It answers no more."""
        self._session = ""
        with contextlib.suppress(OSError, EOFError):
            self._ask("Browser.close")

    def _ask(self, method: str, **arguments: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": arguments}
        if self._session:
            message["sessionId"] = self._session
        left = memoryview(json.dumps(message).encode() + b"\0")
        while left:
            left = left[os.write(self._to, left) :]
        for answer in self._answers():
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
        raise EOFError(method)

    def _wait(self, event: str) -> None:
        if event not in self._events:
            for answer in self._answers():
                if answer.get("method") == event:
                    return

    def _answers(self) -> Iterator[dict[str, Any]]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            while b"\0" not in self._rest:
                ready, _, _ = select.select([self._from], [], [], max(0.0, until - time.monotonic()))
                assert ready, "the browser does not answer"
                more = os.read(self._from, 1 << 16)
                if not more:
                    return
                self._rest += more
            first, _, self._rest = self._rest.partition(b"\0")
            answer = json.loads(first)
            if "method" in answer:
                self._events.append(answer["method"])
            yield answer


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Browser]:
    """A browser that keeps its files in ``folder`` and is gone after that."""
    theirs_in, to = os.pipe()
    from_, theirs_out = os.pipe()
    program = chromium()
    command = (program, *FLAGS, f"--user-data-dir={folder}/browser", "--remote-debugging-pipe")
    quiet = os.open(folder / "browser.log", os.O_WRONLY | os.O_CREAT, 0o644)
    # Through numbers that are free, as one of the pipes may be 3 or 4 itself.
    moves = ((theirs_in, 60), (theirs_out, 61), (60, 3), (61, 4), (quiet, 1), (quiet, 2))
    actions = [(os.POSIX_SPAWN_DUP2, a, b) for a, b in moves]
    # Killed, it leaves its socket behind, whose path may have a hundred characters.
    short = tempfile.mkdtemp(prefix="gm-", dir="/tmp")
    process = os.posix_spawn(
        program, command, {**os.environ, "TMPDIR": short}, file_actions=actions, setsid=True
    )
    for end in (theirs_in, theirs_out, quiet):
        os.close(end)
    try:
        browser = Browser(to, from_)
        try:
            yield browser
        finally:
            browser.close()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(to)
        os.close(from_)
        shutil.rmtree(short, ignore_errors=True)
