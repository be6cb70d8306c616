"""A few random pairs of rollouts; ``make pairs`` draws 5,000 of them."""

from genesis_monitoring.plan.compile import Plan

from .pairs import improvement, pairs

SEED, COUNT = 3, 12


def test_nothing_that_is_worse_or_left_out_or_restarted_improves_a_verdict(plan: Plan) -> None:
    assert [said for pair in pairs(SEED, COUNT, plan) if (said := improvement(pair, plan))] == []
