"""Holes, restarts and values that are no number, at random: what is recorded is true, or nothing."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from plan.histories import History, Seen, Value, assert_seen, throughout
from plan.specs import compiled, every_kind, rendered

from .holes import (
    END,
    MISSED,
    SCRAPE,
    SILENT,
    STEP,
    Bounds,
    Hole,
    Process,
    count_bounds,
    instances,
    level_bounds,
    rate_bounds,
    share_bounds,
)

COST, TOKENS, ERRORS = "sli:cost:usd_per_month", "sli:tokens:tokens_per_second", "sli:errors:percent"
LATENCY, QUEUED = "sli:latency:milliseconds", "sli:queued:count"
ANSWERED = "sli:answered_in_time:percent"
BAD_EVENTS, ALL_EVENTS = "slo:errors:increase5m", "slo:total:increase5m"
BAD_SHARE = "slo:sli_error:ratio_rate5m"
AGE, UP = "sli:backup_age:hours", "sli:database_up:state"
ALERTS = {"CostHigh": COST, "RequestsFail": ERRORS, "RequestsSlow": LATENCY, "QueueLong": QUEUED}
SECONDS_A_MONTH = 2_628_000
AT = range(60, END, 105)
"""When it is looked at, in seconds: at every phase of a minute."""
HISTORIES = 2
"""So many histories are run by promtool at once."""

quiet = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@cache
def rules() -> dict[str, list[dict[str, Any]]]:
    """The rules of every kind of SLI by the record they make or read, scraped each 15 s."""
    data = every_kind()
    data["stack"]["services"]["shop"]["scrape"]["interval"] = "15s"
    data["slis"]["errors"]["budget"] = {"objective": 99, "period": "7d"}
    tree = rendered(compiled(data))
    found: dict[str, list[dict[str, Any]]] = {}
    for component in ("bill", "shop"):
        slis, *budgets = yaml.safe_load(tree[f"prometheus/rules/{component}.yml"])["groups"]
        for rule in slis["rules"]:
            record = rule.get("record") or ALERTS.get(rule["alert"])
            if record is not None:
                found.setdefault(record, []).append(rule)
        for rule in (one for group in budgets for one in group["rules"]):
            if rule.get("record") in (BAD_EVENTS, ALL_EVENTS, BAD_SHARE):
                found.setdefault(rule["labels"]["sloth_id"], []).append(rule)
    return found


def prove(record: str, histories: Sequence[History]) -> None:
    """promtool sees of every history what it is to show."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        group = {"name": "truth", "rules": rules()[record]}
        (folder / "truth.yml").write_text(yaml.safe_dump({"groups": [group]}), "utf-8")
        assert_seen(folder, "truth", histories, rules=folder, every=SCRAPE)


def history(
    name: str, series: Mapping[str, Sequence[Value]], record: str, bounds: Callable[[int], Bounds]
) -> History:
    return History(name, STEP, series, tuple(Seen(at, bounds(at).broken(record)) for at in AT))


def ups(found: Sequence[Process]) -> dict[str, list[Value]]:
    return {f'up{{job="shop",instance="{number}"}}': one.up() for number, one in enumerate(found)}


def cost(name: str, found: Sequence[Process]) -> History:
    series = {
        f'cost_total{{job="shop",instance="{number}"}}': one.counter() for number, one in enumerate(found)
    }
    return history(
        name, {**series, **ups(found)}, COST, lambda at: rate_bounds(found, 600, at, SECONDS_A_MONTH)
    )


def tokens(name: str, found: Sequence[Process]) -> History:
    """Two counters of one process, of which the other one was never incremented."""
    one = found[0]
    series = {'tokens_in_total{job="shop",instance="0"}': one.counter()}
    return history(name, {**series, **ups([one])}, TOKENS, lambda at: rate_bounds([one], 300, at, 1))


def errors(name: str, found: Sequence[Process]) -> History:
    """The pace is in failures among 1,000 requests, of 10 a second; who never fails exposes no failures."""
    series = {}
    for number, one in enumerate(found):
        for code, worth in (("500", lambda pace: pace / 100), ("200", lambda pace: 10 - pace / 100)):
            if code == "200" or any(pace > 0 for _, pace in one.paces):
                label = f'requests_total{{job="shop",instance="{number}",code="{code}"}}'
                series[label] = one.counter(worth)

    def percent(pace: float) -> float:
        return pace / 10

    return history(
        name, {**series, **ups(found)}, ERRORS, lambda at: share_bounds(found, 600, at, percent, 0.05)
    )


EDGES = {"0.05": 0.9, "0.1": 1.0, "0.25": 1.0, "0.5": 1.0, "1": 1.0, "+Inf": 1.0}
SLOW = {"0.05": 0.0, "0.1": 0.0, "0.25": 0.0, "0.5": 0.9, "1": 1.0, "+Inf": 1.0}


