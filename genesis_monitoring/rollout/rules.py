"""Whether the rules that a server has loaded are those of the plan: else its series mean something else."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from genesis_monitoring.clients.samples import Labels, LoadedRule
from genesis_monitoring.conventions import SLI_LABEL
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.promql.parsing import parse_promql
from genesis_monitoring.rollout.evidence import RuleState

NOT_LOADED = "not loaded"
ANOTHER_START = "loaded for a rollout with another start"


def record_states(
    slis: Mapping[str, SliPlan], loaded: Iterable[LoadedRule], interval: float
) -> Mapping[str, RuleState]:
    """By SLI: are its recording rules loaded, the same, healthy, and evaluated each ``interval`` seconds?

    Those of its own, and of a baseline that it is compared with.
    """
    by_name: dict[str, list[LoadedRule]] = {}
    for rule in loaded:
        if rule.kind == "recording":
            by_name.setdefault(rule.name, []).append(rule)
    states = {}
    for name, plan in slis.items():
        health, problem = _record_problem(by_name, plan.record, plan.expr, interval)
        hours = plan.compared_with
        if not problem and hours is not None:
            expr = next(one.expr for one in slis[hours.of].recordings if one.record == hours.record)
            _, problem = _record_problem(by_name, hours.record, expr, interval)
            found = by_name.get(hours.record, [])
            if problem and found and _is_of_another_start(found[0].expr, expr):
                problem = (
                    f"rule {hours.record} is {ANOTHER_START}; set rollout.start in the spec, render, and "
                    "load the rules: the baseline is then made of what is stored"
                )
        states[name] = RuleState(plan.record, health, problem)
    return states


def _record_problem(
    by_name: Mapping[str, list[LoadedRule]], record: str, expr: str, interval: float
) -> tuple[str, str]:
    found = by_name.get(record, [])
    what = f"rule {record}"
    health, problem = _problem(what, found)
    return health, problem or _difference(what, found[0], expr, (), interval)


def _is_of_another_start(loaded: str, wanted: str) -> bool:
    """Whether two baselines differ in nothing but in when the hours are that they are observed in."""
    times = re.compile(r"(@|>=) *(\d{9,}(\.\d+)?|\d(\.\d+)?e\+\d+)")
    return same_expression(times.sub(r"\1 0", loaded), times.sub(r"\1 0", wanted))


def alert_states(
    groups: Iterable[RuleGroup], loaded: Iterable[LoadedRule], interval: float
) -> Mapping[tuple[str, str], RuleState]:
    """By alert and SLI (empty for one without): is it loaded, the same, and healthy?"""
    alerts = [rule for rule in loaded if rule.kind == "alerting"]
    return {
        (rule.alert, rule.sli or ""): _alert_state(rule, alerts, float(group.interval or interval))
        for group in groups
        for rule in group.alerting
    }


def longer_intervals(
    groups: Iterable[RuleGroup], loaded: Iterable[LoadedRule], interval: float
) -> tuple[str, ...]:
    """Groups that are evaluated less often than the spec says, which shows as missing samples."""
    own = {group.name: group.interval for group in groups}
    found = {rule.group: rule.interval for rule in loaded}
    return tuple(
        f"rule group {name} is evaluated each {each:g} s, and the spec says {own.get(name) or interval:g} s"
        for name, each in sorted(found.items())
        if each > (own.get(name) or interval)
    )


def same_expression(first: str, second: str) -> bool:
    """Whether two expressions are the same but for layout."""
    return first == second or _layout(first) == _layout(second)


def _alert_state(rule: AlertingRule, loaded: list[LoadedRule], interval: float) -> RuleState:
    labels = set(rule.labels)
    named = [one for one in loaded if one.name == rule.alert]
    # Another team's rule may have the name, and an SLI its own rule of it: the labels tell them apart.
    found = [one for one in named if set(one.labels) == labels] or [
        one for one in named if _sli_of(one.labels) == rule.sli and len(set(one.labels) & labels) > 1
    ]
    what = f"alert {rule.alert}"
    health, problem = _problem(what, found)
    if problem:
        return RuleState(rule.alert, health, problem)
    one = found[0]
    problem = (
        _difference(what, one, rule.expr, rule.labels, interval)
        or _lasts(what, "for", one.duration, rule.for_)
        or _lasts(what, "keep_firing_for", one.keep_firing, rule.keep_firing_for)
    )
    return RuleState(rule.alert, health, problem)


def _sli_of(labels: Labels) -> str | None:
    return dict(labels).get(SLI_LABEL)


def _lasts(what: str, key: str, found: float, wanted: int) -> str:
    if found == wanted:
        return ""
    said = format_duration(wanted) if wanted else "none"
    loaded = format_duration(round(found)) if found else "none"
    return f"{what} is loaded with {key}: {loaded}, and the spec says {said}"


def _difference(what: str, one: LoadedRule, expr: str, labels: Labels, interval: float) -> str:
    """In what a loaded rule is another than the plan's; empty if in nothing. One that is evaluated more
    often than the spec says leaves nothing out, so it is no other."""
    if not same_expression(one.expr, expr):
        return f"{what} is loaded with another expression: {_short(one.expr)}"
    if set(one.labels) != set(labels):
        told = ", ".join(f'{name}="{value}"' for name, value in one.labels) or "none"
        return f"{what} is loaded with other labels: {_short(told)}"
    if not one.interval:
        return f"{what}: it is not told how often it is evaluated"
    if one.interval > interval:
        return f"{what} is evaluated each {one.interval:g} s, and the spec says {interval:g} s"
    if one.limit:
        return f"{what} is loaded in a group with limit: {one.limit}, and the spec has none"
    if one.offset:
        return f"{what} is loaded in a group with query_offset: {one.offset:g} s, and the spec has none"
    return ""


def _problem(what: str, found: list[LoadedRule]) -> tuple[str, str]:
    """The health, and what is wrong with it."""
    if not found:
        return NOT_LOADED, f"{what} is not loaded as the spec has it"
    if len(found) > 1:
        return found[0].health, f"{what} is loaded {len(found)} times"
    if found[0].health == "ok":
        return "ok", ""
    if found[0].health == "unknown":
        return "unknown", f"{what} has not been evaluated yet; ask again in a minute"
    return found[0].health, f"{what} fails: {_short(found[0].error)}"


@lru_cache(maxsize=2048)
def _layout(expression: str) -> str:
    try:
        return str(parse_promql(expression).prettify())
    except ValueError:
        return expression


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}..."
