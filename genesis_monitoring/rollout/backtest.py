"""What each alert of a plan would have done over a past window: what was stored in, episodes out.

Pure, and without a clock. Episodes are counted as a verdict counts them, by alert and component. An alert
that stands on nothing that was stored has no data: no episode would be a claim.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from math import inf, isnan, nan

from genesis_monitoring.clients.samples import Labels, Series, SeriesAnswer
from genesis_monitoring.conventions import SEVERITY_LABEL
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.rollout.backtest_results import AlertPast, Known, Origin, Side
from genesis_monitoring.rollout.episodes import EpisodeKey, alert_history, blackouts_of, key_of
from genesis_monitoring.rollout.firing import Evaluations, alert_series
from genesis_monitoring.rollout.runs import Run, analyse, usable
from genesis_monitoring.rollout.window import Window

Key = tuple[str, str]
"""An alert, and the SLI that it stands on or the component that it is of."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What an alert stands on, over the window and for as long before it as its ``for``.

    Of an alert without a condition ``answer`` is where its own expression had a value, and ``proof`` where
    that is known, of each label set; each ``interval`` seconds (0: as often as rules are evaluated).
    """

    origin: Origin
    answer: SeriesAnswer
    proof: SeriesAnswer | None = None
    interval: float = 0.0

    @property
    def answers(self) -> tuple[SeriesAnswer, ...]:
        """All that it is told by."""
        return (self.answer,) if self.proof is None else (self.answer, self.proof)


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
    fired: Mapping[EpisodeKey, int]

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
    rows: dict[EpisodeKey, list[AlertingRule]] = {}
    for rule in compared_rules(plan):
        rows.setdefault(key_of(rule), []).append(rule)
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
    return _measured(past, [past.proven], past.interval).share


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
    """``rules`` are all of one alert, component and SLO: one, or one for each SLI that may be absent."""
    first = rules[0]
    signals = [past.signals[rule.alert, rule.sli or ""] for rule in rules]
    found = [_evaluated(past, first, signal, signal.answer) for signal in signals]
    proofs = [_evaluated(past, first, one, one.proof) if one.proof else () for one in signals]
    interval = signals[0].interval or past.interval
    how = Evaluations(interval, past.unproven, past.restarts)
    made = [
        series
        for rule, inputs, proof in zip(rules, found, proofs, strict=True)
        for series in _fires(rule, inputs, proof, how)
    ]
    history = alert_history(
        tuple(made), past.window, interval, frozenset({first.severity}), None, past.blackouts
    )
    # An evaluation stands for the interval after it: an alert that fires at one is resolved by the next.
    runs = tuple(one.run for one in history.episodes)
    values = [_valued(past, first, series) for inputs in found for series in inputs]
    told = [_valued(past, first, series) for proof in proofs for series in proof] if any(proofs) else values
    absence = signals[0].origin is Origin.ABSENCE
    measured = _measured(past, [past.proven] if absence else [times for times, _ in told], interval)
    if first.inputs and first.condition is None and not any(proofs):
        told, measured = [], _measured(past, (), interval)
    known, reason = _known(signals, measured, absence)
    worst = _worst(first, [value for _, known_values in values for value in known_values])
    return AlertPast(
        alert=first.alert,
        component=first.component,
        slo=first.slo,
        shadow=first.shadow,
        severity=first.severity,
        condition=first.policy.cause(first),
        unit="" if first.condition is None else first.condition.unit,
        for_=first.for_,
        known=known,
        reason=reason,
        origin=signals[0].origin,
        queries=tuple(answer.query for signal in signals for answer in signal.answers),
        episodes=runs,
        firing_seconds=sum(run.seconds for run in runs),
        longest_seconds=max((run.seconds for run in runs), default=0.0),
        pending=bool(history.pending),
        label_sets=len(told),
        coverage=measured.share,
        least=measured.least,
        largest_gap=measured.gap,
        worst=worst,
        worst_text="" if first.condition is None or isnan(worst) else first.condition.show(worst),
        recorded=past.fired.get(key_of(first)),
    )


def _fires(
    rule: AlertingRule, found: tuple[Series, ...], proof: tuple[Series, ...], how: Evaluations
) -> tuple[Series, ...]:
    """What ``rule`` would have written as ``ALERTS``, told to somebody or not."""
    told = replace(rule, labels=(*rule.labels, (SEVERITY_LABEL, rule.severity)))
    if not proof:
        return alert_series(told, found, how)
    held = replace(told, condition=Predicate(">", 0.0, ""))
    return alert_series(held, _held(rule, found, proof), how)


def _held(rule: AlertingRule, found: tuple[Series, ...], proof: tuple[Series, ...]) -> tuple[Series, ...]:
    """For each label set 1 where an expression had a value, and 0 where it is known that it had none."""
    states: dict[Labels, dict[float, float]] = {}
    for value, several in ((0.0, proof), (1.0, found)):
        for one in several:
            labels = tuple((name, one.label(name)) for name in rule.series_labels)
            states.setdefault(labels, {}).update(dict.fromkeys(one.times, value))
    return tuple(
        Series(labels, tuple(sorted(known)), tuple(known[time] for time in sorted(known)))
        for labels, known in states.items()
    )


def _known(signals: list[Signal], measured: "_Measured", absence: bool) -> tuple[Known, str]:
    warned = [text for signal in signals for answer in signal.answers for text in answer.warnings]
    if measured.share == 0:
        return Known.NO_DATA, (
            "nothing shows that rules were evaluated or targets scraped" if absence else "no data"
        )
    if not all(answer.whole for signal in signals for answer in signal.answers):
        return Known.DOUBTFUL, f"the server warns: {'; '.join(warned) or 'the answer is partial'}"
    return Known.TOLD, ""


def _evaluated(past: Past, rule: AlertingRule, signal: Signal, answer: SeriesAnswer) -> tuple[Series, ...]:
    """Without what a query makes up for times at which no rule was evaluated."""
    if signal.origin is Origin.RECORDED and rule.condition is not None:
        return answer.series
    dark = list(past.blackouts)
    if signal.origin is Origin.ABSENCE:
        # Before the first data and after the last, everything is absent.
        first, last = (past.proven[0], past.proven[-1]) if past.proven else (inf, inf)
        dark = [Run(-inf, first), *dark, Run(last, inf)]
    return tuple(lit(series, dark, past.interval) for series in answer.series)


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


def _measured(past: Past, found: Iterable[tuple[float, ...]], interval: float) -> _Measured:
    """How much of the window has a value in any of the label sets, and in the one with the fewest."""
    label_sets = [times for times in found if times]
    if not label_sets:
        return _Measured(0.0, 0.0, Run(past.window.start, past.window.end))
    whole = _share(past, tuple(sorted(set().union(*label_sets))), interval)
    return _Measured(whole[0], min(_share(past, times, interval)[0] for times in label_sets), whole[1])


def _share(past: Past, times: tuple[float, ...], interval: float) -> tuple[float, Run]:
    analysis = analyse(Series((), times, (1.0,) * len(times)), past.window, interval, None)
    return max(0.0, 1 - analysis.missing / analysis.expected), analysis.largest_gap
