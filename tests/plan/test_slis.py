"""SLIs: the expression of each kind, what a level means, and in which order they are recorded."""

import re

import pytest
from promql_parser import parse

from genesis_monitoring.plan.absence import absence
from genesis_monitoring.plan.links import index_panels
from genesis_monitoring.plan.rule_groups import compile_rules
from genesis_monitoring.plan.slis import compile_slis
from genesis_monitoring.predicates import Predicate
from genesis_monitoring.promql.building import finite_query
from genesis_monitoring.spec.source import SpecError
from plan.specs import every_kind, every_kind_plan, load

DERIVED = {
    "latency_multiple": "round(sli:latency:milliseconds / 120, 0.000001)",
    "token_jump": (
        "round(sli:tokens:tokens_per_second / "
        "(avg_over_time(sli:tokens:tokens_per_second[20m] offset 10m) > 0), 0.000001)"
    ),
    "token_deviation": (
        "round(100 * abs(sli:tokens:tokens_per_second / "
        "(avg_over_time(sli:tokens:tokens_per_second[20m] offset 10m) > 0) - 1), 0.000001)"
    ),
    "saving": "round(100 * (1 - sli:cost:usd_per_month / 500), 0.000001)",
    "cost_trend": "round(86400 * deriv(sli:cost:usd_per_month[10m]), 0.000001) and sli:cost:usd_per_month",
}
LEVELS = (
    # good, (target, alert, no_go), what each level means; None where there is no such level
    ("<", (100.0, None, None), (">= 100", ">= 100", None)),
    ("<=", (100.0, None, 300.0), ("> 100", "> 100", "> 300")),
    (">", (90.0, None, None), ("<= 90", "<= 90", None)),
    (">=", (80.0, 75.0, 75.0), ("< 80", "< 75", "< 75")),
    ("<", (80.0, 85.0, 90.0), (">= 80", "> 85", "> 90")),
    ("<=", (-0.5, 0.0, None), ("> -0.5", "> 0", None)),
)


@pytest.mark.parametrize("name", DERIVED)
def test_what_is_made_of_another_sli_reads_its_record(name: str) -> None:
    assert every_kind_plan().slis[name].expr == DERIVED[name]


@pytest.mark.parametrize(
    ("name", "rate"),
    [("tokens", "rate(tokens_in_total[2d])"), ("cost", "2628000 * sum((rate(cost_total[2d])")],
)
def test_rates_are_a_second_and_money_is_a_month_of_730_hours(name: str, rate: str) -> None:
    plan = every_kind_plan()
    expr = plan.spec.slis[name].over(plan.spec, 2 * 86400)
    assert expr is not None
    assert rate in expr
    assert ("2628000" in expr) == (name == "cost")


def test_missing_data_of_what_is_made_of_a_grouped_query_can_be_asked_for() -> None:
    data = every_kind()
    past = {"window": "1h", "offset": "10m"}
    jump = {"kind": "relative", "sli": "queue_share", "report": "multiple", "past_average": past}
    others = {"title": "Jump of the queue", "unit": "multiple", "component": "shop", "by": ["instance"]}
    data["slis"]["queue_jump"] = {**jump, **others}
    spec = load(data)
    plans = compile_slis(spec)
    assert plans["queue_share"].sli.by == plans["queue_jump"].sli.by == ("instance",)
    for plan in plans.values():
        assert parse(absence(spec, plan))


def test_an_sli_is_recorded_over_further_windows_beside_its_own() -> None:
    spec = load(every_kind())
    slis = compile_slis(spec, {"tokens": (3600, 2 * 86400), "latency": (3600,)})
    tokens, longer, longest = slis["tokens"].recordings
    assert (tokens.record, tokens.expr) == (slis["tokens"].record, slis["tokens"].expr)
    assert tokens.record == "sli:tokens:tokens_per_second"
    assert (longer.record, longest.record) == (f"{tokens.record}_over_1h", f"{tokens.record}_over_2d")
    assert "rate(tokens_in_total[1h])" in longer.expr
    groups = compile_rules(spec, slis, (), index_panels(spec))
    rules = [rule for group in groups for rule in group.recording if not rule.origin.startswith("metrics.")]
    written = {rule.record: rule.expr for rule in rules}
    for plan in slis.values():
        assert all(parse(one.expr) and written[one.record] == one.expr for one in plan.recordings)
    assert len(rules) == len(spec.slis) + 3
    with pytest.raises(ValueError, match="no value over a window"):
        compile_slis(spec, {"queued": (3600,)})


