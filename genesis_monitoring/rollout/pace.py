"""When the checkpoints of a watched rollout are due: in its true time, or squeezed for a rehearsal.

At speed N checkpoint i is due at start + offset / N, in true time: the schedule is squeezed, what is measured
is not. So a rehearsal has another name in the ledger than any rollout, and no verdict on a rollout finds it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genesis_monitoring.rollout.checkpoint import KIND
from genesis_monitoring.rollout.ledger import Entry, Ledger, LedgerError, append_entry
from genesis_monitoring.rollout.window import Window, format_iso

REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Pace:
    """``window`` is when the rollout is, at its true length; ``speed`` is 1 unless it is a rehearsal."""

    window: Window
    speed: float
    count: int

    @property
    def rehearsed(self) -> bool:
        """Whether it is a rehearsal, which proves nothing about a rollout."""
        return self.speed != 1

    @property
    def rollout(self) -> str:
        """Its name in the ledger."""
        start = format_iso(self.window.start)
        return f"rehearsal at speed {self.speed:g} from {start}" if self.rehearsed else start

    @property
    def spacing(self) -> float:
        """Seconds from one checkpoint to the next."""
        return self.window.seconds / self.count / self.speed

    @property
    def end(self) -> float:
        """When the last checkpoint is due."""
        return self.window.start + self.window.seconds / self.speed

    def due(self, offset: float) -> float:
        """When a checkpoint is due, in seconds since 1970."""
        return self.window.start + offset / self.speed


def rehearse(path: Path, pace: Pace, start: float | None, now: float) -> Pace:
    """The rehearsal that begins at ``start``; without, the last that is unfinished, or one that begins now.

    Its beginning is written into the ledger, once. ``pace`` is that of the rollout, with the speed wanted.
    """

    def at(begin: float) -> Pace:
        return Pace(Window(begin, begin + pace.window.seconds), pace.speed, pace.count)

    def begun(ledger: Ledger) -> Entry | None:
        found = [one for one in ledger.entries if one.kind == REHEARSAL and _is(one.data, pace)]
        if start is not None:
            return next((one for one in found if one.rollout == fresh.rollout), None)
        last = found[-1:]
        return next((one for one in last if len(ledger.of(one.rollout, KIND)) < pace.count), None)

    # Whole seconds, as the ledger writes times.
    fresh = at(float(math.ceil(now) if start is None else round(start)))
    data = {
        "speed": pace.speed,
        "start": fresh.window.start,
        "seconds": pace.window.seconds,
        "count": pace.count,
    }
    entry = append_entry(path, REHEARSAL, fresh.rollout, format_iso(now), data, unless=begun)
    try:
        return at(float(entry.data["start"]))
    except (KeyError, TypeError, ValueError) as error:
        raise LedgerError(f"a rehearsal in the ledger is not whole: {error}", "restore the file") from None


def _is(data: Mapping[str, Any], pace: Pace) -> bool:
    wanted = (pace.speed, pace.window.seconds, pace.count)
    return (data.get("speed"), data.get("seconds"), data.get("count")) == wanted
