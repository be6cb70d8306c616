"""A page on what an exporter says, and who is paged when the exporter is gone."""

import pytest

from genesis_monitoring.checks.meant.unseen import check_unseen
from genesis_monitoring.plan.compile import compile_plan
from genesis_monitoring.spec.load import parse_spec

SPEC = """\
apiVersion: genesis-mon/v1
metadata: {name: shop}
receivers: {desk: "http://127.0.0.1:9099/alerts", pager: {pagerduty: {routing_key_secret: pager_key}}}
severities: {P1: {page: true, receivers: [pager]}, P2: {page: false, receivers: [desk]}}
prometheus:
  alertmanager: "mon-1:9093"
  targets:
    shop: "shop-1:8080"
    db: {kind: postgres-exporter, addresses: "db-1:9187"}
metrics: {shop_ready: {type: gauge, unit: state}}
slis:
  db_up: {kind: up, metric: pg_up}
  db_seen: {kind: up, metric: 'up{job="db"}'}
  shop_seen: {kind: up, metric: 'up{job=~"shop|mon"}'}
  all_seen: {kind: up, by: [job], metric: 'up{instance!="gone"}'}
  sessions:
    {kind: gauge, metrics: [pg_stat_activity_count], aggregation: sum, objective: {good: "<", target: 9}}
  ready: {kind: up, metric: shop_ready}
alerts:
"""


def told(*alerts: str, more: str = "") -> list[tuple[str, str]]:
    """The alert that each finding stands at, and what tells of the exporter."""
    lines = [
        f"  A{number}: {{sli: {sli}, for: 1m, severity: {severity}}}\n"
        for number, (sli, severity) in enumerate(one.split() for one in alerts)
    ]
    loaded = parse_spec(SPEC + "".join(lines) + more, "slo.yaml")
    findings = check_unseen(compile_plan(loaded.spec, "steady-state"), loaded.source)
    first = len(SPEC.splitlines()) + 1
    return [
        (
            alerts[one.location.line - first],
            one.message.partition("what tells it is ")[2].removesuffix(", which pages nobody"),
        )
        for one in findings
    ]


DOWN = "ScrapeTargetDown (P2)"


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        (["db_up P1"], [("db_up P1", DOWN)]),
        (["db_up P1", "shop_seen P1"], [("db_up P1", DOWN)]),
        (["db_up P1", "db_seen P2"], [("db_up P1", f"A1 (P2), {DOWN}")]),
        (["db_up P1", "db_seen P1"], []),
        (["db_up P2"], []),
        # What is not the word of an exporter about another is what it is.
        (["ready P1", "sessions P1"], []),
    ],
)
def test_a_page_on_an_exporters_word_needs_one_on_the_exporter(
    alerts: list[str], expected: list[tuple[str, str]]
) -> None:
    assert told(*alerts) == expected


MISSING = "meta_alerts: {missing_data: {severity: SEVERITY}}\n"
SILENT = """\
routing:
  inhibit:
    quiet: {reason: known, source: {alerts: [A0]}, target: {alerts: [SLIDataMissing]}, equal: [team]}
"""


@pytest.mark.parametrize(
    ("severity", "more", "expected"),
    [
        ("P2", "", [("db_up P1", "SLIDataMissing (P2)")]),
        ("P1", "", []),
        ("P1", SILENT, [("db_up P1", "SLIDataMissing (P1)")]),
    ],
)
def test_a_page_on_missing_data_is_one_unless_it_is_silenced(
    severity: str, more: str, expected: list[tuple[str, str]]
) -> None:
    assert told("db_up P1", more=MISSING.replace("SEVERITY", severity) + more) == expected


def test_what_nobody_exposes_yet_is_not_told() -> None:
    planned = "metrics: {pg_up: {type: gauge, unit: state, job: db, status: planned}, "
    loaded = parse_spec(
        SPEC.replace("metrics: {", planned) + "  DbDown: {sli: db_up, for: 1m, severity: P1}\n", "slo.yaml"
    )
    assert check_unseen(compile_plan(loaded.spec, "steady-state"), loaded.source) == ()


def test_every_target_that_is_paged_for_is_enough() -> None:
    assert told("db_up P1", "all_seen P1", more=MISSING.replace("SEVERITY", "P2")) == []


def test_the_mend_mends() -> None:
    loaded = parse_spec(SPEC + "  DbDown: {sli: db_up, for: 1m, severity: P1}\n", "slo.yaml")
    (finding,) = check_unseen(compile_plan(loaded.spec, "steady-state"), loaded.source)
    sli = finding.hint.removeprefix("add an SLI ").partition(", and an alert")[0]
    again = SPEC.replace("slis:\n", f"slis:\n  added: {sli}\n")
    alerts = "  DbDown: {sli: db_up, for: 1m, severity: P1}\n  DbGone: {sli: added, for: 1m, severity: P1}\n"
    mended = parse_spec(again + alerts, "slo.yaml")
    assert check_unseen(compile_plan(mended.spec, "steady-state"), mended.source) == ()
    assert mended.spec.slis["added"].component == "db"
