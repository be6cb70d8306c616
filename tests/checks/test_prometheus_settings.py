"""prometheus.yml against the spec and the files it names, at the value that differs."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.prometheus.image_versions import check_image_versions
from genesis_monitoring.checks.prometheus.settings import check_prometheus_settings as check
from genesis_monitoring.conventions import ALERTMANAGER_CONFIG, PROMETHEUS_CONFIG as FILE
from genesis_monitoring.findings import Severity

from .rule_tree import SHOP, RuleTree, rule_tree, tree_of, without_plan


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path / "generated")


def test_the_tree_as_rendered_has_no_fault(tree: RuleTree) -> None:
    assert tree.run(check) == []
    assert tree.run(check_image_versions) == []


def test_what_means_the_same_is_the_same(tree: RuleTree) -> None:
    tree.spoil(FILE, "evaluation_interval: 15s", "evaluation_interval: 15000ms")
    tree.spoil(FILE, "'rules/*.yml'", "'rules/*.yml'\n  - 'rules/s*.yml'")
    tree.spoil(FILE, "    metrics_path: /metrics\n", "    scheme: http\n")
    assert tree.run(check) == []


@pytest.mark.parametrize(
    ("old", "new", "words", "origin"),
    [
        ("scrape_interval: 15s", "scrape_interval: 15m", "is 15m; the spec says 15s", "scrape_interval"),
        ("scrape_timeout: 10s", "scrape_timeout: 1s", "is 1s; the spec says 10s", "scrape_timeout"),
        ("evaluation_interval: 15s", "evaluation_interval: 1d", "is 1d; the spec", "evaluation_interval"),
        ("site: 'off'", "site: 'on'", "site is on; the spec says off", "external_labels.site"),
        ("site: 'off'", "sites: 'off'", "site is not set; the spec says off", "external_labels.site"),
        ("['alertmanager:9093']", "['alertmanagr:9093']", "the spec says alertmanager:9093", "alertmanager"),
    ],
)
def test_a_setting_that_differs(tree: RuleTree, old: str, new: str, words: str, origin: str) -> None:
    line = tree.spoil(FILE, old, new)
    (finding,) = [f for f in tree.run(check) if f.code == "GM308" and words in f.message]
    assert finding.related == tree.spec_place(f"prometheus.{origin}")
    assert line - 1 <= finding.location.line <= line


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("['shop:8000']", "['shop:8001']", "target of the job shop is shop:8001; the spec says shop:8000"),
        ("['shop:8000']", "[]", "target of the job shop is empty"),
        ("/shop/metrics", "/metrics", "metrics_path of the job shop is /metrics"),
        ("scrape_interval: 5s", "scrape_interval: 50s", "scrape_interval of the job shop is 50s"),
        ("scrape_timeout: 5s", "scrape_timeout: 1s", "scrape_timeout of the job shop is 1s"),
        (
            "metrics_path: /shop/",
            "scheme: https\n    metrics_path: /shop/",
            "scheme of the job shop is https",
        ),
    ],
)
def test_a_job_that_differs(tree: RuleTree, old: str, new: str, words: str) -> None:
    line = tree.spoil(FILE, old, new)
    finding = tree.one(check, "GM308")
    assert words in finding.message
    assert finding.related == tree.spec_place("stack.services.shop.scrape")
    assert line - 1 <= finding.location.line <= line


def test_jobs_that_are_missing_or_new(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "job_name: shop", "job_name: shopp")
    missing, extra = (finding for finding in tree.run(check) if finding.code == "GM308")
    assert missing.message == "the job shop is missing, so shop:8000 is not scraped"
    assert missing.location.line == tree.line(FILE, "scrape_configs:")
    assert (extra.message, extra.location.line) == ("the spec has no job shopp", line)


def test_a_key_that_no_spec_sets_is_a_warning(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "    metrics_path: /shop", "    enable_http2: false\n    metrics_path: /shop")
    assert tree.one(check, "GM308", Severity.WARNING).location.line == line


@pytest.mark.parametrize(
    "key",
    ["honor_labels: true", "sample_limit: 10", "metric_relabel_configs: [{action: labeldrop, regex: x}]"],
)
def test_a_key_that_changes_the_series_is_an_error(tree: RuleTree, key: str) -> None:
    line = tree.spoil(FILE, "    metrics_path: /shop", f"    {key}\n    metrics_path: /shop")
    finding = tree.one(check, "GM308")
    assert "the spec knows nothing of it" in finding.message
    assert (finding.location.line, finding.severity) == (line, Severity.ERROR)


def test_patterns_that_take_in_too_little(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "rules/*.yml", "rule/*.yml")
    assert tree.one(check, "GM303").location.line == line
    tree.spoil(FILE, "rule/*.yml", "rules/s*.yml")
    finding = tree.one(check, "GM308")
    assert "does not load prometheus/rules/bill.yml, prometheus/rules/monitoring.yml" in finding.message


@pytest.mark.parametrize(("old", "new"), [("shop:8000", "shop"), ("alertmanager:9093", "alertmanager:")])
def test_a_target_without_a_port(tree: RuleTree, old: str, new: str) -> None:
    line = tree.spoil(FILE, old, new)
    assert tree.one(check, "GM304").location.line == line


def test_what_is_there_twice(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "job_name: shop", "job_name: prometheus")
    finding = tree.one(check, "GM305")
    assert (finding.location.line, finding.related[0].line) == (line, tree.line(FILE, "job_name: prometheus"))
    line = tree.spoil(FILE, "['alertmanager:9093']", "['prometheus:9090']", nth=2)
    finding = next(f for f in tree.run(check) if f.code == "GM305" and "scraped twice" in f.message)
    assert (finding.location.line, finding.related[0].line) == (line, tree.line(FILE, "['prometheus:9090']"))


def test_files_that_are_not_there(tree: RuleTree) -> None:
    start = "    metrics_path: /shop"
    line = tree.spoil(FILE, start, f"    authorization:\n      credentials_file: token\n{start}")
    finding = tree.one(check, "GM306")
    assert (finding.message.partition(";")[0], finding.location.line) == (
        "the file token is not there",
        line + 1,
    )
    (tree.out / "prometheus/token").write_text("x")
    assert not [found for found in tree.run(check) if found.code == "GM306"]
    tree.spoil(FILE, "credentials_file: token", "credentials_file: /run/secrets/token")
    assert "the service prometheus has no secrets" in tree.one(check, "GM306").message


def test_a_secret_in_plain_text(tree: RuleTree) -> None:
    start = "    metrics_path: /shop"
    line = tree.spoil(FILE, start, f"    authorization:\n      credentials: hunter2\n{start}")
    assert tree.one(check, "GM609").location.line == line + 1


def test_what_cannot_be_read_is_not_right(tree: RuleTree) -> None:
    line = tree.spoil(FILE, "scrape_timeout: 10s", "scrape_timeout: often")
    assert tree.one(check, "GM004").location.line == line
    assert [finding.code for finding in check(without_plan(tree))] == ["GM004"]


@pytest.mark.parametrize(
    ("image", "path", "old", "new", "words"),
    [
        ("v2.45.0", FILE, "global:\n", "global:\n  rule_query_offset: 1m\n", "came with 2.53"),
        ("v2.50.1", SHOP, "    rules:\n", "    labels: {a: b}\n    rules:\n", "labels came with 3.0"),
        ("v2.50.1", SHOP, "round(", "double_exponential_smoothing(", "came with 3.0"),
        ("v3.5.0", SHOP, "round(", "holt_winters(", "holt_winters() ended with 3.0"),
        ("v0.25.0", ALERTMANAGER_CONFIG, "  - source", "  - name: x\n    source", "name came with 0.30"),
    ],
)
def test_what_the_image_does_not_know(
    tmp_path: Path, image: str, path: str, old: str, new: str, words: str
) -> None:
    service = "alertmanager" if path == ALERTMANAGER_CONFIG else "prometheus"

    def change(data: dict[str, object]) -> None:
        services = data["stack"]["services"]  # type: ignore[index]
        services[service]["image"] = f"prom/{service}:{image}"

    tree = tree_of(tmp_path / "spec", change)
    assert tree.run(check_image_versions) == []
    line = tree.spoil(path, old, new)
    finding = tree.one(check_image_versions, "GM307")
    assert words in finding.message
    assert line <= finding.location.line <= line + 1
    assert finding.related == tree.spec_place(f"stack.services.{service}.image")
