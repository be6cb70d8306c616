"""What truly was, what Prometheus saw of it, and what may be recorded then: truth to hold rules against.

A process counts at slopes that change at known times. Its samples have holes, restarts and values that are
no number. The bounds are computed from the slopes and the holes, never from samples.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hypothesis import strategies as st
from plan.histories import GONE, LOST, Value

STEP, SCRAPE, END = 5, 15, 70 * 60
"""Seconds: how exact times of samples are, how often is scraped, and how long a history is."""
HELD = 300
"""So long a rate is held, and a series without a sign of its end stands."""
MISSED, SILENT, AWAY, HIDDEN = "missed", "silent", "away", "hidden"
"""Scrapes fail; Prometheus is down; the instance is no target; it does not expose the metric."""


@dataclass(frozen=True, slots=True)
class Hole:
    """From ``start`` until before ``end``, in seconds."""

    start: int
    end: int
    kind: str

    def overlaps(self, since: float, until: float) -> bool:
        return self.start <= until and self.end > since


@dataclass(frozen=True, slots=True)
class Process:
    """One instance. ``paces`` are the pace from a second on, ascending, the first from its birth."""

    paces: tuple[tuple[int, float], ...]
    holes: tuple[Hole, ...] = ()
    restarts: tuple[int, ...] = ()
    bad: dict[int, str] = field(default_factory=dict)
    phase: int = 0

    @property
    def birth(self) -> int:
        return self.paces[0][0]

    def pace(self, at: float) -> float:
        return next((pace for since, pace in reversed(self.paces) if since <= at), 0.0)

    def paces_within(self, since: float, until: float) -> tuple[float, ...]:
        """Every pace between two seconds, 0 before its birth."""
        return (self.pace(since), *(pace for at, pace in self.paces if since < at <= until))

    def count(self, at: float, worth: Callable[[float], float] = lambda pace: pace) -> float:
        """What a counter shows that grows by ``worth`` of the pace a second since the last restart."""
        since = max((one for one in (self.birth, *self.restarts) if one <= at), default=self.birth)
        edges = [since, *(one for one, _ in self.paces if since < one < at), at]
        return sum((end - start) * worth(self.pace(start)) for start, end in pairwise(edges))

    def scrapes(self) -> Iterator[int]:
        return iter(range(self.phase, END, SCRAPE))

    def hole(self, at: float) -> Hole | None:
        return next((one for one in self.holes if one.start <= at < one.end), None)

    def seen(self) -> tuple[int, ...]:
        """When there is a sample that is a number."""
        return tuple(
            at for at in self.scrapes() if at >= self.birth and self.hole(at) is None and at not in self.bad
        )

    def samples(self, value: Callable[[int], Value]) -> list[Value]:
        """A series as promtool takes it."""
        return [self._sample(at, value) for at in range(0, END, STEP)]

    def counter(self, worth: Callable[[float], float] = lambda pace: pace) -> list[Value]:
        """The series of ``count``."""
        return self.samples(lambda at: self.count(at, worth))

    def gauge(self) -> list[Value]:
        """The series of the pace itself."""
        return self.samples(self.pace)

    def up(self) -> list[Value]:
        kinds: dict[str, Value] = {MISSED: 0, SILENT: LOST, AWAY: GONE, HIDDEN: 1}
        return [
            LOST
            if at % SCRAPE != self.phase or at < self.birth
            else 1
            if (hole := self.hole(at)) is None
            else kinds[hole.kind]
            for at in range(0, END, STEP)
        ]

    def is_whole(self, since: float, until: float) -> bool:
        """Whether every sample between two seconds was seen, and it was the same process."""
        return (
            self.birth <= since
            and not any(hole.overlaps(since, until) for hole in self.holes)
            and not any(since <= at <= until for at in (*self.bad, *self.restarts))
        )

    def _sample(self, at: int, value: Callable[[int], Value]) -> Value:
        if at % SCRAPE != self.phase or at < self.birth:
            return LOST
        hole = self.hole(at)
        if hole is not None:
            return LOST if hole.kind == SILENT else GONE
        return self.bad.get(at) or value(at)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be recorded: nothing unless ``must``, and nothing at all without ``low`` and ``high``."""

    low: float | None
    high: float | None
    must: bool = False

    def broken(self, record: str) -> str:
        """PromQL that has a value where a record is not what it may be."""
        if self.low is None or self.high is None:
            return record
        slack = 1e-6 + 1e-9 * abs(self.high)
        outside = (
            f"{record} < {self.low - slack!r} or {record} > {self.high + slack!r} or {record} != {record}"
        )
        return f"{outside} or absent({record})" if self.must else outside


