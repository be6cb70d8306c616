"""promtool, 2.42 to 3.x: files in, what it says about them out."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from operator import itemgetter
from pathlib import Path

from genesis_monitoring.clients.parallel import run_side_by_side
from genesis_monitoring.clients.process import ToolRun, run_tool
from genesis_monitoring.clients.tools import PROMTOOL, find_tool

_ANSWERS = (0, 1, 3)
_FILES_A_CALL = 500
_CALLS_A_PROCESSOR = 4
"""More than one, since how long a file takes is only guessed: who is done takes the next."""
_FOR_SHORT_RUNS = {"GOGC": "400", "GOMAXPROCS": "1"}
"""A test run is short and makes much garbage: with fewer collections it takes an eighth less time, and some
60 MB more. It works in one thread, and where one runs a processor, threads that collect beside it take from
the others: without them it takes a tenth less.

Source: https://pkg.go.dev/runtime, "Environment Variables".
"""


@dataclass(frozen=True, slots=True)
class Promtool:
    """``path`` is the flag's value, if any; ``timeout`` is in seconds, for each process."""

    path: str | None = None
    timeout: float = 300.0

    def check_config(self, tree: Path, file: str) -> ToolRun:
        """See PromtoolClient."""
        return self._run(tree, "check", "config", file)

    def check_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """See PromtoolClient."""
        # A start takes longer than a hundred files.
        return self._run_batches(tree, ("check", "rules", "--lint=all", "--lint-fatal"), files, 1)

    def test_rules(self, tree: Path, files: Sequence[str]) -> tuple[ToolRun, ...]:
        """See PromtoolClient."""
        return self._run_batches(tree, ("test", "rules"), files, _CALLS_A_PROCESSOR * _processors())

    def _run(self, tree: Path, *arguments: str) -> ToolRun:
        tool = find_tool(PROMTOOL, self.path)
        return run_tool(
            (*tool.argv, *arguments),
            cwd=tree,
            timeout=self.timeout,
            env=_FOR_SHORT_RUNS,
            answers=_ANSWERS,
            merged=True,
        )

    def _run_batches(
        self, tree: Path, command: tuple[str, ...], files: Sequence[str], calls: int
    ) -> tuple[ToolRun, ...]:
        count = min(len(files), max(calls, -(-len(files) // _FILES_A_CALL)))
        jobs = [partial(self._run, tree, *command, *batch) for batch in _dealt(tree, files, count)]
        return run_side_by_side(jobs, _processors())


def _processors() -> int:
    return os.cpu_count() or 1


def _dealt(tree: Path, files: Sequence[str], count: int) -> list[list[str]]:
    """``files`` in so many batches of about the same work: the largest first, each to whom has least."""
    sizes = {file: _size(tree / file) for file in files}
    batches: list[tuple[int, int, list[str]]] = [(0, number, []) for number in range(count)]
    for file in sorted(files, key=lambda file: (-sizes[file], file)):
        work, number, batch = heappop(batches)
        batch.append(file)
        heappush(batches, (work + sizes[file] + 1, number, batch))
    return [batch for _, _, batch in sorted(batches, key=itemgetter(1))]


def _size(file: Path) -> int:
    """Bytes; none of a file that is not there, of which promtool has its own to say."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