@pytest.mark.parametrize(
    "expr", ["time() - 3", "scalar(queue_length) * 2", "vector(1)  # one", "max(queue_length)", "-(3)"]
)
def test_any_query_can_be_narrowed_to_numbers(expr: str) -> None:
    assert parse(finite_query(expr))


@pytest.mark.parametrize(("good", "values", "meaning"), LEVELS)
def test_an_alert_is_the_negation_of_its_target_and_a_level_of_its_own_is_strict(
    good: str, values: tuple[float, float | None, float | None], meaning: tuple[str | None, ...]
) -> None:
    data = every_kind()
    names = ("target", "alert", "no_go")
    levels = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    # A trend takes any number.
    data["slis"]["cost_trend"]["objective"] = {"good": good, **levels}
    sli = load(data).slis["cost_trend"]
    shown = [
        None if one is None else f"{one.operator} {one.threshold:g}"
        for one in (sli.beyond(name) for name in names)
    ]
    assert tuple(shown) == meaning


@pytest.mark.parametrize("operator", ["<", "<=", ">=", ">"])
@pytest.mark.parametrize("value", [-1.0, 0.0, 5.0, 5.000001, 1e9])
def test_a_value_is_good_or_alerted_and_never_both(operator: str, value: float) -> None:
    data = every_kind()
    data["slis"]["cost_trend"]["objective"] = {"good": operator, "target": 5}
    sli = load(data).slis["cost_trend"]
    good, bad = sli.good, sli.beyond("target")
    assert good is not None
    assert bad is not None
    assert good.holds(value) != bad.holds(value)
    assert good.upward != bad.upward


def test_an_sli_without_objective_has_no_levels() -> None:
    sli = load(every_kind()).slis["boot_time"]
    assert sli.good is None
    assert sli.beyond("target") is None


def test_a_condition_in_words() -> None:
    assert str(Predicate("<", 150, "usd_per_month")) == "below $150/month"
    assert str(Predicate(">=", 98.5, "percent")) == "at least 98.5 %"


def test_slis_come_after_what_they_are_made_of_and_stand_on_its_metrics() -> None:
    data = every_kind()
    data["slis"] = dict(reversed(data["slis"].items()))
    plans = compile_slis(load(data))
    order = list(plans)
    for plan in plans.values():
        assert all(order.index(other) < order.index(plan.name) for other in plan.depends_on)
    assert [one.metric for one in plans["saving"].metrics] == ["cost_total"]
    assert plans["saving"].record == "sli:saving:percent"
    assert plans["cache_hit_rate"].exported is False
    assert plans["queued"].exported is False
    assert plans["errors"].exported is True
    assert plans["errors"].job == "shop"
    assert plans["targets"].job == "prometheus"


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("latency_multiple", "by", [], "latency, which this one is made of, is grouped by route"),
        ("saving", "by", ["instance"], "no label 'instance' of SLI 'cost'|there is no label of SLI cost"),
        ("latency_multiple", "objective", {"good": "<", "target": 9}, "no value can ever be beyond target 9"),
        ("errors", "objective", {"good": "<", "target": 0.0000001}, "finer than 0.000001"),
    ],
)
def test_what_no_expression_could_mean_is_refused(name: str, key: str, value: object, message: str) -> None:
    data = every_kind()
    data["slis"][name][key] = value
    with pytest.raises(SpecError) as caught:
        load(data)
    assert any(re.search(message, finding.message) for finding in caught.value.findings)
