"""Where gauges stand that no scenario names: where the SLIs that are made of them say that all is well."""

from pathlib import Path

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.stack.scenario import load_scenario
from genesis_monitoring.stack.synthetic_levels import Levels
from genesis_monitoring.stack.timeline import Timeline

SHOP = Path(__file__).parent.parent.parent / "docs/examples/shop/slo.yaml"
NOW = 1_790_000_000.0
DAY, HOUR = 86400, 3600


def test_gauges_of_the_shop() -> None:
    plan = load_project(Inputs(SHOP, None, None, None)).plan
    levels = Levels(plan.spec, plan.slis, Timeline(load_scenario("healthy"), NOW))

    def at(name: str) -> float:
        return levels.at(name, {}, NOW)

    # Half as much again as the target, or half of it where less is better.
    assert at("probe_ssl_earliest_cert_expiry") == NOW + 31.5 * DAY
    assert at("orders_exported_timestamp_seconds") == NOW - 13 * HOUR
    assert (at("pg_stat_activity_count"), at("pg_settings_max_connections")) == (40, 100)
    assert at("node_filesystem_avail_bytes") == 0.6 * at("node_filesystem_size_bytes")
