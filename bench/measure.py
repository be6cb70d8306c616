"""How a command is measured: as a whole process, by the operating system's own accounting."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Run:
    """One finished process: seconds of processor time and of wall clock, peak memory in MiB."""

    cpu: float
    wall: float
    peak: float


def run_once(argv: Sequence[str], cwd: Path) -> Run:
    """Run a command to its end. Raises RuntimeError if it fails: a failing command measures nothing."""
    begun = time.monotonic()
    process = subprocess.Popen(argv, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    stderr = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)} exits {process.returncode}: {stderr.decode()[-500:]}")
    wall = time.monotonic() - begun
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two commands run in turn; ``ratio`` is the median of the pairs' ratios."""

    ratio: float
    lowest: float
    highest: float
    ours: float
    theirs: float


def paired(ours: Sequence[str], theirs: Sequence[Sequence[str]], cwd: Path, pairs: int) -> Ratio:
    """Processor time of ``ours`` against all of ``theirs``, pair by pair, after one warm-up each."""
    return _paired(
        lambda: run_once(ours, cwd).cpu, lambda: sum(run_once(argv, cwd).cpu for argv in theirs), pairs
    )


def paired_wall(ours: Sequence[str], theirs: Sequence[Sequence[str]], cwd: Path, pairs: int) -> Ratio:
    """Wall clock of ``ours`` against all of ``theirs`` side by side, pair by pair, after one warm-up each."""

    def together() -> float:
        begun = time.monotonic()
        with ThreadPoolExecutor(len(theirs)) as pool:
            for run in [pool.submit(run_once, argv, cwd) for argv in theirs]:
                run.result()
        return time.monotonic() - begun

    return _paired(lambda: run_once(ours, cwd).wall, together, pairs)


def _paired(ours: Callable[[], float], theirs: Callable[[], float], pairs: int) -> Ratio:
    ours()
    theirs()
    timings = [(ours(), theirs()) for _ in range(pairs)]
    ratios = sorted(a / b for a, b in timings)
    return Ratio(
        statistics.median(ratios),
        ratios[0],
        ratios[-1],
        statistics.median(a for a, _ in timings),
        statistics.median(b for _, b in timings),
    )
