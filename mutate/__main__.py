"""Make single faults in a rendered tree, the templates and the spec, one by one, and count who notices.

Exit code 0 if the goals are met, 1 if one is missed, 2 if the tree is not sound to begin with.
"""

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from genesis_monitoring.errors import GenesisMonError
from mutate import data, spec, templates, text
from mutate.fault import Fault, Sort, Verdict
from mutate.table import as_text, goals_missed
from mutate.workshop import NotSoundError, Workshop

ROOT = Path(__file__).resolve().parent.parent
SORTS: tuple[tuple[Sort, float], ...] = (
    (data.SORT, 1),
    (text.SORT, 0.25),
    *((sort, 0.3) for sort in templates.SORTS),
    (spec.SORT, 0.3),
)
"""With the share of ``--number`` that is made of each kind of file."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run, report."""
    given = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="genesis-mon-mutate-") as folder:
        try:
            workshop = Workshop(given.spec, Path(folder))
        except (NotSoundError, GenesisMonError) as error:
            print(error, file=sys.stderr)
            return 2
        made = [
            (sort, _chosen(faults, given.only))
            for sort, faults in faults_of(workshop, given.seed, given.number)
        ]
        if given.list:
            print("\n".join(fault.name for _, faults in made for fault in faults))
            return 0
        tell = _teller(sum(len(faults) for _, faults in made))
        results = [(sort, [judged(workshop, sort, fault, tell) for fault in faults]) for sort, faults in made]
    print(as_text(results))
    missed = goals_missed([(sort, verdicts) for sort, verdicts in results if verdicts or not given.only])
    for goal in missed:
        print(f"missed: {goal}", file=sys.stderr)
    return int(bool(missed))


def faults_of(workshop: Workshop, seed: str, number: int) -> list[tuple[Sort, list[Fault]]]:
    """All faults of a run, always the same for the same project, seed and number."""
    return [(sort, sort.make(workshop, seed, max(1, round(share * number)))) for sort, share in SORTS]


def judged(workshop: Workshop, sort: Sort, fault: Fault, tell: Callable[[], None] = lambda: None) -> Verdict:
    """The verdict; a check that breaks down on a fault has not caught it."""
    tell()
    try:
        return sort.judge(workshop, fault)
    except Exception as error:
        return Verdict(fault, crashed=True, said=repr(error))


def _chosen(faults: Sequence[Fault], pattern: str) -> list[Fault]:
    return [fault for fault in faults if re.search(pattern, fault.name)]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m mutate", description=__doc__)
    parser.add_argument(
        "--spec", type=Path, default=ROOT / "slo.yaml", help="the spec (default: slo.yaml of the root)"
    )
    parser.add_argument("--seed", default="1", help="draws the places of the faults (default 1)")
    parser.add_argument(
        "--number",
        type=int,
        default=300,
        help="faults in each kind of data file; less of others (default 300)",
    )
    parser.add_argument("--only", metavar="REGEX", default="", help="judge the faults whose name matches")
    parser.add_argument("--list", action="store_true", help="name the faults and stop")
    return parser


def _teller(total: int) -> Callable[[], None]:
    """Progress: one line that is written over on a terminal, else a line for each tenth."""
    done = 0
    terminal = sys.stderr.isatty()

    def tell() -> None:
        nonlocal done
        done += 1
        if terminal:
            print(f"\r{done} of {total}", end="" if done < total else "\n", file=sys.stderr, flush=True)
        elif done * 10 // total > (done - 1) * 10 // total:
            print(f"{done} of {total}", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main())
