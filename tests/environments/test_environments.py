"""Environments: one spec, several trees; what is otherwise there, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from cli.sandbox import REPOSITORY, run

from genesis_monitoring.checks.left_trees import check_left_trees
from genesis_monitoring.spec.load import parse_spec

STARTER = (REPOSITORY / "genesis_monitoring/commands/starter.yaml").read_text()
ENVIRONMENTS = """
environments:
  prod: {title: Where customers are}
  staging:
    title: Where it is tried out
    set:
      request_latency_p95.target: {value: 500, reason: the machines are half as large}
      ScrapeTargetDown.for: {value: 10m, reason: staging is restarted at any time}
      prometheus.external_labels.environment: {value: staging, reason: series say where they are from}
      severities.P1.receivers: {value: [chat], reason: nobody is called for staging}
      requests_in_time.budget.objective: {value: 96, reason: half of the machines are enough}
      slis.requests_in_time.budget.shadow: {value: true, reason: nobody is called for staging}
      dashboards.shop.rows.101.panels.3.title: {value: Targets there, reason: so that one sees it}
    without:
      alerts.RequestErrorRateHigh: nobody orders there
      dashboards.shop.rows.101.panels.4: the host is not ours
"""
SHORT = (REPOSITORY / "docs/examples/service/slo.yaml").read_text()


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "slo.yaml").write_text(STARTER + ENVIRONMENTS)
    return tmp_path


def data(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def test_each_environment_has_a_tree_of_its_own(folder: Path) -> None:
    done = run("genesis-mon render --all-envs", folder)
    assert done.code == 0, done.stderr
    assert [line.rpartition(" ")[2] for line in done.stdout.splitlines()] == [
        "generated",
        "generated-prod",
        "generated-staging",
    ]
    base, prod, staging = (folder / name for name in ("generated", "generated-prod", "generated-staging"))
    assert (base / "manifest.json").read_bytes() == (prod / "manifest.json").read_bytes()
    (folder / "plain").mkdir()
    (folder / "plain/slo.yaml").write_text(STARTER)
    assert run("genesis-mon render", folder / "plain").code == 0
    assert (folder / "plain/generated/manifest.json").read_bytes() == (base / "manifest.json").read_bytes()

    config = data(staging / "prometheus/prometheus.yml")
    assert config["global"]["external_labels"] == {"environment": "staging"}
    rules = {
        rule["alert"]: rule
        for file in (staging / "prometheus/rules").glob("*.yml")
        for group in data(file)["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }
    assert "RequestErrorRateHigh" not in rules
    assert rules["ScrapeTargetDown"]["for"] == "10m"
    assert not (staging / "docs/runbooks/RequestErrorRateHigh.md").exists()
    dashboard = json.loads((staging / "grafana/dashboards/shop.json").read_text())
    panels = {panel["id"]: panel["title"] for panel in dashboard["panels"]}
    assert 4 not in panels
    assert panels[3] == "Targets there"
    again = run("genesis-mon render --all-envs --check", folder)
    assert again.code == 0, again.stderr


def test_what_is_otherwise_is_told_in_meaning(folder: Path) -> None:
    same = run("genesis-mon diff-envs base prod", folder)
    assert (same.code, same.stdout) == (0, "base → prod: no difference in meaning\n")
    done = run("genesis-mon diff-envs prod staging --format json", folder)
    assert done.code == 1, done.stderr
    document = json.loads(done.stdout)
    assert document["before"]["environment"] == "prod"
    said = {(one["change"], one["kind"], one["name"]) for one in document["changes"]}
    assert said >= {
        ("removed", "alert", "RequestErrorRateHigh"),
        ("changed", "alert", "ScrapeTargetDown"),
        ("changed", "SLI", "request_latency_p95"),
        ("changed", "severity", "P1"),
        ("changed", "budget", "requests_in_time"),
        ("changed", "prometheus", "prometheus"),
        ("removed", "panel", "4"),
        ("changed", "panel", "3"),
    }
    assert run("genesis-mon diff-envs prod stagin", folder).code == 2


def test_validate_covers_every_environment(folder: Path) -> None:
    line = "genesis-mon validate --no-live --only promql --only links"
    assert run("genesis-mon render --all-envs", folder).code == 0
    assert run(line, folder).code == 0
    rules = folder / "generated-staging/prometheus/rules/shop.yml"
    rules.write_text(rules.read_text().replace("severity: P1", "severity: P2"))
    done = run(line, folder)
    assert done.code == 1
    assert "generated-staging/prometheus/rules/shop.yml:" in done.stdout
    assert "then run: genesis-mon render --env staging" in done.stdout
    assert run(f"{line} --env prod", folder).code == 0
    assert run("genesis-mon render --env staging", folder).code == 0
    assert run(line, folder).code == 0


def test_real_promtool_and_amtool_take_every_tree(folder: Path) -> None:
    assert run("genesis-mon render --all-envs", folder).code == 0
    checks = " ".join(
        f"--only {name}"
        for name in ("prometheus-config", "prometheus-rules", "rule-tests", "alertmanager-config")
    )
    done = run(f"genesis-mon validate --no-live --strict {checks} --format json", folder)
    errors = [one for one in json.loads(done.stdout)["findings"] if one["severity"] == "error"]
    assert errors == []


def test_a_tree_of_an_environment_that_is_gone_is_told(tmp_path: Path) -> None:
    loaded = parse_spec(SHORT, "slo.yaml")
    for name in ("generated", "generated-staging", "generated-by-others"):
        (tmp_path / name).mkdir()
    (tmp_path / "generated/manifest.json").write_text("{}")
    (tmp_path / "generated-staging/manifest.json").write_text("{}")
    out = tmp_path / "generated"
    (found,) = check_left_trees(loaded.spec, loaded.source, out)
    assert (found.code, found.location.file) == ("GM153", f"{tmp_path}/generated-staging")
    text = f"{SHORT}environments: {{staging: {{title: There}}, prod: {{title: Here}}}}\n"
    for environment, expected in ((None, ()), ("prod", ())):
        loaded = parse_spec(text, "slo.yaml", environment=environment)
        assert check_left_trees(loaded.spec, loaded.source, out) == expected


def test_what_is_proven_of_one_tree_is_not_asked_again_of_an_equal_one(folder: Path) -> None:
    """And what is another one is: other rules in the spec, a changed file, a file too many."""
    less = ENVIRONMENTS.partition("      request_latency_p95")[0]
    why = "reason: staging is restarted at any time"
    (folder / "slo.yaml").write_text(f"{STARTER}{less}      ScrapeTargetDown.for: {{value: 10m, {why}}}\n")
    assert run("genesis-mon render --all-envs", folder).code == 0
    log = folder / "log"
    tool = folder / "promtool"
    passes = "shift 2; for one; do printf 'Unit Testing:  %s\\n  SUCCESS\\n\\n' \"$one\"; done"
    tool.write_text(f'#!/bin/sh\necho "$(basename $PWD) $*" >>{log}\n{passes}\n')
    tool.chmod(0o755)

    def asked(code: int = 0) -> dict[str, int]:
        log.write_text("")
        done = run(
            f"genesis-mon validate --no-live --only rule-tests --only conformance --promtool {tool}", folder
        )
        assert done.code == code, done.stdout + done.stderr
        lines = [line.split() for line in log.read_text().splitlines() if " test rules " in line]
        return {
            tree: sum(len(one) - 3 for one in lines if one[0] == tree) for tree in {one[0] for one in lines}
        }

    tests = len(list((folder / "generated/prometheus/tests").iterdir()))
    named = "rule_files: ['../rules/monitoring.yml']"
    of_monitoring = sum(named in one.read_text() for one in (folder / "generated/prometheus/tests").iterdir())
    assert asked() == {"generated": tests, "generated-staging": of_monitoring}
    assert 0 < of_monitoring < tests

    other = folder / "generated-prod/prometheus/rules/monitoring.yml"
    kept = other.read_text()
    other.write_text(kept.replace("for: 2m", "for: 3m"))
    assert asked(1)["generated-prod"] == of_monitoring
    other.write_text(kept)
    (folder / "generated-prod/prometheus/tests/mine.yml").write_text("tests: []\n")
    assert "generated-prod" not in asked(1)


def test_a_mistake_is_told_at_the_line_of_the_override(folder: Path) -> None:
    text = (STARTER + ENVIRONMENTS).replace("value: 10m,", "value: 10x,")
    (folder / "slo.yaml").write_text(text)
    assert run("genesis-mon render", folder).code == 0
    done = run("genesis-mon render --all-envs", folder)
    assert done.code == 1
    line = next(n for n, one in enumerate(text.splitlines(), 1) if "10x" in one)
    column = text.splitlines()[line - 1].index("10x") + 1
    assert f"slo.yaml:{line}:{column}: error GM113 in environment staging: " in done.stderr
    assert not (folder / "generated-staging").exists()


def test_what_leads_to_what_is_left_out_is_told(folder: Path) -> None:
    (folder / "slo.yaml").write_text(
        f"{STARTER}\nenvironments:\n  staging:\n    without: {{slis.scrape_targets: it is not there yet}}\n"
    )
    done = run("genesis-mon render --env staging", folder)
    assert done.code == 1
    assert "GM121 in environment staging: there is no SLI 'scrape_targets'" in done.stderr


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("render --env stagin", "there is no environment 'stagin' in slo.yaml; did you mean \"staging\"?"),
        ("validate --env nowhere", "use one of: prod, staging"),
        ("render --env staging --all-envs", "--all-envs writes a tree for each, and --env names one"),
        ("render --all-envs --out x", "--all-envs writes a tree for each, and --out names one"),
    ],
)
def test_wrong_calls(call: str, said: str, folder: Path) -> None:
    done = run(f"genesis-mon {call}", folder)
    assert done.code == 2
    assert said in done.stderr


def test_defaults_are_overridden_and_left_out_too(tmp_path: Path) -> None:
    """What only a default gives has a path as well; and the defaults beside it stay."""
    (tmp_path / "slo.yaml").write_text(
        f"{SHORT.rstrip()}\n"
        "environments:\n"
        "  staging:\n"
        "    set:\n"
        "      meta_alerts.missing_data.for: {value: 30m, reason: staging is restarted at any time}\n"
        "      ScrapeTargetDown.for: {value: 20m, reason: staging is restarted at any time}\n"
        "      severities.P1.group_wait: {value: 5m, reason: nobody is in a hurry there}\n"
    )
    done = run("genesis-mon diff-envs base staging --format json", tmp_path)
    assert done.code == 1, done.stderr
    facts = {
        (one["name"], fact["key"]): fact["after"]
        for one in json.loads(done.stdout)["changes"]
        for fact in one["facts"]
        if not fact["key"].startswith("expr")
    }
    assert facts == {
        ("SLIDataMissing", "for"): ["30m"],
        ("ScrapeTargetDown", "for"): ["20m"],
        ("P1", "group_wait"): ["5m"],
        ("prometheus", "external_labels.environment"): ["staging"],
    }


def test_completion_knows_the_environments(folder: Path) -> None:
    line = (
        'complete_with() { COMP_WORDS="$1" COMP_CWORD=$2 _GENESIS_MON_COMPLETE=complete_bash genesis-mon; };'
        " complete_with 'genesis-mon render --env st' 3; complete_with 'genesis-mon diff-envs pr' 2"
    )
    assert run(line, folder).stdout.split() == ["staging", "prod"]
