"""What a spec may leave out: each key that is filled in, and each that is asked for."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from scratch import BRIEF_SPEC, REPOSITORY, ROLLOUT_SPEC

from genesis_monitoring.commands.project import Inputs, load_project
from genesis_monitoring.defaults.drawing import fill_dashboards
from genesis_monitoring.defaults.expand import expand
from genesis_monitoring.defaults.forms import FILLED
from genesis_monitoring.defaults.kinds import kind_names, known
from genesis_monitoring.spec.load import parse_spec
from genesis_monitoring.spec.model import Spec
from genesis_monitoring.spec.services import Service
from genesis_monitoring.spec.source import SpecError

SHORT = (REPOSITORY / "docs" / "examples" / "service" / "slo.yaml").read_text("utf-8")
"""README's first example."""
WHOLE = expand(yaml.safe_load(SHORT)).root
PLACES = {
    "Spec": (),
    "Metadata": ("metadata",),
    "Links": ("metadata", "links"),
    "Severity": ("severities", "P1"),
    "Metric": ("metrics", "http_requests_total"),
    "Alert": ("alerts", "ScrapeTargetDown"),
    "MetaAlerts": ("meta_alerts",),
    "Watchdog": ("meta_alerts", "watchdog"),
    "MissingData": ("meta_alerts", "missing_data"),
    "Slack": ("slack",),
    "Receiver": ("receivers", "on-call"),
    "Routing": ("routing",),
    "Panel": ("dashboards", "shop", "rows", 0, "panels", 0),
    "Query": ("dashboards", "shop", "rows", 0, "panels", 0, "queries", 0),
    "Prometheus": ("prometheus",),
    "ScrapeTarget": ("prometheus", "targets", "shop"),
    "Stack": ("stack",),
    "Service": ("stack", "services", "prometheus"),
}


def written(value: Any) -> str:
    return json.dumps(value)


def without(path: tuple[Any, ...], key: str) -> str:
    """The whole spec as text, less one key."""
    whole = copy.deepcopy(json.loads(written(WHOLE)))
    found = whole
    for step in path:
        found = found[step]
    found.pop(key, None)
    return written(whole)


def loaded(text: str) -> Spec:
    return parse_spec(text, "slo.yaml").spec


def test_a_short_spec_is_the_same_as_it_is_written_out() -> None:
    assert loaded(written(WHOLE)) == loaded(SHORT)


def _filled() -> Iterator[Any]:
    for model, path in PLACES.items():
        for key in FILLED[model]:
            # What it scrapes is asked for: the metrics have to come from somewhere.
            if key != "prometheus" or model != "Spec":
                yield pytest.param(path, key, id=f"{model}.{key}")


@pytest.mark.parametrize(("path", "key"), tuple(_filled()))
def test_what_is_filled_in_may_be_left_out(path: tuple[Any, ...], key: str) -> None:
    loaded(without(path, key))


NEEDED = [
    ((), "apiVersion"),
    ((), "metadata"),
    ((), "metrics"),
    ((), "slis"),
    ((), "receivers"),
    (("metadata",), "name"),
    (("alerts", "ScrapeTargetDown"), "for"),
    (("alerts", "ScrapeTargetDown"), "severity"),
    (("alerts", "ScrapeTargetDown"), "sli"),
    (("slis", "latency"), "within"),
    (("slis", "latency", "budget"), "objective"),
    (("slis", "latency", "budget"), "period"),
    (("slis", "availability", "budget"), "errors"),
    (("stack", "services", "prometheus"), "image"),
    (("prometheus", "targets", "shop"), "addresses"),
]


@pytest.mark.parametrize(("path", "key"), NEEDED)
def test_what_decides_is_asked_for(path: tuple[Any, ...], key: str) -> None:
    with pytest.raises(SpecError):
        loaded(without(path, key))


