"""Rules as they can be asked for where nothing is recorded: an expression over recorded series in, one over
metrics out.

An SLI that is made of another one, and an alert on an error budget, read recorded series. Here a series is
replaced by what would have recorded it; a window over it becomes a subquery with the step of the evaluations.
"""

import re
from collections.abc import Iterable, Mapping

from genesis_monitoring.conventions import SLO_ID
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import RecordingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql import building as promql


def inlined_expr(slis: Mapping[str, SliPlan], name: str, interval: int) -> str:
    """The expression of ``name`` over metrics alone, with ``interval`` in seconds."""
    plan = slis[name]
    return _without_slis(slis, plan.depends_on, plan.measured, interval)


def inlined_alert(
    expr: str,
    rules: Mapping[str, RecordingRule],
    slis: Mapping[str, SliPlan],
    names: Iterable[str],
    interval: int,
) -> str:
    """``expr`` without the series that ``rules`` record, by selector, and without those of SLIs ``names``.

    What is left has the labels that rules give their series, so that it matches what is recorded.
    """
    for selector in dict.fromkeys(read_by(expr, rules)):
        inner = inlined_alert(rules[selector].expr, rules, slis, (), interval)
        for label, value in rules[selector].labels:
            # In a replacement a dollar begins a reference to a part of what was matched.
            inner = f'label_replace({inner}, "{label}", {promql.quote(value.replace("$", "$$"))}, "", "")'
        expr = _in_place_of(selector, inner, expr, interval)
    return _without_slis(slis, names, expr, interval)


def rules_by_selector(groups: Iterable[RuleGroup], slo: str) -> Mapping[str, RecordingRule]:
    """The recording rules of an SLO's error budget, as its rules and alerts select what they record."""
    return {
        promql.selector(rule.record, {SLO_ID: slo}): rule
        for group in groups
        for rule in group.recording
        if slo and dict(rule.labels).get(SLO_ID) == slo
    }


def read_by(expr: str, rules: Mapping[str, RecordingRule]) -> tuple[str, ...]:
    """The selectors of ``rules`` that are in an expression."""
    return tuple(one for one in rules if _places(one).search(expr))


def needed_slis(slis: Mapping[str, SliPlan], name: str) -> tuple[str, ...]:
    """``name`` and every SLI that it is made of."""
    return (name, *(other for one in slis[name].depends_on for other in needed_slis(slis, one)))


def _without_slis(slis: Mapping[str, SliPlan], names: Iterable[str], expr: str, interval: int) -> str:
    for other in names:
        for one in slis[other].recordings[1:]:
            expr = re.sub(rf"(?<![\w:]){re.escape(one.record)}(?![\w:])", f"({one.expr})", expr)
        expr = _in_place_of(slis[other].record, inlined_expr(slis, other, interval), expr, interval)
    return expr


def _in_place_of(series: str, inner: str, expr: str, interval: int) -> str:
    def replaced(match: re.Match[str]) -> str:
        window = f"[{match[1]}:{format_duration(interval)}]" if match[1] else ""
        return f"({inner}){window}"

    return _places(series).sub(replaced, expr)


def _places(series: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w:]){re.escape(series)}(?![\w:])(?:\[(\w+)\])?")
