"""Proposed thresholds: what is said follows the rule, and no observation leads to a spec that is none."""

import math
from functools import cache

import pytest
from cases.reading import BASE
from hypothesis import Phase, given, settings, strategies as st
from scratch import REPOSITORY

from genesis_monitoring.clients.samples import Series
from genesis_monitoring.commands.rollout_steady_state import with_proposals
from genesis_monitoring.plan.compile import Plan, compile_plan
from genesis_monitoring.rollout.evidence import Evidence
from genesis_monitoring.rollout.firing import Evaluations, alert_series
from genesis_monitoring.rollout.observed import Observation, observe
from genesis_monitoring.rollout.proposals import Proposal, propose
from genesis_monitoring.slis.expr import ExprSli
from genesis_monitoring.slis.quantile import QuantileSli
from genesis_monitoring.spec.base import Level
from genesis_monitoring.spec.edit import spell_number
from genesis_monitoring.spec.load import judged, parse_spec
from genesis_monitoring.spec.source import parse_source
from genesis_monitoring.units import UNITS, unit_factor

from .evidences import healthy, with_values
from .history import load_spec_text

TEXT = load_spec_text()
EVERY_KIND = REPOSITORY / "tests" / "golden" / "every-kind" / "slo.yaml"
TEXTS = {"shipped": TEXT, "every kind": EVERY_KIND.read_text("utf-8")}
QUICK = (Phase.explicit, Phase.reuse, Phase.generate)
"""To make a failing example smaller takes minutes, as each try reads a spec."""


def of(plan: Plan, evidence: Evidence, sli: str, level: Level = "target") -> Proposal:
    observations = {name: observe(evidence, plan, name) for name in evidence.measurements}
    return next(one for one in propose(plan, observations) if (one.sli, one.level) == (sli, level))


def propose_of(plan: Plan, sli: str, values: tuple[float, ...], step: float = 60.0) -> list[Proposal]:
    return [one for one in propose(plan, {sli: (seen_as(sli, values, step),)}) if one.sli == sli]


@pytest.mark.parametrize(
    ("sli", "value", "proposed", "why"),
    [
        # 1.5 times what is wrong, as a round number, away from what was observed.
        ("redis_cache_hit_ratio", 88.0, 80.0, "1.5 times what is wrong in the worst of 99.9 %"),
        ("vector_db_latency_p95", 16.0, 25.0, "up to the next bucket edge"),
        # Never at once less than half of what is allowed now.
        ("system_health", 99.9, 97.5, "half of what is allowed now"),
        ("vector_db_latency_p95", 1.0, 25.0, "half of what is allowed now"),
        ("monthly_cost", 20.0, 50.0, "half of what is allowed now"),
        # Never closer than a baseline that was validated, with the same room.
        ("rag_latency_p95", 5.0, 75.0, "at the baseline 50 ms"),
        ("test_pass_rate", 99.9, None, "at the baseline 98.28 %"),
        ("request_latency_p95", 20.0, None, "at the baseline 131.57 ms"),
        # A baseline that misses the target validates nothing: $500 a month is what it was reduced from.
        ("monthly_cost", 40.0, 50.0, "1.25 times"),
        # Never within noise: 3 bad events in 30 and in 1,000, 10 % off the past, double of it.
        ("redis_cache_hit_ratio", 99.9, 85.0, "half of what is allowed now"),
        ("request_error_rate", 0.01, None, "3 bad events in the least traffic"),
        ("llm_token_deviation", 0.5, 10.0, "half of what is allowed now"),
        ("llm_token_multiple", 0.9, None, "less than double"),
        # What comes from elsewhere stays, whatever was observed.
        ("memory_usage", 18.0, None, "a part of a capacity"),
        ("cpu_usage", 2.0, None, "a part of a capacity"),
        ("test_result_age", 0.48, None, "how often it is made"),
        ("memory_store_up", 1.0, None, "up or down"),
        ("memory_storage_cost_trend", 0.01, None, "a slope within one rollout"),
        # Near enough.
        ("rag_latency_p95", 55.0, None, "near enough"),
        # Missed, or nothing wrong at all.
        ("rag_latency_p95", 120.0, None, "missed in over 5 %"),
        ("llm_token_deviation", 0.0, None, "nothing was wrong"),
        ("test_pass_rate", 100.0, None, "nothing was wrong"),
        ("request_error_rate", math.inf, None, "infinite"),
    ],
)
def test_the_rule(sli: str, value: float, proposed: float | None, why: str, plan: Plan) -> None:
    (found, *_) = propose_of(plan, sli, (value,) * 100)
    assert (found.proposed, why in found.why) == (proposed, True), found


