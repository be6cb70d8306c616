"""Addresses with a path: servers that run with the arguments of the Compose file are reached all the same."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from plan.specs import Data
from scratch import ROLLOUT_SPEC

from genesis_monitoring.checks.alertmanager.live import check_alertmanager_live
from genesis_monitoring.checks.alertmanager.notification_delivery import check_notification_delivery
from genesis_monitoring.checks.prometheus.live import check_prometheus_live
from genesis_monitoring.findings import Severity

from .rule_tree import tree_of

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


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_routes_that_are_moved_are_red(tmp_path: Path, name: str) -> None:
    tree = tree_of(tmp_path / "spec", with_paths)
    plan = tree.project.plan
    services = tuple(
        replace(one, command=tuple(word for word in one.command if not word.startswith("--web.route-prefix")))
        if one.name == name
        else one
        for one in plan.stack.services
    )
    context = replace(tree.context, plan=replace(plan, stack=replace(plan.stack, services=services)))
    (finding,) = [finding for check in LIVE[:2] for finding in check(context)]
    assert finding.code == "GM905"
    assert finding.message.startswith(f"{name}: {name} answers 404 at /-/ready")
    assert finding.location.line == tree.spec_place(f"stack.services.{name}")[0].line


@pytest.mark.parametrize(
    ("service", "path", "words"),
    [
        ("prometheus", "/healthy", "prometheus answers 404 at /healthy, where its healthcheck asks"),
        ("alertmanager", "/prometheus/-/ready", "alertmanager answers 404 at /prometheus/-/ready"),
    ],
)
def test_a_healthcheck_that_asks_elsewhere(tmp_path: Path, service: str, path: str, words: str) -> None:
    def change(data: Data) -> None:
        test = data["stack"]["services"][service]["health"]["test"]
        test[-1] = test[-1].replace("/-/ready", path)

    tree = tree_of(tmp_path / "spec", change)
    found = [finding for check in LIVE[:2] for finding in tree.run(check)]
    assert [finding.code for finding in found] == ["GM905"]
    assert words in found[0].message
    assert found[0].location.file.endswith("slo.yaml")


def with_argument(argument: str, *services: str) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for name in services:
            command = data["stack"]["services"][name].setdefault("command", [])
            command.append(argument)

    return change


def test_an_argument_that_the_server_here_does_not_know_is_a_warning(tmp_path: Path) -> None:
    """The image may be newer: the rest is tried without."""
    tree = tree_of(tmp_path / "spec", with_argument("--web.of-tomorrow=1", "prometheus", "alertmanager"))
    for check in LIVE:
        finding = tree.one(check, "GM905", Severity.WARNING)
        assert "does not know --web.of-tomorrow" in finding.message
        assert len(tree.run(check)) == 1


def test_an_argument_that_no_server_takes_is_an_error(tmp_path: Path) -> None:
    tree = tree_of(tmp_path / "spec", with_argument("--storage.tsdb.min-block-duration=x2h", "prometheus"))
    assert 'duration string: "x2h"' in tree.one(check_prometheus_live, "GM901").message
