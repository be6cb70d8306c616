"""Genesis with Slack switched off, and in its steady-state profile."""

from pathlib import Path

import pytest
import yaml
from plan.specs import Data, compiled, genesis, rendered, write
from plan.tools import accepted, run

from genesis_monitoring.clients.tools import AMTOOL

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
    assert {path for path in tree if tree[path] != default[path]} <= {dashboard}