def test_no_level_of_a_capacity_moves_not_even_one_that_is_crossed(plan: Plan) -> None:
    for value in (3.0, 18.7, 55.0, 87.0):
        assert [one.proposed for one in propose_of(plan, "memory_usage", (value,) * 100)] == [None, None]


def test_an_alert_level_of_its_own(plan: Plan) -> None:
    target, alert = propose_of(plan, "monthly_cost", (40.0,) * 100)
    assert (target.proposed, alert.proposed) == (50.0, 80.0)
    crossed = propose_of(plan, "monthly_cost", (40.0,) * 990 + (160.0,) * 10)[1]
    assert crossed.proposed is None
    assert "over three minutes were beyond it" in crossed.why


def test_room_for_what_swings(plan: Plan) -> None:
    """What lies between the median and the worst is left again beyond the worst."""
    swings = tuple(10.0 if index % 10 else 45.0 for index in range(1000))
    assert propose_of(plan, "monthly_cost", swings)[0].proposed is None
    steady = propose_of(plan, "monthly_cost", (45.0,) * 1000)[0]
    assert steady.proposed == 60.0


def test_what_would_have_alerted_is_not_proposed(plan: Plan) -> None:
    """Less than one sample in a thousand, and longer than the alert waits."""
    values = [20.0] * 40_000
    values[5000:5025] = [90.0] * 25
    found = propose_of(plan, "rag_latency_p95", tuple(values), step=15.0)[0]
    assert found.proposed is None
    assert found.why == "far, but with 75 ms HybridRAGLatencyHigh would have fired, over what was observed"
    values[5012] = 20.0
    assert propose_of(plan, "rag_latency_p95", tuple(values), step=15.0)[0].proposed == 75.0


def test_a_target_that_is_missed_moves_nothing(plan: Plan) -> None:
    """Least of all an alert level outwards, which would silence what tells of it."""
    for found in propose_of(plan, "monthly_cost", (120.0,) * 100):
        assert found.proposed is None
        assert found.why.startswith("the target is missed in over 5 % of the samples")


KINDS = """
  {kind}:
    kind: gauge
    title: A gauge
    component: web
    unit: {unit}
    metrics: [shop_{kind}]
    aggregation: max
    objective: {{good: "{good}", target: {target}}}
"""


@pytest.mark.parametrize(
    ("unit", "metric_unit", "good", "target", "seen", "proposed"),
    [
        # Memory and disk in bytes, a usage in percent, what must be left of one.
        ("bytes", "bytes", "<", 8e9, 2e9, None),
        ("percent", "percent", "<", 80, 18, None),
        ("ratio", "ratio", "<=", 0.9, 0.28, None),
        ("percent", "percent", ">", 20, 70, None),
        # An age, however it is called.
        ("minutes", "minutes", "<=", 60, 0.48, None),
        ("hours", "seconds", "<", 24, 0.1, None),
        # A time that passes between scrapes.
        ("seconds", "seconds", "<", 300, 1, 150),
        ("seconds", "seconds", "<", 30, 1, 20),
        ("milliseconds", "milliseconds", "<", 100, 12, 50),
        # Whole numbers.
        ("count", "count", "<", 5, 1, 3),
        ("count", "count", "<=", 1, 0.01, None),
        # What must be there at least.
        ("count", "count", ">=", 3, 100, None),
        ("percent", "percent", ">=", 90, 99.99, 95),
        ("percent", "percent", ">=", 99.5, 99.99, None),
        ("ratio", "ratio", "<", 0.2, 0.01, 0.1),
        ("score", "score", ">=", 98.9, 99.9, None),
    ],
)
def test_units(
    unit: str, metric_unit: str, good: str, target: float, seen: float, proposed: float | None
) -> None:
    metric = f"  shop_thing: {{type: gauge, unit: {metric_unit}, help: It, job: shop, status: exported}}\n"
    text = BASE.replace("\nmetrics:\n", f"\nmetrics:\n{metric}", 1)
    added = KINDS.format(kind="thing", unit=unit, good=good, target=spell_number(target))
    spec = parse_spec(text.replace("\nslis:\n", f"\nslis:{added}", 1), "slo.yaml").spec
    (found,) = propose_of(compile_plan(spec, "rollout"), "thing", (seen,) * 100)
    assert found.proposed == proposed, found


