"""Every metric, threshold, alert, panel, query and service of the guide: in the spec and its artifact."""

import math
import re

import pytest

from .departures import as_the_spec_has_it
from .documents import (
    GENERATED,
    alert_on,
    alerting_rule,
    dashboard,
    expand,
    generated_text,
    generated_yaml,
    holds,
    page,
    panel,
    panels,
    plain,
    record_of,
    recordings,
    rules,
    spec,
    spec_panels,
)
from .panel_rows import (
    DASHBOARD,
    DASHBOARD_UID,
    PANELS,
    QUERIES,
    RETENTION,
    SCRAPE_INTERVAL,
    SECTIONS,
    SERVICES,
    STEADY_STATE_REFRESH,
    THROUGHPUT_PANEL,
    PanelRow,
    QueryRow,
    ServiceRow,
)
from .rows import ALERTS, HISTOGRAM_EDGES, METRICS, THRESHOLDS, AlertRow, MetricRow, ThresholdRow

ROWS = tuple(map(as_the_spec_has_it, THRESHOLDS))


def title_of(row: ThresholdRow | QueryRow | PanelRow) -> str:
    """A test id: the row's title and the settlement that changed it."""
    return f"{row.title} ({row.settlement})" if row.settlement else row.title


def name_of(row: MetricRow | AlertRow | ServiceRow) -> str:
    """A test id: the row's name and the settlement that changed it."""
    return f"{row.name} ({row.settlement})" if row.settlement else row.name


@pytest.mark.parametrize("row", METRICS, ids=name_of)
def test_metric_is_in_the_catalogue(row: MetricRow) -> None:
    entry = spec()["metrics"][row.name]
    assert (entry["type"], entry["status"]) == (row.type, row.status)


@pytest.mark.parametrize("row", METRICS, ids=name_of)
def test_metric_is_queried_by_a_rule_or_a_panel(row: MetricRow) -> None:
    exposed = f"{row.name}_bucket" if row.type == "histogram" else row.name
    targets = [target["expr"] for panel in panels() for target in panel.get("targets", ())]
    queries = [*recordings().values(), *targets]
    assert any(re.search(rf"\b{exposed}\b", query) for query in queries)


@pytest.mark.parametrize(("metric", "edges"), HISTOGRAM_EDGES)
def test_histogram_has_a_bucket_edge_at_each_threshold_and_one_above(
    metric: str, edges: tuple[float, ...]
) -> None:
    buckets = spec()["metrics"][metric]["buckets"]
    assert set(edges) <= set(buckets)
    assert max(buckets) > max(edges)


@pytest.mark.parametrize("row", ROWS, ids=title_of)
def test_threshold_is_in_the_spec(row: ThresholdRow) -> None:
    sli = spec()["slis"][row.sli]
    objective = sli["objective"]
    assert sli["unit"] == row.unit
    assert f"{objective['good']} {objective['target']:g}" == row.good
    assert objective.get("no_go") == row.no_go
    if row.baseline is not None:
        assert sli["baseline"]["value"] == row.baseline


@pytest.mark.parametrize("row", [row for row in ROWS if row.fires], ids=title_of)
def test_threshold_is_in_its_alert(row: ThresholdRow) -> None:
    rule = alert_on(row.sli)
    assert rule["expr"] == f"{record_of(row.sli)} {row.fires}"
    assert rule["labels"]["severity"] == row.severity


@pytest.mark.parametrize("row", [row for row in ROWS if not row.fires], ids=title_of)
def test_threshold_without_an_alert_has_none(row: ThresholdRow) -> None:
    assert record_of(row.sli) in recordings()
    assert not [
        rule for rule in rules() if "alert" in rule and re.search(rf"\b{record_of(row.sli)}\b", rule["expr"])
    ]


@pytest.mark.parametrize("row", [row for row in ROWS if row.fires], ids=title_of)
def test_threshold_is_a_step_of_its_panel(row: ThresholdRow) -> None:
    record = record_of(row.sli)
    first = [
        panel
        for panel in panels()
        if panel.get("targets") and re.match(rf"{re.escape(record)}(?![\w:])", panel["targets"][0]["expr"])
    ]
    assert first, f"no panel draws {row.sli} first"
    levels = {number(row.good), number(row.fires or "")} | ({row.no_go} if row.no_go is not None else set())
    for drawn in first:
        config = drawn["fieldConfig"]
        own = [one for override in config["overrides"] for one in override["properties"]]
        thresholds = next((one["value"] for one in own if one["id"] == "thresholds"), None)
        steps = [step["value"] for step in (thresholds or config["defaults"]["thresholds"])["steps"]]
        # A step begins at its value, so what is good at a level as well begins just beyond it.
        missed = [level for level in levels if not any(math.isclose(level, step) for step in steps)]
        assert missed == [], f"panel {drawn['id']} has steps {sorted(steps)}"


