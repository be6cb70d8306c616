"""Addresses with a path: servers that run with the arguments of the Compose file are reached all the same."""

from pathlib import Path

import pytest
import yaml
from cli.sandbox import run
from plan.specs import Data
from scratch import ROLLOUT_SPEC

from genesis_monitoring.checks.alertmanager.live import check_alertmanager_live
from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.checks.prometheus.live import check_prometheus_live
from genesis_monitoring.findings import Severity

from .rule_tree import RuleTree, rule_tree, tree_of

COMPOSE = "docker-compose.yml"
LIVE = (check_prometheus_live, check_alertmanager_live, check_notification_delivery)
PATHS = {
    "grafana": "https://mon.example.com/grafana/",
    "prometheus": "https://mon.example.com/prometheus/",
    "alertmanager": "https://mon.example.com/deep/er/alerts",
}


def with_paths(data: Data) -> None:
    data["metadata"]["links"].update(PATHS)


def test_servers_behind_a_path_are_reached_at_their_root(tmp_path: Path) -> None:
    tree = tree_of(tmp_path / "spec", with_paths)
    assert [finding for check in LIVE for finding in tree.run(check)] == []
    services = yaml.safe_load(tree.text(COMPOSE))["services"]
    for name in ("prometheus", "alertmanager"):
        assert f"--web.external-url={PATHS[name]}" in services[name]["command"]
        assert "--web.route-prefix=/" in services[name]["command"]


def test_grafana_serves_from_its_path() -> None:
    """The spec's own variables go before: a proxy may take the path off for Grafana, too."""
    from genesis_monitoring.plan.stack import compile_stack
    from genesis_monitoring.spec.load import parse_spec

    text = (ROLLOUT_SPEC).read_text("utf-8")
    for link, expected in (
        ("http://localhost:3000", None),
        ("https://mon.example.com/", None),
        ("https://mon.example.com/grafana/", "true"),
    ):
        spec = parse_spec(text.replace("grafana: http://localhost:3000", f"grafana: {link}"), "slo.yaml").spec
        grafana = next(one for one in compile_stack(spec).services if one.name == "grafana")
        assert dict(grafana.environment)["GF_SERVER_ROOT_URL"] == link
        assert dict(grafana.environment).get("GF_SERVER_SERVE_FROM_SUB_PATH") == expected
    own = text.replace(
        "GF_ANALYTICS_REPORTING_ENABLED:",
        'GF_SERVER_SERVE_FROM_SUB_PATH: "false"\n        GF_ANALYTICS_REPORTING_ENABLED:',
    ).replace("grafana: http://localhost:3000", "grafana: https://mon.example.com/grafana/")
    grafana = next(
        one for one in compile_stack(parse_spec(own, "slo.yaml").spec).services if one.name == "grafana"
    )
    assert dict(grafana.environment)["GF_SERVER_SERVE_FROM_SUB_PATH"] == "false"


def test_a_file_without_the_prefix_is_red(tmp_path: Path) -> None:
    """Whatever the files are compared with: the running servers tell, too."""
    spec = (ROLLOUT_SPEC).read_text("utf-8")
    spec = spec.replace("prometheus: http://localhost:9090", f"prometheus: {PATHS['prometheus']}")
    (tmp_path / "slo.yaml").write_text(spec)
    assert run("genesis-mon render", tmp_path).code == 0
    compose = tmp_path / "generated" / "docker-compose.yml"
    argument = "      - '--web.route-prefix=/'\n"
    assert argument in compose.read_text("utf-8")
    compose.write_text(compose.read_text("utf-8").replace(argument, ""))
    done = run("genesis-mon validate --only prometheus-live --only alertmanager-live", tmp_path)
    assert done.code == 1
    (line,) = [line for line in done.stdout.splitlines() if " GM905" in line]
    assert "error GM905 prometheus: prometheus answers 404 at /-/ready" in line
    assert line.startswith("generated/docker-compose.yml:")


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("9090/-/ready", "9090/healthy", "prometheus answers 404 at /healthy, where its healthcheck asks"),
        ("9093/-/ready", "9093/prometheus/-/ready", "alertmanager answers 404 at /prometheus/-/ready"),
    ],
)
def test_a_healthcheck_that_asks_elsewhere(tree: RuleTree, old: str, new: str, words: str) -> None:
    tree.spoil(COMPOSE, old, new)
    found = [finding for check in LIVE[:2] for finding in tree.run(check)]
    assert [finding.code for finding in found] == ["GM905"]
    assert words in found[0].message


def test_alerts_sent_below_a_path_that_is_not_there(tree: RuleTree) -> None:
    tree.spoil(
        "prometheus/prometheus.yml",
        "    - static_configs:\n",
        "    - path_prefix: /alerts\n      static_configs:\n",
    )
    finding = tree.one(check_alertmanager_live, "GM905")
    assert (
        "answers 404 at /alerts/api/v2/alerts, where prometheus, which sends alerts there, asks"
        in finding.message
    )


def test_an_argument_that_the_server_here_does_not_know_is_a_warning(tree: RuleTree) -> None:
    """The image may be newer: the rest is tried without."""
    for name in ("prometheus", "alertmanager"):
        line = f"      - '--config.file=/etc/{name}/{name}.yml'\n"
        tree.spoil(COMPOSE, line, f"{line}      - '--web.of-tomorrow=1'\n")
    for check in LIVE:
        finding = tree.one(check, "GM905", Severity.WARNING)
        assert "does not know --web.of-tomorrow" in finding.message
        assert len(tree.run(check)) == 1


def test_an_argument_that_no_server_takes_is_an_error(tree: RuleTree) -> None:
    tree.spoil(COMPOSE, "retention.time=", "retention.time=x")
    assert 'duration string: "x30d"' in tree.one(check_prometheus_live, "GM901").message


def test_an_alertmanager_without_a_service_is_not_tried(tree: RuleTree) -> None:
    tree.spoil(COMPOSE, "\n  alertmanager:\n", "\n  alerts:\n")
    for check in LIVE[1:]:
        assert "it has no service alertmanager" in tree.one(check, "GM004").message
