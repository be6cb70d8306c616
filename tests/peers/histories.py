"""Minutes of a service: requests, failures, and when it was not there. A seed in, a history out."""

import random
from collections.abc import Callable
from dataclasses import dataclass

MINUTES = 36 * 60
_DAY = 24 * 60
_LONG_SINCE = 1_000_000
"""Counters have been running, so that rates see no zero point in a window that is not full yet."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """``errors`` and ``total`` happened before each sample; the counters restart at ``restarts``.

    Samples of ``gone`` minutes are not there, and nothing is counted in them.
    """

    name: str
    errors: tuple[int, ...]
    total: tuple[int, ...]
    restarts: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()

    def samples(self, counts: tuple[int, ...]) -> str:
        """A counter in promtool's notation."""
        value, shown = _LONG_SINCE, []
        for minute, count in enumerate(counts):
            value = count if minute in self.restarts else value + count
            shown.append("stale" if minute in self.gone else str(value))
        return " ".join(shown)


Traffic = Callable[[int], int]


def history(kind: str, seed: int) -> Minutes:
    """One of ``KINDS``, with random sizes."""
    draw = random.Random(f"{kind}-{seed}")
    base = draw.choice((3, 40, 900))
    rate = draw.choice((0.0, 0.0005, 0.004, 0.02))
    total = [base] * MINUTES
    share = [rate] * MINUTES
    restarts: set[int] = set()
    gone: set[int] = set()
    begin = draw.randrange(600, MINUTES - 700)
    if kind == "day and night":
        total = [base * 40 if minute % _DAY < _DAY // 2 else max(base // 3, 1) for minute in range(MINUTES)]
        share = [rate if minute % _DAY < _DAY // 2 else rate * 20 for minute in range(MINUTES)]
    elif kind == "burst":
        length = draw.randrange(5, 60)
        share[begin : begin + length] = [draw.choice((0.05, 0.5))] * length
    elif kind == "outage":
        length = draw.randrange(20, 300)
        share[begin : begin + length] = [1.0] * length
    elif kind == "idle":
        every = draw.randrange(40, 300)
        total = [1 if minute % every == 0 else 0 for minute in range(MINUTES)]
        share = [1.0 if draw.random() < 0.1 else 0.0 for _ in range(MINUTES)]
    elif kind == "reset":
        restarts = {draw.randrange(MINUTES) for _ in range(5)}
    elif kind == "target gone":
        gone = set(range(begin, begin + draw.randrange(10, 400)))
    for minute in {*gone, *(one + 1 for one in gone)}:
        total[minute] = 0
    carried, errors = 0.0, []
    for whole, part in zip(total, share, strict=True):
        carried += whole * part
        errors.append(min(int(carried), whole))
        carried -= errors[-1]
    return Minutes(kind, tuple(errors), tuple(total), frozenset(restarts), frozenset(gone))


KINDS = ("steady", "day and night", "burst", "outage", "idle", "reset", "target gone")