def test_thin_evidence_proposes_nothing(plan: Plan) -> None:
    def why(evidence: Evidence) -> str:
        found = of(plan, evidence, "test_pass_rate")
        assert found.proposed is None
        return found.why

    holes = with_values(healthy(plan), "test_pass_rate", lambda i, v: None if i % 50 == 0 else v)
    assert why(holes) == "too much is missing: coverage is 97.9 %, below 99 %"
    assert why(with_values(healthy(plan), "test_pass_rate", lambda i, v: None)) == "there is no data"
    assert why(with_values(healthy(plan), "test_pass_rate", lambda i, v: math.nan)) == "there is no data"
    unmeasured = of(plan, healthy(plan), "vector_db_latency_p95")
    assert (unmeasured.proposed, unmeasured.seen) == (None, None)
    assert "not measured" in unmeasured.why


def seen_as(sli: str, values: tuple[float, ...], step: float = 60.0) -> Observation:
    times = tuple(step * index for index in range(len(values)))
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


@settings(max_examples=20, deadline=None, phases=QUICK)
@given(st.data())
def test_what_is_proposed_would_have_been_quiet(data: st.DataObject) -> None:
    """By the rules as compiled, over values with a burst of any height and length."""
    plan = plan_of("shipped")
    found: dict[str, tuple[float, ...]] = {}
    for name, sli in plan.spec.slis.items():
        good = sli.good
        if good is None:
            continue
        usual, burst = data.draw(st.floats(0.05, 0.5)), data.draw(st.sampled_from((0.3, 0.6, 0.9, 0.99, 2)))
        length = data.draw(st.integers(2, 10))
        target = good.threshold
        values = [
            target * share if not good.upward else 100 - (100 - target) * share for share in (usual, burst)
        ]
        found[name] = (values[0],) * 4_000 + (values[1],) * length + (values[0],) * 4_000
    proposals = propose(plan, {name: (seen_as(name, given),) for name, given in found.items()})
    slis = dict(plan.spec.slis)
    for one in proposals:
        objective = slis[one.sli].objective
        assert objective is not None
        if one.proposed is not None:
            changed = objective.model_copy(update={one.level: one.proposed})
            slis[one.sli] = slis[one.sli].model_copy(update={"objective": changed})
    moved = {one.sli for one in proposals if one.proposed is not None}
    again = compile_plan(plan.spec.model_copy(update={"slis": slis}), plan.spec.profile_in_force)
    for rule in (rule for group in again.rule_groups for rule in group.alerting):
        if rule.sli in moved and rule.condition is not None:
            seen = seen_as(rule.sli, found[rule.sli])
            states = alert_series(rule, (Series((), seen.times, seen.values),), Evaluations(60.0, (), ()))
            assert [one for one in states if ("alertstate", "firing") in one.labels] == [], rule.alert


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=6, deadline=None, phases=QUICK)
@given(st.data())
def test_so_it_does_where_all_is_well(name: str, data: st.DataObject) -> None:
    """Good values of many sizes, so that there is much to propose."""
    plan = plan_of(name)
    observations = {}
    for one, sli in plan.spec.slis.items():
        good = sli.good
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
    proposals, changed = with_proposals(parse_source(before, "slo.yaml"), proposed, profile)
    text = changed.written
    for was, one in zip(proposed, proposals, strict=True):
        own = plan.spec.slis[one.sli]
        least = own.bounds(plan.spec).lower
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
        for level in ("target", "alert", "no_go"):
            before_, after_ = getattr(old, level), getattr(now, level)
            assert (before_ is None) == (after_ is None)
            if before_ is not None:
                assert after_ <= before_ if lower else after_ >= before_, "no level is ever looser"
        upper = UNITS[sli.unit].upper
        for level in ("target", "alert"):
            if (sli_name, level) in moved:
                values = [
                    v if lower or upper is None else upper - v
                    for v in (getattr(old, level), getattr(now, level))
                ]
                assert values[1] >= values[0] / 2 * (1 - 1e-9), "never cut to less than half at once"
                if sli.baseline is not None and sli.baseline.value is not None:
                    base = sli.baseline.value
                    met = base <= old.target if lower else base >= old.target
                    still = base < now.target if lower else base > now.target
                    assert still or not met, "what was validated before meets it"
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
    _, changed = with_proposals(parse_source(TEXT, "slo.yaml"), first, "steady-state")
    again = compile_plan(judged(changed).spec, "steady-state")
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
    allowed, changed = with_proposals(parse_source(TEXT, "slo.yaml"), broken, "steady-state")
    back = next(one for one in allowed if one.sli == "request_error_rate")
    assert back.proposed is None
    assert back.why.startswith("the spec does not allow it: ")
    assert [one for one in allowed if one.proposed is not None] == [
        one for one in proposals if one.proposed is not None
    ]
    assert judged(changed).spec.slis["cpu_usage"].objective is not None
