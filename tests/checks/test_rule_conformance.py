"""Rules on disk against the spec: what means the same passes, what does not is named with its place."""

from pathlib import Path

import pytest

from genesis_monitoring.checks.promql.rule_conformance import check_rule_conformance

from .rule_tree import BILL, SHOP, RuleTree, rule_tree, without_plan


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def codes(tree: RuleTree) -> list[str]:
    return [finding.code for finding in tree.run(check_rule_conformance)]


def cut(tree: RuleTree, path: str, first: str, after: str) -> str:
    """Take the lines from ``first`` up to ``after`` out of a file; what was there."""
    text = tree.text(path)
    begin = text.rindex("\n", 0, text.index(first)) + 1
    end = text.rindex("\n", 0, text.index(after, begin)) + 1
    (tree.out / path).write_text(text[:begin] + text[end:], "utf-8")
    return text[begin:end]


def test_the_good_tree_is_clean(tree: RuleTree) -> None:
    assert codes(tree) == []
    assert [finding.code for finding in check_rule_conformance(without_plan(tree))] == ["GM004"]


def test_another_way_to_write_the_same_is_clean(tree: RuleTree) -> None:
    tree.write_expr("QueueLong", "(sli:queued:count)  >  100.0 # more")
    level = "min(last_over_time((( part_up{ part='database' } > -Inf) < Inf)[15s : 1s]))"
    tree.write_expr("sli:database_up:state", level)
    tree.spoil(SHOP, "for: 5m", "for: 300s")
    tree.spoil(
        SHOP, "severity: P2\n          component: shop", "component: 'shop'\n          severity: \"P2\""
    )
    tree.spoil(SHOP, "summary: 'Jobs wait'", "summary: |-\n            Jobs wait")
    assert codes(tree) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "sli:queued:count > 100",
            "sli:queued:count >= 100",
            "expr has sli:queued:count >= 100, and",
        ),
        ("sli:queued:count > 100", "sli:queued:count > 120", "expr has 120, and the spec says 100"),
        (
            "sli:queued:count > 100",
            "sli:errors:percent > 100",
            "expr has sli:errors:percent, and",
        ),
        ("for: 5m", "for: 3m", "for is 3m, and the spec says 5m"),
        ("for: 5m", "for: 5x", "for is 5x, and the spec says 5m"),
        ("for: 5m", "keep_firing_for: 5m", "keep_firing_for is 5m, and the spec says resolves at once"),
        ("severity: P2", "severity: P3", "the label severity is 'P3', and the spec says 'P2'"),
        ("team: shop", "owner: shop", "the spec has no label owner, which is 'shop' here"),
        ("summary: 'Jobs wait'", "summary: 'Jobs weight'", "the annotation summary is 'Jobs weight', and"),
        ("has been above 100 for", "has been above 10 for", "the annotation description is '…"),
    ],
)
def test_a_rule_that_differs(tree: RuleTree, old: str, new: str, words: str) -> None:
    line = tree.spoil(SHOP, old, new)
    found = [one for one in tree.run(check_rule_conformance) if words in one.message]
    assert [(one.code, one.location.line) for one in found] == [("GM417", line)]
    assert found[0].message.startswith("QueueLong (queued): ")
    assert found[0].related == tree.spec_place("alerts.QueueLong")
    assert "genesis-mon render" in found[0].hint


@pytest.mark.parametrize(
    ("gone", "words"),
    [
        ("        for: 5m\n", "for is left out, and the spec says 5m"),
        ("          team: shop\n", "the label team is missing; the spec says 'shop'"),
        ("          impact: 'Orders are late.'\n", "the annotation impact is missing"),
    ],
)
def test_a_part_of_a_rule_that_is_gone(tree: RuleTree, gone: str, words: str) -> None:
    tree.spoil(SHOP, gone, "")
    finding = tree.one(check_rule_conformance, "GM417")
    assert words in finding.message
    assert finding.location.line == tree.line(SHOP, "alert: QueueLong")


def test_an_alert_that_fires_at_once_and_should(tree: RuleTree) -> None:
    tree.spoil(SHOP, "expr: 'sli:queued:count > 1000'", "expr: 'sli:queued:count > 1000'\n        for: 1m")
    finding = tree.one(check_rule_conformance, "GM417")
    assert "for is 1m, and the spec says fires at once" in finding.message


def test_a_recording_rule_that_differs(tree: RuleTree) -> None:
    line = tree.write_expr(
        "sli:cost:usd_per_month", "round(2628000 * sum(rate(cost_total[20m])), 0.000001)", BILL
    )
    finding = tree.one(check_rule_conformance, "GM417")
    assert finding.location.line == line
    assert finding.related == tree.spec_place("slis.cost")


