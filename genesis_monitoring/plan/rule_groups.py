"""Rule groups: one a component, recording rules in the order they need each other, then the alerts.

Rules of one group are evaluated in order, so an alert always sees the value of this very evaluation. An error
budget has two groups of its own: what is looked at often, with its alerts, and what looks back for long. The
alerts on missing data are a group, too: they read metrics, and nothing waits for them. So are rules of the
spec that record a metric: it is read as any other.
"""

from collections.abc import Iterator, Mapping

from genesis_monitoring.conventions import METRICS_PART, PERIOD_PART
from genesis_monitoring.plan.budgets import (
    BudgetPlan,
    quick_interval,
    quick_rules,
    slow_interval,
    slow_rules,
)
from genesis_monitoring.plan.inhibition import compile_inhibitions
from genesis_monitoring.plan.links import PanelIndex
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.policies.base import Ground
from genesis_monitoring.policies.registry import BUDGET, POLICIES
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.recording_rules import recordings


def compile_rules(
    spec: Spec, slis: Mapping[str, SliPlan], budgets: tuple[BudgetPlan, ...], panels: PanelIndex
) -> tuple[RuleGroup, ...]:
    """Those of each component that has a rule, the groups of budgets after its own."""
    recording: dict[str, list[RecordingRule]] = {name: [] for name in spec.components}
    alerting: dict[tuple[str, str], list[AlertingRule]] = {}
    metrics: dict[str, list[RecordingRule]] = {}
    for name, _, written in recordings(spec):
        own = RecordingRule(name, written.expr.strip(), f"metrics.{name}.recording")
        metrics.setdefault(written.component, []).append(own)
    for plan in slis.values():
        for one in plan.recordings:
            recording[plan.sli.component].append(RecordingRule(one.record, one.expr, plan.origin))
    ground = Ground(spec, slis, budgets, panels, compile_inhibitions(spec))
    burning: dict[str, list[AlertingRule]] = {}
    for policy in POLICIES:
        for rule in policy.rules(ground):
            if policy is BUDGET:
                burning.setdefault(rule.sli or "", []).append(rule)
            else:
                alerting.setdefault((rule.component, policy.part), []).append(rule)
    of_budgets: dict[str, list[RuleGroup]] = {}
    for budget in budgets:
        alerts = tuple(burning.get(budget.sli, ()))
        of_budgets.setdefault(budget.kind.component, []).extend(_of_budget(spec, budget, alerts))
    found: list[RuleGroup] = []
    for name in spec.components:
        made = tuple(metrics.get(name, ()))
        found.append(RuleGroup(f"{name}-{METRICS_PART}", name, made, (), part=METRICS_PART))
        found.append(RuleGroup(name, name, tuple(recording[name]), tuple(alerting.get((name, ""), ()))))
        for part in dict.fromkeys(policy.part for policy in POLICIES if policy.part):
            alerts = tuple(alerting.get((name, part), ()))
            found.append(RuleGroup(f"{name}-{part}", name, (), alerts, part=part))
        found.extend(of_budgets.get(name, ()))
    return tuple(one for one in found if one.recording or one.alerting)


def _of_budget(spec: Spec, budget: BudgetPlan, alerts: tuple[AlertingRule, ...]) -> Iterator[RuleGroup]:
    (often, seldom), component = budget.groups, budget.kind.component
    limit = budget.budget.groups_at_most if budget.by else 0
    quick, slow = tuple(quick_rules(spec, budget)), tuple(slow_rules(budget))
    yield RuleGroup(often, component, quick, alerts, quick_interval(spec, budget), limit)
    yield RuleGroup(seldom, component, slow, (), slow_interval(spec, budget), limit, part=PERIOD_PART)


def by_file(groups: tuple[RuleGroup, ...]) -> Mapping[str, tuple[RuleGroup, ...]]:
    """The groups of each file, in their order."""
    found: dict[str, list[RuleGroup]] = {}
    for group in groups:
        found.setdefault(group.path, []).append(group)
    return {path: tuple(own) for path, own in found.items()}
