"""All mutants in, all verdicts out: the sound tree is checked once, then two workers judge side by side.

What is left out to save time, and why nothing is lost by it:

- A check is run only for faults in files that it reads (``inputs.py``), the cheap ones first; once a finding
  has caught the fault and points to the right object, the rest cannot change the verdict.
- A tool is not asked again about files that it has already judged (``tools.py``): promtool runs only those
  test files that a changed rule file belongs to.

``prove`` judges mutants with and without all that, and compares every finding's code.
"""

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from genesis_monitoring.checks.registry import CHECKS
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.findings import Finding
from mutate.gate import Base, Workshop, errors, key_of
from mutate.inputs import Watched, watch
from mutate.judge import Judge
from mutate.mutant import Mutant, Verdict
from mutate.tools import plain_tools, remembering


class NotSoundError(Exception):
    """The tree that faults are to be made in has faults already."""


@dataclass(frozen=True, slots=True)
class Bench:
    """The sound tree, checked: with what the tools said of it, and what each check reads."""

    base: Base
    tools: Toolbox
    watched: tuple[Watched, ...]
    known: tuple[Finding, ...]


def prepare(base: Base, *, presume_tests: bool) -> Bench:
    """Check the sound tree. Raises NotSoundError with what is wrong in it.

    With ``presume_tests`` its rule tests are not run, but taken to pass.
    """
    tools = remembering(plain_tools(), base.files if presume_tests else {})
    with tempfile.TemporaryDirectory(prefix="genesis-mon-mutate-") as name:
        workshop = Workshop(base, Path(name))
        watched, known = watch(workshop.context(tools), CHECKS)
        wrong = errors(known)
        if wrong:
            listed = "\n".join(f"{finding.location}: {finding.code} {finding.message}" for finding in wrong)
            raise NotSoundError(f"the tree is not sound, so no fault in it can be told:\n{listed}")
    return Bench(base, tools, watched, known)


def judge_all(
    bench: Bench, mutants: Sequence[Mutant], workers: int, *, all_codes: bool, tell: Callable[[int], None]
) -> tuple[Verdict, ...]:
    """The verdicts in the order of the mutants; ``tell`` gets how many are done."""
    return _judged(bench, mutants, workers, all_codes=all_codes, full=False, tell=tell)


def prove(
    bench: Bench, mutants: Sequence[Mutant], workers: int, tell: Callable[[int], None]
) -> tuple[tuple[Verdict, Verdict], ...]:
    """Pairs of verdicts that differ when nothing is left out; none if leaving out is sound."""
    quick = _judged(bench, mutants, workers, all_codes=True, full=False, tell=tell)
    full = _judged(bench, mutants, workers, all_codes=True, full=True, tell=tell)
    return tuple((a, b) for a, b in zip(quick, full, strict=True) if _told(a) != _told(b))


def _told(verdict: Verdict) -> Verdict:
    return replace(verdict, said=())


def _judged(
    bench: Bench,
    mutants: Sequence[Mutant],
    workers: int,
    *,
    all_codes: bool,
    full: bool,
    tell: Callable[[int], None],
) -> tuple[Verdict, ...]:
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="genesis-mon-mutate-") as name, _pool(workers) as pool:
        folder = Path(name)
        _Worker.begin(bench, folder, all_codes=all_codes, full=full)
        for verdict in pool.map(_judge_one, mutants, chunksize=4):
            verdicts.append(verdict)
            tell(len(verdicts))
    return tuple(verdicts)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers are forked at the first call, so that they have what was learnt of the sound tree."""
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("fork")) as pool:
        yield pool


class _Worker:
    """What a forked process finds in its memory: the bench, and where it may put its own copy."""

    setup: tuple[Bench, Path, bool, bool] | None = None
    judge: Judge | None = None

    @classmethod
    def begin(cls, bench: Bench, folder: Path, *, all_codes: bool, full: bool) -> None:
        cls.setup, cls.judge = (bench, folder, all_codes, full), None


def _judge_one(mutant: Mutant) -> Verdict:
    if _Worker.judge is None:
        if _Worker.setup is None:
            raise AssertionError("a worker is forked after begin")
        bench, folder, all_codes, full = _Worker.setup
        own = Path(tempfile.mkdtemp(dir=folder))
        workshop = Workshop(bench.base, own)
        known = frozenset(_moved(finding, workshop) for finding in bench.known)
        tools = plain_tools() if full else bench.tools
        _Worker.judge = Judge(workshop, tools, bench.watched, known, all_codes, full)
    return _Worker.judge(mutant)


def _moved(finding: Finding, workshop: Workshop) -> tuple[str, str, int, str]:
    """The key that a known finding has in another copy of the tree."""
    code, file, line, message = key_of(finding)
    return code, (workshop.out / file.rpartition("/generated/")[2]).as_posix(), line, message
