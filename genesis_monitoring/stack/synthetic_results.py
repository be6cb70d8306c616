"""The results of the synthetic Genesis's test suites: a moment in, JUnit files out, each written at once."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from genesis_monitoring.spec.metrics import Suite
from genesis_monitoring.stack.timeline import Timeline

REFRESH_SECONDS = 30
"""How often the continuous test run writes its results."""
_FAIL = {"regression": 18}
"""Tests that fail while all is well: 1,026 of 1,044 pass in Phase 4."""


class SyntheticResults:
    """Keeps a folder of results as the scenario has them."""

    def __init__(self, suites: Mapping[str, Suite], folder: Path, timeline: Timeline) -> None:
        """``folder`` stands for the one that the suites' results are in; it is made if it is missing."""
        self._suites, self._folder, self._timeline = suites, folder, timeline
        self._written: tuple[object, ...] | None = None

    def refresh(self, now: float) -> bool:
        """Write what is due at ``now``; whether anything was. Raises OSError."""
        conditions = self._timeline.conditions(now)
        turn = int(now // REFRESH_SECONDS) if conditions.results_age is None else None
        state = (turn, conditions.results_age, tuple(sorted(conditions.failing_tests.items())))
        if state == self._written:
            return False
        written = now - (conditions.results_age or 0)
        for name, suite in self._suites.items():
            failing = conditions.failing_tests.get(name, _FAIL.get(name, 0))
            _replace(
                self._folder / _inside(suite.results, self._folder.name), junit(name, suite, failing), written
            )
        self._written = state
        return True


def failing_when_healthy(suite: str, expected: int) -> int:
    """How many tests of a suite fail while all is well."""
    return min(_FAIL.get(suite, 0), expected)


def junit(name: str, suite: Suite, failing: int) -> bytes:
    """The suite's results as JUnit XML; ``failing`` of its tests fail."""
    failing = min(failing, suite.expected)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuite name="{name}" tests="{suite.expected}" failures="{failing}" errors="0" skipped="0">',
    ]
    for number in range(suite.expected):
        head = f'  <testcase classname="synthetic.{name}" name="test_{number}" time="0.01"'
        lines.append(f'{head}><failure message="synthetic"/></testcase>' if number < failing else f"{head}/>")
    return "\n".join((*lines, "</testsuite>", "")).encode()


def _inside(results: str, folder: str) -> str:
    """Where a suite's results are in a folder that stands for theirs; one file for a pattern."""
    path = PurePosixPath(results.replace("*", "synthetic").replace("?", "0"))
    return str(PurePosixPath(*path.parts[1:]) if path.parts[0] == folder and path.parts[1:] else path.name)


def _replace(path: Path, data: bytes, written: float) -> None:
    """Put ``data`` at ``path`` by one rename, as if written at ``written`` (Unix time)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)
        os.utime(name, (written, written))
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
