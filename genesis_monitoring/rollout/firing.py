"""When an alert would have been pending and firing: samples of what it stands on in, ``ALERTS`` out.

As Prometheus does it, each label set for itself: the condition holds at an evaluation, so it is pending, and
fires at the first evaluation that is at least ``for`` later, if it held at every one between. An evaluation
without a value ends it, once ``keep_firing_for`` has passed. Where nothing was evaluated, nothing ends; over
a restart its state is restored as Prometheus does with its default settings. Source: ``RestoreForState`` in
``rules/group.go`` of Prometheus.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.episodes import FIRING, PENDING, STATE
from genesis_monitoring.rollout.runs import BRIDGED_INTERVALS, JITTER, Run, missing_between

GRACE_SECONDS = 600.0
"""``--rules.alert.for-grace-period``: an alert with a shorter ``for`` is not restored, and one that was
pending does not fire sooner than this after a restart."""
TOLERANCE_SECONDS = 3600.0
"""``--rules.alert.for-outage-tolerance``: after a longer outage nothing is restored."""


@dataclass(frozen=True, slots=True)
class Evaluations:
    """How rules were evaluated: each ``interval`` seconds but in ``dark`` stretches, and from when anew."""

    interval: float
    dark: tuple[Run, ...]
    restarts: tuple[float, ...]

    def were_missed(self, before: float, after: float) -> bool:
        """Whether a hole between two samples is one because nothing was evaluated."""
        slack = JITTER * self.interval
        return any(run.start - slack <= before and after <= run.end + slack for run in self.dark)

    def began_anew(self, before: float, after: float) -> bool:
        """Whether Prometheus was restarted in a hole. A long outage is taken for a restart."""
        known = bisect_right(self.restarts, before) < bisect_right(self.restarts, after)
        return known or missing_between(before, after, self.interval) >= BRIDGED_INTERVALS


def alert_series(rule: AlertingRule, found: tuple[Series, ...], how: Evaluations) -> tuple[Series, ...]:
    """What ``rule`` would have written as ``ALERTS``. ``found`` is what its expression compares.

    A rule without a condition is active at each sample.
    """
    made = []
    for series in found:
        pending, firing = _states(rule, series, how)
        for state, times in ((PENDING, pending), (FIRING, firing)):
            if times:
                labels = {**dict(series.labels), **dict(rule.labels), "alertname": rule.alert, STATE: state}
                labels.pop("__name__", None)
                made.append(Series(tuple(sorted(labels.items())), tuple(times), (1.0,) * len(times)))
    return tuple(made)


def _states(rule: AlertingRule, series: Series, how: Evaluations) -> tuple[list[float], list[float]]:
    """When it is pending and when it fires."""
    pending: list[float] = []
    firing: list[float] = []
    since: float | None = None
    fading: float | None = None
    """The first evaluation at which a firing alert did not hold; it is kept from then on."""
    before = series.times[0] if series.times else 0.0
    for time, value in zip(series.times, series.values, strict=True):
        fired = since is not None and before - since >= rule.for_
        if fired and rule.keep_firing_for and _is_unseen(how, before, time):
            fading = before + how.interval if fading is None else fading
            firing.extend(_kept(rule, how, fading, before, time))
            since = since if time - how.interval - fading < rule.keep_firing_for else None
        elif since is not None:
            since = _after(rule, how, since, before, time)
        if rule.condition is None or rule.condition.holds(value):
            since, fading = time if since is None else since, None
            (firing if time - since >= rule.for_ else pending).append(time)
        elif since is not None and fired and rule.keep_firing_for:
            fading = time if fading is None else fading
            if time - fading < rule.keep_firing_for:
                firing.append(time)
            else:
                since, fading = None, None
        else:
            since, fading = None, None
        before = time
    return pending, firing


def _is_unseen(how: Evaluations, before: float, now: float) -> bool:
    """Whether rules were evaluated between two samples, and there was no value."""
    return now - before > JITTER * how.interval and not how.were_missed(before, now)


def _kept(rule: AlertingRule, how: Evaluations, fading: float, before: float, now: float) -> Iterator[float]:
    """The evaluations between two samples at which the alert fires though there is no value."""
    count = round((now - before) / how.interval)
    times = (before + number * (now - before) / count for number in range(1, count))
    return (time for time in times if time - fading < rule.keep_firing_for)


def _after(rule: AlertingRule, how: Evaluations, since: float, before: float, now: float) -> float | None:
    """Since when it counts as active at ``now``, if it was active from ``since`` to ``before``."""
    hole = now - before > JITTER * how.interval
    if hole and not how.were_missed(before, now):
        return None
    if not (hole or how.restarts) or not how.began_anew(before, now):
        return since
    if rule.for_ < GRACE_SECONDS or now - before > TOLERANCE_SECONDS:
        return None
    left = rule.for_ - (before - since)
    if left <= 0:
        return since
    return now + max(left, GRACE_SECONDS) - rule.for_
