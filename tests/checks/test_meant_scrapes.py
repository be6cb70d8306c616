"""What is scraped as it is hardly meant, and what a product's kind brings."""

import pytest

from genesis_monitoring.checks.meant.probes import check_probes
from genesis_monitoring.spec.load import LoadedSpec, parse_spec

SPEC = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
receivers: {desk: "http://127.0.0.1:9099/alerts"}
prometheus:
  alertmanager: "mon-1:9093"
  targets:
    pages: {probe: {module: MODULE, exporter: "blackbox:9115", addresses: ADDRESSES}}
    pushed: {kind: pushgateway, addresses: "pushgateway:9091"}
    kept: {kind: pushgateway, addresses: "pushgateway-2:9091", honor_labels: false}
slis: {left: {kind: time_until, unit: days, metric: METRIC}}
"""


def loaded(module: str, metric: str) -> LoadedSpec:
    text = SPEC.replace("MODULE", module).replace("METRIC", metric)
    addresses = "[https://a.shop.io, http://b.shop.io, c.shop.io]"
    return parse_spec(text.replace("ADDRESSES", addresses), "slo.yaml")


@pytest.mark.parametrize(
    ("module", "metric", "told"),
    [
        (
            "http_2xx",
            "probe_ssl_earliest_cert_expiry",
            ["write https://b.shop.io", "write https://c.shop.io"],
        ),
        ("tcp_tls", "probe_ssl_earliest_cert_expiry", []),
        ("http_2xx", "push_time_seconds", []),
    ],
)
def test_a_certificate_is_read_by_https(module: str, metric: str, told: list[str]) -> None:
    one = loaded(module, metric)
    assert [finding.hint for finding in check_probes(one.spec, one.source)] == told


def test_what_a_pushgateway_holds_keeps_its_job_unless_the_spec_says_otherwise() -> None:
    targets = loaded("http_2xx", "probe_ssl_earliest_cert_expiry").spec.prometheus.targets
    assert {name: one.honor_labels for name, one in targets.items()} == {
        "pages": False,
        "pushed": True,
        "kept": False,
    }
