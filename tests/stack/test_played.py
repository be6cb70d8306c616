"""A scenario that is played within seconds ends as one that is lived through: the same alerts fire."""

import pytest
from plan.specs import compiled, genesis

from genesis_monitoring.stack.played import play
from genesis_monitoring.stack.scenario import load_scenario, shipped_scenarios

SPAN = 3600
FEW = ("cost-blow-out", "exporter-stale", "service-outage")
"""A counter, a suite, and a gauge; the others are of these kinds."""


def check(name: str) -> None:
    scenario = load_scenario(name)
    with play(compiled(genesis(), "drill"), scenario, SPAN) as played:
        end = played.end
        firing = played.reader.instant('ALERTS{alertstate="firing", shadow_severity=""}', end).series
        assert {one.label("alertname") for one in firing} == {"Watchdog", *scenario.expect.alerts}
        before = played.reader.instant('ALERTS{alertstate="firing"}', end - SPAN // 2).series
        assert {one.label("alertname") for one in before} == {"Watchdog"}
        since = played.reader.instant("ALERTS_FOR_STATE", end).series
        assert {one.label("alertname") for one in since} >= {one.label("alertname") for one in firing}
        assert all(end - 4 * SPAN < one.values[0] <= end for one in since)
        recorded = played.reader.range("sli:monthly_cost:usd_per_month", end - SPAN, end, 15.0).series
        assert [len(one.times) for one in recorded] == [SPAN // 15 + 1]


@pytest.mark.parametrize("name", FEW)
def test_the_alerts_of_a_scenario_fire(name: str) -> None:
    check(name)


def test_the_budgets_burn_where_requests_fail() -> None:
    spec = genesis()
    for name in ("rag_error_rate", "request_error_rate"):
        spec["slis"][name]["budget"]["shadow"] = name == "request_error_rate"
    with play(compiled(spec, "drill"), load_scenario("error-burst"), SPAN) as played:
        end = played.end
        query = 'ALERTS{alertstate="firing", alertname=~"ErrorBudget.*"}'
        firing = played.reader.instant(query, end).series
        before = played.reader.instant(query, end - SPAN // 2 - 60).series
        burning = {(one.label("alertname"), one.label("sli"), one.label("severity")) for one in firing}
        tiers = {"PageQuick": "P1", "PageSlow": "P1", "TicketQuick": "P2", "TicketSlow": "P2"}
        alerts = {f"ErrorBudgetBurn{tier}": severity for tier, severity in tiers.items()}
        alerts["ErrorBudgetExhausted"] = "P2"
        told = {(alert, "rag_error_rate", severity) for alert, severity in alerts.items()}
        assert burning == told | {(alert, "request_error_rate", "") for alert in alerts}
        assert before == ()


@pytest.mark.live
@pytest.mark.parametrize("name", sorted(set(shipped_scenarios()) - set(FEW)))
def test_the_alerts_of_any_other_scenario_fire(name: str) -> None:
    check(name)
