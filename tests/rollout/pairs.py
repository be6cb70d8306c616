"""Random rollouts, each beside one that is worse, has something left out, or one more restart.

Histories are edits of a healthy rollout (``history.py``). The same seed makes the same pairs.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.results import Outcome, Verdict

from .evidences import worse_values
from .history import Case
from .told import told

RANK = {Outcome.GO: 0, Outcome.HOLD: 1, Outcome.NO_GO: 2}
_MINUTES = (1, 2, 3, 5, 6, 7, 11, 15, 16, 30, 31, 60, 61, 90, 150)
_P1 = ("MonthlyCostProjectionHigh", "MemoryStoreServiceDown", "HybridRAGLatencyHigh")


@dataclass(frozen=True, slots=True)
class Pair:
    """``second`` is ``first`` with something done to it: ``kind`` is worse, left out or restarted."""

    number: int
    kind: str
    first: Case
    second: Case


def pairs(seed: int, count: int, plan: Plan) -> Iterator[Pair]:
    """``count`` of them."""
    values = worse_values(plan)
    for number in range(count):
        draw = random.Random(f"{seed}-{number}")
        first = tuple(_edits(draw, values))
        kind = draw.choice(("worse", "left out", "restarted"))
        change = {"worse": _worse, "left out": _left_out, "restarted": _restarted}[kind]
        more = change(draw, values)
        while _says_anew(more, first):
            more = change(draw, values)
        fired = [edit.split()[3] for edit in first if edit.startswith("fire")]
        if kind == "restarted" and fired and draw.random() < 0.8:
            more = f"restart {int(draw.choice(fired).removesuffix('m')) + draw.randint(-2, 3)}m"
        case = Case(f"pair-{number}", "", "", first, "", {}, "", 48 * 3600, None)
        yield Pair(number, kind, case, replace(case, edits=(*first, more)))


def _says_anew(more: str, first: tuple[str, ...]) -> bool:
    """Whether requests are to be there for another time than they already are, which leaves nothing out."""
    return more.startswith("requests ") and any(edit.startswith("requests ") for edit in first)


def improvement(pair: Pair, plan: Plan) -> str:
    """What is better about the second one; empty if nothing is. What is left out may make a NO-GO less
    certain, and never a GO."""
    before, after = told(pair.first, plan), told(pair.second, plan)
    better = RANK[after.outcome] < RANK[before.outcome]
    if pair.kind == "left out":
        better = after.outcome is Outcome.GO and before.outcome is not Outcome.GO
    gained = sorted(_passes(after) - _passes(before))
    if better or gained:
        return f"{pair}: {before.outcome} became {after.outcome}; passes gained: {gained}"
    return ""


def _passes(verdict: Verdict) -> set[str]:
    return {result.name for result in verdict.results if result.status == "PASS"}


def _edits(draw: random.Random, values: Mapping[str, tuple[float, ...]]) -> Iterator[str]:
    """Mostly a few small things, of which a verdict hangs; often P1 alerts close to each other."""
    for _ in range(draw.randint(0, 3)):
        yield draw.choice((_worse, _worse, _left_out, _restarted))(draw, values)
    if draw.random() < 0.6:
        minute = draw.randint(60, 2400)
        alert = draw.choice(_P1)
        for _ in range(draw.choice((1, 2, 5, 6, 6, 6, 7))):
            length = draw.choice((1, 2, 5, 10))
            yield f"fire {alert} from {minute}m for {length}m"
            minute += length
            if draw.random() < 0.3:
                waits = draw.choice((1, 2, 5))
                yield f"pend {alert} from {minute}m for {waits}m"
                minute += waits
            minute += draw.choice((1, 2, 2, 3, 4, 6, 60))


def _span(draw: random.Random) -> str:
    return f"from {draw.randint(1, 2880)}m for {draw.choice(_MINUTES)}m"


def _worse(draw: random.Random, values: Mapping[str, tuple[float, ...]]) -> str:
    sli = draw.choice(sorted(values))
    return f"worsen {sli} {draw.choice(values[sli])} {_span(draw)}"


def _left_out(draw: random.Random, values: Mapping[str, tuple[float, ...]]) -> str:
    suite = draw.choice(("regression", "orchestration", "waltzrl", "hybrid_rag"))
    sli = draw.choice(sorted(values))
    return draw.choice(
        (
            *(f"drop {sli} {_span(draw)}", f"drop {sli} {_span(draw)}", f"quiet {_span(draw)}"),
            *(f"drop-age {suite}", f"drop-outcome {suite} {draw.choice(('passed', 'failed', 'error'))}"),
            *(f"drop-readable {suite}", f"thin {sli} {draw.choice((50, 90, 99, 101, 150))}"),
            f"requests from 0s for {draw.randint(1, 48)}h",
        )
    )


def _restarted(draw: random.Random, _values: Mapping[str, tuple[float, ...]]) -> str:
    return f"restart {draw.randint(60, 2870)}m"
