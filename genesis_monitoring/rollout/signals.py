"""What each alert of a plan stands on, as a Prometheus has stored it: recorded, or as it would have been.

Each series is asked for once, however many alerts and specs use it.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.clients.protocols import PrometheusReader
from genesis_monitoring.clients.samples import LoadedRule, SeriesAnswer
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.inlined import inlined_alert, inlined_expr, needed_slis, rules_by_selector
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule
from genesis_monitoring.rollout.backtest import Signal, lit
from genesis_monitoring.rollout.backtest_results import Origin
from genesis_monitoring.rollout.coverage import MINIMUM_COVERAGE
from genesis_monitoring.rollout.evidence import RuleState
from genesis_monitoring.rollout.runs import Run
from genesis_monitoring.rollout.slo_rules import inputs_there, stands_on, unlike_rules
from genesis_monitoring.rollout.window import Window

WORTH = 0.1
"""How much more of the window the metrics must hold, to be taken instead of what was recorded."""


class Stored:
    """What a server has stored for one window, each question asked once."""

    def __init__(self, reader: PrometheusReader, known: Window, window: Window) -> None:
        self._reader = reader
        self._known = known
        self._window = window
        self._answers: dict[tuple[str, int], SeriesAnswer] = {}

    @property
    def answers(self) -> tuple[SeriesAnswer, ...]:
        """All there were so far."""
        return tuple(self._answers.values())

    def samples(self, series: str) -> SeriesAnswer:
        """Of a recorded series, as they are stored."""
        if (series, 0) not in self._answers:
            self._answers[series, 0] = self._reader.samples(series, self._known.start, self._known.end)
        return self._answers[series, 0]

    def evaluated(self, expr: str, interval: int) -> SeriesAnswer:
        """An expression, as often as rules are evaluated, at multiples of the interval."""
        if (expr, interval) not in self._answers:
            start = math.ceil(self._known.start / interval) * interval
            self._answers[expr, interval] = self._reader.range(expr, start, self._known.end, interval)
        return self._answers[expr, interval]

    def share(self, times: tuple[float, ...], interval: int) -> float:
        """How much of the window itself they are of."""
        return (len(times) - bisect_right(times, self._window.start)) * interval / self._window.seconds

    @property
    def window(self) -> Window:
        """The window itself, without what is read before it."""
        return self._window


@dataclass(frozen=True, slots=True)
class Source:
    """What is stored, and stretches in which Prometheus was not there: there a query tells old values."""

    stored: Stored
    interval: int
    dark: tuple[Run, ...]

    def share(self, answer: SeriesAnswer, each: int = 0) -> float:
        """How much of the window is in the fullest of its series, with a sample ``each`` so many seconds."""
        lights = (lit(series, self.dark, self.interval) for series in answer.series)
        every = each or self.interval
        return max((self.stored.share(series.times, every) for series in lights), default=0.0)


def signal_of(
    source: Source,
    plan: Plan,
    rule: AlertingRule,
    records: Mapping[str, RuleState],
    loaded: tuple[LoadedRule, ...],
) -> Signal:
    """The recorded series if it is recorded as ``plan`` has it, else what would have been recorded.

    Where rules were loaded for a part of the window only, the metrics may tell of more of it.
    """
    stored, interval = source.stored, source.interval
    if rule.sli is None or not rule.inputs:
        return Signal(Origin.ABSENCE, stored.evaluated(rule.expr, interval))
    if rule.condition is None:
        return _of_inputs(source, plan, rule, records, loaded)
    recorded, share = None, 0.0
    if not any(records[name].problem for name in needed_slis(plan.slis, rule.sli)):
        recorded = Signal(Origin.RECORDED, stored.samples(plan.slis[rule.sli].record))
        share = source.share(recorded.answer)
        if share >= MINIMUM_COVERAGE:
            return recorded
    expr = inlined_expr(plan.slis, rule.sli, interval)
    metrics = Signal(Origin.METRICS, stored.evaluated(expr, interval))
    worth = not share or source.share(metrics.answer) >= share + WORTH
    return metrics if recorded is None or worth else recorded


def _of_inputs(
    source: Source,
    plan: Plan,
    rule: AlertingRule,
    records: Mapping[str, RuleState],
    loaded: tuple[LoadedRule, ...],
) -> Signal:
    """Of an alert that reads several series: when its expression has a value, and when its inputs do.

    What is recorded as ``plan`` has it is read, and the rest is made of metrics; or all of it is, where that
    tells of more of the window.
    """
    every, name = rule.interval or source.interval, rule.sli or ""
    rules = rules_by_selector(plan.rule_groups, rule.slo)
    strange = set(unlike_rules(plan.rule_groups, rule.slo, loaded, source.interval))
    anew = {one: made for one, made in rules.items() if ({one} | stands_on(made.expr, rules)) & strange}
    if any(records[one].problem for one in needed_slis(plan.slis, name)):
        # The SLI itself is what its counts may be made of.
        anew = {one: rules[one] for one in rules if _reads(one, rules, plan.slis[name].record)} | anew

    def signal(made: Mapping[str, RecordingRule]) -> Signal:
        there, active = (
            source.stored.evaluated(
                inlined_alert(text, made, plan.slis, (name,) if made else (), source.interval), every
            )
            for text in (inputs_there(rule), rule.expr)
        )
        origin = Origin.METRICS if any(one.series in made for one in rule.inputs) else Origin.RECORDED
        return Signal(origin, active, there, float(every))

    recorded = signal(anew)
    share = source.share(recorded.proof or recorded.answer, every)
    if share >= MINIMUM_COVERAGE or len(anew) == len(rules):
        return recorded
    metrics = signal(rules)
    worth = not share or source.share(metrics.proof or metrics.answer, every) >= share + WORTH
    return metrics if worth else recorded


def _reads(selector: str, rules: Mapping[str, RecordingRule], record: str) -> bool:
    """Whether a rule of a budget is made of the recorded series of an SLI."""
    return any(record in rules[one].expr for one in {selector, *stands_on(rules[selector].expr, rules)})
