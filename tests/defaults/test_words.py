"""The words of an alert that has none of its own."""

from genesis_monitoring.spec.load import parse_spec

SPEC = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
receivers: {desk: "http://127.0.0.1:9099/alerts"}
prometheus: {alertmanager: "mon-1:9093", targets: {shop: "shop-1:8080"}}
slis: {postgres_up: {kind: up, metric: up}}
alerts: {PostgresDown: {sli: postgres_up, for: 1m, severity: P2}}
"""


def test_what_is_up_or_not_is_down() -> None:
    alert = parse_spec(SPEC, "slo.yaml").spec.alerts["PostgresDown"]
    assert (alert.summary, alert.impact) == ("Postgres is down", "Postgres does not answer.")
