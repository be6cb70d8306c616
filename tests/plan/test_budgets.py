"""Error budgets: tiers as in the workbook's and Sloth's tables; what counts while errors are unknown."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from genesis_monitoring.plan.budgets import ERRORS, TOTAL
from genesis_monitoring.plan.compile import Plan

from .histories import GONE, History, Seen, Value, assert_seen, counted, holes, never, number
from .specs import compiled, every_kind, rendered, rules_of, without_budgets

MINUTE = 60
HOUR, DAY = 60 * MINUTE, 24 * 60 * MINUTE
BUDGET = {"objective": 99.9, "period": "30d", "page": "P0", "ticket": "P2", "exhausted": "P2"}


def with_budget(sli: str = "errors", **changes: Any) -> Plan:
    data = without_budgets(every_kind())
    data["slis"][sli]["budget"] = {**BUDGET, **changes}
    data["prometheus"]["retention"] = "90d"
    return compiled(data)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        # The SRE workbook, chapter 5, table 5-8; Sloth's catalogue for 30 days says the same.
        ("30d", [("1h", "5m", "14.4"), ("6h", "30m", "6"), ("1d", "2h", "3"), ("3d", "6h", "1")]),
        # Sloth's catalogue for 28 days: the same windows, the same shares of a smaller budget.
        ("28d", [("1h", "5m", "13.44"), ("6h", "30m", "5.6"), ("1d", "2h", "2.8"), ("3d", "6h", "0.933333")]),
        ("90d", [("3h", "15m", "14.4"), ("18h", "90m", "6"), ("3d", "6h", "3"), ("9d", "18h", "1")]),
        ("2d", [("4m", "1m", "14.4"), ("20m", "2m", "7.2"), ("90m", "6m", "3.2"), ("4h", "20m", "1.2")]),
    ],
)
def test_the_tiers_are_those_of_the_workbook_scaled_to_the_period(
    period: str, expected: list[tuple[str, str, str]]
) -> None:
    units = {"m": MINUTE, "h": HOUR, "d": DAY}
    (budget,) = with_budget(period=period).budgets
    found = [(tier.long, tier.short, f"{tier.factor:f}") for tier in budget.tiers]
    seconds = [tuple(int(w[:-1]) * units[w[-1]] for w in (long, short)) for long, short, _ in expected]
    assert found == [(*pair, factor) for pair, (_, _, factor) in zip(seconds, expected, strict=True)]


def test_events_are_not_counted_while_the_job_that_tells_of_errors_is_not_scraped(tmp_path: Path) -> None:
    data = every_kind()
    data["metrics"]["failures_total"] = {**data["metrics"]["cache_hits_total"], "job": "prometheus"}
    data["slis"]["errors"]["numerator"] = ["failures_total"]
    data["slis"]["errors"]["budget"] = {**BUDGET, "period": "2d"}
    written = rendered(compiled(data))["prometheus/rules/shop.yml"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "shop.yml").write_text(written, "utf-8")
    gone = holes(60, (20, 40))
    series: dict[str, list[Value]] = {
        'requests_total{job="shop",instance="a",code="200"}': counted(2, [True] * 60, MINUTE),
        'failures_total{job="prometheus",instance="b"}': counted(0.1, gone, MINUTE),
        'up{job="prometheus",instance="b"}': [1.0 if seen else GONE for seen in gone],
        'up{job="shop",instance="a"}': [1.0] * 60,
    }
    labels = '{{__name__="{}", sloth_id="shop-errors", sloth_service="shop", sloth_slo="errors"}}'
    seen = [
        *(
            number(15 * MINUTE, name, value, labels.format(name))
            for name, value in ((ERRORS, 30), (TOTAL, 600))
        ),
        *(number(30 * MINUTE, name, None) for name in (ERRORS, TOTAL)),
    ]
    assert_seen(
        tmp_path, "shop", [History("one job is down", MINUTE, series, tuple(seen))], rules=tmp_path / "rules"
    )


ALERTS = tuple(f"ErrorBudgetBurn{one}" for one in ("PageQuick", "PageSlow", "TicketQuick", "TicketSlow"))
OK = 'requests_total{job="shop",instance="a",code="200"}'
FAILED = 'requests_total{job="shop",instance="a",code="500"}'
UP = 'up{job="shop",instance="a"}'


def seen_by_rules(
    folder: Path, plan: Plan, name: str, series: dict[str, list[Value]], seen: Iterable[Seen]
) -> None:
    """What the rules of ``plan`` make of series with a sample a minute."""
    (folder / "rules").mkdir()
    rules = rules_of(rendered(plan), "shop")
    (folder / "rules" / "shop.yml").write_text(yaml.safe_dump(rules, sort_keys=False), "utf-8")
    assert_seen(folder, "shop", [History(name, MINUTE, series, tuple(seen))], rules=folder / "rules")


def firing(alert: str, labels: str = "") -> str:
    return f'count(ALERTS{{alertname="{alert}", alertstate="firing"{labels}}})'


def test_one_failed_request_in_an_idle_night_fires_nothing(tmp_path: Path) -> None:
    """A request each ten minutes, one of which fails: 17 times too many in an hour, and only chance."""
    night = 8 * 60
    series: dict[str, list[Value]] = {
        OK: [float(minute // 10) for minute in range(night)],
        FAILED: [0.0 if minute < 240 else 1.0 for minute in range(night)],
        UP: [1.0] * night,
    }
    seen = [never(alert, (night - 1) * MINUTE) for alert in ALERTS]
    seen_by_rules(tmp_path, with_budget(), "an idle night", series, seen)


def test_a_full_outage_at_one_request_a_minute_pages_within_the_short_window(tmp_path: Path) -> None:
    """Of 60 requests in the hour 1.44 % may fail: less than one. The third that fails pages."""
    began, long = 120, 180
    series: dict[str, list[Value]] = {
        OK: [float(min(minute, began)) for minute in range(long)],
        FAILED: [float(max(minute - began, 0)) for minute in range(long)],
        UP: [1.0] * long,
    }
    seen = [
        number(began * MINUTE, firing("ErrorBudgetBurnPageQuick"), None),
        number((began + 5) * MINUTE, firing("ErrorBudgetBurnPageQuick")),
        number((long - 1) * MINUTE, firing("ErrorBudgetBurnPageQuick")),
    ]
    seen_by_rules(tmp_path, with_budget(), "an outage", series, seen)


def test_an_idle_window_leaves_no_nan(tmp_path: Path) -> None:
    """Half an hour of 10 requests a minute with one that fails, then of nothing, and the first again."""
    minutes = [min(minute, 30) + max(minute - 60, 0) for minute in range(100)]
    series: dict[str, list[Value]] = {
        OK: [1000.0 + 9 * one for one in minutes],
        FAILED: [100.0 + one for one in minutes],
        UP: [1.0] * 100,
    }
    labels = '{sloth_id="shop-errors", sloth_service="shop", sloth_slo="errors"}'
    period = "max without (sloth_window) (slo:sli_error:ratio_rate30d)"
    seen = [
        number(50 * MINUTE, "slo:sli_error:ratio_rate5m", None),
        number(50 * MINUTE, f"round({period}, 0.000001)", 0.1, labels),
        number(95 * MINUTE, f"round({period}, 0.000001)", 0.1, labels),
    ]
    seen_by_rules(tmp_path, with_budget(), "an idle window", series, seen)


def test_maintenance_counts_neither_as_errors_nor_as_requests_and_pages_nobody_afterwards(
    tmp_path: Path,
) -> None:
    """Time begins on Thursday, 1970-01-01. All fails from 2:00 to 3:00, and from 5:00 to 5:30."""
    exclude = [
        {"reason": "New racks", "start": "1970-01-01T02:00:00Z", "lasts": "1h"},
        {"reason": "Backup", "every": "thursday", "at": "05:00", "lasts": "30m"},
    ]
    long, bad = 8 * 60, [120 <= minute < 180 or 300 <= minute < 330 for minute in range(8 * 60)]
    failed = [float(10 * sum(bad[:minute])) for minute in range(long)]
    series: dict[str, list[Value]] = {
        OK: [1000.0 + 10 * minute - failed[minute] for minute in range(long)],
        FAILED: [*failed],
        UP: [1.0] * long,
    }
    labels = '{sloth_id="shop-errors", sloth_service="shop", sloth_slo="errors"}'
    seen = [
        *(number(at * MINUTE, name, None) for at in (150, 315) for name in (ERRORS, TOTAL)),
        *(
            number(at * MINUTE, f"round({name}, 0.000001)", 50, labels)
            for at in (150, 315)
            for name in ("slo:all_errors:increase5m", "slo:all_total:increase5m")
        ),
        number(190 * MINUTE, f"round({ERRORS}, 0.000001)", 0, labels),
        number(190 * MINUTE, f"round({TOTAL}, 0.000001)", 50, labels),
        number((long - 1) * MINUTE, "max(slo:sli_error:ratio_rate30d)", 0),
        *(never(alert, (long - 1) * MINUTE) for alert in ALERTS),
    ]
    seen_by_rules(tmp_path, with_budget(exclude=exclude), "maintenance", series, seen)


def test_of_an_sli_without_events_minutes_are_counted(tmp_path: Path) -> None:
    """The database is down for ten minutes, which is all that a month at 99.9 % may have in 14.4 hours."""
    long = 120
    series: dict[str, list[Value]] = {
        'part_up{job="shop",instance="a",part="database"}': [
            0.0 if 60 <= one < 70 else 1.0 for one in range(long)
        ],
        UP: [1.0] * long,
    }
    short, page = 'max(slo:sli_error:ratio_rate5m{sloth_slo="database-up"})', "ErrorBudgetBurnPageQuick"
    seen = [
        number(55 * MINUTE, "max(sli:database_up:state)", 1),
        number(55 * MINUTE, short, 0),
        number(55 * MINUTE, firing(page), None),
        number(69 * MINUTE, short, 1),
        number(69 * MINUTE, firing(page)),
        number(80 * MINUTE, short, 0),
        number(80 * MINUTE, firing(page), None),
    ]
    seen_by_rules(tmp_path, with_budget("database_up"), "down", series, seen)


def test_each_label_set_has_a_budget_of_its_own(tmp_path: Path) -> None:
    """Half of what is paid takes too long, nothing else does."""
    long = 90
    series: dict[str, list[Value]] = {UP: [1.0] * long}
    for route, quick in (("pay", 5.0), ("home", 10.0)):
        for edge, growth in (("0.25", quick), ("+Inf", 10.0)):
            of = f'job="shop",instance="a",route="{route}",le="{edge}"'
            series[f"request_seconds_bucket{{{of}}}"] = [1000 + growth * minute for minute in range(long)]
    page = "ErrorBudgetBurnPageQuick"
    seen = [
        number(80 * MINUTE, firing(page, ', route="pay"')),
        number(80 * MINUTE, firing(page, ', route="home"'), None),
        number(80 * MINUTE, 'max(slo:sli_error:ratio_rate5m{route="pay"})', 0.5),
        number(80 * MINUTE, 'max(slo:sli_error:ratio_rate5m{route="home"})', 0),
    ]
    seen_by_rules(tmp_path, with_budget("answered_in_time"), "routes", series, seen)


@pytest.mark.parametrize("evaluated", ["7s", "15s", "40s", "45s", "1m"])
def test_counts_of_five_minutes_are_five_minutes_apart(evaluated: str) -> None:
    """Else one would begin before the one before it ends, or after."""
    data = every_kind()
    data["prometheus"]["evaluation_interval"] = evaluated
    plan = compiled(data)
    often = {group.name: group.interval for group in plan.rule_groups}
    for budget in plan.budgets:
        interval = often[budget.groups[0]]
        assert interval is not None
        assert 5 * MINUTE % interval == 0
