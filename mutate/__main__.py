"""``make mutate``: make single faults in Genesis's spec, templates and generated tree, and count who notices.

Exit code 0 if the goals are met, 1 if one is missed, 2 if the tree is not sound to begin with.
"""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from mutate.catalogue import mutants_of, sample_of
from mutate.gate import load_base
from mutate.run import NotSoundError, judge_all, prepare, prove
from mutate.table import as_json, as_text, goals_missed

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Parse the command line, run, report."""
    arguments = _parser().parse_args()
    begun = monotonic()
    base = load_base(ROOT)
    mutants = mutants_of(base, arguments.seed)
    if arguments.only:
        mutants = tuple(mutant for mutant in mutants if re.search(arguments.only, mutant.name))
    if arguments.sample or arguments.full:
        mutants = sample_of(mutants, arguments.sample or arguments.full, arguments.seed)
    if arguments.list:
        print("\n".join(mutant.name for mutant in mutants))
        return 0
    try:
        bench = prepare(base, presume_tests=bool(arguments.sample))
    except NotSoundError as error:
        print(error, file=sys.stderr)
        return 2
    tell = _teller(len(mutants))
    if arguments.full:
        differing = prove(bench, mutants, arguments.workers, tell)
        for quick, full in differing:
            print(quick.mutant.name)
            for label, verdict in (("chosen", quick), ("all", full)):
                print(f"  {label}: {verdict.codes} {verdict.warned} {verdict.note}")
        print(f"{len(mutants)} mutants judged twice, {len(differing)} differ ({monotonic() - begun:.0f} s)")
        return int(bool(differing))
    verdicts = judge_all(bench, mutants, arguments.workers, all_codes=arguments.all_codes, tell=tell)
    print(as_text(verdicts))
    if arguments.json:
        Path(arguments.json).write_text(as_json(verdicts), "utf-8")
    missed = goals_missed(verdicts)
    for goal in missed:
        print(f"missed: {goal}", file=sys.stderr)
    print(f"{len(mutants)} mutants in {monotonic() - begun:.0f} s")
    return int(bool(missed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__)
    parser.add_argument("--json", metavar="FILE", help="write every verdict to FILE as well")
    parser.add_argument("--sample", type=int, metavar="N", help="judge N mutants, spread over all kinds")
    parser.add_argument("--only", metavar="REGEX", help="judge the mutants whose name matches")
    parser.add_argument("--list", action="store_true", help="name the mutants and stop")
    parser.add_argument("--all-codes", action="store_true", help="run on after the first catch")
    parser.add_argument(
        "--full", type=int, metavar="N", help="prove on N mutants that leaving out changes nothing"
    )
    parser.add_argument("--seed", default="1", help="which sites are taken where there are more than needed")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    return parser


def _teller(total: int) -> Callable[[int], None]:
    """Progress on a terminal, nothing elsewhere."""

    def tell(done: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {total}", end="" if done < total else "\n", file=sys.stderr, flush=True)

    return tell


if __name__ == "__main__":
    sys.exit(main())
