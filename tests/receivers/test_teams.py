"""Teams: whose an alert is, who is told of it, and what people read of that."""

import subprocess
from pathlib import Path

import pytest
from checks.rule_tree import RuleTree, tree_of
from plan.specs import Data, as_text, compiled, every_kind
from stack.runs import genesis_mon
from stack.test_drill import namespaces_can_be_had

from genesis_monitoring.checks.alertmanager.config import check_alertmanager_config
from genesis_monitoring.checks.alertmanager.live import check_alertmanager_live
from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.checks.alertmanager.routes import check_alertmanager_routes
from genesis_monitoring.checks.rule_tests.run import check_rule_tests
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG
from genesis_monitoring.plan.alert_cases import alert_cases
from genesis_monitoring.rollout.server_told import alerts_of_teams

from .owned import owned


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return tree_of(tmp_path / "spec", owned)


def data_with_teams() -> Data:
    data = every_kind()
    owned(data)
    return data


@pytest.mark.parametrize(
    ("alert", "labels", "team", "receivers"),
    [
        ("RequestsFail", {}, "shop", ("pager", "chat")),
        ("CostHigh", {}, "money", ("money-mail",)),
        ("SavingMissed", {}, "money", ("money-pager", "money-mail")),
        ("CacheCold", {}, "stock", ("stock-mail",)),
        ("BackupOld", {}, "stock", ("pager", "chat")),
        ("QueueEndless", {"queue": "queue-1"}, "shop", ("pager", "chat")),
        ("QueueEndless", {"queue": "invoices"}, "shop", ("money-pager", "money-mail")),
        ("QueueEndless", {"queue": "refunds.*"}, "shop", ("money-pager", "money-mail")),
        ("QueueEndless", {"queue": "refundsxy"}, "shop", ("pager", "chat")),
        ("QueueLong", {"queue": "invoices"}, "shop", ("money-mail",)),
    ],
)
def test_who_gets_an_alert(
    alert: str, labels: dict[str, str], team: str, receivers: tuple[str, ...], tree: RuleTree
) -> None:
    plan = tree.project.plan
    case = next(one for one in alert_cases(plan) if one.name == alert)
    asked = {**case.label_map, **labels}
    assert asked["team"] == team
    said = subprocess.run(
        ["amtool", "config", "routes", "test", f"--config.file={tree.out / ALERTMANAGER_CONFIG}"]
        + [f"{name}={value}" for name, value in asked.items()],
        capture_output=True,
        text=True,
        check=True,
    )
    assert tuple(said.stdout.strip().split(",")) == receivers


def test_the_tools_and_a_real_alertmanager_agree(tree: RuleTree) -> None:
    for check in (check_alertmanager_config, check_alertmanager_routes, check_alertmanager_live):
        assert tree.run(check) == []
    assert tree.run(check_notification_delivery) == []


def test_the_rules_have_their_teams_label(tree: RuleTree) -> None:
    assert "team: money" in tree.text("prometheus/rules/bill.yml")
    assert "team: shop" not in tree.text("prometheus/rules/bill.yml")
    assert tree.run(check_rule_tests) == []


def test_people_of_the_team_are_named(tree: RuleTree) -> None:
    page = tree.text("docs/runbooks/SavingMissed.md")
    assert "| P0 (Blocker) | bill | Money | 6 minutes |" in page
    assert "Team Money. On call: Cleo (Money)" in page
    both = tree.text("docs/runbooks/QueueEndless.md")
    assert "Where queue is invoices or refunds.\\*: team Money. On call: Cleo" in both
    assert "Money: Cleo (Money) → Dan (Money); acknowledge within" in tree.text("prometheus/rules/bill.yml")
    row = next(line for line in tree.text("docs/alerts.md").splitlines() if "SavingMissed" in line)
    assert "| bill | money |" in row
    assert "money-pager, money-mail" in row


def test_a_rollout_counts_the_alerts_of_all_teams() -> None:
    assert alerts_of_teams(compiled(data_with_teams())) == 'ALERTS{team=~"shop|money|stock|"}'


@pytest.mark.live
def test_the_drill_reaches_each_team(tmp_path: Path) -> None:
    (tmp_path / "slo.yaml").write_text(as_text(data_with_teams()), "utf-8")
    assert genesis_mon("render", cwd=tmp_path).code == 0
    done = genesis_mon("stack", "drill", "--format", "json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.json["way"] == ("sealed" if namespaces_can_be_had() else "copy")
    mails = {
        (one["receiver"], one["to"])
        for alert in done.json["alerts"]
        for one in alert["arrivals"]
        if one["kind"] == "email"
    }
    assert mails == {("money-mail", "money@example.com"), ("stock-mail", "stock@example.com")}
