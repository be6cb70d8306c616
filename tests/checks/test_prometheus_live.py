"""The generated files in a real Prometheus."""

from collections.abc import Collection, Sequence
from pathlib import Path

import pytest
from plan.specs import compiled, every_kind

from genesis_monitoring.checks.prometheus.live import check_prometheus_live as check
from genesis_monitoring.checks.prometheus.live_series import catalogue_series
from genesis_monitoring.clients.prometheus import LivePrometheus
from genesis_monitoring.clients.protocols import Toolbox
from genesis_monitoring.clients.server_log import read_log_line
from genesis_monitoring.conventions import PROMETHEUS_CONFIG as FILE

from .rule_tree import SHOP, RuleTree, rule_tree


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []


def test_a_configuration_that_prometheus_refuses(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "    metrics_path: /shop", "    metrics_pth: /shop")
    finding = tree.one(check, "GM901")
    assert "field metrics_pth not found" in finding.message
    assert "genesis-mon-" not in finding.message
    assert finding.location.line == line


def test_a_join_that_fails_only_with_data(tree: RuleTree) -> None:
    tree.write_expr("sli:queued:count", "queue_length / on (job) queue_delayed")
    finding = tree.one(check, "GM902")
    assert "found duplicate series for the match group" in finding.message
    assert (finding.location,) == tree.spec_place("slis.queued")


def test_a_group_that_is_not_evaluated_in_time(tree: RuleTree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("genesis_monitoring.clients.prometheus._PATIENCE_SECONDS", 0.5)
    tree.spoil(SHOP, "    rules:\n", "    interval: 1d # once a day\n    rules:\n")
    findings = tree.run(check)
    assert {finding.code for finding in findings} == {"GM902"}
    assert "it was not evaluated in time" in findings[0].message


def test_rules_that_are_not_loaded(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "rules/*.yml", "rules/[bm]*.yml")
    found = [one for one in tree.run(check) if one.code == "GM904"]
    assert [(one.message, one.location.line) for one in found] == [
        (f"Prometheus has not loaded {path}", line - 1)
        for path in (
            "prometheus/rules/shop.metrics.yml",
            "prometheus/rules/shop.missing.yml",
            "prometheus/rules/shop.period.yml",
            SHOP,
        )
    ]


def test_rules_that_nobody_rendered(tree: RuleTree) -> None:
    stray = tree.out / "prometheus/rules/stray.yml"
    stray.write_text("groups: [{name: stray, rules: [{record: a, expr: vector(1)}]}]\n")
    assert "has loaded the rule a of the group stray" in tree.one(check, "GM904").message


def test_a_warning_in_the_log_and_a_lost_target(tree: RuleTree) -> None:
    class Loud:
        version = "2.42.0"

        def evaluate(
            self,
            tree: Path,
            config: str,
            series: str,
            command: Sequence[str] = (),
            asked: Collection[str] = (),
        ) -> LivePrometheus:
            live = inner.evaluate(tree, config, series, command, asked)
            said = ('level=WARN msg="the field is deprecated"', 'level=error msg="Error sending alert" err=x')
            return LivePrometheus(
                True,
                live.rules,
                tuple(one for one in live.targets if one.job != "shop"),
                (*live.log, *(read_log_line(line) for line in said)),
            )

    context = tree.context
    inner = context.tools.prometheus
    tools = Toolbox(context.tools.promtool, context.tools.amtool, context.tools.compose, prometheus=Loud())
    from dataclasses import replace

    findings = list(check(replace(context, tools=tools)))
    assert [finding.code for finding in findings] == ["GM904", "GM903"]
    assert "the target shop:8000 of the job shop is in the spec, and not in Prometheus" in findings[0].message
    assert "the field is deprecated" in findings[1].message


def test_the_past_of_a_histogram_has_its_edges_to_the_last_digit() -> None:
    data = every_kind()
    batch = {**data["metrics"]["request_seconds"], "buckets": [0.25, 1234.5678, 1234.5679, 1234567]}
    data["metrics"]["batch_seconds"] = batch
    past = catalogue_series(compiled(data), 0)
    for edge in ("0.25", "1234.5678", "1234.5679", "1234567"):
        assert f'le="{edge}"' in past
