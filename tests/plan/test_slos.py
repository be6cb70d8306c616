"""What people read of SLOs: how soon an alert fires, what is planned, no more than somebody reads."""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from genesis_monitoring.plan.compile import Plan
from genesis_monitoring.plan.slos import Slo

from .histories import History, Value, assert_seen, number
from .specs import compiled, every_kind, rendered, without_budgets

BUDGET = {"objective": 99.9, "period": "30d", "page": "P0", "ticket": "P2", "exhausted": "P2"}
PAGE = "docs/runbooks/ErrorBudgetBurnPageQuick.md"
MINUTE = 60


def with_budgets(sli: str = "errors", count: int = 1, planned: tuple[str, ...] = (), **changes: Any) -> Plan:
    data = without_budgets(every_kind())
    for name in planned:
        data["metrics"][name]["status"] = "planned"
    if "requests_total" in planned:
        data["metrics"]["code:requests:rate5m"]["status"] = "planned"
    data["prometheus"]["retention"] = "90d"
    for place in range(count):
        data["slis"][f"{sli}_{place}"] = {**deepcopy(data["slis"][sli]), "budget": {**BUDGET, **changes}}
    return compiled(data)


def fires(slo: Slo) -> dict[str, str]:
    return {tier.name: tier.outage for tier in slo.tiers}


def test_an_alert_that_waits_for_errors_is_not_said_to_fire_without_them() -> None:
    """By hand: 14.4 x 0.001 x 1 h = 52 s; two scrapes of 5 s, an evaluation of 30 s."""
    (slo,) = with_budgets().slos
    assert fires(slo)["page-quick"] == "1 minute 32 seconds, if 3 events have failed by then"
    assert fires(slo)["exhausted"].endswith(", if 3 events have failed by then")
    (slo,) = with_budgets(minimum_errors=0).slos
    assert fires(slo)["page-quick"] == "1 minute 32 seconds"


def test_of_minutes_so_many_have_to_pass_as_may_be_bad() -> None:
    (slo,) = with_budgets("database_up", minimum_errors=20).slos
    seconds = fires(slo)["page-quick"]
    assert "20 minutes" <= seconds < "22 minutes"
    assert "events" not in seconds


@pytest.mark.parametrize(("every", "fails"), [(1, 3), (20, 1)], ids=["a-minute", "many"])
def test_what_is_said_is_so(every: int, fails: int, tmp_path: Path) -> None:
    """A full outage at ``every`` events a minute: quiet before the least errors, firing when it is said."""
    plan = with_budgets()
    (slo,) = plan.slos
    began, long = 120, 140
    said = re.match(r"1 minute 32 seconds, if (\d) events", fires(slo)["page-quick"])
    assert said
    within = -(-int(said[1]) // every) + 2
    series: dict[str, list[Value]] = {
        'requests_total{job="shop",instance="a",code="200"}': [
            float(min(minute, began) * every) for minute in range(long)
        ],
        'requests_total{job="shop",instance="a",code="500"}': [
            float(max(minute - began, 0) * every) for minute in range(long)
        ],
        'up{job="shop",instance="a"}': [1.0] * long,
    }
    firing = 'count(ALERTS{alertname="ErrorBudgetBurnPageQuick", alertstate="firing"})'
    seen = (number((began + fails - 1) * MINUTE, firing, None), number((began + within) * MINUTE, firing))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yml").write_text(rendered(plan)["prometheus/rules/shop.yml"], "utf-8")
    assert_seen(tmp_path, "shop", [History("an outage", MINUTE, series, seen)], rules=tmp_path / "rules")


def test_what_is_planned_is_told_of_one_and_of_several() -> None:
    page = rendered(with_budgets(planned=("requests_total",)))["docs/slos.md"]
    assert "**No data yet: nobody exposes requests\\_total.**" in page
    both = ("cache_hits_total", "cache_misses_total")
    page = rendered(with_budgets("cache_hit_rate", planned=both, errors="rest"))["docs/slos.md"]
    assert "**No data yet: nobody exposes cache\\_hits\\_total, cache\\_misses\\_total.**" in page


@pytest.mark.parametrize(("count", "more"), [(20, ""), (25, "And 5 more: [all SLOs](../slos.md).")])
def test_a_runbook_has_no_more_slos_than_somebody_reads(count: int, more: str) -> None:
    page = rendered(with_budgets(count=count))[PAGE]
    assert page.count("| 14.4 times |") == 20
    assert ("more: [all SLOs]" in page) == bool(more)
    assert more in page


def test_a_runbook_of_a_shadow_says_so_at_the_top() -> None:
    told = "**In shadow: it fires in Prometheus, and nobody is told.**"
    assert told in rendered(with_budgets(shadow=True))[PAGE].partition("## Meaning")[0]
    assert told not in rendered(with_budgets())[PAGE]


def test_a_budget_in_events_is_a_number_that_people_say() -> None:
    found = {
        objective: with_budgets(objective=objective).slos[0].bad_events for objective in (99, 99.95, 97.5)
    }
    assert found == {99: "1 of 100 events", 99.95: "5 of 10000 events", 97.5: "25 of 1000 events"}
