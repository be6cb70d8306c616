"""Counts of five minutes, one after the other, by a real Prometheus: each error is in one of them, once."""

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from backfill import Points, exposition, running, store

from genesis_monitoring.clients.loopback_prometheus import LoopbackTransport
from genesis_monitoring.clients.prometheus_api import HttpPrometheus
from genesis_monitoring.plan.budgets import ERRORS
from genesis_monitoring.plan.compile import Plan

from .specs import compiled, every_kind

SCRAPED, COUNTED = 15, 300
IN_A_COUNT = COUNTED // SCRAPED
SCRAPES = 6 * 60 * 60 // SCRAPED
START = 1_759_968_000
AFTER = 7
"""Seconds from a scrape to an evaluation."""
OLD = 1_000_000
"""A counter that is old: Prometheus makes nothing of how near to zero it is."""


def plan() -> Plan:
    data = every_kind()
    data["metrics"]["calls_total"] = {**data["metrics"]["requests_total"], "labels": ["code", "route"]}
    data["slis"]["errors"] = {
        **data["slis"]["errors"],
        "by": ["route"],
        "numerator": [{"metric": "calls_total", "labels": {"code": "500"}}],
        "denominator": ["calls_total"],
        "budget": {"objective": 99.9, "period": "30d", "page": "P0"},
    }
    data["prometheus"]["retention"] = "90d"
    data["stack"]["services"]["shop"]["scrape"]["interval"] = f"{SCRAPED}s"
    return compiled(data)


def grown(errors: Sequence[int], restarts: frozenset[int] = frozenset()) -> Points:
    """A counter with so many errors before each scrape, from zero again at ``restarts``."""
    value, points = OLD, []
    for number, more in enumerate(errors):
        value = more if number in restarts else value + more
        points.append((START + number * SCRAPED, value))
    return points


def without(points: Points, holes: Sequence[int]) -> Points:
    return [(time, "NaN" if number in holes else value) for number, (time, value) in enumerate(points)]


def counts_of(plan: Plan, counters: dict[str, Points], folder: Path) -> dict[str, list[float]]:
    """What is counted of the errors of each route, every five minutes."""
    rules = (rule for group in plan.rule_groups for rule in group.recording if rule.record == ERRORS)
    (rule,) = (one for one in rules if "calls_total" in one.expr)
    of = 'job="shop",instance="a",code'
    series: list[tuple[str, Points]] = []
    for route, points in counters.items():
        series.append((f'calls_total{{{of}="500",route="{route}"}}', points))
        series.append((f'calls_total{{{of}="200",route="{route}"}}', [(time, OLD) for time, _ in points]))
    store(folder / "data", exposition(series), folder)
    with running(folder / "data", folder, "global: {}\n") as server:
        reader = HttpPrometheus(LoopbackTransport(urlsplit(server.url).port or 0, 60.0))
        first, last = START + COUNTED + AFTER, START + (SCRAPES - 1) * SCRAPED + AFTER
        found = reader.range(rule.expr, first, last, COUNTED).series
    return {dict(one.labels)["route"]: list(one.values) for one in found}


def regular() -> Iterator[tuple[str, list[int]]]:
    """An error every five minutes, at each place between two scrapes that there is."""
    for phase in range(IN_A_COUNT):
        yield f"every-{phase}", [int(number % IN_A_COUNT == phase) for number in range(SCRAPES)]


def test_each_error_is_in_one_count_once(tmp_path: Path) -> None:
    chance = random.Random(1)
    errors = dict(regular())
    errors["by chance"] = [chance.choice((0, 0, 0, 1, 7)) for _ in range(SCRAPES)]
    # In the middle of a count, so that the next one begins with a counter that is not young any more.
    restarts = frozenset(range(IN_A_COUNT // 2, SCRAPES, 3 * IN_A_COUNT))
    counters = {name: grown(each) for name, each in errors.items()}
    errors["restarts"] = errors["by chance"]
    counters["restarts"] = grown(errors["restarts"], restarts)
    found = counts_of(plan(), counters, tmp_path)
    for name, each in errors.items():
        exact = [sum(each[end - IN_A_COUNT + 1 : end + 1]) for end in range(IN_A_COUNT, SCRAPES, IN_A_COUNT)]
        assert found[name] == pytest.approx(exact, abs=1e-9), name


def test_a_restart_behind_what_is_no_number_is_never_fewer_than_no_errors(tmp_path: Path) -> None:
    errors = [1] * SCRAPES
    restart = 10 * IN_A_COUNT + 9
    counter = without(grown(errors, frozenset({restart})), [restart - 1])
    found = counts_of(plan(), {"hidden": counter, "seen": grown(errors)}, tmp_path)
    assert len(found["seen"]) - len(found["hidden"]) == 1
    assert found["hidden"] == pytest.approx([IN_A_COUNT] * len(found["hidden"]), rel=1e-9)