GUESSES = {
    "jobs_total": {"type": "counter", "unit": "count"},
    "cpu_seconds_total": {"type": "counter", "unit": "seconds"},
    "sent_bytes_total": {"type": "counter", "unit": "bytes"},
    "free_bytes": {"type": "gauge", "unit": "bytes"},
    "hit_ratio": {"type": "gauge", "unit": "ratio"},
    "build_info": {"type": "gauge", "unit": "state"},
    "last_run_timestamp_seconds": {"type": "gauge", "unit": "timestamp"},
    # A duration without buckets may be a histogram whose buckets were forgotten.
    "duration_seconds": {"unit": "seconds"},
    "connections": {},
}


@pytest.mark.parametrize(("name", "told"), GUESSES.items())
def test_a_name_says_type_and_unit_only_where_the_convention_is_certain(
    name: str, told: dict[str, str]
) -> None:
    entry = expand({"metrics": {name: None}}).root["metrics"][name]
    assert {key: entry[key] for key in ("type", "unit") if key in entry} == told


@pytest.mark.parametrize(
    ("metric", "component"),
    [
        ('up{job="db"}', "db"),
        ({"metric": "up", "labels": {"job": "db"}}, "db"),
        ({"metric": "up", "labels": {"job": ["db"]}}, "db"),
        ('up{job=~"db"}', "monitoring"),
        ({"metric": "up", "labels": {"job": ["db", "web"]}}, "monitoring"),
        # A job that is exposed, as by a Pushgateway, is none that is scraped.
        ('up{job="nightly"}', "monitoring"),
        ('up{job="db"', "monitoring"),
        ("up", "monitoring"),
        ("pg_up", "db"),
    ],
)
def test_the_job_that_an_sli_selects_is_its_component(metric: Any, component: str) -> None:
    targets = {"db": {"kind": "postgres-exporter"}, "web": {}, "prometheus": {"kind": "prometheus"}}
    spec = {"prometheus": {"targets": targets}, "slis": {"seen": {"kind": "up", "metric": metric}}}
    tree = expand(spec)
    assert tree.root["slis"]["seen"]["component"] == component
    selected = component == "db" and metric != "pg_up"
    origin = "the job that it selects" if selected else "the job of its metrics"
    assert tree.origins["slis", "seen", "component"] == origin


@pytest.mark.parametrize("kind", kind_names())
def test_a_product_is_a_service_that_only_needs_its_image(kind: str) -> None:
    text = {**yaml.safe_load(SHORT), "stack": {"services": {kind: known(kind)["image"]}}}
    entry = expand(text).root["stack"]["services"][kind]
    Service.model_validate(entry)
    assert entry["kind"] == kind


NAMED_BY_THE_GUIDE = ("genesis_regression_tests_total", "genesis_waltzrl_tests_total")
"""Gauges, whatever their names say."""


@pytest.mark.parametrize("kind", kind_names())
def test_every_metric_of_a_product_is_of_the_catalogue(kind: str) -> None:
    # The types of metrics of which a name says one are those that the name says.
    for name, about in known(kind)["metrics"].items():
        if name in NAMED_BY_THE_GUIDE:
            continue
        guessed = expand({"metrics": {name: None}}).root["metrics"][name]
        assert guessed.get("type", about["type"]) == about["type"], name
        assert about["unit"], name
        assert about["help"], name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("sli: latency", "sli: latncy", "there is no SLI 'latncy'"),
        ("sli: latency, ", "", 'the key "sli" is missing in alerts.Slow'),
        ("histogram: http_request_d", "histogram: http_d", "there is no metric 'http_duration_seconds'"),
        ("numerator: http_r", "numerator: http_q", "there is no metric 'http_qequests_total'"),
        ("severity: P1", "severity: P7", "there is no severity 'P7'"),
    ],
)
def test_a_wrong_name_is_told_and_not_what_would_have_followed_from_it(old: str, new: str, told: str) -> None:
    text = SHORT + "alerts: {Slow: {sli: latency, level: target, for: 5m, severity: P1}}\n"
    text = text.replace("300ms\n", '300ms\n    window: 5m\n    objective: {good: ">", target: 95}\n')
    assert loaded(text)
    assert text.count(old) == 1
    with pytest.raises(SpecError) as caught:
        loaded(text.replace(old, new))
    assert [one.message.partition("; did you mean")[0] for one in caught.value.findings] == [told]