def latency(name: str, found: Sequence[Process]) -> History:
    """Pace 1 is fast (P95 of 75 ms), pace 2 is slow (750 ms); both have 20 requests a second."""
    series = {}
    for number, one in enumerate(found):
        for le in EDGES:
            label = f'request_seconds_bucket{{job="shop",instance="{number}",route="/",le="{le}"}}'

            def worth(pace: float, le: str = le) -> float:
                return 20 * (EDGES if pace == 1 else SLOW)[le]

            series[label] = one.counter(worth)

    def quantile(pace: float) -> float:
        return 75 if pace == 1 else 750

    return history(
        name, {**series, **ups(found)}, LATENCY, lambda at: share_bounds(found, 300, at, quantile, 0.01)
    )


def answered(name: str, found: Sequence[Process]) -> History:
    """The pace is the share that is answered in time, of 20 requests a second."""
    return history(
        name, answers(found), ANSWERED, lambda at: share_bounds(found, 300, at, lambda pace: 100 * pace, 0.01)
    )


def answers(found: Sequence[Process]) -> dict[str, list[Value]]:
    """An edge that is a whole number is exposed as some libraries write it, and as others do."""
    series = {}
    for number, one in enumerate(found):
        whole = "1.0" if number else "1"
        quick, every = one.counter(lambda pace: 20 * pace), one.counter(lambda _: 20.0)
        for le, values in (("0.1", quick), ("0.25", quick), ("0.5", every), (whole, every), ("+Inf", every)):
            series[f'request_seconds_bucket{{job="shop",instance="{number}",route="/",le="{le}"}}'] = values
    return {**series, **ups(found)}


def queued(name: str, found: Sequence[Process]) -> History:
    metrics = ("queue_length", "queue_delayed")
    series = {
        f'{metric}{{job="shop",instance="0",queue="q"}}': one.gauge()
        for metric, one in zip(metrics, found, strict=False)
    }

    def value(one: Process, at: int) -> float:
        return one.pace(at)

    return history(name, series, QUEUED, lambda at: level_bounds(found, at, value, summed=True))


def database(name: str, found: Sequence[Process]) -> History:
    series = {
        f'part_up{{job="shop",instance="{number}",part="database"}}': one.gauge()
        for number, one in enumerate(found)
    }

    def value(one: Process, at: int) -> float:
        return one.pace(at)

    return history(name, series, UP, lambda at: level_bounds(found, at, value, summed=False))


def backup(name: str, found: Sequence[Process]) -> History:
    """A backup is made whenever the pace changes; the pace itself means nothing."""
    one = found[0]

    def made(at: int) -> float:
        return max(since for since, _ in one.paces if since <= at)

    def bounds(at: int) -> Bounds:
        stamps = level_bounds([one], at, lambda _, then: made(then), summed=False)
        if stamps.low is None or stamps.high is None:
            return stamps
        return Bounds((at - stamps.high) / 3600, (at - stamps.low) / 3600, stamps.must)

    label = 'backup_timestamp_seconds{job="shop",instance="0",store="s"}'
    return history(name, {label: one.samples(made)}, AGE, bounds)


KINDS: dict[
    str, tuple[str, Callable[[str, Sequence[Process]], History], st.SearchStrategy[tuple[Process, ...]]]
]
KINDS = {
    "rate": (COST, cost, instances(st.sampled_from((0.0, 0.00001, 0.00003, 0.00007)))),
    "rate-absent-term": (TOKENS, tokens, instances(st.sampled_from((0.5, 3.0, 40.0)), most=1)),
    "ratio": (ERRORS, errors, instances(st.sampled_from((0.0, 1.0, 10.0, 400.0)))),
    "quantile": (LATENCY, latency, instances(st.sampled_from((1.0, 2.0)))),
    "latency": (ANSWERED, answered, instances(st.sampled_from((0.0, 0.6, 0.995, 1.0)))),
    "gauge": (QUEUED, queued, instances(st.sampled_from((0.0, 7.0, 300.0, 1e9)), counts=False)),
    "up": (UP, database, instances(st.sampled_from((0.0, 1.0)), counts=False)),
    "age": (AGE, backup, instances(st.sampled_from((1.0,)), counts=False, most=1)),
}


def held(kind: str) -> Callable[[list[tuple[Process, ...]]], None]:
    record, told, _ = KINDS[kind]

    def check(drawn: list[tuple[Process, ...]]) -> None:
        prove(record, [told(f"history {number}", found) for number, found in enumerate(drawn)])

    return check


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_recorded_is_true_or_nothing(kind: str) -> None:
    eventful = KINDS[kind][2].filter(lambda found: any(one.holes for one in found))
    many = st.lists(eventful, min_size=HISTORIES, max_size=HISTORIES)
    settings(quiet, max_examples=1)(given(many)(held(kind)))()


