"""Where servers are that run already: said in one line, by links, or by nothing."""

from typing import Any

import pytest

from genesis_monitoring.checks.server_addresses import check_server_addresses
from genesis_monitoring.documents.prometheus import prometheus_document
from genesis_monitoring.documents.provisioning import datasources_document
from genesis_monitoring.plan.prometheus import compile_prometheus
from genesis_monitoring.spec.load import LoadedSpec, parse_spec
from genesis_monitoring.spec.source import SpecError

SPEC = """\
apiVersion: genesis-mon/v1
metadata: {name: shop, links: {LINKS}}
receivers: {desk: "http://127.0.0.1:9099/alerts"}
prometheus: {SERVERS}
metrics: {http_requests_total: [code]}
slis: {requests: {kind: up, metric: up}}
"""
LINKS = "alertmanager: https://mon.shop.io/am/, prometheus: https://mon.shop.io/prom"
TARGETS = 'targets: {shop: "shop-1:8080"}'


def loaded(servers: str = "", links: str = "", more: str = "") -> LoadedSpec:
    text = SPEC.replace("LINKS", links).replace("SERVERS", f"{servers}{', ' if servers else ''}{TARGETS}")
    return parse_spec(text + more, "slo.yaml")


def asked(one: LoadedSpec) -> tuple[Any, Any]:
    """How Alertmanager is asked, and how Prometheus scrapes itself, as ``prometheus.yml`` has it."""
    said: Any = prometheus_document(compile_prometheus(one.spec)).data
    return said["alerting"]["alertmanagers"][0], said["scrape_configs"][0]


def source_of(one: LoadedSpec) -> str:
    """What Grafana asks."""
    said: Any = datasources_document(one.spec).data
    return str(said["datasources"][0]["url"])


def test_a_link_by_https_is_asked_by_https_and_below_its_path() -> None:
    manager, own = asked(loaded(links=LINKS))
    assert (manager["scheme"], manager["path_prefix"]) == ("https", "/am")
    assert manager["static_configs"] == [{"targets": ("mon.shop.io:443",)}]
    assert (own["scheme"], own["metrics_path"]) == ("https", "/prom/metrics")
    assert source_of(loaded(links=LINKS)) == "https://mon.shop.io:443/prom"


@pytest.mark.parametrize(
    ("address", "scheme", "target", "prefix"),
    [
        ("mon-1:9093", None, "mon-1:9093", None),
        ("http://mon-1", None, "mon-1:80", None),
        ("https://mon-1:9443", "https", "mon-1:9443", None),
        ("mon-1:443", "https", "mon-1:443", None),
        ("http://mon-1:443", None, "mon-1:443", None),
        ("https://[fd00::1]/a/b", "https", "[fd00::1]:443", "/a/b"),
    ],
)
def test_an_address_says_where_a_server_is_and_goes_before_the_link(
    address: str, scheme: str | None, target: str, prefix: str | None
) -> None:
    one = loaded(f'alertmanager: "{address}", service: "{address}"', LINKS)
    manager, own = asked(one)
    assert (manager.get("scheme"), manager.get("path_prefix")) == (scheme, prefix)
    assert manager["static_configs"] == [{"targets": (target,)}]
    assert (own.get("scheme"), own["metrics_path"]) == (scheme, f"{prefix or ''}/metrics")
    assert source_of(one) == f"{scheme or 'http'}://{target}{prefix or ''}"
    assert one.spec.metadata.links.alertmanager == "https://mon.shop.io/am/"
    assert check_server_addresses(one.spec, one.source) == ()


def test_an_address_is_that_of_the_service_of_its_kind_wherever_that_stands() -> None:
    stack = (
        "stack: {services: {p: {kind: prometheus, image: 'prom/prometheus:v3.5.0'}, "
        "alertmanager: 'prom/alertmanager:v0.28.1'}}\n"
    )
    one = loaded('alertmanager: "mon-1:9093", service: "mon-1:9090"', more=stack)
    services = one.spec.stack.services
    assert (services["alertmanager"].address, services["p"].address) == ("mon-1:9093", "mon-1:9090")
    assert (one.spec.prometheus.service, one.spec.prometheus.alertmanager) == ("p", "alertmanager")


@pytest.mark.parametrize("address", ["mon.shop.io", "1.2.3.999:80", "mon:99999", "https://mon.shop.io?a=1"])
def test_an_address_that_is_none_is_told_where_it_stands(address: str) -> None:
    with pytest.raises(SpecError) as refused:
        loaded(f'alertmanager: "{address}"')
    (finding,) = refused.value.findings
    assert (finding.code, finding.location.line, finding.location.column) == ("GM113", 4, 28)


def test_it_is_told_that_the_place_of_alertmanager_is_a_guess() -> None:
    for one, severity, column, said in (
        (loaded(), "warning", 13, "alerts are sent to localhost:9093: nothing in the spec says"),
        (loaded(links=LINKS), "info", 46, "alerts are sent to https://mon.shop.io/am/, where people open"),
    ):
        (finding,) = check_server_addresses(one.spec, one.source)
        assert (finding.code, finding.severity.name.lower(), finding.location.column) == (
            "GM139",
            severity,
            column,
        )
        assert said in finding.message