def test_a_panel_keeps_its_id_when_another_sli_comes() -> None:
    more = SHORT.replace("slis:\n", "slis:\n  a_first_one: {kind: rate, counters: http_requests_total}\n")
    ids = [
        {panel.title: panel.id for row in dashboard.rows for panel in row.panels}
        for spec in (loaded(SHORT), loaded(more))
        for dashboard in spec.dashboards.values()
    ]
    assert ids[0].items() < ids[1].items()


def test_panels_of_slis_with_one_title_have_titles_of_their_own() -> None:
    more = "".join(
        f"  {name}: {{kind: rate, counters: http_requests_total, title: Latency, component: {component}}}\n"
        for name, component in (("more", "shop"), ("pay_a", "pay"), ("again", "monitoring"))
    )
    (dashboard,) = loaded(SHORT.replace("slis:\n", f"slis:\n{more}")).dashboards.values()
    titles = [panel.title for row in dashboard.rows for panel in row.panels]
    assert titles == [
        "Latency (more)",
        "Availability",
        "Latency (latency)",
        "Pay: Latency",
        "The monitoring stack itself: Latency",
        "Scrape target",
    ]


def test_panels_of_a_thousand_slis_have_ids_of_their_own_whatever_stands_before_them() -> None:
    names = [f"sli_{number}" for number in range(1_000)]
    slis = {name: {"kind": "rate", "counters": "http_requests_total", "component": "shop"} for name in names}

    def ids(order: list[str]) -> dict[str, int]:
        tree = expand({**WHOLE, "slis": {name: slis[name] for name in order}} | {"dashboards": None})
        del tree.root["dashboards"]
        fill_dashboards(tree)
        (row,) = tree.root["dashboards"]["shop"]["rows"]
        return {panel["queries"][0]["sli"]: panel["id"] for panel in row["panels"]}

    assert ids(names) == ids(names[::-1])


def test_what_a_spec_says_itself_is_kept_key_by_key() -> None:
    text = SHORT + "severities: {P1: {receivers: [on-call], repeat_interval: 4h}}\n"
    severity = loaded(text).severities["P1"]
    assert (severity.repeat_interval, severity.group_wait) == (4 * 3600, 10)


def test_a_worse_alert_silences_the_milder_one_of_its_sli() -> None:
    text = SHORT + (
        "alerts:\n"
        "  Slow: {sli: quick, for: 10m, severity: P2}\n"
        "  VerySlow: {sli: quick, level: no_go, for: 5m, severity: P1}\n"
    )
    text = text.replace(
        "slis:\n",
        "slis:\n  quick: {kind: quantile, histogram: http_request_duration_seconds, q: 0.95, window: 5m, "
        'objective: {good: "<", target: 0.1, no_go: 0.3}}\n',
    )
    rules = loaded(text).routing.inhibit
    assert [(rule.source.alerts, rule.target.alerts) for rule in rules.values()] == [
        (("ScrapeTargetDown",), ("SLIDataMissing",)),
        (("VerySlow",), ("Slow",)),
    ]


