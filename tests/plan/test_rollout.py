"""Checkpoint times (settlements C1 to C3) and how criteria are told."""

from datetime import UTC, datetime
from itertools import pairwise

from genesis_monitoring.plan.rollout import Checkpoint, RolloutPlan
from plan.specs import every_kind_plan, genesis_plan


def plan() -> RolloutPlan:
    rollout = genesis_plan().rollout
    assert rollout is not None
    return rollout


def at(index: int) -> Checkpoint:
    return plan().checkpoints[index - 1]


def test_55_checkpoints_52_minutes_and_22_seconds_apart_the_last_at_the_end() -> None:
    checkpoints = plan().checkpoints
    assert [one.index for one in checkpoints] == list(range(1, 56))
    gaps = {b.offset - a.offset for a, b in pairwise(checkpoints)}
    assert gaps == {3141, 3142}
    assert checkpoints[0].offset == 3142
    assert checkpoints[-1].due == plan().end == datetime(2025, 10, 25, 20, 56, tzinfo=UTC)


def test_true_times_of_the_reviews_of_the_guide() -> None:
    assert at(14).offset == 12 * 3600 + 13 * 60 + 5
    assert at(28).offset == 24 * 3600 + 26 * 60 + 11
    assert at(42).offset == 36 * 3600 + 39 * 60 + 16


def test_reviews_and_sign_offs() -> None:
    marked = {one.index: one.sign_off for one in plan().checkpoints if one.title}
    assert marked == {1: False, 14: False, 28: True, 42: False, 55: True}


def test_criteria_say_how_they_are_judged_and_what_is_still_planned() -> None:
    found = {one.origin: one for section in plan().sections for one in section.criteria}
    latency = found["rollout.no_go.rag_latency_sustained"]
    assert latency.planned == ("hybrid_rag_retrieval_latency_seconds",)
    assert latency.judged == (
        "`rag_latency_p95` against `no_go`, counted when violated longer than 15 minutes on end, "
        "over the whole window"
    )
    assert found["rollout.checklist.0.items.rag_latency"].judged == (
        "`rag_latency_p95` against `target`, counted when violated longer than 5 minutes on end, "
        "over the last 1 hour"
    )
    assert found["rollout.go.test_pass_rate_sustained"].planned == ()
    assert found["rollout.checklist.1.items.cost_reduction"].planned == ("total_system_cost_total",)
    assert (
        found["rollout.no_go.too_many_critical_alerts"].judged == "at most 5 P1 episodes in the last 2 days"
    )


def test_no_rollout_no_plan() -> None:
    assert every_kind_plan().rollout is None
