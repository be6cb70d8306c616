"""Every expression is parsed, wherever it stands."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from genesis_monitoring.checks.promql.expressions import check_promql
from genesis_monitoring.findings import Finding
from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.rules import RuleGroup

from .rule_tree import RuleTree, rule_tree


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def run(tree: RuleTree, change: Callable[[Plan], Plan]) -> list[Finding]:
    return list(check_promql(replace(tree.context, plan=change(tree.project.plan))))


def of_shop(plan: Plan) -> RuleGroup:
    return next(group for group in plan.rule_groups if group.name == "shop")


def recorded(plan: Plan) -> Plan:
    group = of_shop(plan)
    record = replace(group.recording[0], record="broken", expr="min((up)")
    groups = (replace(group, recording=(record, *group.recording[1:])), *plan.rule_groups[1:])
    return replace(plan, rule_groups=groups)


def alerting(plan: Plan) -> Plan:
    group = of_shop(plan)
    alert = replace(group.alerting[0], alert="Broken", expr=f"up{{job='{'b' * 200}'}})")
    return replace(plan, rule_groups=(replace(group, alerting=(alert,)), *plan.rule_groups[1:]))


def on_a_panel(plan: Plan) -> Plan:
    dashboard = plan.dashboards[0]
    row = next(row for row in dashboard.rows if any(panel.queries for panel in row.panels))
    panel = next(panel for panel in row.panels if panel.queries)
    query = replace(panel.queries[0], expr="rate(up[$__rate_interval]")
    broken = replace(panel, id=7, title="Broken", queries=(query,))
    rows = (replace(row, panels=(broken,)),)
    return replace(plan, dashboards=(replace(dashboard, rows=rows),))


def in_an_annotation(plan: Plan) -> Plan:
    return replace(
        plan,
        dashboards=(
            replace(plan.dashboards[0], events=(replace(plan.dashboards[0].events[0], expr="ALERTS{"),)),
        ),
    )


def test_the_good_plan_is_clean(tree: RuleTree) -> None:
    assert run(tree, lambda plan: plan) == []


@pytest.mark.parametrize(
    ("change", "owner", "shown", "origin"),
    [
        (recorded, "broken: ", "unclosed left parenthesis, in: min((up)", "slis."),
        (alerting, "Broken: ", "bb…", "alerts."),
        (on_a_panel, 'panel 7 "Broken", query A: ', "rate(up[5m]", "dashboards."),
        (in_an_annotation, 'dashboard "', "ALERTS{", "severities."),
    ],
)
def test_an_expression_at_what_it_comes_from(
    tree: RuleTree, change: Callable[[Plan], Plan], owner: str, shown: str, origin: str
) -> None:
    (finding,) = run(tree, change)
    assert finding.code == "GM401"
    assert finding.message.startswith(owner)
    assert finding.message.endswith(shown)
    assert finding.location.file.endswith(".yaml")
    assert finding.location > tree.spec_place(origin.rstrip("."))[0]
