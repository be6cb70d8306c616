"""Whether the rules that record an error budget are loaded as the plan has them, and what stands on which.

By their selectors, as ``plan/inlined`` has them: two budgets record series of the same names.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from genesis_monitoring.clients.samples import LoadedRule
from genesis_monitoring.conventions import SLO_ID
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.inlined import read_by, rules_by_selector
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup
from genesis_monitoring.rollout.rules import same_expression
from genesis_monitoring.slis.burn import COUNTED

_ENOUGH = 0.9
"""So much of a window has to be counted before an alert over it says anything, as for ``budget status``."""


def unlike_rules(
    groups: Iterable[RuleGroup], slo: str, loaded: Iterable[LoadedRule], interval: float
) -> Mapping[str, str]:
    """By selector: in what a rule that is loaded is not the plan's; those that are alike are left out.

    ``interval`` (seconds) is that of groups without one of their own.
    """
    known: dict[str, list[LoadedRule]] = {}
    for one in loaded:
        if one.kind == "recording" and dict(one.labels).get(SLO_ID) == slo:
            known.setdefault(one.name, []).append(one)
    found = {}
    for group in groups:
        for selector, rule in rules_by_selector((group,), slo).items():
            told = _difference(rule, known.get(rule.record, []), float(group.interval or interval))
            if told:
                found[selector] = told
    return found


def stands_on(expr: str, rules: Mapping[str, RecordingRule]) -> frozenset[str]:
    """The selectors of all ``rules`` that an expression reads, through others too."""
    found: set[str] = set()
    left = [expr]
    while left:
        more = set(read_by(left.pop(), rules)) - found
        found |= more
        left += [rules[one].expr for one in more]
    return frozenset(found)


def inputs_there(rule: AlertingRule) -> str:
    """An expression that has a value where all inputs of an alert are, and enough of them was counted."""
    return f" and on ({', '.join(rule.series_labels)}) ".join(_there(rule))


def _there(rule: AlertingRule) -> Iterator[str]:
    for one in rule.inputs:
        if one.counted_over <= COUNTED:
            yield one.series
            continue
        counts = max(int(one.counted_over / COUNTED * _ENOUGH), 1)
        window = f"[{format_duration(one.counted_over)}:{format_duration(COUNTED)}]"
        # What is counted no more says nothing either.
        yield f"({one.series} and count_over_time({one.series}{window}) >= {counts})"


def _difference(rule: RecordingRule, found: Sequence[LoadedRule], interval: float) -> str:
    if len(found) != 1:
        times = f"{len(found)} times" if found else "not"
        return f"rule {rule.record} is {times} loaded, and the spec has it once"
    one = found[0]
    if not same_expression(one.expr, rule.expr) or set(one.labels) != set(rule.labels):
        return f"rule {rule.record} is loaded as another than the spec has"
    if one.health != "ok":
        return f"rule {rule.record} is {one.health}: {one.error or 'not evaluated yet'}"
    if one.interval > interval:
        return f"rule {rule.record} is evaluated each {one.interval:g} s, and the spec says {interval:g} s"
    return ""
