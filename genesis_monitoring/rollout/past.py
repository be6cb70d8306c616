"""Reads all that a backtest needs from a Prometheus: plans and a span in, what was stored out.

Each series is asked for once, however many alerts and specs use it. A threshold is compared here, so another
threshold asks for nothing more.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import LoadedRule, SeriesAnswer
from genesis_monitoring.errors import CouldNotTellError, UsageError
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.rollout.backtest import (
    Past,
    compared_rules,
    lit,
    proven_share,
    replay,
)
from genesis_monitoring.rollout.backtest_results import Backtest, Side
from genesis_monitoring.rollout.collect import Moment, settled_end
from genesis_monitoring.rollout.coverage import MINIMUM_COVERAGE
from genesis_monitoring.rollout.episodes import (
    EpisodeKey,
    alert_history,
    beats_of,
    blackouts_of,
    key_of,
    own_intervals,
)
from genesis_monitoring.rollout.rules import alert_states, longer_intervals, record_states
from genesis_monitoring.rollout.server_told import recorded_alerts, restarts_of, server_remarks, start_times
from genesis_monitoring.rollout.signals import WORTH, Source, Stored, signal_of
from genesis_monitoring.rollout.window import Window, format_time

_SCRAPED = "group(up)"
_SPARE_INTERVALS = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Which past was asked for: ``start`` in seconds since 1970, ``last`` in seconds; None for none."""

    start: float | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Change:
    """Another spec to compare with, and in words what is changed."""

    plan: Plan
    words: tuple[str, ...]


def backtest(
    reader: PrometheusReader, plan: Plan, change: Change | None, span: Span, moment: Moment
) -> Backtest:
    """``plan`` over what was stored, and the changed one beside it.

    Raises ServerError if the server does not answer, CouldNotTellError for a window that has not begun,
    UsageError for one that is not said or still to come.
    """
    info = reader.info()
    interval = plan.spec.prometheus.evaluation_interval
    window = _window(plan, span, moment, settled_end(moment, info, interval))
    loaded = reader.rules()
    plans = (plan,) if change is None else (plan, change.plan)
    longest = max(
        (rule.for_ + rule.keep_firing_for for one in plans for rule in compared_rules(one)), default=0
    )
    known = Window(window.start - longest - _SPARE_INTERVALS * interval, window.end)
    alerts = recorded_alerts(reader, plan, known)
    starts = start_times(reader, plan, known)
    stored = Stored(reader, known, window)
    watchdog = plan.spec.meta_alerts.watchdog.name
    beats = beats_of(alerts.series, plan, known)
    restarts = restarts_of(starts, known)
    pasts = [
        _past(stored, one, loaded, beats, restarts)
        if _interval(one) == interval
        else _past(stored, one, (), (), restarts)
        for one in plans
    ]
    watched = bool(beats) and pasts[0].proven is beats
    if watched:
        pasts[0] = replace(pasts[0], fired=_fired(plan, pasts[0], alerts, loaded))
    told = {one.query for one in stored.answers}
    doubts = tuple(f"{what}: {'; '.join(said)}" for what, said in reader.warned.items() if what not in told)
    sides = [replay(one, past) for one, past in zip(plans, pasts, strict=True)]
    return Backtest(
        window=window,
        interval=float(interval),
        watchdog=watchdog if watched else "",
        evaluated=proven_share(pasts[0]),
        current=sides[0],
        changed=None if change is None else sides[1],
        change=() if change is None else change.words,
        url=reader.url,
        version=info.version,
        cost=reader.cost,
        doubtful=bool(doubts),
        remarks=(
            *server_remarks(info, moment.clock, window, stored.answers),
            *(f"the server warns of {doubt}" for doubt in doubts),
            *longer_intervals(plan.rule_groups, loaded, interval),
            *_differences(sides[0]),
        ),
    )


def _past(
    stored: Stored,
    plan: Plan,
    loaded: tuple[LoadedRule, ...],
    beats: tuple[float, ...],
    restarts: tuple[float, ...],
) -> Past:
    """``beats`` are the Watchdog's. What was evaluated at another interval than the plan's is no use: then
    there are none, and nothing is ``loaded``.
    """
    source = Source(stored, _interval(plan), blackouts_of(beats, _interval(plan)))
    records = record_states(plan.slis, loaded, _interval(plan))
    return Past(
        window=stored.window,
        interval=float(_interval(plan)),
        proven=_proven(source, beats),
        restarts=restarts,
        signals={
            (one.alert, one.sli or ""): signal_of(source, plan, one, records, loaded)
            for one in compared_rules(plan)
        },
        fired={},
    )


def _proven(source: Source, beats: tuple[float, ...]) -> tuple[float, ...]:
    """When Prometheus was there: targets that were scraped may show more of it than the Watchdog."""
    share = source.stored.share(beats, source.interval)
    if share >= MINIMUM_COVERAGE:
        return beats
    answer = source.stored.evaluated(_SCRAPED, source.interval)
    if not answer.series or (share and source.share(answer) < share + WORTH):
        return beats
    return lit(answer.series[0], source.dark, source.interval).times


def _fired(
    plan: Plan, past: Past, alerts: SeriesAnswer, loaded: tuple[LoadedRule, ...]
) -> Mapping[EpisodeKey, int]:
    """How many episodes were recorded of alerts that are loaded as ``plan`` has them."""
    states = alert_states(plan.rule_groups, loaded, _interval(plan))
    # What is in shadow is not among the alerts.
    rules = [rule for rule in compared_rules(plan) if not rule.shadow]
    strange = {key_of(rule) for rule in rules if states[rule.alert, rule.sli or ""].problem}
    history = alert_history(
        alerts.series,
        past.window,
        past.interval,
        frozenset(rule.severity for rule in rules),
        None,
        past.blackouts,
        own_intervals(plan),
    )
    seen = [(episode.alert, episode.component, episode.slo) for episode in history.episodes]
    return {key: seen.count(key) for key in dict.fromkeys(map(key_of, rules)) if key not in strange}


def _differences(side: Side) -> Iterator[str]:
    for one in side.alerts:
        if one.recorded is not None and one.recorded != len(one.episodes):
            yield (
                f"{one.alert} ({one.component}): {one.recorded} episodes were recorded, and the present "
                f"spec gives {len(one.episodes)}; its rule may have been another one then"
            )


def _window(plan: Plan, span: Span, moment: Moment, end: float) -> Window:
    rollout = plan.spec.rollout
    if span.last is not None:
        return Window(end - span.last, end)
    start = rollout.start.timestamp() if span.start is None and rollout is not None else span.start
    if start is None:
        raise UsageError("the spec has no rollout, so it has no window", "say which one with --last 2d")
    if rollout is not None and moment.asked is None:
        end = min(end, start + rollout.duration)
    if end <= start:
        raise CouldNotTellError(
            f"the window begins at {format_time(start)} UTC, and ends at {format_time(end)} UTC",
            "give an earlier --start, a later --at, or --last 2d",
        )
    return Window(start, end)


def _interval(plan: Plan) -> int:
    return plan.spec.prometheus.evaluation_interval
