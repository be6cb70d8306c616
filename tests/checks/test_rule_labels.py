"""Labels: from the metric through the query into the text of the alert."""

from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.checks.promql.rule_labels import check_rule_labels
from genesis_monitoring.findings import Severity

from .rule_tree import SHOP, RuleTree, rule_tree, tree_of

RECORD = "sli:queue_share:ratio"


@pytest.fixture
def tree(tmp_path: Path) -> RuleTree:
    return rule_tree(tmp_path)


def codes(tree: RuleTree) -> list[str]:
    return [finding.code for finding in tree.lint(check_rule_labels)]


def test_the_good_tree_is_clean(tree: RuleTree) -> None:
    assert codes(tree) == []


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (
            'max by (instance) (queue_length{queu="a"})',
            "has no label queu, only instance, job, queue; did you mean",
        ),
        (
            "max by (instanc) (queue_length)",
            "max by (instanc): what it is given has instance, job, queue; did",
        ),
        ("max without (instanc) (queue_length)", "max without (instanc)"),
        ("max by (queue) (sum by (instance) (queue_length))", "what it is given has instance"),
        (
            "max by (instance) (queue_length) / sum(queue_length)",
            "the sides of / can never match: only one has instance, and the right side has no labels",
        ),
        ("queue_length / on (queue) part_up", "can never match: only one has queue"),
        ("queue_length * on (nothing) part_up", "on (nothing): neither side has that label"),
        (
            "queue_length * ignoring (nothing) queue_delayed",
            "ignoring (nothing): neither side has that label",
        ),
        ("queue_length * on (instance) group_left (queue) part_up", "group_left (queue)"),
        ("queue_length and on (part) part_up", "only one has part"),
        (
            "histogram_quantile(0.9, sum(rate(request_seconds_bucket[5m])))",
            "histogram_quantile needs the label le",
        ),
        ('label_replace(queue_length, "a", "$1", "b", "(.*)")', "label_replace (b)"),
        ('label_join(queue_length, "a", "-", "queue", "b")', "label_join (b)"),
        ("sum by (queue) (queue_length)", "grouped by instance, and the query returns queue"),
        ("sum(queue_length)", "grouped by instance, and the query returns no labels"),
    ],
)
def test_a_label_that_cannot_be_there(tree: RuleTree, expression: str, words: str) -> None:
    tree.write_expr(RECORD, expression)
    found = [one for one in tree.lint(check_rule_labels) if one.severity is Severity.ERROR]
    assert words in found[0].message
    assert {one.code for one in found} == {"GM409"}
    assert {one.location for one in found} == set(tree.spec_place("slis.queue_share"))


@pytest.mark.parametrize(
    "expression",
    [
        'max by (instance) (queue_length{queue!="a", missing=""})',
        "max without (queue, job) (queue_length)",
        "max by (instance) (queue_length) / on (instance) sum by (instance) (up)",
        "sum by (instance) (queue_length * on (instance, job) group_left () up)",
        "sum by (instance) (queue_length) * on (instance) group_left () max by (instance) (up)",
        "max by (instance) (queue_length) or max by (instance) (queue_delayed)",
        "max by (instance) (queue_length) and sum by (instance) (up)",
        "histogram_quantile(0.9, sum by (le, instance) (rate(request_seconds_bucket[5m])))",
        'max by (instance) (label_replace(queue_length, "a", "$1", "queue", "(.*)"))',
        "topk by (instance) (1, max by (instance) (queue_length))",
        "100 * max by (instance) (queue_length) > 5",
        "max by (instance) (ALERTS)",
        "max by (instance) (rate(requests_total[5m])[10m:1m])",
    ],
)
def test_labels_that_are_there(tree: RuleTree, expression: str) -> None:
    tree.write_expr(RECORD, expression)
    assert codes(tree) == []


def test_labels_that_by_does_not_name_are_information(tree: RuleTree) -> None:
    tree.write_expr(RECORD, "max by (instance, job) (queue_length)")
    finding = tree.linted(check_rule_labels, "GM409", Severity.INFO)
    assert "also returns job" in finding.message


@pytest.mark.parametrize(
    "action",
    [
        "{{ $labels.queu }}",
        "{{ .Labels.queu }}",
        '{{ index $labels "queu" }}',
        "{{ with $labels.queu }}{{ end }}",
    ],
)
def test_a_template_with_a_label_that_the_query_lost(tree: RuleTree, action: str) -> None:
    tree.spoil(SHOP, "{{ $labels.queue }}", action)
    finding = tree.linted(check_rule_labels, "GM409")
    assert 'where uses the label queu, and the query returns queue; did you mean "queue"?' in finding.message
    assert (finding.location,) == tree.spec_place("alerts.QueueLong")


def test_a_label_that_aggregation_removed(tree: RuleTree) -> None:
    tree.write_expr("QueueLong", "sum(sli:queued:count) > 100")
    finding = tree.linted(check_rule_labels, "GM409")
    assert "the label queue, and the query returns no labels" in finding.message
    assert (finding.location,) == tree.spec_place("alerts.QueueLong")


def test_what_stands_in_quotes_is_no_template(tree: RuleTree) -> None:
    tree.spoil(
        SHOP, "summary: 'Jobs wait'", "summary: 'Write {{ `{{` }} $labels.nothing }} or {{ `$labels.no` }}'"
    )
    assert codes(tree) == []


def test_absence_has_the_labels_of_its_selector(tree: RuleTree) -> None:
    tree.write_expr("QueueLong", 'absent(queue_length{queue="a"})')
    assert codes(tree) == []
    tree.write_expr("QueueLong", 'absent(queue_length{queue=~"a|b"})')
    assert codes(tree) == ["GM409"]


@pytest.mark.parametrize(
    "template", ["{{ $value }}", '{{ .Value | printf "%.0f" }}', "is {{ $value | humanize }}"]
)
def test_the_value_in_a_label(tree: RuleTree, template: str) -> None:
    tree.spoil(SHOP, "sli: queued", f"sli: '{template}'")
    finding = tree.linted(check_rule_labels, "GM411")
    assert finding.message.startswith("QueueLong: the label sli holds the value")


def test_another_template_in_a_label(tree: RuleTree) -> None:
    tree.spoil(SHOP, "sli: queued", "sli: 'about {{ $labels.queue }}, not {{ \"$value\" }}'")
    assert codes(tree) == []


def test_a_label_that_hides_an_external_one(tree: RuleTree) -> None:
    tree.spoil(SHOP, "sli: queued", "site: queued")
    finding = tree.linted(check_rule_labels, "GM412")
    assert "the label site hides the external label of that name" in finding.message


def test_an_sli_grouped_by_an_external_label(tmp_path: Path) -> None:
    def change(data: Any) -> None:
        data["prometheus"]["external_labels"] = {"queue": "main"}

    tree = tree_of(tmp_path / "hidden", change)
    found = [one for one in tree.lint(check_rule_labels) if one.code == "GM412"]
    (finding,) = [one for one in found if one.message.startswith("sli:queued:count: grouped by queue")]
    assert (finding.location,) == tree.spec_place("slis.queued")
