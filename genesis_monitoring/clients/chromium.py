"""A page as a picture or on paper: HTML in, a PNG or a PDF out, by an installed Chromium without a network.

It goes without Chromium's sandbox, which root and many containers cannot have: the page is our own, and what
runs in it is what we put there.
"""

import re
from pathlib import Path

from genesis_monitoring.clients.process import ToolCrashed, ToolRun, run_tool
from genesis_monitoring.clients.server import scratch_folder
from genesis_monitoring.clients.tools import CHROMIUM, find_tool

_FLAGS = (
    *("--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--no-sandbox", "--disable-dev-shm-usage"),
    # Whatever a page asks for goes to a port where nobody is.
    *("--proxy-server=127.0.0.1:9", "--proxy-bypass-list=<-loopback>"),
)
_TIMEOUT_SECONDS = 120.0
_HIGHEST = 16_000
"""Pixels that Chromium draws in one piece."""
_MEASURE = (
    "<script>addEventListener('load', () => { document.documentElement.dataset.height = "
    "Math.ceil(document.documentElement.getBoundingClientRect().height); });</script></head>"
)
_MEASURED = re.compile(r'<html[^>]* data-height="([0-9]+)"')


def screenshot(page: str, width: int, *, dark: bool) -> bytes:
    """The whole of ``page``, ``width`` pixels wide. Raises ToolMissing, ToolCrashed, ToolTimedOut."""
    argv = find_tool(CHROMIUM).argv
    if dark:
        page = page.replace("(prefers-color-scheme: dark)", "all")
    with scratch_folder() as scratch:
        file, picture = scratch / "page.html", scratch / "page.png"
        # The page itself forbids scripts; this one measures a copy.
        file.write_text(
            page.replace("Content-Security-Policy", "X-None").replace("</head>", _MEASURE, 1),
            encoding="utf-8",
        )
        told = _run(argv, scratch, f"--window-size={width},1000", "--dump-dom", file.as_uri())
        height = _MEASURED.search(told.stdout)
        if height is None:
            raise ToolCrashed("chromium did not tell how high the page is")
        file.write_text(page, encoding="utf-8")
        size = f"--window-size={width},{min(int(height[1]), _HIGHEST)}"
        _run(argv, scratch, size, f"--screenshot={picture}", file.as_uri())
        try:
            return picture.read_bytes()
        except OSError:
            raise ToolCrashed("chromium made no picture") from None


def printed(page: str) -> bytes:
    """``page`` as PDF, on the paper that its style asks for, with an outline of its headings.

    Raises ToolMissing, ToolCrashed, ToolTimedOut.
    """
    argv = find_tool(CHROMIUM).argv
    with scratch_folder() as scratch:
        file, made = scratch / "page.html", scratch / "page.pdf"
        file.write_text(page, encoding="utf-8")
        outline = ("--no-pdf-header-footer", "--generate-pdf-document-outline")
        _run(argv, scratch, *outline, f"--print-to-pdf={made}", file.as_uri())
        try:
            return made.read_bytes()
        except OSError:
            raise ToolCrashed("chromium printed nothing") from None


def _run(argv: tuple[str, ...], scratch: Path, *more: str) -> ToolRun:
    import tempfile

    command = (*argv, *_FLAGS, f"--user-data-dir={scratch / 'profile'}", *more)
    # It puts a socket there, whose path may have a hundred characters.
    with tempfile.TemporaryDirectory(prefix="genesis-mon-", dir="/tmp", ignore_cleanup_errors=True) as short:
        own = {"TMPDIR": short, "HOME": str(scratch)}
        return run_tool(command, cwd=scratch, timeout=_TIMEOUT_SECONDS, env=own, answers=(0,))