NOTHING = Bounds(None, None)


def rate_bounds(processes: Sequence[Process], window: int, at: int, factor: float) -> Bounds:
    """Between the slowest and the fastest pace over twice the window, 5 % aside."""
    seen = [max((t for t in one.seen() if t <= at), default=None) for one in processes]
    last = max((t for t in seen if t is not None), default=None)
    first = min((t for one in processes for t in one.seen()), default=END)
    if last is None or at - last > HELD + SCRAPE or at < first + window - 2 * SCRAPE:
        return NOTHING
    since = at - 2 * window - HELD - 2 * SCRAPE
    low = sum(_least(one, window, since, at) for one in processes)
    high = sum(max(one.paces_within(since, at)) for one in processes)
    must = all(one.is_whole(at - 2 * window - 2 * SCRAPE, at) for one in processes)
    return Bounds(0.95 * low * factor, 1.05 * high * factor, must)


def _least(one: Process, window: int, since: float, at: float) -> float:
    """The least that is told of a process, in what its counter counts a second.

    What it counted between the last scrape and a restart is lost. One that exposes no number, is no target,
    or has been down for a window is as if it were not there.
    """
    if any(since <= t <= at for t in one.bad) or any(
        hole.overlaps(since, at)
        and (hole.kind in (AWAY, HIDDEN) or min(at, hole.end) - hole.start >= window - SCRAPE)
        for hole in one.holes
    ):
        return 0.0
    lost = 0.0
    for restart in one.restarts:
        if since <= restart <= at:
            before = max((t for t in one.seen() if t < restart), default=one.birth)
            lost += (restart - before) * max(one.paces_within(before, restart))
    return max(0.0, min(one.paces_within(since, at)) - lost / window)


def count_bounds(
    processes: Sequence[Process], window: int, at: int, worth: Callable[[float], float], traffic: float
) -> Bounds:
    """How many of ``traffic`` events a second were ``worth`` counting, over the window.

    No fewer than were counted between two samples that are seen, and no more than a window of the fastest
    pace. Prometheus extends a counter to the ends of the window, but not below zero: so of two that begin,
    one may be extended by a scrape more than the other.
    """
    since = at - window
    found = [tuple(t for t in one.seen() if since - SCRAPE <= t <= at) for one in processes]
    if not any(found):
        return NOTHING
    low = high = 0.0
    for one in processes:
        seen = [t for t in one.seen() if since < t <= at]
        high += max(map(worth, one.paces_within(max(since - SCRAPE, one.birth), at))) * window
        if len(seen) < 2 or any(since - SCRAPE <= t <= at for t in one.bad):
            continue
        ever = replace(one, restarts=())
        low += ever.count(seen[-1], worth) - ever.count(seen[0], worth)
        for restart in (t for t in one.restarts if seen[0] < t <= seen[-1]):
            low -= ever.count(restart, worth) - ever.count(max(t for t in seen if t < restart), worth)
    room = 1.1 * SCRAPE * traffic
    must = all(one.is_whole(since - SCRAPE, at) for one in processes)
    return Bounds(max(0.0, low - room), high + room, must)


def share_bounds(
    processes: Sequence[Process], window: int, at: int, share: Callable[[float], float], tolerance: float
) -> Bounds:
    """Between the least and the greatest share (quantile) that a pace stands for, over the window."""
    since = at - window - SCRAPE
    if not any(since <= t <= at for one in processes for t in one.seen()):
        return NOTHING
    shares = [share(pace) for one in processes for pace in one.paces_within(max(since, one.birth), at)]
    must = all(one.is_whole(since, at) for one in processes)
    return Bounds((1 - tolerance) * min(shares), (1 + tolerance) * max(shares), must)