@pytest.mark.parametrize("row", [row for row in ROWS if row.fires], ids=title_of)
def test_threshold_is_on_its_runbook_page(row: ThresholdRow) -> None:
    text = page(f"runbooks/{alert_on(row.sli)['alert']}.md").split("## Diagnosis")[0]
    levels = [number(row.good), number(row.fires or ""), *([row.no_go] if row.no_go is not None else [])]
    for level in levels:
        assert re.search(rf"(?<![\d.]){level:g}(?![\d.]*\d)", text), f"{level:g} is not on the page"


def number(condition: str) -> float:
    """The figure of ``>= 100``."""
    return float(condition.split()[-1])


@pytest.mark.parametrize("row", ALERTS, ids=name_of)
def test_alert_is_in_the_spec(row: AlertRow) -> None:
    alert = spec()["alerts"][row.name]
    assert (alert["for"], alert["severity"]) == (row.for_, row.severity)
    assert holds(" ".join(alert["response"]), row.response)


@pytest.mark.parametrize("row", ALERTS, ids=name_of)
def test_alert_is_in_the_rules(row: AlertRow) -> None:
    rule = alerting_rule(row.name)
    assert (rule["for"], rule["labels"]["severity"]) == (row.for_, row.severity)
    assert row.metric in expand(rule["expr"])
    assert holds(rule["annotations"]["response"], row.response)


@pytest.mark.parametrize("row", ALERTS, ids=name_of)
def test_alert_is_in_its_runbook_and_in_the_alert_reference(row: AlertRow) -> None:
    runbook = page(f"runbooks/{row.name}.md")
    assert holds(runbook, (row.severity, *row.response))
    line = next(line for line in page("alerts.md").splitlines() if line.startswith(f"| [{row.name}]"))
    assert f"| {row.severity} |" in line


def test_dashboard_sections_stand_in_the_order_of_the_guide() -> None:
    in_spec = [row["title"] for row in spec()["dashboards"][DASHBOARD_UID]["rows"]]
    rendered = [panel["title"] for panel in dashboard()["panels"] if panel["type"] == "row"]
    assert [title for title in in_spec if title in SECTIONS] == list(SECTIONS)
    assert [title for title in rendered if title in SECTIONS] == list(SECTIONS)


@pytest.mark.parametrize("row", PANELS, ids=lambda row: f"{row.id} {title_of(row)}")
def test_panel_is_in_the_spec(row: PanelRow) -> None:
    section, entry = spec_panels()[row.id]
    assert (section, entry["title"]) == (row.section, row.title)


@pytest.mark.parametrize("row", PANELS, ids=lambda row: f"{row.id} {title_of(row)}")
def test_panel_is_on_the_dashboard_in_its_section(row: PanelRow) -> None:
    assert panel(row.id)["title"] == row.title
    section = ""
    for drawn in panels():
        section = drawn["title"] if drawn["type"] == "row" else section
        if drawn["id"] == row.id:
            assert section == row.section


@pytest.mark.parametrize("row", PANELS, ids=lambda row: f"{row.id} {title_of(row)}")
def test_panel_draws_its_metrics_and_names_them(row: PanelRow) -> None:
    drawn = panel(row.id)
    queries = " ".join(expand(target["expr"]) for target in drawn["targets"])
    line = next(line for line in page("panels.md").splitlines() if line.startswith(f"| {row.id} |"))
    for metric in row.metrics:
        assert metric in queries
        assert f"`{metric}`" in drawn["description"]
        assert metric in line


def test_panels_beyond_the_guide_have_ids_from_100_on() -> None:
    fixed = {row.id for row in PANELS}
    assert len(fixed) == 16
    assert all(drawn["id"] in fixed or drawn["id"] >= 100 for drawn in panels())


def test_pass_rate_trend_covers_48_hours() -> None:
    assert spec_panels()[33][1]["time_from"] == "48h"
    assert (panel(33)["type"], panel(33)["timeFrom"]) == ("timeseries", "48h")


def test_rollout_header_shows_the_window_and_the_objectives() -> None:
    header = panel(101)
    assert header["type"] == "text"
    text = header["options"]["content"]
    assert holds(text, ("2025-10-23 20:56", "2025-10-25 20:56", "98 %", "0.1 %", "200 ms", "80 %"))


def test_monthly_projection_is_a_panel() -> None:
    projection = next(drawn for drawn in panels() if drawn["title"] == "Monthly Projection")
    assert "total_system_cost_total" in expand(projection["targets"][0]["expr"])


def test_throughput_is_aggregated_over_instances() -> None:
    exprs = [target["expr"] for target in panel(THROUGHPUT_PANEL)["targets"]]
    assert exprs
    assert all(expr.startswith("sum(rate(") for expr in exprs)


