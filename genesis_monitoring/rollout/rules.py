"""Whether the rules that a server has loaded are those of the plan: else its series mean something else."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from genesis_monitoring.clients.samples import LoadedRule
from genesis_monitoring.durations import format_duration
from genesis_monitoring.plan.rules import AlertingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.rollout.evidence import RuleState

NOT_LOADED = "not loaded"


def record_states(slis: Mapping[str, SliPlan], loaded: Iterable[LoadedRule]) -> Mapping[str, RuleState]:
    """By SLI: is its recording rule loaded, the same, and healthy?"""
    by_name: dict[str, list[LoadedRule]] = {}
    for rule in loaded:
        if rule.kind == "recording":
            by_name.setdefault(rule.name, []).append(rule)
    states = {}
    for name, plan in slis.items():
        found = by_name.get(plan.record, [])
        health, problem = _problem(f"rule {plan.record}", found)
        if not problem and not same_expression(found[0].expr, plan.expr):
            problem = f"rule {plan.record} is loaded with another expression: {_short(found[0].expr)}"
        states[name] = RuleState(plan.record, health, problem)
    return states


def alert_states(
    groups: Iterable[RuleGroup], loaded: Iterable[LoadedRule]
) -> Mapping[tuple[str, str], RuleState]:
    """By alert and SLI (empty for one without): is it loaded, the same, and healthy?"""
    alerts = [rule for rule in loaded if rule.kind == "alerting"]
    return {
        (rule.alert, rule.sli or ""): _alert_state(rule, alerts)
        for group in groups
        for rule in group.alerting
    }


def longer_intervals(loaded: Iterable[LoadedRule], interval: float) -> tuple[str, ...]:
    """Groups that are evaluated less often than the spec says, which shows as missing samples."""
    groups = {rule.group: rule.interval for rule in loaded}
    return tuple(
        f"rule group {name} is evaluated each {found:g} s, and the spec says {interval:g} s"
        for name, found in sorted(groups.items())
        if found > interval
    )


def same_expression(first: str, second: str) -> bool:
    """Whether two expressions are the same but for layout."""
    return first == second or _layout(first) == _layout(second)


def _alert_state(rule: AlertingRule, loaded: list[LoadedRule]) -> RuleState:
    labels = set(rule.labels)
    found = [one for one in loaded if one.name == rule.alert and labels <= set(one.labels)]
    health, problem = _problem(f"alert {rule.alert}", found)
    if problem:
        return RuleState(rule.alert, health, problem)
    one = found[0]
    if not same_expression(one.expr, rule.expr):
        problem = f"alert {rule.alert} is loaded with another expression: {_short(one.expr)}"
    elif one.duration != rule.for_:
        problem = (
            f"alert {rule.alert} is loaded with for: {format_duration(round(one.duration))}, "
            f"and the spec says {format_duration(rule.for_)}"
        )
    return RuleState(rule.alert, health, problem)


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
    from promql_parser import parse

    try:
        return str(parse(expression).prettify())
    except ValueError:
        return expression


def _short(text: str) -> str:
    return text if len(text) <= 160 else f"{text[:157]}..."
