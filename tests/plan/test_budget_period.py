"""The budget of a whole period, by a real Prometheus: exact, cheap, and there after an idle night."""

import itertools
import json
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from backfill import Points, exposition, running, store

from genesis_monitoring.plan.budgets import ERRORS, ID, LEFT, TOTAL, errors_name, ratio_name
from genesis_monitoring.plan.compile import Plan

from .specs import compiled, every_kind

SCRAPED, COUNTED = 15, 300
DAY = 86400
PERIOD = 30 * DAY
START = 1_759_968_000
END = START + PERIOD
A_MOMENT = 1
BEFORE = 7
"""Seconds from a scrape to an evaluation."""
OLD = 1_000_000
"""A counter that is old: Prometheus makes nothing of how near to zero it is."""
FLAGS = (
    "--storage.tsdb.retention.time=20y",
    "--storage.tsdb.min-block-duration=2h",
    "--storage.tsdb.max-block-duration=2h",
)


def plan() -> Plan:
    data = every_kind()
    data["slis"]["errors"]["budget"] = {"objective": 99.9, "period": "30d", "page": "P0"}
    data["prometheus"]["retention"] = "90d"
    data["stack"]["services"]["shop"]["scrape"]["interval"] = f"{SCRAPED}s"
    return compiled(data)


def busy_days_and_calm_nights(second: int) -> tuple[int, int]:
    """Requests that fail and that do not in the 15 seconds before: of 1,500 one, at night of two one.

    One night nobody comes at all.
    """
    day, second = divmod(second - 1, DAY)
    if second < DAY // 2:
        return 1, 1499
    return (0, 0) if day == 7 else (1, 1)


def scraped() -> tuple[dict[str, Points], tuple[int, int]]:
    """Two counters, and what they count within the period."""
    bad, good = 0, 0
    points: dict[str, list[tuple[float, float | str]]] = {
        code: [(START - BEFORE, OLD)] for code in ("500", "200")
    }
    for second in range(SCRAPED, PERIOD + 1, SCRAPED):
        more_bad, more_good = busy_days_and_calm_nights(second)
        bad, good = bad + more_bad, good + more_good
        points["500"].append((START + second - BEFORE, OLD + bad))
        points["200"].append((START + second - BEFORE, OLD + good))
    return dict(points), (bad, bad + good)


def asked(url: str, path: str, **parameters: str | float) -> Any:
    query = urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(f"{url}/api/v1/{path}?{query}", timeout=300) as answer:
        return json.load(answer)["data"]


def instant(url: str, expr: str) -> tuple[float, int]:
    """The value, and how many samples were read for it."""
    data = asked(url, "query", query=expr, time=END + A_MOMENT, stats="all")
    (one,) = data["result"]
    return float(one["value"][1]), data["stats"]["samples"]["totalQueryableSamples"]


def counts(url: str, expr: str) -> Iterator[tuple[float, str]]:
    """Every five minutes of the period, as they are recorded."""
    for first in range(START + COUNTED, END + 1, 10_000 * COUNTED):
        last = min(first + 9_999 * COUNTED, END)
        data = asked(url, "query_range", query=expr, start=first, end=last, step=COUNTED)
        for series in data["result"]:
            yield from ((time, value) for time, value in series["values"])


def recorded(name: str, labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{pairs}}}"


@pytest.mark.timeout(1200)
def test_the_budget_of_thirty_days_is_counted_and_reads_a_tenth(tmp_path: Path) -> None:
    rules = {
        rule.record: rule
        for group in plan().rule_groups
        for rule in group.recording
        if dict(rule.labels).get(ID) == "shop-errors"
    }
    data = tmp_path / "data"
    raw, (bad, all_) = scraped()
    of_job = 'job="shop",instance="a"'
    store(
        data,
        exposition(
            itertools.chain(
                ((f'requests_total{{{of_job},code="{code}"}}', points) for code, points in raw.items()),
                [
                    (
                        f"up{{{of_job}}}",
                        [(START + second - BEFORE, 1) for second in range(0, PERIOD + 1, SCRAPED)],
                    )
                ],
            )
        ),
        tmp_path,
    )
    for name in (ERRORS, TOTAL):
        with running(data, tmp_path, "global: {}\n", *FLAGS) as server:
            found = [*counts(server.url, rules[name].expr)]
        assert len(found) == PERIOD // COUNTED
        store(data, exposition([(recorded(name, dict(rules[name].labels)), found)]), tmp_path)
    with running(data, tmp_path, "global: {}\n", *FLAGS) as server:
        errors, read = instant(server.url, rules[errors_name(PERIOD)].expr)
        assert errors == pytest.approx(bad, rel=1e-9)
        # Its rule reads what the one before it has recorded.
        before = rules[errors_name(PERIOD)]
        name = recorded(before.record, dict(before.labels))
        store(data, exposition([(name, [(END, errors), (END + A_MOMENT, errors)])]), tmp_path)
    with running(data, tmp_path, "global: {}\n", *FLAGS) as server:
        share, more = instant(server.url, rules[ratio_name(PERIOD)].expr)
        in_one = 'sum(increase(requests_total{code="500"}[30d])) / sum(increase(requests_total[30d]))'
        _, at_once = instant(server.url, in_one)
        mean = f"avg_over_time(({rules[ERRORS].record} / ({rules[TOTAL].record} > 0))[30d:5m])"
        of_ratios, _ = instant(server.url, f"sum({mean})")
    assert share == pytest.approx(bad / all_, rel=1e-9)
    assert of_ratios > 150 * share
    assert 10 * (read + more) <= at_once
    assert LEFT in rules
