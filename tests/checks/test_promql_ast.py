"""Two ways to write one expression are one tree; what means something else is another."""

import pytest

from genesis_monitoring.promql.syntax import TooDeepError, first_difference, read_expression
from genesis_monitoring.promql.text import show

from .rule_tree import rule_tree


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum by (a, b) (x)", "sum(x) by(b,a)"),
        ("((x)) > 1", "x>1.0"),
        ('x{a="1",b!="2"}[300s]', "x{ b != '2', a=\"1\" } [5m]"),
        ("a / ignoring() b", "a / b"),
        ('{__name__="x"}', "x"),
        ("x offset 1h @ start()", "x @ start() offset 60m"),
        ("0.000001 * x", "1e-6 * x"),
        ("NaN", "nan"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert read_expression(one) == read_expression(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x > 1", "x >= 1"),
        ("x > 1", "x > bool 1"),
        ("x > 1", "1 > x"),
        ("a - b", "b - a"),
        ("a - b - c", "a - (b - c)"),
        ("sum by (a) (x)", "sum without (a) (x)"),
        ("sum without () (x)", "sum(x)"),
        ("topk(3, x)", "topk(4, x)"),
        ("rate(x[5m])", "rate(x[6m])"),
        ("rate(x[5m])", "irate(x[5m])"),
        ("x", "x offset 1m"),
        ("x @ start()", "x @ end()"),
        ("x @ 10", "x @ 20"),
        ("x[5m:1m]", "x[5m:2m]"),
        ("x[5m:1m]", "x[5m:]"),
        ('x{a="1"}', 'x{a=~"1"}'),
        ("a and on (l) b", "a and ignoring (l) b"),
        ("a / on (l) b", "a / on (l) group_left b"),
        ("a / on (l) group_left (m) b", "a / on (l) group_left (n) b"),
        ("x", "-x"),
        ('label_replace(x, "a", "1", "b", ".*")', 'label_replace(x, "a", "2", "b", ".*")'),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert read_expression(one) is not None
    assert read_expression(one) != read_expression(other)


def test_what_cannot_be_parsed_has_no_tree() -> None:
    assert read_expression("sum(x") is None


def test_the_deepest() -> None:
    assert read_expression(" + ".join(["x"] * 150)) is not None
    with pytest.raises(TooDeepError):
        read_expression(" + ".join(["x"] * 1000))


@pytest.mark.parametrize(
    "expression",
    [
        "(a + b) * c - (d - e)",
        "-(a + b) ^ 2 ^ c",
        "(-a) ^ 2",
        "(a or b) and c unless on (x) d",
        'sum without (l) (rate(x{a!="1\\n"}[5m] offset -1h)) > bool 0.000001',
        "quantile(0.9, x @ 10.000)",
        "a / on (l) group_left (m) b",
        "max_over_time((a + b)[1h:5m] offset 1d)",
        "max_over_time(a[1h:])",
        "Inf",
    ],
)
def test_shown_text_reads_back_as_the_same(expression: str) -> None:
    tree = read_expression(expression)
    assert tree is not None
    assert read_expression(show(tree)) == tree


def test_every_rendered_expression_reads_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    tree = rule_tree(tmp_path_factory.mktemp("tree"))
    groups = tree.project.plan.rule_groups
    expressions = [rule.expr for group in groups for rule in group.recording]
    expressions += [rule.expr for group in groups for rule in group.alerting]
    assert len(expressions) > 40
    for expression in expressions:
        parsed = read_expression(expression)
        assert parsed is not None
        text = show(parsed)
        assert text.endswith("…") or read_expression(text) == parsed


@pytest.mark.parametrize(
    ("one", "other", "parts"),
    [
        ("round(sum(rate(a[5m])), 1) > 5", "round(sum(rate(a[6m])), 1) > 5", ("a[5m]", "a[6m]")),
        ("a > 1", "a >= 1", ("a > 1", "a >= 1")),
        ("sum by (x) (a) / b", "sum by (y) (a) / b", ("sum by (x) (a)", "sum by (y) (a)")),
        ("a and b", "a", ("a and b", "a")),
        ("f + 1", "g + 2", ("f + 1", "g + 2")),
    ],
)
def test_where_they_part(one: str, other: str, parts: tuple[str, str]) -> None:
    trees = read_expression(one), read_expression(other)
    assert trees[0] is not None
    assert trees[1] is not None
    difference = first_difference(trees[0], trees[1])
    assert difference is not None
    assert (show(difference[0]), show(difference[1])) == parts
    assert first_difference(trees[0], trees[0]) is None
