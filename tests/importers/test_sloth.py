"""SLOs of Sloth: what is kept, what is a note, and what is refused at its line."""

from pathlib import Path

import pytest

from .reading import read, read_paths

SHOP = """\
version: prometheus/v1
service: corner.shop
labels:
  owner: till-team
slos:
  - name: orders-ok
    objective: 99.95
    description: Orders get through.
    labels: {category: availability}
    sli:
      events:
        error_query: sum(rate(orders_total{job="till",code=~"5.."}[{{.window}}]))
        total_query: sum(rate(orders_total{job="till"}[{{ .window }}]))
    alerting:
      name: OrdersFail
      labels: {floor: ground}
      ticket_alert:
        disable: true
"""
RESOURCE = """\
apiVersion: sloth.slok.dev/v1
kind: PrometheusServiceLevel
metadata:
  name: orders
  labels: {of: the-resource}
spec:
  service: corner.shop
  labels:
    owner: till-team
  slos:
    - name: orders-ok
      objective: 99.95
      description: Orders get through.
      labels: {category: availability}
      sli:
        events:
          errorQuery: sum(rate(orders_total{job="till",code=~"5.."}[{{.window}}]))
          totalQuery: sum(rate(orders_total{job="till"}[{{.window}}]))
      alerting:
        labels: {floor: ground}
        ticketAlert:
          disable: true
"""
WINDOWS = """\
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: {errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h}
    slow: {errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h}
  ticket:
    quick: {errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d}
    slow: {errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d}
"""


def with_queries(errors: str, total: str) -> str:
    """A document with one SLO of these; the first is on line 8, the second on line 9."""
    return (
        "version: prometheus/v1\nservice: shop\nslos:\n  - name: quick\n    objective: 99\n    sli:\n"
        f"      events:\n        error_query: '{errors}'\n        total_query: '{total}'\n"
    )


def test_an_slo_becomes_a_ratio_with_a_budget(tmp_path: Path) -> None:
    found = read(tmp_path, SHOP)
    assert found.ids == ("corner.shop-orders-ok",)
    assert found.part["components"] == {"corner-shop": "corner.shop"}
    assert found.part["slis"] == {
        "corner_shop_orders_ok": {
            "kind": "ratio",
            "title": "corner.shop: orders-ok",
            "unit": "percent",
            "component": "corner-shop",
            "numerator": [
                {"metric": "orders_total", "labels": {"job": "till"}, "matchers": {"code": "=~5.."}}
            ],
            "denominator": [{"metric": "orders_total", "labels": {"job": "till"}}],
            "window": "5m",
            "budget": {
                "objective": 99.95,
                "period": "30d",
                "errors": "numerator",
                "page": "P1",
                "service": "corner.shop",
                "slo": "orders-ok",
                "labels": {"owner": "till-team", "category": "availability", "floor": "ground"},
            },
        }
    }
    metric = found.part["metrics"]["orders_total"]
    assert (metric["type"], metric["job"], metric["labels"]) == ("counter", "till", ["code"])
    assert "# Orders get through.\n" in found.text


def test_the_resource_says_the_same_in_camel_case(tmp_path: Path) -> None:
    found = read(tmp_path, RESOURCE)
    assert found.part == read(tmp_path, SHOP).part
    assert "5 info metadata.labels are of the resource, and of no series: not kept" in found.findings


def test_windows_found_beside_it_become_tiers_and_what_is_disabled_is_off(tmp_path: Path) -> None:
    budget = read(tmp_path, SHOP, WINDOWS, period=7 * 86400).budgets["corner_shop_orders_ok"]
    assert budget["period"] == "7d"
    assert budget["tiers"] == {
        "page-quick": {"long": "1h", "short": "5m", "share": 8, "severity": "P1"},
        "page-slow": {"long": "6h", "short": "30m", "share": 12.5, "severity": "P1"},
        "ticket-quick": {"long": "1d", "short": "2h", "share": 20, "severity": "P2", "enabled": False},
        "ticket-slow": {"long": "3d", "short": "6h", "share": 42, "severity": "P2", "enabled": False},
    }
    assert not {"page", "ticket"} & budget.keys()


def test_windows_of_another_period_are_told(tmp_path: Path) -> None:
    found = read(tmp_path, SHOP, WINDOWS)
    assert "tiers" not in found.budgets["corner_shop_orders_ok"]
    assert "4 warning these windows are not used: the period is 30d" in found.findings


def test_a_folder_holds_files_with_several_documents(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "two.yml").write_text(f"{SHOP}---\n{SHOP.replace('orders-ok', 'orders_ok')}")
    (tmp_path / "stranger.yaml").write_text("kind: ConfigMap\n")
    found = read_paths([tmp_path])
    assert found.ids == ("corner.shop-orders-ok", "corner.shop-orders_ok")
    assert list(found.part["slis"]) == ["corner_shop_orders_ok", "corner_shop_orders_ok_2"]
    assert found.errors == ()


def test_a_bucket_over_the_count_is_a_latency(tmp_path: Path) -> None:
    good, total = (
        'sum(rate(t_seconds_bucket{le="0.3"}[{{.window}}]))',
        "sum(rate(t_seconds_count[{{.window}}]))",
    )
    found = read(tmp_path, with_queries(f"{total} - {good}", total), buckets={"t_seconds": (0.1, 0.3, 1.0)})
    sli = found.part["slis"]["shop_quick"]
    assert (sli["kind"], sli["histogram"], sli["within"]) == ("latency", "t_seconds", "300ms")
    assert found.part["metrics"]["t_seconds"]["buckets"] == [0.1, 0.3, 1]
    plain = read(tmp_path, with_queries(f"{total} - {good}", total))
    assert plain.part["slis"]["shop_quick"]["kind"] == "ratio"
    assert plain.part["slis"]["shop_quick"]["budget"]["errors"] == "rest"
    assert any("its edges are not known" in one for one in plain.findings)


