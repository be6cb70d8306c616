"""The table of contents: everything the product generates, compiled from a spec in this order.

Pure: no clock, no environment, no files. A new artifact is a plan type and a pass here, a renderer in
``render/`` and a template.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from genesis_monitoring.plan.alertmanager import (
    AlertmanagerPlan,
    compile_alertmanager,
)
from genesis_monitoring.plan.budget_dashboard import compile_budget_dashboard
from genesis_monitoring.plan.budget_queries import panel_budgets
from genesis_monitoring.plan.budgets import BudgetPlan, compile_budgets
from genesis_monitoring.plan.dashboards import DashboardPlan, compile_dashboards
from genesis_monitoring.plan.docs import (
    AlertRow,
    PanelTable,
    compile_alert_rows,
    compile_panel_tables,
)
from genesis_monitoring.plan.instrumentation import InstrumentationPlan, compile_instrumentation
from genesis_monitoring.plan.links import index_panels
from genesis_monitoring.plan.notifications import NotificationPlan, compile_notifications
from genesis_monitoring.plan.planned import Planned, compile_planned
from genesis_monitoring.plan.profiles import in_profile
from genesis_monitoring.plan.prometheus import PrometheusPlan, compile_prometheus
from genesis_monitoring.plan.queries import QuerySection, compile_queries
from genesis_monitoring.plan.rollout import RolloutPlan, compile_rollout
from genesis_monitoring.plan.rule_groups import by_file, compile_rules
from genesis_monitoring.plan.rule_tests import RuleTests
from genesis_monitoring.plan.rules import RuleGroup
from genesis_monitoring.plan.runbooks import Runbook, compile_runbooks
from genesis_monitoring.plan.slis import SliPlan, compile_slis
from genesis_monitoring.plan.slos import Slo, compile_slos
from genesis_monitoring.plan.stack import StackPlan, compile_stack
from genesis_monitoring.policies.registry import recorded_windows
from genesis_monitoring.spec.model import Spec


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole stack, ready to be laid out as files. ``spec`` is the spec as it stands in the profile."""

    spec: Spec
    slis: Mapping[str, SliPlan]
    planned: Planned
    budgets: tuple[BudgetPlan, ...]
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
    queries: tuple[QuerySection, ...]
    rollout: RolloutPlan | None
    slos: tuple[Slo, ...]

    @property
    def rule_files(self) -> Mapping[str, tuple[RuleGroup, ...]]:
        """The rule groups by their file."""
        return by_file(self.rule_groups)

    @property
    def components(self) -> tuple[str, ...]:
        """Those that have rules."""
        return tuple(dict.fromkeys(group.component for group in self.rule_groups))


def begun(plan: Plan, start: float) -> Plan:
    """``plan`` as if the spec's rollout began at ``start`` (seconds since 1970).

    It differs in what dashboards say of the window, and where a baseline is observed over its first hours.
    """
    rollout = plan.spec.rollout
    if rollout is None or round(rollout.start.timestamp()) == round(start):
        return plan
    moved = rollout.model_copy(update={"start": datetime.fromtimestamp(start, UTC)})
    spec = plan.spec.model_copy(update={"rollout": moved})
    slis = compile_slis(spec, recorded_windows(spec))
    groups = compile_rules(spec, slis, plan.budgets, index_panels(spec))
    drawn = _dashboards(spec, spec.profile_in_force, slis, plan.budgets)
    return replace(
        plan,
        spec=spec,
        slis=slis,
        rule_groups=groups,
        rule_tests=RuleTests(spec, slis, plan.budgets, groups),
        # Of a profile are the refresh and the range alone, which stay.
        dashboards=tuple(
            replace(one, rows=moved.rows, events=moved.events)
            for one, moved in zip(plan.dashboards, drawn, strict=True)
        ),
    )


def _dashboards(
    spec: Spec, profile: str, slis: Mapping[str, SliPlan], budgets: tuple[BudgetPlan, ...]
) -> tuple[DashboardPlan, ...]:
    asked = panel_budgets(spec, budgets)
    own = compile_dashboards(spec, spec.profiles[profile], slis, asked)
    return (*own, *compile_budget_dashboard(spec, spec.profiles[profile], slis, budgets))


def compile_plan(spec: Spec, profile: str) -> Plan:
    """The plan of ``spec`` as it stands in ``profile``, which the spec must have."""
    spec = in_profile(spec, profile)
    slis = compile_slis(spec, recorded_windows(spec))
    panels = index_panels(spec)
    budgets = compile_budgets(spec)
    groups = compile_rules(spec, slis, budgets, panels)
    slos = compile_slos(spec, slis, budgets, panels)
    asked = panel_budgets(spec, budgets)
    return Plan(
        spec=spec,
        slis=slis,
        planned=compile_planned(spec, slis),
        budgets=budgets,
        rule_groups=groups,
        rule_tests=RuleTests(spec, slis, budgets, groups),
        prometheus=compile_prometheus(spec),
        alertmanager=compile_alertmanager(spec),
        notifications=compile_notifications(spec),
        dashboards=_dashboards(spec, profile, slis, budgets),
        stack=compile_stack(spec),
        instrumentation=compile_instrumentation(spec),
        runbooks=compile_runbooks(spec, slis, groups, panels, slos),
        alert_rows=compile_alert_rows(spec, slis, groups),
        panel_tables=compile_panel_tables(spec, slis, asked),
        queries=compile_queries(spec, slis, asked),
        rollout=compile_rollout(spec, slis),
        slos=slos,
    )