def level_bounds(
    processes: Sequence[Process], at: int, value: Callable[[Process, int], float], *, summed: bool
) -> Bounds:
    """Of each process one of the values that it had over the last scrapes, if any of them was seen."""
    lows, highs = [], []
    for one in processes:
        silent = any(hole.kind == SILENT and hole.overlaps(at - 60, at) for hole in one.holes)
        since = at - 3 * SCRAPE - SCRAPE - (HELD if silent else 0)
        usable = [value(one, t) for t in one.seen() if since <= t <= at]
        if usable:
            lows.append(min(usable))
            highs.append(max(usable))
    if not lows:
        return NOTHING
    must = all(one.is_whole(at - SCRAPE, at) for one in processes)
    if summed:
        # One whose last sample is about to be forgotten may count or not.
        certain = [
            low
            for one, low in zip(processes, lows, strict=False)
            if len(lows) == len(processes) and one.is_whole(at - SCRAPE, at)
        ]
        return Bounds(sum(certain) if certain else min(lows), sum(highs), must)
    return Bounds(min(lows), max(highs), must)


@st.composite
def holes(draw: st.DrawFn, kinds: Sequence[str], most: int = 3, longest: int = 40 * 60) -> tuple[Hole, ...]:
    """Holes one after another, often of a scrape or two, at times of 40 minutes."""
    found: list[Hole] = []
    start = 0
    for _ in range(draw(st.integers(0, most))):
        start += draw(st.integers(1, 160)) * SCRAPE
        length = draw(st.one_of(st.integers(1, 4), st.integers(1, longest // SCRAPE))) * SCRAPE
        found.append(Hole(start, start + length, draw(st.sampled_from(kinds))))
        start += length
    return tuple(found)


@st.composite
def processes(
    draw: st.DrawFn,
    paces: st.SearchStrategy[float],
    kinds: Sequence[str] = (MISSED, SILENT, AWAY, HIDDEN),
    *,
    counts: bool = True,
    late: bool = True,
) -> Process:
    """A process that changes its pace, has holes, and restarts, but not in a hole.

    What was counted before a restart in a hole cannot be known, and of several counters a restart may be
    seen in one and not in the other.
    """
    birth = draw(st.sampled_from((0, 0, 0, 600, 1500))) if late else 0
    times = sorted(set(draw(st.lists(st.integers(1, END // 60 - 1), max_size=3))))
    gaps = draw(holes(kinds))
    phase = draw(st.sampled_from((0, 5, 10)))
    restarts: list[int] = []
    if counts:
        for minute in sorted(draw(st.lists(st.integers(birth // 60 + 4, END // 60 - 1), max_size=2))):
            at = minute * 60 + 1
            far = not restarts or at - restarts[-1] > 600
            if far and not any(hole.overlaps(at - 600, at + 600) for hole in gaps):
                restarts.append(at)
    bad = {
        phase + SCRAPE * index: draw(st.sampled_from(("NaN", "Inf") if counts else ("NaN", "Inf", "-Inf")))
        for index in draw(st.lists(st.integers(0, END // SCRAPE - 1), max_size=2))
    }
    return Process(
        paces=((birth, draw(paces)), *((60 * t, draw(paces)) for t in times if 60 * t > birth + 240)),
        holes=gaps,
        restarts=tuple(restarts),
        bad={at: text for at, text in bad.items() if not any(abs(at - one) < 900 for one in restarts)},
        phase=phase,
    )


@st.composite
def instances(
    draw: st.DrawFn, paces: st.SearchStrategy[float], *, counts: bool = True, most: int = 2
) -> tuple[Process, ...]:
    """One process, or two, which share the holes that Prometheus makes."""
    first = draw(processes(paces, counts=counts, late=False))
    found = [first]
    for _ in range(draw(st.integers(0, most - 1))):
        other = draw(processes(paces, (MISSED, AWAY, HIDDEN), counts=counts))
        shared = tuple(hole for hole in first.holes if hole.kind == SILENT)
        own = tuple(hole for hole in other.holes if not any(hole.overlaps(s.start, s.end) for s in shared))
        restarts = tuple(
            at for at in other.restarts if not any(hole.overlaps(at - 600, at + 600) for hole in shared)
        )
        every = tuple(sorted((*own, *shared), key=lambda hole: hole.start))
        found.append(replace(other, holes=every, restarts=restarts))
    return tuple(found)
