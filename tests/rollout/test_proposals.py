"""Proposed thresholds: what is said follows the rule, and no observation leads to a spec that is none."""

import math
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings, strategies as st
from scratch import REPOSITORY

from genesis_monitoring.commands.rollout_steady_state import propose_text
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.plan.slis import good_condition
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.observed import Observation, observe
from genesis_monitoring.rollout.proposals import Proposal, propose
from genesis_monitoring.spec.base import Level
from genesis_monitoring.spec.bounds import value_bounds
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.slis import ExprSli, QuantileSli
from genesis_monitoring.spec.source import parse_source
from genesis_monitoring.units import unit_factor

from .evidences import healthy, with_values
from .history import load_spec_text

SPEC = Path("slo.yaml")
TEXT = load_spec_text()
EVERY_KIND = REPOSITORY / "tests" / "golden" / "every-kind" / "slo.yaml"
TEXTS = {"shipped": TEXT, "every kind": EVERY_KIND.read_text("utf-8")}
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""To make a failing example smaller takes minutes, as each try reads a spec."""


def of(plan: Plan, evidence: Evidence, sli: str, level: Level = "target") -> Proposal:
    observations = {name: observe(evidence, plan, name) for name in evidence.measurements}
    return next(one for one in propose(plan, observations) if (one.sli, one.level) == (sli, level))


def always(plan: Plan, sli: str, value: float, level: Level = "target") -> Proposal:
    return of(plan, with_values(healthy(plan), sli, lambda i, v: value), sli, level)


@pytest.mark.parametrize(
    ("sli", "value", "proposed"),
    [
        # 1.5 times what is wrong, in two digits, away from what was observed.
        ("test_pass_rate", 99.5, 99.25),
        ("test_pass_rate", 99.48, 99.22),
        ("system_health", 98.7, 98.0),
        ("llm_token_deviation", 4.0, 6.0),
        ("llm_token_deviation", 4.1, 6.2),
        ("redis_cache_hit_ratio", 88.0, 82.0),
        # At a bucket edge, as a quantile is a guess between two.
        ("rag_latency_p95", 48.0, 75.0),
        ("rag_latency_p95", 50.0, 75.0),
        ("rag_latency_p95", 5.0, 10.0),
        # With an alert level beside it.
        ("cpu_usage", 20.0, 25.0),
        # No finer than one bad event in 30 hits and misses, and in 1,000 requests.
        ("redis_cache_hit_ratio", 99.9, 96.6),
        ("request_error_rate", 0.03, None),
        # Near enough.
        ("rag_latency_p95", 55.0, None),
        ("cpu_usage", 44.0, None),
        # Missed, or nothing wrong at all.
        ("rag_latency_p95", 120.0, None),
        ("llm_token_deviation", 0.0, None),
        ("test_pass_rate", 100.0, None),
        ("memory_store_up", 1.0, None),
        ("request_error_rate", math.inf, None),
    ],
)
def test_the_rule(sli: str, value: float, proposed: float | None, plan: Plan) -> None:
    found = always(plan, sli, value)
    assert found.proposed == proposed
    assert found.why


def test_an_alert_level_of_its_own(plan: Plan) -> None:
    assert always(plan, "cpu_usage", 20.0, "alert").proposed == 30.0
    # What is crossed in ordinary operation is moved out, and never past NO-GO.
    peaks = with_values(healthy(plan), "cpu_usage", lambda i, v: 87.0 if i % 100 == 0 else 55.0)
    assert of(plan, peaks, "cpu_usage", "alert").proposed == 90.0
    assert of(plan, peaks, "cpu_usage").proposed is None
    # The gate of the cost reduction is its NO-GO level.
    costly = with_values(healthy(plan), "cost_reduction", lambda i, v: 70.0 if i % 100 == 0 else v)
    kept = of(plan, costly, "cost_reduction", "alert")
    assert (kept.proposed, kept.why) == (
        None,
        "crossed in ordinary operation, and already at the NO-GO level",
    )
    loose = with_values(healthy(plan), "monthly_cost", lambda i, v: 160.0 if i % 100 == 0 else v)
    assert "no NO-GO level" in of(plan, loose, "monthly_cost", "alert").why


def test_a_target_that_is_missed_moves_nothing(plan: Plan) -> None:
    """Least of all an alert level outwards, which would silence what tells of it."""
    levels: tuple[Level, ...] = ("target", "alert")
    for level in levels:
        found = always(plan, "cpu_usage", 88.0, level)
        assert found.proposed is None
        assert found.why.startswith("the target is missed in over 5 % of the samples")


def test_a_rare_peak_counts_and_one_in_a_thousand_does_not(plan: Plan) -> None:
    two = with_values(healthy(plan), "rag_latency_p95", lambda i, v: 90.0 if i in (7, 8) else 40.0)
    assert of(plan, two, "rag_latency_p95").proposed == 75.0
    many = with_values(healthy(plan), "rag_latency_p95", lambda i, v: 90.0 if i % 500 == 0 else 40.0)
    assert "no closer level" in of(plan, many, "rag_latency_p95").why


def test_thin_evidence_proposes_nothing(plan: Plan) -> None:
    def why(evidence: Evidence) -> str:
        found = of(plan, evidence, "test_pass_rate")
        assert found.proposed is None
        return found.why

    holes = with_values(healthy(plan), "test_pass_rate", lambda i, v: None if i % 50 == 0 else v)
    assert why(holes) == "too much is missing: coverage is 98.0 %, below 99 %"
    assert why(with_values(healthy(plan), "test_pass_rate", lambda i, v: None)) == "there is no data"
    assert why(with_values(healthy(plan), "test_pass_rate", lambda i, v: math.nan)) == "there is no data"
    unmeasured = of(plan, healthy(plan), "test_result_age")
    assert (unmeasured.proposed, unmeasured.seen) == (None, None)
    assert "not measured" in unmeasured.why


def seen_as(sli: str, values: tuple[float, ...]) -> Observation:
    times = tuple(60.0 * index for index in range(len(values)))
    return Observation(sli, "", times, values, max(1, len(values)), 0, 0.0, 0.0, 0.0, ())


VALUES = st.one_of(
    st.floats(0, 1e-6),
    st.floats(0, 1),
    st.floats(0, 100),
    st.floats(-1e3, 1e3),
    st.floats(allow_nan=False),
    st.sampled_from((math.inf, -math.inf, 1e300, 5e-324)),
)


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=6, deadline=None, phases=QUICK)
@given(st.data())
def test_whatever_is_observed_the_spec_stays_valid(name: str, data: st.DataObject) -> None:
    plan = plan_of(name)
    named = data.draw(st.lists(st.sampled_from(sorted(plan.spec.slis)), unique=True, max_size=12))
    observations = {
        name: tuple(
            seen_as(name, tuple(data.draw(st.lists(VALUES, max_size=4))))
            for _ in range(data.draw(st.integers(1, 2)))
        )
        for name in named
    }
    check_proposals(name, plan, propose(plan, observations))


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=6, deadline=None, phases=QUICK)
@given(st.data())
def test_so_it_does_where_all_is_well(name: str, data: st.DataObject) -> None:
    """Good values of many sizes, so that there is much to propose."""
    plan = plan_of(name)
    observations = {}
    for one, sli in plan.spec.slis.items():
        good = good_condition(sli)
        if good is None:
            continue
        share = data.draw(st.floats(0.001, 1))
        target = good.threshold
        value = target * share if not good.upward else 100 - (100 - target) * share
        observations[one] = (seen_as(one, (value,) * 3),)
    check_proposals(name, plan, propose(plan, observations))


@cache
def plan_of(name: str) -> Plan:
    spec = parse_spec(TEXTS[name], "slo.yaml").spec
    return compile_plan(spec, spec.profile_in_force)


def check_proposals(name: str, plan: Plan, proposed: tuple[Proposal, ...]) -> None:
    """The new text is a spec, and differs from the old one as the proposals say and not otherwise."""
    before, profile = TEXTS[name], list(plan.spec.profiles)[-1]
    proposals, text = propose_text(before, SPEC, proposed, profile)
    for was, one in zip(proposed, proposals, strict=True):
        own = plan.spec.slis[one.sli]
        least = value_bounds(plan.spec, own).lower
        impossible = was.seen is not None and least is not None and was.seen.tail < least
        assert was == one or impossible or isinstance(own, ExprSli), "nothing but a fixture is in the way"
    new = parse_spec(text, "slo.yaml").spec
    assert new.profile_in_force == profile
    moved = {(one.sli, one.level): one.proposed for one in proposals if one.proposed is not None}
    for sli_name, sli in plan.spec.slis.items():
        old, now = sli.objective, new.slis[sli_name].objective
        if old is None or now is None:
            assert old == now
            continue
        assert now.model_copy(update={"target": old.target, "alert": old.alert}) == old
        for level in ("target", "alert"):
            assert getattr(now, level) == moved.get((sli_name, level), getattr(old, level))
        lower = old.good in ("<", "<=")
        assert now.target <= old.target if lower else now.target >= old.target, "a target is never looser"
        if now.alert is not None and now.no_go is not None:
            assert now.alert <= now.no_go if lower else now.alert >= now.no_go
        if isinstance(sli, QuantileSli) and moved.get((sli_name, "target")):
            edges = plan.spec.metrics[sli.histogram.metric].buckets or ()
            factor = unit_factor(plan.spec.metrics[sli.histogram.metric].unit, sli.unit)
            assert any(math.isclose(factor * edge, now.target) for edge in edges)
    lines, after = before.split("\n"), [one for one in text.split("\n") if not one.startswith("profile: ")]
    lines = [one for one in lines if not one.startswith("profile: ")]
    assert len(lines) == len(after)
    assert sum(a != b for a, b in zip(lines, after, strict=True)) <= len(moved)
    assert [one.partition("#")[2] for one in lines] == [one.partition("#")[2] for one in after]


def test_proposing_again_proposes_nothing_new(plan: Plan) -> None:
    evidence = healthy(plan)
    observations = {name: observe(evidence, plan, name) for name in evidence.measurements}
    first = propose(plan, observations)
    _, text = propose_text(TEXT, SPEC, first, "steady-state")
    again = compile_plan(parse_spec(text, "slo.yaml").spec, "steady-state")
    assert any(one.proposed is not None for one in first)
    assert [one for one in propose(again, observations) if one.proposed is not None] == []


def test_what_a_spec_does_not_allow_is_taken_back_with_its_reason(plan: Plan) -> None:
    """The fixtures of an ``expr`` SLI, say, stay on both sides of its level; here a level is out of reach."""
    proposals = propose(plan, {"cpu_usage": (seen_as("cpu_usage", (20.0,) * 3),)})
    broken = tuple(
        Proposal(one.sli, one.level, one.unit, one.now, 101.0, one.why, one.seen)
        if (one.sli, one.level) == ("request_error_rate", "target")
        else one
        for one in proposals
    )
    allowed, text = propose_text(TEXT, SPEC, broken, "steady-state")
    back = next(one for one in allowed if one.sli == "request_error_rate")
    assert back.proposed is None
    assert back.why.startswith("the spec does not allow it: ")
    assert [one for one in allowed if one.proposed is not None] == [
        one for one in proposals if one.proposed is not None
    ]
    value = parse_source(text, "slo.yaml").value
    assert isinstance(value, dict)
    assert parse_spec(text, "slo.yaml").spec.slis["cpu_usage"].objective is not None