def test_the_rollout_says_in_fewer_lines_what_its_long_form_says() -> None:
    assert len(BRIEF_SPEC.read_text().splitlines()) <= 1000
    trees = [
        {artifact.path: artifact.text for artifact in load_project(Inputs(path, None, None, None)).artifacts}
        for path in (BRIEF_SPEC, ROLLOUT_SPEC)
    ]
    differing = [path for path in trees[0] | trees[1] if trees[0].get(path) != trees[1].get(path)]
    assert differing == []


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("severities: {P1: {receivers: [on-call]}}", "P3"),
        ("severities: {P0: on-call, P2: on-call}", "P3"),
        ("severities: {P2: {page: true, receivers: [pager]}}", "P3"),
    ],
)
def test_the_monitoring_itself_pages_nobody_by_default(said: str, severity: str) -> None:
    text = SHORT + said + "\n"
    text = text.replace("receivers: {", "receivers: {pager: {pagerduty: {routing_key_secret: pager_key}}, ")
    spec = loaded(text)
    assert spec.meta_alerts.missing_data.severity == severity
    assert spec.alerts["ScrapeTargetDown"].severity == severity
    assert not spec.severities[severity].page


def test_two_channels_whose_names_are_one_slug_stay_two() -> None:
    spec = loaded(SHORT.replace("{on-call:", '{one: "#a_b", two: "#a-b", again: "#a_b", on-call:'))
    slugs = {name: getattr(one, "slack", None) for name, one in spec.receivers.items()}
    channels = {name: spec.slack.channels[slug].name for name, slug in slugs.items() if slug}
    assert channels == {"one": "#a_b", "two": "#a-b", "again": "#a_b"}


@pytest.mark.parametrize(
    ("routing", "rules"),
    [
        ("{default_receiver: on-call}", {("Slow",)}),
        ("{resolve_timeout: 10m}", {("Slow",)}),
        ("{inhibit: {}}", set()),
    ],
)
def test_inhibition_is_left_out_by_its_own_key_alone(routing: str, rules: set[tuple[str, ...]]) -> None:
    text = SHORT.replace("slis:\n", "slis:\n  here: {kind: up, metric: up}\n") + (
        f"routing: {routing}\n"
        "alerts:\n"
        "  Slow: {sli: here, for: 10m, severity: P2}\n"
        "  VerySlow: {sli: here, for: 15m, severity: P1}\n"
    )
    found = loaded(text).routing.inhibit.values()
    assert {rule.target.alerts for rule in found} == rules


def test_of_long_names_each_pair_of_alerts_has_its_inhibition() -> None:
    names = [f"{'VeryLong' * 8}{end}" for end in ("One", "Two", "Three")]
    levels = ("no_go", "alert", "target")
    alerts = "".join(
        f"  {name}: {{sli: quick, level: {level}, for: 5m, severity: P{number}}}\n"
        for number, (name, level) in enumerate(zip(names, levels, strict=True), 1)
    )
    sli = "histogram: http_request_duration_seconds, within: 300ms, window: 5m"
    objective = '{good: ">", target: 95, alert: 90, no_go: 80}'
    slis = f"slis:\n  quick: {{kind: latency, {sli}, objective: {objective}}}\n"
    rules = loaded(f"{SHORT.replace('slis:', slis.rstrip(), 1)}alerts:\n{alerts}").routing.inhibit.values()
    pairs = {(*(rule.source.alerts or ()), *(rule.target.alerts or ())) for rule in rules}
    assert pairs >= {(names[0], names[1]), (names[0], names[2]), (names[1], names[2])}


@pytest.mark.parametrize(
    "text",
    [
        SHORT.replace("  availability:", "  scrape_targets:"),
        SHORT.replace("300ms\n", '300ms\n    window: 5m\n    objective: {good: ">", target: 95}\n')
        + "alerts: {ScrapeTargetDown: {sli: latency, for: 5m, severity: P1}}\n",
        SHORT.replace("{name: shop}", f"{{name: {'a' * 80}}}"),
    ],
    ids=["an SLI", "an alert", "a system"],
)
def test_a_name_that_a_default_would_take_is_the_persons_own(text: str) -> None:
    spec = loaded(text)
    alert = spec.alerts.get("ScrapeTargetDown")
    assert alert is None or (alert.sli == "latency") == ("target" not in alert.summary)