@pytest.mark.parametrize("row", QUERIES, ids=title_of)
def test_query_is_typed_in_the_spec(row: QueryRow) -> None:
    sli = spec()["slis"][row.sli]
    for field, value in row.fields:
        assert sli[field] == value, field


@pytest.mark.parametrize("row", QUERIES, ids=title_of)
def test_query_is_on_the_page_of_queries(row: QueryRow) -> None:
    entry = (
        page("queries.md").partition(f"\n### {spec()['slis'][row.sli]['title']}\n")[2].partition("\n### ")[0]
    )
    assert f"`{row.sli}`" in entry
    expr = plain(
        expand(re.sub(r"\\(?=[^A-Za-z0-9\s])", "", entry.partition("```promql\n")[2].partition("\n```")[0]))
    )
    for pattern in row.patterns:
        assert re.search(pattern, expr), f"{pattern} is not in {expr}"


def test_queries_a_second_are_on_the_page_of_queries() -> None:
    assert "```promql\nsum(rate(hybrid_rag_queries_total[5m]))\n```" in page("queries.md")


@pytest.mark.parametrize("row", QUERIES, ids=title_of)
def test_query_is_a_recording_rule(row: QueryRow) -> None:
    expr = plain(expand(record_of(row.sli)))
    for pattern in row.patterns:
        assert re.search(pattern, expr), f"{pattern} is not in {expr}"


@pytest.mark.parametrize(("key", "value"), DASHBOARD)
def test_dashboard_setting(key: str, value: object) -> None:
    assert dashboard()[key] == value


def test_dashboard_setting_in_the_spec() -> None:
    entry, profile = spec()["dashboards"][DASHBOARD_UID], spec()["profiles"]["rollout"]
    wanted = dict(DASHBOARD)
    assert (entry["title"], entry["tags"]) == (wanted["title"], wanted["tags"])
    assert (profile["refresh"], profile["time_range"]) == (wanted["refresh"], "6h")
    assert spec()["profiles"]["steady-state"]["refresh"] == STEADY_STATE_REFRESH
    assert dashboard()["uid"] == DASHBOARD_UID


@pytest.mark.parametrize("row", SERVICES, ids=name_of)
def test_service_is_in_the_spec(row: ServiceRow) -> None:
    service = spec()["stack"]["services"][row.name]
    assert tuple((port["host"], port["container"]) for port in service["ports"]) == row.ports
    assert service["scrape"].get("interval", spec()["prometheus"]["scrape_interval"]) == row.interval


@pytest.mark.parametrize("row", SERVICES, ids=name_of)
def test_service_is_in_the_compose_file_on_loopback(row: ServiceRow) -> None:
    service = generated_yaml("docker-compose.yml")["services"][row.name]
    assert service["ports"] == [f"127.0.0.1:{host}:{container}" for host, container in row.ports]


@pytest.mark.parametrize("row", SERVICES, ids=name_of)
def test_service_is_scraped(row: ServiceRow) -> None:
    config = generated_yaml("prometheus/prometheus.yml")
    jobs = {job["job_name"]: job for job in config["scrape_configs"]}
    targets = [target for group in jobs[row.name]["static_configs"] for target in group["targets"]]
    assert targets == [f"{row.name}:{row.ports[0][1]}"]
    assert jobs[row.name].get("scrape_interval", config["global"]["scrape_interval"]) == row.interval


def test_the_stack_has_the_five_services_and_no_other() -> None:
    names = {row.name for row in SERVICES}
    assert set(generated_yaml("docker-compose.yml")["services"]) == names
    assert set(spec()["stack"]["services"]) == names


def test_prometheus_keeps_its_interval_and_30_days() -> None:
    assert spec()["prometheus"]["scrape_interval"] == SCRAPE_INTERVAL
    assert spec()["prometheus"]["retention"] == RETENTION
    assert generated_yaml("prometheus/prometheus.yml")["global"]["scrape_interval"] == SCRAPE_INTERVAL
    command = generated_yaml("docker-compose.yml")["services"]["prometheus"]["command"]
    assert f"--storage.tsdb.retention.time={RETENTION}" in command


def test_grafana_has_no_default_password() -> None:
    environment = generated_yaml("docker-compose.yml")["services"]["grafana"]["environment"]
    assert "GF_SECURITY_ADMIN_PASSWORD" not in environment
    assert environment["GF_SECURITY_ADMIN_PASSWORD__FILE"].startswith("/run/secrets/")


def test_no_generated_file_knows_a_home_directory() -> None:
    files = [path for path in GENERATED.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if "/home/" in generated_text(str(path.relative_to(GENERATED)))]
