"""Alert episodes: the samples of ``ALERTS`` in, contiguous firing runs by alert, component and SLO out.

``ALERTS`` has a sample of 1 for each evaluation at which an alert is pending or firing, so ``changes()`` of
it is always 0 and a run is told by its samples alone. A restart of Prometheus parts a run that goes on: there
is a hole, then perhaps a time of being pending again. So two firing runs are one if at no evaluation between
them the alert was inactive, and its state was lost: evaluations are missing, or it was firing at one and
pending at the next. That Prometheus was started says nothing: what was evaluated and inactive has ended.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from genesis_monitoring.clients.samples import Labels, Series
from genesis_monitoring.conventions import COMPONENT_LABEL, SEVERITY_LABEL, SLO_ID
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.runs import JITTER, Run, missing_between
from genesis_monitoring.rollout.window import Window

STATE, FIRING, PENDING = "alertstate", "firing", "pending"


EpisodeKey = tuple[str, str, str]
"""By what episodes are counted: alert, component, and the id of the SLO whose error budget it is about."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing run of an alert in a component, until the evaluation that ends it.

    So it lasts as long as a violation of as many samples, and is told with the same length everywhere.
    """

    alert: str
    component: str
    run: Run
    slo: str = ""
    """Of an alert on an error budget, which has episodes of its own for each SLO; else empty."""


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """Episodes that touch a window, and the alerts that are pending at its end."""

    episodes: tuple[Episode, ...]
    pending: tuple[str, ...]


@dataclass(slots=True)
class _Past:
    """When an alert was firing, and active at all; by label set, so that what each lost can be told."""

    firing: set[float] = field(default_factory=set)
    active: set[float] = field(default_factory=set)
    by_labels: dict[Labels, tuple[set[float], set[float]]] = field(default_factory=dict)

    def add(self, series: Series, times: list[float]) -> None:
        labels = tuple(pair for pair in series.labels if pair[0] != STATE)
        firing, pending = self.by_labels.setdefault(labels, (set(), set()))
        self.active.update(times)
        if series.label(STATE) == FIRING:
            self.firing.update(times)
            firing.update(times)
        else:
            pending.update(times)

    @property
    def demoted(self) -> Iterator[tuple[float, float]]:
        """Where a label set was firing at one evaluation and pending at a later one: its state was lost."""
        for firing, pending in self.by_labels.values():
            ordered = sorted((*firing, *pending))
            yield from (
                (before, after)
                for before, after in pairwise(ordered)
                if before in firing and after in pending and after not in firing
            )


def alert_history(
    series: tuple[Series, ...],
    window: Window,
    interval: float,
    severities: frozenset[str],
    component: str | None,
    blackouts: tuple[Run, ...],
    own: Mapping[EpisodeKey, float] | None = None,
) -> AlertHistory:
    """What alerts of ``severities`` (of ``component``, or of all) did in ``window``.

    ``blackouts`` are stretches without evaluations, as ``blackouts_of`` finds them. ``own`` are the intervals
    (seconds) of alerts that are evaluated at another one than ``interval``, as ``own_intervals`` has them.
    """
    pasts: dict[EpisodeKey, _Past] = {}
    for one in series:
        if one.label(SEVERITY_LABEL) not in severities:
            continue
        key = (one.label("alertname"), one.label(COMPONENT_LABEL), one.label(SLO_ID))
        if component is not None and key[1] != component:
            continue
        times = [time for time in one.times if window.start < time <= window.end]
        pasts.setdefault(key, _Past()).add(one, times)
    episodes: list[Episode] = []
    pending: list[str] = []
    for key, past in sorted(pasts.items()):
        each = (own or {}).get(key, interval)
        episodes.extend(
            Episode(key[0], key[1], Run(run.start, run.end + each), key[2])
            for run in _merged(past, each, blackouts)
        )
        last = max(past.active, default=window.start)
        if past.active and window.end - last < JITTER * each and last not in past.firing:
            pending.append(key[0])
    return AlertHistory(tuple(episodes), tuple(pending))


def key_of(rule: AlertingRule) -> EpisodeKey:
    """By what the episodes of an alert are counted."""
    return rule.alert, rule.component, rule.slo


def own_intervals(plan: Plan) -> Mapping[EpisodeKey, float]:
    """Of the alerts that are evaluated at an interval (seconds) of their own."""
    rules = (rule for group in plan.rule_groups for rule in group.alerting)
    return {key_of(rule): float(rule.interval) for rule in rules if rule.interval}


def blackouts_of(beats: tuple[float, ...], interval: float) -> tuple[Run, ...]:
    """Stretches without evaluations: holes in the Watchdog's samples."""
    return tuple(Run(a, b) for a, b in pairwise(beats) if b - a > JITTER * interval)


def alerts_of(
    rule: AlertingRule, series: Iterable[Series], external: Mapping[str, str], *, state: str = FIRING
) -> Iterator[Series]:
    """The series of ``ALERTS`` that ``rule`` writes: another team's alert of the same name is none of them.

    It has the labels of the rule and no other but those of the series that it judges, and ``external`` ones,
    which a server gives to what others read of it.
    """
    wanted = {**dict(rule.labels), "alertname": rule.alert, STATE: state}
    for one in series:
        labels = {name: value for name, value in one.labels if name != "__name__"}
        more = {name: value for name, value in labels.items() if name not in wanted}
        if all(labels.get(name) == value for name, value in wanted.items()) and all(
            name in rule.series_labels or external.get(name) == value for name, value in more.items()
        ):
            yield one


def beats_of(series: Iterable[Series], plan: Plan, window: Window) -> tuple[float, ...]:
    """When the plan's Watchdog was firing: the evaluations that are proven."""
    found = alerts_of(watchdog_of(plan), series, plan.spec.prometheus.external_labels)
    times = {time for one in found for time in one.times}
    return tuple(sorted(time for time in times if window.start < time <= window.end))


def watchdog_of(plan: Plan) -> AlertingRule:
    """The rule that always fires."""
    name = plan.spec.meta_alerts.watchdog.name
    return next(rule for group in plan.rule_groups for rule in group.alerting if rule.alert == name)


def _runs(times: list[float], interval: float) -> list[Run]:
    """Stretches of samples that follow each other without a hole."""
    runs: list[Run] = []
    start = 0
    for index in range(1, len(times) + 1):
        if index == len(times) or times[index] - times[index - 1] > JITTER * interval:
            runs.append(Run(times[start], times[index - 1]))
            start = index
    return runs if times else []


def _merged(past: _Past, interval: float, blackouts: tuple[Run, ...]) -> list[Run]:
    active, demoted = sorted(past.active), dict(past.demoted)
    merged: list[Run] = []
    for run in _runs(sorted(past.firing), interval):
        if merged:
            first = merged[-1].end
            between = active[bisect_left(active, first) : bisect_right(active, run.start)]
            fell_back = demoted.get(first, math.inf) - first <= JITTER * interval
            if _goes_on(between, fell_back, interval, blackouts):
                merged[-1] = Run(merged[-1].start, run.end)
                continue
        merged.append(run)
    return merged


def _goes_on(active: list[float], fell_back: bool, interval: float, blackouts: tuple[Run, ...]) -> bool:
    """Whether it was inactive at no evaluation, and lost its state: none took place, or it fell back."""
    dark = False
    for before, after in pairwise(active):
        missing = missing_between(before, after, interval)
        for number in range(1, missing + 1):
            if not any(run.start < before + number * interval < run.end for run in blackouts):
                return False
        dark = dark or missing > 0
    return dark or fell_back
