"""Every expression is parsed, wherever it stands."""

from typing import Any

import pytest

from genesis_monitoring.checks.promql.expressions import check_promql, fill_variables, variable_expression
from genesis_monitoring.findings import Finding

from .sample import CONFIG, DASHBOARD, RULES, Sample


def run(sample: Sample) -> list[Finding]:
    return list(check_promql(sample.context()))


def test_the_good_tree_is_clean(sample: Sample) -> None:
    assert run(sample) == []


def test_an_expression_on_the_line_of_its_key(sample: Sample) -> None:
    sample.spoil(RULES, "min(up", "min((up")
    (finding,) = run(sample)
    assert finding.code == "GM401"
    assert finding.message == 'service:up: unclosed left parenthesis, in: min((up{job="api"})'
    assert (finding.location.line, finding.location.column) == (sample.line(RULES, "min((up"), 15)
    assert [location.line for location in finding.related] == [20]


def test_an_expression_in_a_block(sample: Sample) -> None:
    sample.spoil(RULES, "== 0", "== )")
    (finding,) = run(sample)
    assert finding.message.endswith("in: service:up == )")
    assert finding.location.line == sample.line(RULES, "expr: |") + 1
    assert [location.line for location in finding.related] == [30]


def test_a_rule_without_an_expression(sample: Sample) -> None:
    sample.spoil(RULES, 'expr: min(up{job="api"})', "labels: {}")
    (finding,) = run(sample)
    assert "the rule has no expression" in finding.message
    assert finding.location.line == sample.line(RULES, "record: service:up")


def break_panel(data: dict[str, Any]) -> None:
    data["panels"][2]["targets"][0]["expr"] = "broken_here("


def break_nested_panel(data: dict[str, Any]) -> None:
    data["panels"][3]["panels"][0]["targets"][0]["expr"] = "broken_here("


def break_variable(data: dict[str, Any]) -> None:
    data["templating"]["list"][1]["query"] = "label_values(broken_here{a=}, job)"


def break_annotation(data: dict[str, Any]) -> None:
    data["annotations"]["list"][1]["expr"] = "broken_here("


def break_annotation_target(data: dict[str, Any]) -> None:
    data["annotations"]["list"][1]["target"] = {"expr": "broken_here("}


@pytest.mark.parametrize(
    ("change", "owner", "spec_line"),
    [
        (break_panel, 'panel 2 "Panel 2", query 1: ', 52),
        (break_nested_panel, 'panel 3 "Panel 3", query 1: ', 53),
        (break_variable, 'variable "job": ', 50),
        (break_annotation, 'annotation "alerts": ', 50),
        (break_annotation_target, 'annotation "alerts": ', 50),
    ],
)
def test_an_expression_in_a_dashboard(sample: Sample, change: Any, owner: str, spec_line: int) -> None:
    sample.spoil_dashboard(change)
    (finding,) = run(sample)
    assert finding.code == "GM401"
    assert finding.message.startswith(owner)
    assert finding.location.line == sample.line(DASHBOARD, "broken_here")
    assert [location.line for location in finding.related] == [spec_line]


@pytest.mark.parametrize(
    ("expression", "filled"),
    [
        ("rate(a[$__rate_interval])", "rate(a[5m])"),
        ("rate(a[${__interval}])", "rate(a[1m])"),
        ("a[$window]", "a[5m]"),
        ("max_over_time(a[$__range:$step])", "max_over_time(a[1h:5m])"),
        ("a offset $shift", "a offset 5m"),
        ('a{job=~"${job:regex}"}', 'a{job=~"word"}'),
        ("a{job='[[job]]'}", "a{job='word'}"),
        ("$metric * $__range_s", "word * 3600"),
        ('label_replace(a, "b", "$1", "c", "(.*)")', 'label_replace(a, "b", "$1", "c", "(.*)")'),
    ],
)
def test_variables_are_filled_in(expression: str, filled: str) -> None:
    assert fill_variables(expression, "word") == filled


def test_a_variable_may_be_a_number(sample: Sample) -> None:
    def change(data: dict[str, Any]) -> None:
        data["panels"][1]["targets"][0]["expr"] = "topk($top, service:up)"

    sample.spoil_dashboard(change)
    assert run(sample) == []


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("label_values(job)", None),
        ("label_values(up, job)", "up"),
        ('label_values(up{a="b,c"}, job)', 'up{a="b,c"}'),
        ({"query": "query_result(sum(up))"}, "sum(up)"),
        ("metrics(.*)", None),
        ("label_names()", None),
        ("up", "up"),
        (None, ""),
    ],
)
def test_the_expression_of_a_variable(query: object, expression: str | None) -> None:
    assert variable_expression({"type": "query", "query": query}) == expression
    assert variable_expression({"type": "custom", "query": query}) is None


@pytest.mark.parametrize("text", ["", "groups: [\n", "groups: []\n"])
def test_a_rule_file_without_rules_is_no_success(sample: Sample, text: str) -> None:
    (sample.out / RULES).write_text(text)
    (finding,) = run(sample)
    assert finding.code == "GM004"
    assert finding.location.file.endswith(RULES)


def test_a_dashboard_that_is_not_json_is_no_success(sample: Sample) -> None:
    (sample.out / DASHBOARD).write_text('{"panels": [\n')
    (finding,) = run(sample)
    assert finding.code == "GM004"
    assert "not valid JSON" in finding.message


def test_other_yaml_is_not_read_as_rules(sample: Sample) -> None:
    sample.spoil(CONFIG, "scrape_configs", "scrape_confgs")
    assert run(sample) == []
