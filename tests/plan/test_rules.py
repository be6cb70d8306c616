"""Rule groups: one a component, recordings before the alerts, meta alerts, labels."""

from genesis_monitoring.plan.rules import AlertingRule
from genesis_monitoring.policies.registry import POLICIES
from plan.specs import every_kind_plan


def rules() -> dict[str, AlertingRule]:
    """Alerts on an objective and the Watchdog by name; missing data by ``missing <sli>``."""
    return {
        f"missing {rule.sli}" if rule.alert == "SliDataMissing" else rule.alert: rule
        for group in every_kind_plan().rule_groups
        for rule in group.alerting
    }


def test_one_group_for_each_component_with_records_in_the_order_they_need_each_other() -> None:
    groups = {group.name: group for group in every_kind_plan().rule_groups}
    slo = "slo-shop-answered-in-time"
    own = [name for name in groups if not name.endswith(("-missing", "-metrics"))]
    assert own == ["shop", slo, f"{slo}-period", "bill", "monitoring"]
    for name in ("shop", "bill", "monitoring"):
        assert {rule.alert for rule in groups[f"{name}-missing"].alerting} == {"SliDataMissing"}
    assert [rule.record for rule in groups["bill"].recording] == [
        "sli:sent:bits_per_second",
        "sli:tokens_each:tokens",
        "sli:tokens:tokens_per_second",
        "sli:token_jump:multiple",
        "sli:token_deviation:percent",
        "sli:cost:usd_per_month",
        "sli:saving:percent",
        "sli:cost_trend:usd_per_month_per_day",
    ]
    for group in groups.values():
        assert {rule.component for rule in group.alerting} <= {group.component}


def test_alerts_compare_the_record_with_their_level() -> None:
    found = rules()
    assert found["QueueLong"].expr == "sli:queued:count > 100"
    assert found["QueueEndless"].expr == "sli:queued:count > 1000"
    assert found["DiskFull"].expr == "sli:disk_used:percent > 85.5"
    assert found["CpuBusy"].expr == "sli:cpu_used:ratio >= 0.9"
    assert found["CacheCold"].expr == "sli:cache_hit_rate:percent <= 70"
    assert found["CostTrendUp"].expr == "sli:cost_trend:usd_per_month_per_day > 0"
    assert found["DatabaseDown"].expr == "sli:database_up:state < 1"


def test_every_alert_is_of_a_policy_and_every_policy_has_one() -> None:
    made = [rule.policy for group in every_kind_plan().rule_groups for rule in group.alerting]
    assert set(made) == set(POLICIES)


def test_labels_and_for() -> None:
    rule = rules()["CpuBusy"]
    assert dict(rule.labels) == {"severity": "P2", "component": "shop", "team": "shop", "sli": "cpu_used"}
    assert rule.for_ == 90
    assert rule.series_labels == ("instance",)


def test_missing_data_is_watched_where_every_metric_is_exported() -> None:
    found = rules()
    watched = {name.removeprefix("missing ") for name in found if name.startswith("missing ")}
    slis = every_kind_plan().slis
    assert watched == {name for name, plan in slis.items() if plan.exported}
    assert {"queued", "cache_hit_rate", "tokens", "token_jump"}.isdisjoint(watched)
    assert {"saving", "latency_multiple", "errors"} <= watched


def test_missing_data_asks_for_what_is_divided_by_and_for_buckets() -> None:
    found = rules()
    assert found["missing errors"].expr.startswith("absent(sum(requests_total > -Inf < Inf)) or ")
    whole = (
        'request_seconds_bucket{le="+Inf"} > -Inf < Inf and ignoring (le) request_seconds_bucket{le!="+Inf"}'
    )
    assert f"absent(sum({whole} > -Inf < Inf " in found["missing latency"].expr
    assert dict(found["missing targets"].labels)["job"] == "prometheus"
    assert found["missing latency"].for_ == 600


def test_watchdog_fires_always() -> None:
    rule = rules()["Watchdog"]
    assert (rule.expr, rule.for_, rule.component) == ("vector(1)", 0, "monitoring")
    assert "sli" not in dict(rule.labels)


def test_links_go_to_the_panel_that_draws_the_sli_or_to_the_one_given() -> None:
    found = rules()

    def annotation(alert: str, name: str) -> str | None:
        return {one.name: one.text for one in found[alert].annotations}.get(name)

    assert annotation("RequestsSlow", "panel_url") == "http://localhost:3000/d/shop?viewPanel=3"
    assert annotation("RequestsSlower", "panel_url") == "http://localhost:3000/d/shop?viewPanel=3"
    assert annotation("DatabaseDown", "panel_url") == "http://localhost:3000/d/shop?viewPanel=11"
    assert annotation("Watchdog", "panel_url") is None
    assert annotation("Watchdog", "dashboard_url") == "http://localhost:3000/d/shop"
    assert annotation("CpuBusy", "runbook_url") == "https://git.example.com/shop/runbooks/CpuBusy.md"
