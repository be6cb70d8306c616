"""Rule groups: one a component, recording rules in the order they need each other, then the alerts.

Rules of one group are evaluated in order, so an alert always sees the value of this very evaluation.
"""

from collections.abc import Mapping

from genesis_monitoring.plan.links import PanelIndex
from genesis_monitoring.plan.rules import AlertingRule, RecordingRule, RuleGroup
from genesis_monitoring.plan.slis import SliPlan
from genesis_monitoring.policies.base import Ground
from genesis_monitoring.policies.registry import POLICIES
from genesis_monitoring.spec.model import Spec


def compile_rules(spec: Spec, slis: Mapping[str, SliPlan], panels: PanelIndex) -> tuple[RuleGroup, ...]:
    """One group for each component that has a rule."""
    recording: dict[str, list[RecordingRule]] = {name: [] for name in spec.components}
    alerting: dict[str, list[AlertingRule]] = {name: [] for name in spec.components}
    for plan in slis.values():
        for one in plan.recordings:
            recording[plan.sli.component].append(RecordingRule(one.record, one.expr, plan.origin))
    ground = Ground(spec, slis, panels)
    for policy in POLICIES:
        for rule in policy.rules(ground):
            alerting[rule.component].append(rule)
    return tuple(
        RuleGroup(name, tuple(recording[name]), tuple(alerting[name]))
        for name in spec.components
        if recording[name] or alerting[name]
    )
