"""The table of contents: everything the product generates, compiled from a spec in this order.

Pure: no clock, no environment, no files. A new artifact is a plan type and a pass here, a renderer in
``render/`` and a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from genesis_monitoring.plan.alertmanager import (
    AlertmanagerPlan,
    compile_alertmanager,
)
from genesis_monitoring.plan.dashboards import DashboardPlan, compile_dashboards
from genesis_monitoring.plan.docs import (
    AlertRow,
    PanelTable,
    Runbook,
    compile_alert_rows,
    compile_panel_tables,
    compile_runbooks,
)
from genesis_monitoring.plan.instrumentation import InstrumentationPlan, compile_instrumentation
from genesis_monitoring.plan.links import index_panels
from genesis_monitoring.plan.notifications import NotificationPlan, compile_notifications
from genesis_monitoring.plan.profiles import in_profile
from genesis_monitoring.plan.prometheus import PrometheusPlan, compile_prometheus
from genesis_monitoring.plan.rollout import RolloutPlan, compile_rollout
from genesis_monitoring.plan.rule_groups import compile_rules
from genesis_monitoring.plan.rule_tests import RuleTests
from genesis_monitoring.plan.rules import RuleGroup
from genesis_monitoring.plan.slis import SliPlan, compile_slis
from genesis_monitoring.plan.stack import StackPlan, compile_stack
from genesis_monitoring.policies.registry import recorded_windows
from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole stack, ready to be laid out as files. ``spec`` is the spec as it stands in the profile."""

    spec: Spec
    slis: Mapping[str, SliPlan]
    rule_groups: tuple[RuleGroup, ...]
    rule_tests: RuleTests
    prometheus: PrometheusPlan
    alertmanager: AlertmanagerPlan
    notifications: NotificationPlan
    dashboards: tuple[DashboardPlan, ...]
    stack: StackPlan
    instrumentation: tuple[InstrumentationPlan, ...]
    runbooks: tuple[Runbook, ...]
    alert_rows: tuple[AlertRow, ...]
    panel_tables: tuple[PanelTable, ...]
    rollout: RolloutPlan | None


def compile_plan(spec: Spec, profile: str) -> Plan:
    """The plan of ``spec`` as it stands in ``profile``, which the spec must have."""
    spec = in_profile(spec, profile)
    slis = compile_slis(spec, recorded_windows(spec))
    panels = index_panels(spec)
    groups = compile_rules(spec, slis, panels)
    return Plan(
        spec=spec,
        slis=slis,
        rule_groups=groups,
        rule_tests=RuleTests(spec, slis, groups),
        prometheus=compile_prometheus(spec),
        alertmanager=compile_alertmanager(spec),
        notifications=compile_notifications(spec),
        dashboards=compile_dashboards(spec, spec.profiles[profile], slis),
        stack=compile_stack(spec),
        instrumentation=compile_instrumentation(spec),
        runbooks=compile_runbooks(spec, slis, groups, panels),
        alert_rows=compile_alert_rows(spec, slis),
        panel_tables=compile_panel_tables(spec, slis),
        rollout=compile_rollout(spec),
    )
