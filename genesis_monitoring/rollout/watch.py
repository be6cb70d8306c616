"""Keeps a whole schedule: takes each checkpoint when it is due, looks in between, outlasts its Prometheus.

What is recorded in the ledger is not taken again, so it resumes where it or another was stopped; what was
due meanwhile is taken late, and says so. A Prometheus that does not answer is told and asked again; nothing
is recorded of it until it answers.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from genesis_monitoring.clients.http_errors import RefusedError, ServerError
from genesis_monitoring.errors import CouldNotTellError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rollout import Checkpoint as Slot
from genesis_monitoring.rollout.checkpoint import Due, Observation, observe, read_checkpoint
from genesis_monitoring.rollout.ledger import LedgerError
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.results import Verdict
from genesis_monitoring.rollout.taking import Book, Sources, take_once, taken, unsigned
from genesis_monitoring.rollout.watch_events import Began, Changed, Found, Lost, State, Taken, View

_T = TypeVar("_T")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts to reach a Prometheus: doubled each time, up to the longest."""

VERDICT_SECONDS = 600.0
"""How old the verdict so far may be: it reads the whole rollout, so it is not asked for at each look."""


class Clock(Protocol):
    """Time, and waiting for it; in seconds since 1970."""

    def now(self) -> float:
        """The time."""

    def wait(self, seconds: float) -> None:
        """Let it pass."""


class Watcher:
    """One run over a schedule. ``judge`` gives the verdict as at a time; it may raise CouldNotTellError."""

    def __init__(
        self,
        plan: Plan,
        pace: Pace,
        book: Book,
        sources: Sources,
        judge: Callable[[], Verdict],
        view: View,
        clock: Clock,
    ) -> None:
        self._plan, self._pace, self._book, self._sources = plan, pace, book, sources
        self._judge, self._view, self._clock = judge, view, clock
        self._slots = plan.rollout.checkpoints if plan.rollout else ()
        self._interval = float(plan.spec.prometheus.evaluation_interval)
        self._done: set[int] = set()
        self._state = State(clock.now(), pace)
        self._size = -1
        self._digest = ""
        self._next_look = self._next_verdict = 0.0
        self._answered = False
        self._lost_at = self._pause = 0.0

    def run(self) -> Verdict:
        """Until every checkpoint is recorded and the last samples are in; the verdict then.

        Raises LedgerError, and RefusedError where Prometheus refuses from the first.
        """
        self._begin()
        while (slot := self._upcoming()) is not None:
            self._attempt(lambda slot=slot: self._go_on(slot))  # type: ignore[misc]
        # What belongs to the end may be still on its way; a rehearsal needs something to judge.
        settled = self._pace.end + 2 * self._interval
        if self._pace.rehearsed:
            settled = self._pace.window.start + self._interval + 1
        while True:
            if self._clock.now() < settled:
                self._attempt(lambda: self._between(settled))
                continue
            self._read()
            if (verdict := self._attempt(self._judge)) is not None:
                return verdict

    def _begin(self) -> None:
        self._read()
        now = self._clock.now()
        owed = tuple(
            one.index
            for one in self._slots
            if one.index not in self._done and self._pace.due(one.offset) + self._pace.spacing / 2 < now
        )
        self._view.tell(Began(self._pace, len(self._done), owed))

    def _read(self) -> None:
        """What others wrote into the ledger meanwhile counts too."""
        size = self._book.size
        if size == self._size:
            return
        self._size = size
        ledger = self._book.read()
        if self._digest not in ("", *ledger.digests):
            raise LedgerError(
                f"{self._book.path}: lines that were there a moment ago were changed or removed",
                "restore the file from a copy, then resume with the same command",
            )
        self._digest = ledger.digest if ledger.lines else ""
        self._done = set(taken(ledger, self._book.rollout))
        waiting = unsigned(ledger, self._book.rollout, self._plan)
        self._state = replace(self._state, unsigned=waiting)

    def _upcoming(self) -> Slot | None:
        return next((one for one in self._slots if one.index not in self._done), None)

    def _attempt(self, what: Callable[[], _T]) -> _T | None:
        """Do it, unless Prometheus does not answer: None then, after a pause."""
        try:
            result = what()
        except ServerError as error:
            if isinstance(error, RefusedError) and not self._answered:
                raise
            self._lose(error)
            return None
        return result

    def _go_on(self, slot: Slot) -> None:
        due = self._pace.due(slot.offset)
        now = self._clock.now()
        if now < due:
            self._between(due)
            return
        entry, fresh = take_once(
            self._book,
            self._plan,
            self._sources,
            Due(slot.index, due, now, self._pace.spacing, self._pace.speed),
        )
        if fresh:
            self._answer()
        self._read()
        event = Taken(slot, read_checkpoint(entry.data), entry.line, fresh, entry.digest)
        self._state = replace(self._state, last=event)
        self._view.tell(event)
        self._next_look = self._next_verdict = 0.0

    def _between(self, until: float) -> None:
        """Look if it is time to, show, and wait a little, not longer than ``until``."""
        if self._clock.now() >= self._next_look:
            self._look()
        self._show()
        now = self._clock.now()
        self._clock.wait(max(0.0, min(until, self._next_look, now + self._view.tick) - now))

    def _look(self) -> None:
        now = self._clock.now()
        seen = observe(self._sources.prometheus, self._plan, now)
        self._answer()
        before = self._state.seen
        change = _changes(before, seen, now)
        if change is not None:
            self._view.tell(change)
        self._state = replace(self._state, seen=seen, seen_at=now)
        if now >= self._next_verdict:
            progress = self._progress()
            self._state = replace(self._state, progress=progress)
            self._next_verdict = now + (0.0 if progress is None else VERDICT_SECONDS)
        self._read()
        self._next_look = now + self._interval

    def _progress(self) -> Verdict | None:
        try:
            return self._judge()
        except ServerError:
            raise
        except CouldNotTellError:
            # It has not begun, or not long enough ago.
            return None

    def _answer(self) -> None:
        self._answered = True
        if self._state.trouble:
            now = self._clock.now()
            self._view.tell(Found(now, now - self._lost_at))
            self._state = replace(self._state, trouble="")
        self._pause = 0.0

    def _lose(self, error: ServerError) -> None:
        now = self._clock.now()
        if not self._state.trouble:
            self._lost_at = now
        longest = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pace.spacing))
        self._pause = min(longest, self._pause * 2 or FIRST_PAUSE)
        retry = now + self._pause
        # What was seen before is not how things stand.
        self._state = replace(self._state, trouble=error.message, retry=retry, seen=None, progress=None)
        self._next_look = self._next_verdict = 0.0
        self._view.tell(Lost(now, error.message, self._pause))
        while (now := self._clock.now()) < retry:
            self._show()
            self._clock.wait(min(self._view.tick, retry - now))

    def _show(self) -> None:
        self._state = replace(
            self._state,
            now=self._clock.now(),
            upcoming=self._upcoming(),
            recorded=len(self._done),
        )
        self._view.show(self._state)


def _changes(before: Observation | None, seen: Observation, now: float) -> Changed | None:
    if before is None:
        return None
    begun = tuple(one for one in seen.firing if one not in before.firing)
    ceased = tuple(one for one in before.firing if one not in seen.firing)
    levels = {one.sli: one.level for one in before.readings}
    moved = tuple(
        (one.sli, levels.get(one.sli, ""), one.level)
        for one in seen.readings
        if levels.get(one.sli) != one.level
    )
    return Changed(now, begun, ceased, moved) if begun or ceased or moved else None
