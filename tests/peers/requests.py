"""Requests by the minute, from which everything follows: what is scraped, and what is right by arithmetic."""

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

ORIGIN = 1_759_968_000
"""When histories begin: a multiple of every window."""
MINUTES = 9 * 720
SCRAPED_AT = 5
"""Seconds into each minute. A minute is between two scrapes, so it is known what happened in it."""


@dataclass(frozen=True)
class History:
    """For each minute the requests and how many of them failed. ``gone``: no process, so nothing is exposed.

    A process that was gone, or is in ``resets``, counts from zero again.
    """

    total: tuple[int, ...]
    errors: tuple[int, ...]
    gone: frozenset[int] = frozenset()
    resets: frozenset[int] = frozenset()

    def samples(self, kind: str) -> Iterator[tuple[float, int]]:
        """The counter of those that failed (``500``) or did not (``200``)."""
        # The process is old, so nothing is made of how near to zero it is.
        value = 1_000_000
        for minute, (total, errors) in enumerate(zip(self.total, self.errors, strict=True)):
            if minute in self.gone or minute in self.resets:
                value = 0
            if minute in self.gone:
                continue
            value += errors if kind == "500" else total - errors
            yield ORIGIN + 60 * minute + SCRAPED_AT, value

    @cached_property
    def _seen(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        # What a process counts before it is scraped for the first time is seen by nobody.
        first = {0} | {minute for minute in range(1, MINUTES) if minute - 1 in self.gone}
        errors, total = (
            tuple(
                0 if minute in first or minute in self.gone else count for minute, count in enumerate(counts)
            )
            for counts in (self.errors, self.total)
        )
        return errors, total

    @cached_property
    def _sums(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(itertools.accumulate(counts, initial=0)) for counts in self._seen)

    def counted(self, at: float, window: int) -> tuple[int, int]:
        """Failed and all requests whose minute ended in the ``window`` seconds before ``at``."""
        last = min(max(math.floor((at - ORIGIN - SCRAPED_AT) / 60) + 1, 0), MINUTES)
        first = max(last - window // 60, 0)
        errors, total = self._sums
        return errors[last] - errors[first], total[last] - total[first]

    def by_counts(self, at: float, window: int) -> tuple[int, int]:
        """The same up to the last count of five minutes, which is of a minute before."""
        return self.counted((at - ORIGIN) // 300 * 300 + ORIGIN - 60 + SCRAPED_AT, window)


def _drawn(chance: random.Random, count: float) -> int:
    """A whole number that is ``count`` on average."""
    return math.floor(count) + (chance.random() < count % 1)


def _made(chance: random.Random, traffic: Callable[[int], float], share: Callable[[int], float]) -> History:
    total = tuple(_drawn(chance, traffic(minute)) for minute in range(MINUTES))
    errors = tuple(min(_drawn(chance, all_ * share(minute)), all_) for minute, all_ in enumerate(total))
    return History(total, errors)


def histories(seed: str, allowed: float) -> dict[str, History]:
    """By name, for a budget of which the share ``allowed`` may be bad."""
    chance = random.Random(seed)
    traffic = chance.choice([0.5, 5, 60, 600, 6000])
    base = chance.choice([0.0, 0.3, 0.9]) * allowed

    def beyond(begin: int, end: int, share: float) -> Callable[[int], float]:
        return lambda minute: share if begin <= minute < end else base

    def pace() -> float:
        return min(chance.choice([1.5, 2.5, 4, 8, 20, 60]) * allowed, 1.0)

    begin = chance.randrange(1500, 4500)
    day_night = _made(
        chance,
        lambda minute: traffic if minute % 1440 < 720 else traffic / 600,
        lambda minute: base if minute % 1440 < 720 else 30 * base,
    )
    lasts = chance.randrange(5, 90)
    idle_from, idle_to = begin, begin + chance.randrange(300, 1400)
    idle = _made(chance, lambda minute: 0 if idle_from <= minute < idle_to else traffic, lambda minute: base)
    # One request comes in the middle of the night, and it fails.
    middle = (idle_from + idle_to) // 2
    lone = [
        tuple(1 if minute == middle else count for minute, count in enumerate(counts))
        for counts in (idle.total, idle.errors)
    ]
    steady = _made(chance, lambda minute: traffic, beyond(begin, MINUTES, pace()))
    again = _made(chance, lambda minute: traffic, beyond(begin, begin + 400, pace()))
    resets = frozenset(chance.sample(range(1, MINUTES), 12))
    gone = frozenset(range(begin + 100, begin + 100 + chance.randrange(10, 400)))
    return {
        "steady": steady,
        "day and night": day_night,
        "burst": _made(chance, lambda minute: traffic, beyond(begin, begin + lasts, pace())),
        "outage": _made(chance, lambda minute: traffic, beyond(begin, begin + lasts, 1.0)),
        "idle": History(lone[0], lone[1]),
        "reset": History(again.total, again.errors, resets=resets),
        "gone": History(again.total, again.errors, gone=gone),
    }
