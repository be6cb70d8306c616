"""What the native stack changes in the generated configuration: places, and nothing else."""

import difflib
from typing import Any

import pytest
import yaml
from plan.specs import genesis_plan

from genesis_monitoring.clients.alertmanager_copy import redirect
from genesis_monitoring.stack.mapping import (
    Here,
    first_hours_in,
    map_first_hours,
    map_prometheus,
    map_secrets,
    map_values,
)
from stack.runs import ROOT

PROMETHEUS = (ROOT / "generated/prometheus/prometheus.yml").read_text("utf-8")
ALERTMANAGER = (ROOT / "generated/alertmanager/alertmanager.yml").read_text("utf-8")


def targets(config: Any) -> list[str]:
    managers = config["alerting"]["alertmanagers"]
    return [
        target
        for holder in (*managers, *config["scrape_configs"])
        for static in holder["static_configs"]
        for target in static["targets"]
    ]


def without_targets(config: Any) -> Any:
    for holder in (*config["alerting"]["alertmanagers"], *config["scrape_configs"]):
        for static in holder["static_configs"]:
            static["targets"] = []
    return config


def test_only_targets_change() -> None:
    addresses = {name: f"127.0.0.1:{n}" for n, name in enumerate(targets(yaml.safe_load(PROMETHEUS)), 9000)}
    mapped = map_prometheus(PROMETHEUS, addresses)
    assert targets(yaml.safe_load(mapped)) == [addresses[t] for t in targets(yaml.safe_load(PROMETHEUS))]
    assert without_targets(yaml.safe_load(mapped)) == without_targets(yaml.safe_load(PROMETHEUS))
    changed = [
        line for line in difflib.ndiff(PROMETHEUS.splitlines(), mapped.splitlines()) if line[0] in "+-"
    ]
    assert changed
    assert all("targets:" in line for line in changed)


def test_only_the_hours_change_that_a_baseline_is_observed_in() -> None:
    rules = (ROOT / "generated/prometheus/rules/cost.yml").read_text("utf-8")
    hours = [one.compared_with for one in genesis_plan().slis.values() if one.compared_with]
    until = hours[0].until
    assert first_hours_in(rules) == until
    mapped = map_first_hours(rules, hours, 1_800_000_000)
    assert first_hours_in(mapped) == 1_800_000_000
    assert mapped.replace("1800000000", str(until)) == rules
    other = (ROOT / "generated/prometheus/rules/system.yml").read_text("utf-8")
    assert (first_hours_in(other), map_first_hours(other, hours, 1)) == (None, other)


def test_an_unknown_target_stays() -> None:
    assert map_prometheus(PROMETHEUS, {}) == PROMETHEUS


@pytest.mark.parametrize("job", [job["job_name"] for job in yaml.safe_load(PROMETHEUS)["scrape_configs"]])
def test_a_job_that_is_left_out_takes_nothing_with_it(job: str) -> None:
    expected = yaml.safe_load(PROMETHEUS)
    expected["scrape_configs"] = [one for one in expected["scrape_configs"] if one["job_name"] != job]
    mapped = map_prometheus(PROMETHEUS, {}, [job])
    assert yaml.safe_load(mapped) == expected
    gone = [line for line in difflib.ndiff(PROMETHEUS.splitlines(), mapped.splitlines()) if line[0] in "+-"]
    assert all(line.startswith("- ") for line in gone)
    assert sum("# from:" in line for line in gone) == 1


def test_flow_style_and_the_last_job() -> None:
    text = "scrape_configs:\n- {job_name: a, static_configs: [{targets: ['a:1']}]}\n# of b\n- job_name: b\n"
    assert map_prometheus(text, {"a:1": "x:2"}, ["b"]) == (
        "scrape_configs:\n- {job_name: a, static_configs: [{targets: ['x:2']}]}\n"
    )


def test_only_secret_files_change() -> None:
    files = {"slack_api_url": "/a b/it's", "pager_routing_key": "/k"}
    mapped = yaml.safe_load(map_secrets(ALERTMANAGER, files))
    expected = yaml.safe_load(ALERTMANAGER)
    for receiver in expected["receivers"]:
        for one in receiver.get("slack_configs", ()):
            one["api_url_file"] = "/a b/it's"
        for one in receiver.get("pagerduty_configs", ()):
            one["routing_key_file"] = "/k"
    assert mapped == expected


def test_what_is_caught_differs_in_addresses_and_secrets_only(tmp_path: Any) -> None:
    here = {"http": "http://127.0.0.1:1"}.get
    caught = yaml.safe_load(redirect(ALERTMANAGER, here, tmp_path, group_wait=None))
    expected = yaml.safe_load(ALERTMANAGER)
    for config in (caught, expected):
        for receiver in config["receivers"]:
            for one in (*receiver.get("slack_configs", ()), *receiver.get("pagerduty_configs", ())):
                for key in ("api_url_file", "routing_key_file", "url"):
                    one.pop(key, None)
    assert caught == expected


@pytest.mark.parametrize("text", ["", "a", "- a", "a: [", "a: *b"])
def test_what_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="it is no"):
        map_values(text, {"a": "b"})


def test_servers_behind_one_address_are_told_apart_and_asked_plainly() -> None:
    text = """
alerting:
  alertmanagers: [{scheme: https, path_prefix: /am, static_configs: [{targets: ['m:443']}]}]
scrape_configs:
- {job_name: p, metrics_path: /p/metrics, scheme: https, static_configs: [{targets: ['m:443']}]}
- {job_name: a, metrics_path: /am/metrics, scheme: https, static_configs: [{targets: ['m:443']}]}
- {job_name: shop, metrics_path: /x, scheme: https, static_configs: [{targets: ['m:443']}]}
"""
    alertmanager = Here("127.0.0.1:2", "/metrics")
    servers = {"p": Here("127.0.0.1:1", "/metrics"), "a": alertmanager, "": alertmanager}
    mapped = """
alerting:
  alertmanagers: [{scheme: http, path_prefix: /, static_configs: [{targets: ['127.0.0.1:2']}]}]
scrape_configs:
- {job_name: p, metrics_path: /metrics, scheme: http, static_configs: [{targets: ['127.0.0.1:1']}]}
- {job_name: a, metrics_path: /metrics, scheme: http, static_configs: [{targets: ['127.0.0.1:2']}]}
- {job_name: shop, metrics_path: /x, scheme: https, static_configs: [{targets: ['127.0.0.1:3']}]}
"""
    assert map_prometheus(text, {"m:443": "127.0.0.1:3"}, servers=servers) == mapped