def events(name: str, kind: str, found: Sequence[Process]) -> History:
    """What an error budget counts: bad events, all events, and the share that they come to."""
    if kind == "ratio":
        series, traffic = errors(name, found).series, 10.0
    else:
        series, traffic = answers(found), 20.0

    def share(pace: float) -> float:
        return pace / 1000 if kind == "ratio" else 1 - pace

    seen = []
    for at in AT:
        known = {
            BAD_EVENTS: count_bounds(found, 300, at, lambda pace: traffic * share(pace), traffic),
            ALL_EVENTS: count_bounds(found, 300, at, lambda pace: traffic, traffic),
            BAD_SHARE: share_bounds(found, 300, at, share, 0.05),
        }
        seen += [Seen(at, bounds.broken(record)) for record, bounds in known.items()]
    return History(name, STEP, series, tuple(seen))


COUNTED = {"ratio": "shop-errors", "latency": "shop-answered-in-time"}
"""The SLOs whose events are counted, by the kind of their SLI."""


def all_told(kind: str) -> Callable[[list[tuple[Process, ...]]], None]:
    def check(drawn: list[tuple[Process, ...]]) -> None:
        prove(COUNTED[kind], [events(f"history {number}", kind, found) for number, found in enumerate(drawn)])

    return check


@pytest.mark.parametrize("kind", COUNTED)
def test_events_are_counted_truly_or_not_at_all(kind: str) -> None:
    eventful = KINDS[kind][2].filter(lambda found: any(one.holes for one in found))
    many = st.lists(eventful, min_size=HISTORIES, max_size=HISTORIES)
    settings(quiet, max_examples=1)(given(many)(all_told(kind)))()


@pytest.mark.live
@pytest.mark.parametrize("kind", COUNTED)
def test_events_of_many_histories_are_counted_truly_or_not_at_all(kind: str) -> None:
    many = st.lists(KINDS[kind][2], min_size=HISTORIES, max_size=3 * HISTORIES)
    settings(quiet, derandomize=False, print_blob=True, max_examples=60)(given(many)(all_told(kind)))()


@pytest.mark.live
@pytest.mark.parametrize("kind", KINDS)
def test_many_histories_are_recorded_truly_or_not_at_all(kind: str) -> None:
    many = st.lists(KINDS[kind][2], min_size=HISTORIES, max_size=3 * HISTORIES)
    settings(quiet, derandomize=False, print_blob=True, max_examples=60)(given(many)(held(kind)))()


BAD: dict[str, tuple[str, float]] = {
    "CostHigh": ("rate", 0.00007),
    "RequestsFail": ("ratio", 400.0),
    "RequestsSlow": ("quantile", 2.0),
    "QueueLong": ("gauge", 300.0),
}
"""A pace that is bad, by the alert that says so."""


@st.composite
def missed(draw: st.DrawFn, pace: float) -> tuple[Process, ...]:
    """A process whose pace is bad all the time, and of which one scrape or two in a row fail now and then."""
    phase = draw(st.sampled_from((0, 5, 10)))
    found, at = [], phase
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.integers(3, 40)) * SCRAPE
        end = at + draw(st.integers(1, 2)) * SCRAPE
        found.append(Hole(at, end, draw(st.sampled_from((MISSED, SILENT)))))
        at = end
    return (Process(((0, pace),), tuple(found), phase=phase),)


def firing(alert: str) -> Callable[[list[tuple[Process, ...]]], None]:
    record, told, _ = KINDS[BAD[alert][0]]

    def check(drawn: list[tuple[Process, ...]]) -> None:
        seen = (throughout(alert, END // 2, END - SCRAPE, SCRAPE),)
        prove(
            record,
            [replace(told(f"history {number}", found), seen=seen) for number, found in enumerate(drawn)],
        )

    return check


@pytest.mark.parametrize("alert", BAD)
def test_an_alert_outlasts_two_missed_scrapes(alert: str) -> None:
    many = st.lists(missed(BAD[alert][1]), min_size=2, max_size=2)
    settings(quiet, max_examples=1)(given(many)(firing(alert)))()


@pytest.mark.live
@pytest.mark.parametrize("alert", BAD)
def test_alerts_outlast_two_missed_scrapes_in_many_histories(alert: str) -> None:
    many = st.lists(missed(BAD[alert][1]), min_size=HISTORIES, max_size=3 * HISTORIES)
    settings(quiet, derandomize=False, print_blob=True, max_examples=40)(given(many)(firing(alert)))()
