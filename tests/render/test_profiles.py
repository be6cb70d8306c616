"""Genesis with Slack switched off, and in its steady-state profile."""

from pathlib import Path

import pytest
import yaml
from plan.specs import Data, compiled, genesis, rendered, write
from plan.tools import accepted, run

from genesis_monitoring.clients.tools import AMTOOL, PROMTOOL

CONFIG = "alertmanager/alertmanager.yml"
INTEGRATIONS = ("slack_configs", "pagerduty_configs", "webhook_configs")


def with_slack(enabled: bool) -> Data:
    data = genesis()
    data["slack"]["enabled"] = enabled
    return data


@pytest.mark.parametrize("enabled", [True, False], ids=["Slack on", "Slack off"])
def test_every_alert_reaches_a_receiver_that_tells_somebody(enabled: bool, tmp_path: Path) -> None:
    plan = compiled(with_slack(enabled))
    tree = write(rendered(plan), tmp_path)
    accepted(AMTOOL, ("check-config", CONFIG), tree)
    config = yaml.safe_load((tree / CONFIG).read_text("utf-8"))
    telling = {one["name"] for one in config["receivers"] if any(key in one for key in INTEGRATIONS)}
    labels = {
        (rule.alert, *(f"{name}={value}" for name, value in rule.labels if name in ("severity", "component")))
        for group in plan.rule_groups
        for rule in group.alerting
    }
    assert len(labels) > 20
    for alert, *rest in sorted(labels):
        asked = ("config", "routes", "test", f"--config.file={CONFIG}", f"alertname={alert}", *rest)
        receivers = set(run(AMTOOL, asked, tree).stdout.strip().split(","))
        if alert == "Watchdog":
            assert receivers == {"watchdog"}
            continue
        assert receivers <= telling, f"{alert} reaches {receivers}"
        if "severity=P0" in rest or "severity=P1" in rest:
            assert "pager" in receivers


def test_with_slack_off_no_slack_is_left(tmp_path: Path) -> None:
    tree = rendered(compiled(with_slack(False)))
    assert "slack" not in tree[CONFIG]
    assert "#genesis" not in tree["docs/alerts.md"]


@pytest.mark.parametrize(("profile", "refresh"), [("rollout", "30s"), ("steady-state", "5m")])
def test_a_profile_changes_the_dashboard_alone(profile: str, refresh: str) -> None:
    default = rendered(compiled(genesis()))
    tree = rendered(compiled(genesis(), profile))
    dashboard = "grafana/dashboards/phase5-rollout.json"
    assert yaml.safe_load(tree[dashboard])["refresh"] == refresh
    budgets = "grafana/dashboards/genesis-phase5-budgets.json"
    assert {path for path in tree if tree[path] != default[path]} <= {dashboard, budgets}


def test_a_drill_shortens_every_for_and_leaves_the_rest() -> None:
    plan, default = compiled(genesis(), "drill"), compiled(genesis())
    changed = 0
    for group, usual in zip(plan.rule_groups, default.rule_groups, strict=True):
        assert group.recording == usual.recording
        for rule, before in zip(group.alerting, usual.alerting, strict=True):
            absence = rule.alert == plan.spec.meta_alerts.missing_data.name
            assert rule.for_ == min(before.for_, 60 if absence else 10)
            assert (rule.alert, rule.labels) == (before.alert, before.labels)
            # How long a label set that is gone is told counts from the alert's own time on.
            assert rule.expr == before.expr or absence
            changed += rule.for_ != before.for_
    assert changed > 20
    tree, usual_tree = rendered(plan), rendered(default)
    untouched = (CONFIG, "docker-compose.yml", "prometheus/prometheus.yml", "docs/panels.md")
    assert all(tree[path] == usual_tree[path] for path in untouched)
    assert "for 10 seconds" in tree["docs/runbooks/HybridRAGLatencyHigh.md"]
    assert "5 minutes" not in tree["prometheus/rules/system.yml"].partition("escalation")[0]


@pytest.mark.live
def test_the_rule_tests_of_a_drill_pass(tmp_path: Path) -> None:
    folder = write(rendered(compiled(genesis(), "drill")), tmp_path)
    files = sorted(path.relative_to(folder).as_posix() for path in folder.glob("prometheus/tests/*.yml"))
    accepted(PROMTOOL, ("test", "rules", *files), folder)
