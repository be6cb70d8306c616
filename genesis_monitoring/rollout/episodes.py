"""Alert episodes: the samples of ``ALERTS`` in, contiguous firing runs by alert and component out.

``ALERTS`` has a sample of 1 for each evaluation at which an alert is pending or firing, so ``changes()`` of
it is always 0 and a run is told by its samples alone. A restart of Prometheus parts a run that goes on: there
is a hole, then perhaps a time of being pending again. Two firing runs with nothing else between them are one.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL
from genesis_monitoring.rollout.runs import JITTER, Run
from genesis_monitoring.rollout.window import Window

STATE, FIRING, PENDING = "alertstate", "firing", "pending"


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing run of an alert in a component."""

    alert: str
    component: str
    run: Run


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """Episodes that touch a window, and the alerts that are pending at its end."""

    episodes: tuple[Episode, ...]
    pending: tuple[str, ...]


def alert_history(
    series: tuple[Series, ...],
    window: Window,
    interval: float,
    severities: frozenset[str],
    component: str | None,
    blackouts: tuple[Run, ...],
) -> AlertHistory:
    """What alerts of ``severities`` (of ``component``, or of all) did in ``window``.

    ``blackouts`` are stretches without evaluations, as ``blackouts_of`` finds them.
    """
    firing: dict[tuple[str, str], set[float]] = {}
    active: dict[tuple[str, str], set[float]] = {}
    for one in series:
        if one.label(SEVERITY_LABEL) not in severities:
            continue
        key = (one.label("alertname"), one.label(COMPONENT_LABEL))
        if component is not None and key[1] != component:
            continue
        times = [time for time in one.times if window.start < time <= window.end]
        active.setdefault(key, set()).update(times)
        if one.label(STATE) == FIRING:
            firing.setdefault(key, set()).update(times)
    episodes: list[Episode] = []
    pending: list[str] = []
    for key, moments in sorted(active.items()):
        ordered = sorted(moments)
        runs = _runs(sorted(firing.get(key, ())), interval)
        episodes.extend(Episode(*key, run) for run in _merged(runs, ordered, interval, blackouts))
        last = ordered[-1] if ordered else window.start
        if ordered and window.end - last < JITTER * interval and last not in firing.get(key, ()):
            pending.append(key[0])
    return AlertHistory(tuple(episodes), tuple(pending))


def blackouts_of(beats: tuple[float, ...], restarts: tuple[float, ...], interval: float) -> tuple[Run, ...]:
    """Stretches without evaluations: holes in the Watchdog's samples, and the moments around a restart."""
    holes = [Run(a, b) for a, b in pairwise(beats) if b - a > JITTER * interval]
    around = [Run(moment - 2 * interval, moment + 2 * interval) for moment in restarts]
    return tuple(sorted((*holes, *around), key=lambda run: run.start))


def beats_of(series: tuple[Series, ...], watchdog: str, window: Window) -> tuple[float, ...]:
    """When the Watchdog was firing: the evaluations that are proven."""
    times: set[float] = set()
    for one in series:
        if one.label("alertname") == watchdog and one.label(STATE) == FIRING:
            times.update(one.times)
    return tuple(sorted(time for time in times if window.start < time <= window.end))


def _runs(times: list[float], interval: float) -> list[Run]:
    """Stretches of samples that follow each other without a hole."""
    runs: list[Run] = []
    start = 0
    for index in range(1, len(times) + 1):
        if index == len(times) or times[index] - times[index - 1] > JITTER * interval:
            runs.append(Run(times[start], times[index - 1]))
            start = index
    return runs if times else []


def _merged(runs: list[Run], active: list[float], interval: float, blackouts: tuple[Run, ...]) -> list[Run]:
    merged: list[Run] = []
    for run in runs:
        if merged and _only_a_restart_between(merged[-1], run, active, interval, blackouts):
            merged[-1] = Run(merged[-1].start, run.end)
        else:
            merged.append(run)
    return merged


def _only_a_restart_between(
    first: Run, second: Run, active: list[float], interval: float, blackouts: tuple[Run, ...]
) -> bool:
    """Whether every hole in being active between the two is a blackout, and there was one."""
    between = active[bisect_left(active, first.end) : bisect_right(active, second.start)]
    holes = [Run(a, b) for a, b in pairwise(between) if b - a > JITTER * interval]
    slack = JITTER * interval
    dark = [
        blackout
        for blackout in blackouts
        if blackout.start - slack <= second.start and blackout.end + slack >= first.end
    ]
    return bool(dark) and all(
        any(blackout.start - slack <= hole.start and hole.end <= blackout.end + slack for blackout in dark)
        for hole in holes
    )
