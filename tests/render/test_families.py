"""Every generated YAML file parses to exactly what its plan says, hostile text included."""

import html
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from plan.specs import Data, artifacts, compiled, every_kind, genesis, rendered
from plan.tools import accepted

from genesis_monitoring.clients.tools import AMTOOL
from genesis_monitoring.plan.compile import Plan

from .hostile import HOSTILE, hostile_spec


def slack_off() -> Data:
    data = every_kind()
    data["slack"]["enabled"] = False
    data["routing"].pop("inhibit")
    return data


SPECS: dict[str, Callable[[], Data]] = {
    "every-kind": every_kind,
    "genesis": genesis,
    "slack-off": slack_off,
    "hostile": hostile_spec,
}
everywhere = pytest.mark.parametrize("name", SPECS)


@cache
def made(name: str) -> tuple[Plan, dict[str, str]]:
    plan = compiled(SPECS[name]())
    return plan, rendered(plan)


def parsed(name: str, path: str) -> Any:
    return yaml.safe_load(made(name)[1][path])


@everywhere
def test_every_data_file_parses_to_its_document(name: str) -> None:
    documents = [one for one in artifacts(made(name)[0]) if one.document is not None]
    assert len(documents) > 10
    for one in documents:
        assert one.document is not None
        read = json.loads if one.path.endswith(".json") else yaml.safe_load
        assert read(one.text) == unfolded(one.document.data), one.path


def unfolded(value: Any) -> Any:
    """Plain lists and mappings."""
    if isinstance(value, dict):
        return {key: unfolded(inner) for key, inner in value.items()}
    return [unfolded(inner) for inner in value] if isinstance(value, list | tuple) else value


def single_dollars(value: Any) -> Any:
    """As Grafana reads a file in which each dollar sign is doubled."""
    if isinstance(value, dict):
        return {key: single_dollars(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [single_dollars(inner) for inner in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


@everywhere
def test_grafana_provisioning(name: str) -> None:
    plan = made(name)[0]
    source = single_dollars(parsed(name, "grafana/provisioning/datasources/prometheus.yml"))
    assert source["datasources"] == [
        {
            "name": "Prometheus",
            "uid": "genesis-prometheus",
            "type": "prometheus",
            "access": "proxy",
            "url": "http://prometheus:9090",
            "isDefault": True,
            "editable": False,
            "jsonData": {"httpMethod": "POST", "prometheusType": "Prometheus", "timeInterval": "15s"},
        }
    ]
    provider = single_dollars(parsed(name, "grafana/provisioning/dashboards/genesis.yml"))["providers"][0]
    assert provider["folder"] == plan.spec.metadata.title
    assert provider["options"] == {"path": "/etc/grafana/dashboards"}


@everywhere
def test_every_file_ends_in_one_newline_and_names_its_source(name: str) -> None:
    for path, text in made(name)[1].items():
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
        if not path.endswith(".json"):
            assert "Generated from slo.yaml" in text.splitlines()[0], path


def test_the_hostile_text_is_really_there() -> None:
    rules = parsed("hostile", "prometheus/rules/shop.yml")["groups"][0]["rules"]
    alert = next(rule for rule in rules if rule.get("alert") == "DiskFull")
    escaped = HOSTILE.replace("{{", "{{ `{{` }}")
    assert alert["annotations"]["summary"] == escaped
    assert parsed("hostile", "docker-compose.yml")["services"]["shop"]["command"] == [
        HOSTILE.replace("$", "$$")
    ]


@pytest.mark.parametrize(
    ("severity", "color", "weight"),
    [("P0", "#b71c1c", "critical"), ("P2", "#e53935", "error"), ("P9", "#757575", "error")],
)
def test_notification_templates_know_each_severity(
    severity: str, color: str, weight: str, tmp_path: Path
) -> None:
    (tmp_path / "genesis.tmpl").write_text(made("every-kind")[1]["alertmanager/templates/genesis.tmpl"])
    alert = {
        "status": "firing",
        "labels": {"alertname": "A", "component": "shop", "severity": severity},
        "annotations": {"description": HOSTILE, "response": "1. one\n2. two"},
        "startsAt": "2026-01-02T03:04:05Z",
    }
    data = {"status": "firing", "commonLabels": {"severity": severity}, "alerts": [alert]}
    (tmp_path / "data.json").write_text(json.dumps(data))
    text = "|".join(f'{{{{ template "genesis.{name}" . }}}}' for name in ("color", "pager_severity", "text"))
    arguments = (
        "template", "render", "--template.glob=genesis.tmpl", f"--template.text={text}",
        "--template.data=data.json",
    )  # fmt: skip
    said = accepted(AMTOOL, arguments, tmp_path).split("|", 2)
    assert said[:2] == [color, weight]
    # For Slack, and without characters that turn or hide what follows them.
    escaped = html.escape(HOSTILE, quote=False).replace("\u202e", " ").replace("\ufeff", " ")
    assert said[2].startswith(f"A (shop) is firing since 2026-01-02 03:04:05 UTC\n{escaped}\nImpact:")


def test_a_resolved_notification_is_green(tmp_path: Path) -> None:
    (tmp_path / "genesis.tmpl").write_text(made("every-kind")[1]["alertmanager/templates/genesis.tmpl"])
    (tmp_path / "data.json").write_text(
        json.dumps({"status": "resolved", "commonLabels": {"severity": "P0"}})
    )
    arguments = (
        "template", "render", "--template.glob=genesis.tmpl",
        '--template.text={{ template "genesis.color" . }}', "--template.data=data.json",
    )  # fmt: skip
    assert accepted(AMTOOL, arguments, tmp_path).strip() == "#43a047"
