"""What nobody exposes yet is told apart from what has gone."""

import pytest

from genesis_monitoring.plan.planned import planned_of
from plan.specs import Data, compiled, genesis

APP = "genesis-app"
HERE = "min by (job, instance) (last_over_time((up > -Inf < Inf)[45s:5s]))"
WITHOUT_APP = HERE.replace("up >", f'up{{job!="{APP}"}} >')


def with_statuses(status: str, *names: str) -> Data:
    """The spec in which all metrics of the application are planned, but those of ``names``."""
    data = genesis()
    for name, metric in data["metrics"].items():
        if metric["job"] == APP:
            metric["status"] = status if name in names else "planned"
    return data


def test_all_of_it_is_told_in_one_line() -> None:
    data = with_statuses("planned")
    data["metadata"]["planned_for"] = "Phase 5.5"
    planned = compiled(data).planned
    metrics = [name for name, metric in data["metrics"].items() if metric["job"] == APP]
    assert list(planned.metrics) == metrics
    assert planned.jobs == (APP,)
    assert planned.line == (
        f"14 of {len(data['alerts'])} alerts are blind until Phase 5.5: {len(metrics)} metrics are planned"
    )
    del data["metadata"]["planned_for"]
    assert "until they are exposed" in compiled(data).planned.line


def test_nothing_is_said_where_all_is_exposed() -> None:
    data = genesis()
    for metric in data["metrics"].values():
        metric["status"] = "exported"
    assert compiled(data).planned.line == ""


def test_an_sli_made_of_another_one_waits_for_the_same_metrics() -> None:
    plan = compiled(with_statuses("planned"))
    assert planned_of(plan.slis, ["cost_reduction", "monthly_cost"]) == ("total_system_cost_total",)
    assert {"CostReductionTargetMissed", "MonthlyCostProjectionHigh"} <= set(plan.planned.alerts)


@pytest.mark.parametrize(
    ("exported", "wanted"), [((), WITHOUT_APP), (("genesis_service_up",), HERE)], ids=["planned", "there"]
)
def test_a_target_that_is_planned_is_not_down(exported: tuple[str, ...], wanted: str) -> None:
    plan = compiled(with_statuses("exported", *exported))
    assert plan.slis["scrape_targets"].expr == wanted


def test_a_job_that_the_spec_asks_for_is_asked_for() -> None:
    data = with_statuses("planned")
    asked = {"metric": {"metric": "up", "labels": {"job": APP}}, "by": ["instance"]}
    data["slis"]["scrape_targets"].update(asked)
    del data["routing"]["inhibit"]["target-down"]
    assert f'up{{job="{APP}"}}' in compiled(data).slis["scrape_targets"].expr
