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
from genesis_monitoring.rollout.checkpoint import Due, Observation, known_from, observe, read_checkpoint
from genesis_monitoring.rollout.ledger import LedgerError
from genesis_monitoring.rollout.pace import Pace
from genesis_monitoring.rollout.results import Outcome, Status, Verdict
from genesis_monitoring.rollout.standing import runs_out, standings
from genesis_monitoring.rollout.taking import Book, Sources, take_once, taken, unsigned
from genesis_monitoring.rollout.watch_events import Began, Changed, Found, Judged, Lost, State, Taken, View

_T = TypeVar("_T")

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between two attempts to reach a Prometheus: doubled each time, up to the longest."""

VERDICT_SECONDS = 600.0
"""How old the verdict so far may be: it reads the whole rollout, so it is not asked for at each look."""

_OPEN = (False, True, frozenset[str]())
"""What can come of a rollout that nothing is known of."""


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
        self._told: Verdict | None = None
        self._known: frozenset[str] = frozenset()

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
        there = taken(ledger, self._book.rollout)
        self._done = set(there)
        self._known |= known_from(there[max(there)].readings if there else ())
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
        seen = observe(self._sources.prometheus, self._plan, now, self._known)
        self._known |= known_from(seen.readings)
        self._answer()
        change = _changes(self._state.seen, seen, now)
        if change is not None:
            self._view.tell(change)
        self._state = replace(self._state, seen=seen, seen_at=now)
        self._stand()
        if now >= self._next_verdict or self._is_due_for_judging(change, now):
            self._judge_so_far(now)
        self._read()
        self._next_look = now + self._interval

    def _is_due_for_judging(self, change: Changed | None, now: float) -> bool:
        """An alert has begun or ended, or what may last of a violation has run out."""
        if change is not None and (change.begun or change.ceased):
            return True
        progress = self._state.progress
        # The evaluation that proves it is the one after.
        return progress is not None and now >= runs_out(self._state.standing, progress) + self._interval

    def _judge_so_far(self, now: float) -> None:
        progress = self._progress()
        before = self._state.progress or self._told
        self._state = replace(self._state, progress=progress)
        self._stand()
        self._next_verdict = now + (0.0 if progress is None else VERDICT_SECONDS)
        if progress is not None and _prospect(progress) != (_prospect(before) if before else _OPEN):
            self._view.tell(Judged(now, progress))
        self._told = progress or self._told

    def _stand(self) -> None:
        seen = self._state.seen
        standing = standings(self._plan, self._state.progress, seen.readings) if seen else ()
        self._state = replace(self._state, standing=standing)

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
        self._state = replace(
            self._state, trouble=error.message, retry=retry, seen=None, progress=None, standing=()
        )
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


def _prospect(verdict: Verdict) -> tuple[bool, bool, frozenset[str]]:
    """What can still come of it: whether NO-GO is certain, whether GO is in reach, and what does not pass."""
    failed = frozenset(result.origin for result in verdict.having(Status.FAIL))
    return (verdict.outcome is Outcome.NO_GO, verdict.reachable, failed)


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
