"""What each alert of a plan would have done over a past window: what was stored in, episodes out.

Pure, and without a clock. Episodes are counted as a verdict counts them, by alert and component. An alert
that stands on nothing that was stored has no data: no episode would be a claim.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, isnan, nan

from genesis_monitoring.clients.samples import Series, SeriesAnswer
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.rollout.backtest_results import AlertPast, Known, Origin, Side
from genesis_monitoring.rollout.episodes import alert_history, blackouts_of
from genesis_monitoring.rollout.firing import Evaluations, alert_series
from genesis_monitoring.rollout.runs import Run, analyse, usable
from genesis_monitoring.rollout.window import Window

Key = tuple[str, str]
"""An alert, and the SLI that it stands on or the component that it is of."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What an alert stands on, over the window and for as long before it as its ``for``."""

    origin: Origin
    answer: SeriesAnswer


@dataclass(frozen=True, slots=True)
class Past:
    """All that was stored. ``proven`` are evaluations that are known to have taken place.

    ``fired`` are the episodes that Prometheus recorded, for alerts whose rules are those of the plan.
    """

    window: Window
    interval: float
    proven: tuple[float, ...]
    restarts: tuple[float, ...]
    signals: Mapping[Key, Signal]
    fired: Mapping[Key, int]

    @property
    def blackouts(self) -> tuple[Run, ...]:
        """Stretches in which nothing was evaluated."""
        return blackouts_of(self.proven, self.interval)

    @property
    def unproven(self) -> tuple[Run, ...]:
        """The same, and the moments around a restart, in which a rule may have missed an evaluation."""
        around = [Run(moment - 2 * self.interval, moment + 2 * self.interval) for moment in self.restarts]
        return tuple(sorted((*self.blackouts, *around), key=lambda run: run.start))


def replay(plan: Plan, past: Past) -> Side:
    """What each alert of ``plan`` would have done, by severity; without the Watchdog, which fires always."""
    rows: dict[tuple[str, str], list[AlertingRule]] = {}
    for rule in compared_rules(plan):
        rows.setdefault((rule.alert, rule.component), []).append(rule)
    told = (_alert_past(past, tuple(rules)) for rules in rows.values())
    return Side(tuple(sorted(told, key=lambda one: one.severity)))


def compared_rules(plan: Plan) -> Iterator[AlertingRule]:
    """Every alert of ``plan`` but the Watchdog."""
    for group in plan.rule_groups:
        for rule in group.alerting:
            if rule.alert != plan.spec.meta_alerts.watchdog.name:
                yield rule


def proven_share(past: Past) -> float:
    """The share of evaluations of the window that are proven."""
    return _measured(past, [past.proven]).share


def lit(series: Series, dark: Iterable[Run], interval: float) -> Series:
    """Without the samples in ``dark`` stretches, but for those within an interval of their ends."""
    holes = tuple(dark)
    kept = [
        (time, value)
        for time, value in zip(series.times, series.values, strict=True)
        if not any(run.start + interval < time < run.end - interval for run in holes)
    ]
    return Series(series.labels, tuple(time for time, _ in kept), tuple(value for _, value in kept))


def _alert_past(past: Past, rules: tuple[AlertingRule, ...]) -> AlertPast:
    """``rules`` are all of one alert and component: one, or one for each SLI whose metrics may be absent."""
    first = rules[0]
    signals = [past.signals[rule.alert, rule.sli or ""] for rule in rules]
    found = [_evaluated(past, signal) for signal in signals]
    blackouts = past.blackouts
    how = Evaluations(past.interval, past.unproven, past.restarts)
    made = [
        series
        for rule, inputs in zip(rules, found, strict=True)
        for series in alert_series(rule, inputs, how)
    ]
    history = alert_history(
        tuple(made), past.window, past.interval, frozenset({first.severity}), None, blackouts
    )
    # An evaluation stands for the interval after it: an alert that fires at one is resolved by the next.
    runs = tuple(Run(one.run.start, one.run.end + past.interval) for one in history.episodes)
    values = [_valued(past, first, series) for inputs in found for series in inputs]
    absence = signals[0].origin is Origin.ABSENCE
    measured = _measured(past, [past.proven] if absence else [times for times, _ in values])
    known, reason = _known(signals, measured, absence)
    worst = _worst(first, [value for _, known_values in values for value in known_values])
    return AlertPast(
        alert=first.alert,
        component=first.component,
        severity=first.severity,
        condition="its metrics are absent" if first.condition is None else str(first.condition),
        unit="" if first.condition is None else first.condition.unit,
        for_=first.for_,
        known=known,
        reason=reason,
        origin=signals[0].origin,
        queries=tuple(signal.answer.query for signal in signals),
        episodes=runs,
        firing_seconds=sum(run.seconds for run in runs),
        longest_seconds=max((run.seconds for run in runs), default=0.0),
        pending=bool(history.pending),
        label_sets=len(values),
        coverage=measured.share,
        least=measured.least,
        largest_gap=measured.gap,
        worst=worst,
        worst_text="" if first.condition is None or isnan(worst) else first.condition.show(worst),
        recorded=past.fired.get((first.alert, first.component)),
    )


def _known(signals: list[Signal], measured: "_Measured", absence: bool) -> tuple[Known, str]:
    warned = [text for signal in signals for text in signal.answer.warnings]
    if measured.share == 0:
        return Known.NO_DATA, (
            "nothing shows that rules were evaluated or targets scraped" if absence else "no data"
        )
    if not all(signal.answer.whole for signal in signals):
        return Known.DOUBTFUL, f"the server warns: {'; '.join(warned) or 'the answer is partial'}"
    return Known.TOLD, ""


def _evaluated(past: Past, signal: Signal) -> tuple[Series, ...]:
    """Without what a query makes up for times at which no rule was evaluated."""
    if signal.origin is Origin.RECORDED:
        return signal.answer.series
    dark = list(past.blackouts)
    if signal.origin is Origin.ABSENCE:
        # Before the first data and after the last, everything is absent.
        first, last = (past.proven[0], past.proven[-1]) if past.proven else (inf, inf)
        dark = [Run(-inf, first), *dark, Run(last, inf)]
    return tuple(lit(series, dark, past.interval) for series in signal.answer.series)


def _valued(past: Past, rule: AlertingRule, series: Series) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The samples of the window that can be compared: when, and what."""
    kept = [
        (time, value)
        for time, value in zip(series.times, series.values, strict=True)
        if past.window.start < time <= past.window.end and usable(value, rule.condition)
    ]
    return tuple(time for time, _ in kept), tuple(value for _, value in kept)


def _worst(rule: AlertingRule, values: list[float]) -> float:
    if rule.condition is None:
        return nan
    return (max if rule.condition.upward else min)(values, default=nan)


@dataclass(frozen=True, slots=True)
class _Measured:
    share: float
    least: float
    gap: Run


def _measured(past: Past, found: Iterable[tuple[float, ...]]) -> _Measured:
    """How much of the window has a value in any of the label sets, and in the one with the fewest."""
    label_sets = [times for times in found if times]
    if not label_sets:
        return _Measured(0.0, 0.0, Run(past.window.start, past.window.end))
    whole = _share(past, tuple(sorted(set().union(*label_sets))))
    return _Measured(whole[0], min(_share(past, times)[0] for times in label_sets), whole[1])


def _share(past: Past, times: tuple[float, ...]) -> tuple[float, Run]:
    analysis = analyse(Series((), times, (1.0,) * len(times)), past.window, past.interval, None)
    return max(0.0, 1 - analysis.missing / analysis.expected), analysis.largest_gap
