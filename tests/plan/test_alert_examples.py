"""The values that made-up alerts are told with: each fires its alert, whatever kind it is."""

from genesis_monitoring.plan.alert_cases import alert_cases
from plan.specs import every_kind_plan


def test_an_alert_of_an_error_budget_is_told_with_a_burn_rate_beyond_its_limit() -> None:
    plan = every_kind_plan()
    factors = {(one.id, tier.name): float(tier.factor) for one in plan.budgets for tier in one.tiers}
    cases = [one for one in alert_cases(plan) if one.rule is not None and one.rule.slo]
    tiers = {(one.rule.slo, one.label_map["tier"]): one.value for one in cases if one.rule is not None}
    assert tiers
    for key, value in tiers.items():
        if key[1] == "exhausted":
            assert value <= 0
        else:
            assert value > factors[key]