def test_a_recording_rule_with_labels(tree: RuleTree) -> None:
    head = "- record: 'sli:queued:count'"
    line = tree.spoil(SHOP, head, f"{head}\n        labels: {{site: north}}")
    finding = tree.one(check_rule_conformance, "GM417")
    assert (finding.location.line, "no label site" in finding.message) == (line + 1, True)


def test_a_group_with_a_setting_of_its_own(tree: RuleTree) -> None:
    line = tree.spoil(SHOP, "- name: shop", "- name: shop\n    interval: 5m")
    finding = tree.one(check_rule_conformance, "GM417")
    assert finding.location.line == line + 1
    assert "the group shop sets interval to 5m" in finding.message


def test_an_alert_that_is_missing(tree: RuleTree) -> None:
    cut(tree, SHOP, "- alert: QueueLong", "- alert: QueueEndless")
    finding = tree.one(check_rule_conformance, "GM418")
    assert "the alert QueueLong (queued) of the spec is missing from the group shop" in finding.message
    assert finding.location.line == tree.line(SHOP, "alert: QueueEndless")
    assert finding.related == tree.spec_place("alerts.QueueLong")


def test_a_recording_rule_that_is_missing(tree: RuleTree) -> None:
    cut(tree, SHOP, "- record: 'sli:boot_time", "- record: 'sli:disk_used")
    finding = tree.one(check_rule_conformance, "GM418")
    assert "the recording rule sli:boot_time:milliseconds of the spec is missing" in finding.message
    assert finding.location.line == tree.line(SHOP, "record: 'sli:disk_used")


def test_one_of_several_alerts_of_a_name_that_is_missing(tree: RuleTree) -> None:
    head, *rules = tree.text(SHOP).split("      - alert: SliDataMissing")
    assert len(rules) > 3
    for number, gone in enumerate(rules):
        kept = [*rules[:number], *rules[number + 1 :]]
        (tree.out / SHOP).write_text("      - alert: SliDataMissing".join([head, *kept]), "utf-8")
        sli = next(line.split()[1] for line in gone.splitlines() if " sli: " in line)
        finding = tree.one(check_rule_conformance, "GM418")
        assert f"SliDataMissing ({sli}) of the spec is missing" in finding.message
        assert codes(tree) == ["GM418"]


def test_a_rule_that_stands_twice(tree: RuleTree) -> None:
    body = cut(tree, SHOP, "- alert: QueueLong", "- alert: QueueEndless")
    tree.spoil(SHOP, "      - alert: QueueEndless", f"{body}{body}      - alert: QueueEndless")
    finding = tree.one(check_rule_conformance, "GM418")
    assert "the alert QueueLong stands here more often than in the spec" in finding.message
    assert finding.location.line == tree.line(SHOP, "alert: QueueLong", 2)


def test_a_rule_that_the_spec_does_not_have(tree: RuleTree) -> None:
    line = tree.spoil(
        SHOP, "- alert: QueueEndless", "- alert: Mine\n        expr: up < 1\n      - alert: QueueEndless"
    )
    finding = tree.one(check_rule_conformance, "GM418")
    assert finding.message == "the spec has no such alert here: Mine"
    assert finding.location.line == line


def test_a_rule_in_another_group(tree: RuleTree) -> None:
    tree.spoil(SHOP, "- alert: QueueEndless", "- alert: QueueEndles")
    messages = [finding.message for finding in tree.run(check_rule_conformance)]
    assert [finding.code for finding in tree.run(check_rule_conformance)] == ["GM418", "GM418"]
    assert any("QueueEndless (queued) of the spec is missing" in message for message in messages)
    assert any(message.endswith("here: QueueEndles") for message in messages)


def test_a_group_of_another_name(tree: RuleTree) -> None:
    line = tree.spoil(BILL, "- name: bill", "- name: bills")
    found = tree.run(check_rule_conformance)
    assert [finding.code for finding in found] == ["GM418", "GM418"]
    assert {finding.location.line for finding in found} == {line}


def test_a_rule_file_of_nobody(tree: RuleTree) -> None:
    (tree.out / "prometheus/rules/mine.yml").write_text("groups: []\n", "utf-8")
    finding = tree.one(check_rule_conformance, "GM418")
    assert finding.location.file.endswith("prometheus/rules/mine.yml")
    assert "delete the file" in finding.hint