def test_an_edge_that_the_histogram_has_not_is_refused(tmp_path: Path) -> None:
    total = "sum(rate(t_seconds_count[{{.window}}]))"
    good = 'sum(rate(t_seconds_bucket{le="0.4"}[{{.window}}]))'
    found = read(tmp_path, with_queries(f"{total} - {good}", total), buckets={"t_seconds": (0.3, 1.0)})
    assert found.errors == ("4 error shop-quick: t_seconds has no bucket that ends at 0.4",)


@pytest.mark.parametrize(
    ("errors", "total", "says"),
    [
        ("avg(rate(a[{{.window}}]))", "sum(rate(b[{{.window}}]))", "has avg"),
        ("sum(rate(a[5m]))", "sum(rate(b[{{.window}}]))", "has a window of its own"),
        ("sum(rate(a[{{.window}}] offset 1h))", "sum(rate(b[{{.window}}]))", "looks at another time"),
        ("sum(rate(a[{{.window}}])) * 2", "sum(rate(b[{{.window}}]))", "*"),
        ("sum(irate(a[{{.window}}]))", "sum(rate(b[{{.window}}]))", "irate"),
        ("sum by (c) (rate(a[{{.window}}]))", "sum(rate(b[{{.window}}]))", "grouped by different labels"),
        ("sum(rate(a[{{.window}}]))", "sum(rate(a[{{.window}}]))", "the same events"),
        (
            'sum by (c) (rate(a{c="5"}[{{.window}}]))',
            "sum by (c) (rate(a[{{.window}}]))",
            "all good or all bad",
        ),
        ("sum(rate(a[{{.period}}]))", "sum(rate(b[{{.window}}]))", "a template other than"),
        ("sum(rate(a[{{.window}}])", "sum(rate(b[{{.window}}]))", "is no PromQL"),
        ("sum(rate(a[{{.window}}])) or vector(1)", "sum(rate(b[{{.window}}]))", "vector"),
    ],
)
def test_what_counts_no_events_is_refused_at_its_line(
    tmp_path: Path, errors: str, total: str, says: str
) -> None:
    (error,) = read(tmp_path, with_queries(errors, total)).errors
    assert error.startswith("8 error slos[0].sli.events.error_query: ")
    assert says in error


@pytest.mark.parametrize(
    ("errors", "numerator"),
    [
        ("sum(rate(a[{{.window}}])) or vector(0)", ["a"]),
        ("sum(increase(a[{{.window}}])) + sum(increase(c[{{.window}}]))", ["a", "c"]),
    ],
)
def test_other_ways_to_count_are_read(tmp_path: Path, errors: str, numerator: list[str]) -> None:
    function = "increase" if "increase" in errors else "rate"
    found = read(tmp_path, with_queries(errors, f"sum({function}(b[{{{{.window}}}}]))"))
    assert found.errors == ()
    assert found.part["slis"]["shop_quick"]["numerator"] == numerator


@pytest.mark.parametrize(
    ("written", "instead", "says"),
    [
        ("objective: 99.95", "objective: 100", "7 error slos[0].objective: leaves no error budget"),
        ("    sli:\n", "    sli:\n      raw: {error_ratio_query: x}\n", "events"),
        ("      events:\n", "      plugin: {id: p}\n      unused:\n", "11 error slos[0].sli.plugin:"),
        ("service: corner.shop", "service: a-", '2 error service: "a-" is no name'),
        ("owner: till-team", "sloth_id: x", "4 error sloth_id is no label"),
        ("slos:\n", "slo_plugins: {chain: [{id: x}]}\nslos:\n", "5 error slo_plugins: plugins change"),
        ("disable: true", "disable: maybe", "alerting.ticket_alert.disable: is"),
    ],
)
def test_what_would_mean_something_else_is_refused(
    tmp_path: Path, written: str, instead: str, says: str
) -> None:
    assert written in SHOP
    errors = read(tmp_path, SHOP.replace(written, instead, 1)).errors
    assert any(says in error for error in errors), errors


def test_a_raw_ratio_is_read_where_it_is_a_quotient_of_counts(tmp_path: Path) -> None:
    raw = SHOP.partition("      events:")[0] + (
        "      raw:\n        error_ratio_query:\n"
        "          1 - sum(rate(good_total[{{.window}}])) / sum(rate(all_total[{{.window}}]))\n"
    )
    found = read(tmp_path, raw)
    assert found.budgets["corner_shop_orders_ok"]["errors"] == "rest"
    refused = read(tmp_path, raw.replace("1 - sum(rate(good_total[{{.window}}]))", "avg(x)"))
    assert len(refused.errors) == 1
    assert "error_ratio_query" in refused.errors[0]


def test_without_a_job_it_is_an_error(tmp_path: Path) -> None:
    text = with_queries("sum(rate(a[{{.window}}]))", "sum(rate(b[{{.window}}]))")
    assert read(tmp_path, text, job="").errors == (
        "4 error shop-quick: nothing says which job exposes a",
        "4 error shop-quick: nothing says which job exposes b",
    )


def test_an_id_is_there_once(tmp_path: Path) -> None:
    (error,) = read(tmp_path, SHOP, SHOP).errors
    assert error.startswith("6 error the SLO corner.shop-orders-ok is there already")
